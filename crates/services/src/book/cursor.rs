//! Cursors: where a list goes on, at the same place of the log as the part before.
//!
//! A cursor is hex of: four bytes that name the list and its filter, eight of the log's size when
//! the list was begun, twice eight of the place reached. A cursor of another list is refused.

use super::BookError;
use weal_proof::Hash;
use weal_proof::hash::{from_hex, to_hex};

const BYTES: usize = 28;

/// Where a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Entries in the log when the list was begun.
    pub(super) size: i64,
    /// Place reached.
    pub(super) place: (i64, i64),
}

fn tag(list: &str) -> [u8; 4] {
    let hash = Hash::of(&[b"weal-cursor-v1:", list.as_bytes()]);
    hash.0.first_chunk::<4>().copied().unwrap_or_default()
}

impl Cursor {
    /// The text of this cursor for a list, which names its filter too.
    pub(super) fn write(&self, list: &str) -> String {
        let mut bytes = tag(list).to_vec();
        for number in [self.size, self.place.0, self.place.1] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        to_hex(&bytes)
    }

    /// Reads the cursor of this very list.
    pub(super) fn read(text: &str, list: &str) -> Result<Cursor, BookError> {
        let bytes = from_hex(text).filter(|bytes| bytes.len() == BYTES);
        let bytes = bytes.ok_or(BookError::Cursor)?;
        let (head, numbers) = bytes.split_first_chunk::<4>().ok_or(BookError::Cursor)?;
        let (numbers, _) = numbers.as_chunks::<8>();
        let [size, first, second] = numbers else { return Err(BookError::Cursor) };
        let cursor = Cursor {
            size: i64::from_be_bytes(*size),
            place: (i64::from_be_bytes(*first), i64::from_be_bytes(*second)),
        };
        if *head != tag(list) || cursor.size < 0 {
            return Err(BookError::Cursor);
        }
        Ok(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_on_in_its_own_list_only() {
        let cursor = Cursor { size: 7, place: (-1, 3) };
        let text = cursor.write("needs:open");
        assert_eq!(Cursor::read(&text, "needs:open").unwrap(), cursor);
        assert!(matches!(Cursor::read(&text, "needs:all"), Err(BookError::Cursor)));
        for wrong in ["", "zz", "00", &text[2..], &text.to_uppercase()] {
            assert!(matches!(Cursor::read(wrong, "needs:open"), Err(BookError::Cursor)), "{wrong}");
        }
    }
}
