//! Where the log's hashes and entries lie (C2SP tlog-tiles): static files of 256 things each.
//!
//! 1. `tile/LEVEL/INDEX` holds hashes: those of level 0 are leaves, each of a higher level is the
//!    head over a full tile of the level below. `tile/entries/INDEX` holds the entries themselves.
//! 2. INDEX is written in groups of three digits, all but the last with an `x` before them:
//!    1234067 is `x001/x234/067`.
//! 3. A tile at the right edge that is not full has its width as an ending: `.p/112`.

/// Hashes of a full tile.
pub const TILE_WIDTH: u16 = 256;
/// The highest level of a tile.
pub const LEVEL_MAX: u8 = 63;

/// One file of a log that is laid out in tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// Hashes of a level.
    Hashes {
        /// 0 for leaves; each level is eight levels of the tree.
        level: u8,
        /// Place among the tiles of its level.
        index: u64,
        /// How many hashes, from 1 to 256.
        width: u16,
    },
    /// Entries, each after its length in two bytes.
    Entries {
        /// Place among the files of entries.
        index: u64,
        /// How many entries, from 1 to 256.
        width: u16,
    },
}

/// Path of the tile of hashes; `None` for a level or a width that there is not.
pub fn tile_path(level: u8, index: u64, width: u16) -> Option<String> {
    Tile::Hashes { level, index, width }.path()
}

/// Path of the file of entries; `None` for a width that there is not.
pub fn entries_path(index: u64, width: u16) -> Option<String> {
    Tile::Entries { index, width }.path()
}

/// How many hashes the tile has in a log of `size` entries; `None` if it has none.
pub fn width_of(level: u8, index: u64, size: u64) -> Option<u16> {
    let hashes = size.checked_shr(u32::from(level).checked_mul(8)?).unwrap_or(0);
    let before = index.checked_mul(u64::from(TILE_WIDTH))?;
    let left = hashes.checked_sub(before)?.min(u64::from(TILE_WIDTH));
    u16::try_from(left).ok().filter(|width| *width > 0)
}

impl Tile {
    /// The path below the log's address.
    pub fn path(&self) -> Option<String> {
        let (level, index, width) = match *self {
            Tile::Hashes { level, index, width } if level <= LEVEL_MAX => {
                (level.to_string(), index, width)
            }
            Tile::Hashes { .. } => return None,
            Tile::Entries { index, width } => ("entries".to_owned(), index, width),
        };
        let index = index_path(index);
        match width {
            TILE_WIDTH => Some(format!("tile/{level}/{index}")),
            1..TILE_WIDTH => Some(format!("tile/{level}/{index}.p/{width}")),
            _ => None,
        }
    }

    /// Reads a path; each tile has one.
    pub fn from_path(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (place, width) = match rest.split_once(".p/") {
            Some((place, width)) => (place, width.parse().ok()?),
            None => (rest, TILE_WIDTH),
        };
        // The largest index has seven groups of three digits, with twelve signs between them.
        let short = place.len() <= 33;
        let digits = short.then(|| place.replace(['x', '/'], ""))?;
        let index = digits.parse().ok()?;
        let tile = match level {
            "entries" => Tile::Entries { index, width },
            level => Tile::Hashes { level: level.parse().ok()?, index, width },
        };
        // Whatever has another spelling is not what would be written.
        (tile.path()? == path).then_some(tile)
    }
}

fn index_path(index: u64) -> String {
    let (mut rest, mut path) = (index / 1000, format!("{:03}", index % 1000));
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_standard() {
        assert_eq!(tile_path(0, 1_234_067, 256).as_deref(), Some("tile/0/x001/x234/067"));
        assert_eq!(tile_path(1, 0, 17).as_deref(), Some("tile/1/000.p/17"));
        assert_eq!(entries_path(273, 112).as_deref(), Some("tile/entries/273.p/112"));
        assert_eq!(entries_path(1000, 256).as_deref(), Some("tile/entries/x001/000"));
    }

    #[test]
    fn every_tile_is_found_again_under_its_path() {
        for index in [0, 7, 999, 1000, 999_999, 1_000_000, 70_000_000_001, u64::MAX] {
            for width in [1, 9, 10, 255, 256] {
                let entries = Tile::Entries { index, width };
                assert_eq!(Tile::from_path(&entries.path().unwrap()), Some(entries));
                for level in [0, 9, 63] {
                    let hashes = Tile::Hashes { level, index, width };
                    assert_eq!(Tile::from_path(&hashes.path().unwrap()), Some(hashes));
                }
            }
        }
    }

    #[test]
    fn there_is_no_tile_beyond_the_limits() {
        assert!(tile_path(64, 0, 256).is_none());
        assert!(tile_path(0, 0, 0).is_none());
        assert!(tile_path(0, 0, 257).is_none());
        assert!(entries_path(0, 0).is_none() && entries_path(0, 257).is_none());
    }

    #[test]
    fn a_path_with_another_spelling_is_no_path() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/7",
            "tile/0/07",
            "tile/0/0007",
            "tile/00/007",
            "tile/+0/007",
            "tile/64/007",
            "tile/256/007",
            "tile/-1/007",
            "tile/0/x000/007",
            "tile/0/001/007",
            "tile/0/x001/x007",
            "tile/0/x1/007",
            "tile/0/X001/007",
            "tile/0/x001//007",
            "tile/0/x001/007/",
            "/tile/0/007",
            "tile/0/007.p",
            "tile/0/007.p/",
            "tile/0/007.p/0",
            "tile/0/007.p/07",
            "tile/0/007.p/256",
            "tile/0/007.p/257",
            "tile/0/007.p/7.p/7",
            "tile/0/007.p/7/",
            "tile/0/../007",
            "tile/entries/7",
            "tile/entries/x018/x446/x744/x073/x709/x551/616",
            "tile/data/007",
            "tile/0/x００1/007",
        ] {
            assert_eq!(Tile::from_path(path), None, "{path}");
        }
        let long = format!("tile/0/{}007", "x001/".repeat(100_000));
        assert_eq!(Tile::from_path(&long), None);
    }

    #[test]
    fn the_right_edge_is_as_wide_as_the_log_is_long() {
        let widths: Vec<_> = (0..3).map(|level| width_of(level, 0, 70_000)).collect();
        assert_eq!(widths, [Some(256), Some(256), Some(1)]);
        assert_eq!(width_of(0, 273, 70_000), Some(112));
        assert_eq!(width_of(1, 1, 70_000), Some(17));
        assert_eq!(width_of(0, 274, 70_000), None);
        assert_eq!(width_of(1, 0, 255), None);
        assert_eq!(width_of(0, 0, 256), Some(256));
        assert_eq!(width_of(1, 0, 256), Some(1));
        assert_eq!(width_of(0, 0, 0), None);
        assert_eq!(width_of(63, 0, u64::MAX), None);
        assert_eq!(width_of(0, u64::MAX, u64::MAX), None);
        assert_eq!(width_of(7, 0, u64::MAX), Some(255));
    }
}
