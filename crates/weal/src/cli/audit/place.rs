//! Where the files of a log are: at a node, at a server of static files, or in a directory.

use crate::cli::output::{Exit, Failure};
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;
use weal_proof::checkpoint::{Checkpoint, origin};
use weal_proof::genesis::network_id;
use weal_proof::keys::PublicKey;
use weal_proof::limits::{ENVELOPE_BYTES, GENESIS_BYTES, NOTE_BYTES};
use weal_proof::note::{SignedNote, VerifierKey};
use weal_proof::sets::{SetChange, Sets};
use weal_proof::tile::{TILE_WIDTH, Tile};
use weal_proof::{Genesis, Hash};

/// Bytes of the changes of the validators: a thousand with 64 keys and signatures each, in hex.
const SETS_BYTES: u64 = 32 << 20;
/// How often a server that is too busy is asked again.
const ATTEMPTS: usize = 20;
/// Seconds an answer may take.
const ANSWER_S: u64 = 60;
/// Bytes of 256 entries, each after its length.
const BUNDLE_BYTES: u64 = (TILE_WIDTH as u64) * (ENVELOPE_BYTES as u64 + 2);
/// Bytes of a full tile.
const TILE_BYTES: u64 = (TILE_WIDTH as u64) * 32;

/// Where the files of a log are.
pub(super) enum Place {
    /// A node: the log below `/log`, the first page below `/v1`.
    Node(Server),
    /// Static files as [`super::fsck::mirror`] writes them.
    Static(Server),
    /// The same in a directory.
    Directory(PathBuf),
    /// A directory that is being filled.
    Copy { from: Box<Place>, to: PathBuf },
}

/// An address, and what is used to ask there.
pub(super) struct Server {
    agent: Agent,
    pub(super) base: String,
}

/// A book's first page, and who kept it since.
pub(super) struct Book {
    pub(super) network: Hash,
    pub(super) genesis_text: Vec<u8>,
    pub(super) genesis: Genesis,
    pub(super) changes: Changes,
    pub(super) sets: Sets,
}

/// The changes of the validators, as `/v1/network/sets` gives them.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Changes {
    pub(super) items: Vec<SetChange>,
}

impl Server {
    fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(ANSWER_S)))
            .http_status_as_error(false)
            .build();
        Server { agent: config.into(), base: base.trim_end_matches('/').to_owned() }
    }

    /// At most so many bytes of what is at a path; `None` if there is nothing. With `whole`, more
    /// than that is an error; without, the rest is left.
    pub(super) fn get(
        &self,
        path: &str,
        most: u64,
        whole: bool,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let url = format!("{}/{path}", self.base);
        for _ in 0..ATTEMPTS {
            let answer = self.agent.get(&url).call();
            let answer = answer.map_err(|e| Failure::new(Exit::NoNode, format!("{url}: {e}")))?;
            match answer.status().as_u16() {
                200 => {
                    let mut bytes = Vec::new();
                    let reader = answer.into_body().into_reader();
                    let read = reader.take(most.saturating_add(1)).read_to_end(&mut bytes);
                    read.map_err(|e| Failure::error(format!("{url}: {e}")))?;
                    if whole && bytes.len() as u64 > most {
                        return Err(Failure::new(Exit::Proof, format!("{url} is too long")));
                    }
                    return Ok(Some(bytes));
                }
                404 => return Ok(None),
                429 | 503 => {
                    let wait = answer.headers().get("retry-after");
                    let wait = wait.and_then(|wait| wait.to_str().ok()?.parse().ok()).unwrap_or(1);
                    std::thread::sleep(Duration::from_secs(u64::clamp(wait, 1, 10)));
                }
                status => return Err(Failure::error(format!("{url} answers {status}"))),
            }
        }
        Err(Failure::new(Exit::Stale, format!("{url}: too busy")))
    }
}

impl Place {
    /// What a person names: an address, or a directory.
    pub(super) fn open(text: &str) -> Result<Place, Failure> {
        if !text.contains("://") {
            let path = PathBuf::from(text);
            if path.join("checkpoint").is_file() {
                return Ok(Place::Directory(path));
            }
            return Err(Failure::new(Exit::NotFound, format!("{text} holds no `checkpoint`"))
                .help("name a directory that `weal audit mirror` wrote, or an address"));
        }
        let server = Server::new(text);
        if server.get("log/checkpoint", NOTE_BYTES as u64, true)?.is_some() {
            return Ok(Place::Node(server));
        }
        match server.get("checkpoint", NOTE_BYTES as u64, true)? {
            Some(_) => Ok(Place::Static(server)),
            None => Err(Failure::new(Exit::NotFound, format!("{text} has no log"))),
        }
    }

    /// At most so many bytes of a file of the log.
    fn file(&self, path: &str, most: u64) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Place::Node(server) => server.get(&format!("log/{path}"), most, true),
            Place::Static(server) => server.get(path, most, true),
            Place::Directory(directory) => read(&directory.join(path), most),
            Place::Copy { from, to } => match read(&to.join(path), most)? {
                Some(bytes) => Ok(Some(bytes)),
                None => from.file(path, most),
            },
        }
    }

    /// A tile, or what the full one that took its place begins with.
    pub(super) fn tile(&self, tile: Tile) -> Result<Vec<u8>, Failure> {
        let (full, most) = match tile {
            Tile::Hashes { level, index, .. } => {
                (Tile::Hashes { level, index, width: TILE_WIDTH }, TILE_BYTES)
            }
            Tile::Entries { index, .. } => {
                (Tile::Entries { index, width: TILE_WIDTH }, BUNDLE_BYTES)
            }
        };
        for tile in [tile, full] {
            let path = tile.path().ok_or_else(|| Failure::error("there is no such tile"))?;
            if let Some(bytes) = self.file(&path, most)? {
                return Ok(bytes);
            }
        }
        Err(Failure::new(Exit::Proof, format!("{} is missing", name(&tile))))
    }

    /// Writes a tile that was checked, where a directory is being filled.
    pub(super) fn keep(&self, tile: Tile, bytes: &[u8]) -> Result<(), Failure> {
        let Place::Copy { to, .. } = self else { return Ok(()) };
        write(to, &name(&tile), bytes)
    }

    /// The signed checkpoint, as it stands there now.
    pub(super) fn checkpoint(&self) -> Result<Vec<u8>, Failure> {
        let place = match self {
            Place::Copy { from, .. } => from,
            other => other,
        };
        let bytes = place.file("checkpoint", NOTE_BYTES as u64)?;
        bytes.ok_or_else(|| Failure::new(Exit::NotFound, "there is no checkpoint"))
    }

    /// The book's first page and the changes since, checked.
    pub(super) fn book(&self) -> Result<Book, Failure> {
        let (genesis, changes) = match self {
            Place::Node(server) => (
                server.get("v1/genesis", GENESIS_BYTES as u64, true)?,
                server.get("v1/network/sets", SETS_BYTES, true)?,
            ),
            Place::Copy { from, .. } => return from.book(),
            other => (
                other.file("genesis.json", GENESIS_BYTES as u64)?,
                other.file("sets.json", SETS_BYTES)?,
            ),
        };
        let missing = || Failure::new(Exit::NotFound, "the book's first page is not there");
        Book::read(genesis.ok_or_else(missing)?, &changes.ok_or_else(missing)?)
    }
}

impl Book {
    fn read(genesis_text: Vec<u8>, changes: &[u8]) -> Result<Book, Failure> {
        let wrong = |what: String| Failure::new(Exit::Proof, what);
        let genesis = Genesis::from_bytes(&genesis_text)
            .map_err(|e| wrong(format!("the book's first page is malformed: {e}")))?;
        let network = network_id(&genesis_text);
        let changes: Changes = serde_json::from_slice(changes)
            .map_err(|e| wrong(format!("the changes of the institutions are malformed: {e}")))?;
        let sets = Sets::follow(&network, &genesis, &changes.items).map_err(|(position, e)| {
            wrong(format!("change {position} of the institutions does not hold: {e}"))
        })?;
        Ok(Book { network, genesis_text, genesis, changes, sets })
    }

    /// The keys of those who keep the book now, as keys of its log.
    pub(super) fn keys(&self) -> Vec<VerifierKey> {
        let name = origin(&self.network);
        self.sets.last().iter().map(|key| VerifierKey::ed25519(&name, *key)).collect()
    }

    /// What the first page calls the holder of a key; those who came later have no name there.
    pub(super) fn name(&self, key: &PublicKey) -> String {
        let keeper = self.genesis.validators.iter().find(|keeper| keeper.key == *key);
        keeper.map_or_else(|| format!("key {key}"), |keeper| keeper.name.clone())
    }
}

/// A checkpoint, and who of those who may signed it.
pub(super) fn signed_checkpoint(
    note: &[u8],
    keys: &[VerifierKey],
) -> Result<(Checkpoint, VerifierKey, SignedNote), Failure> {
    let wrong = |what: String| Failure::new(Exit::Proof, what);
    let note = SignedNote::from_bytes(note).map_err(|e| wrong(format!("the checkpoint: {e}")))?;
    let checkpoint =
        Checkpoint::from_text(&note.text).map_err(|e| wrong(format!("the checkpoint: {e}")))?;
    let signer = keys.iter().find(|key| note.verify_ed25519(key).is_ok()).cloned();
    let signer = signer.ok_or_else(|| {
        let help = "a node that only mirrors signs with its own key: give it with --vkey, from \
                    /log/keeper.vkey, if you trust that node";
        wrong("the checkpoint is not signed by any key that may".into()).help(help)
    })?;
    if signer.name != checkpoint.origin {
        return Err(wrong(format!("the checkpoint is of another log: {}", checkpoint.origin)));
    }
    Ok((checkpoint, signer, note))
}

/// The path of a tile, to be told.
pub(super) fn name(tile: &Tile) -> String {
    tile.path().unwrap_or_else(|| format!("{tile:?}"))
}

fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let file = match std::fs::File::open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|e| Failure::error(format!("{}: {e}", path.display())))?,
    };
    let mut bytes = Vec::new();
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|e| Failure::error(format!("{}: {e}", path.display())))?;
    if bytes.len() as u64 > most {
        return Err(Failure::new(Exit::Proof, format!("{} is too long", path.display())));
    }
    Ok(Some(bytes))
}

/// Writes a file in one step, with the directories above it.
pub(super) fn write(directory: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = directory.join(name);
    let fail = |e: std::io::Error| Failure::error(format!("{}: {e}", path.display()));
    if std::fs::read(&path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above).map_err(fail)?;
    }
    let mut draft = path.clone().into_os_string();
    draft.push(".new");
    std::fs::write(&draft, bytes).map_err(fail)?;
    std::fs::rename(&draft, &path).map_err(fail)
}
