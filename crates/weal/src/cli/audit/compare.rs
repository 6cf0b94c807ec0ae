//! `weal audit compare`: whether several nodes, and receipts at hand, tell one history.
//!
//! 1. Each node is asked for its first page, its signed checkpoint and its newest certified block;
//!    all must hold by themselves.
//! 2. Of two checkpoints the smaller must be a beginning of the larger: the proof is made from the
//!    tiles of the larger.
//! 3. Of two nodes the block at the lower of the two heights must be the same.
//! 4. If it is not, the first block that differs is found by halving, and from there on two
//!    certified blocks that cannot both be. They make the file that convicts.
//! 5. The block of a receipt must be the one that each node has at its height.

use super::finals::{self, Final, contradiction, digest_at};
use super::place::{Book, Place, Server, signed_checkpoint, write};
use super::{CompareArgs, walk};
use crate::cli::args::{Cli, Format};
use crate::cli::conviction;
use crate::cli::output::{self, Exit, Failure, group};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use weal_proof::checkpoint::Checkpoint;
use weal_proof::conviction::{Convicted, Conviction};
use weal_proof::log::{Frontier, Subtrees, consistency_path, verify_consistency};
use weal_proof::note::VerifierKey;
use weal_proof::tile::{TILE_WIDTH, Tile, width_of};
use weal_proof::{Hash, Receipt, limits};

/// A node, and what it says.
struct Side {
    url: String,
    place: Place,
    book: Book,
    checkpoint: Checkpoint,
    note: String,
    signer: VerifierKey,
    tip: Option<Final>,
    signed: (u64, usize),
}

/// A receipt that was checked.
struct Paper {
    name: String,
    receipt: Receipt,
    block: Final,
}

/// Two that disagree: their names, what about, and what convicts, if anything does.
struct Split {
    names: [String; 2],
    what: String,
    proof: Option<(Conviction, Convicted)>,
    /// What both signed, where nothing stronger was found.
    notes: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(cli: &Cli, args: &CompareArgs) -> Result<(), Failure> {
    if args.nodes.len() + args.receipts.len() < 2 {
        return Err(Failure::usage("nothing to compare: name two nodes, or a node and receipts"));
    }
    let papers: Vec<_> = args.receipts.iter().map(|path| paper(path)).collect::<Result<_, _>>()?;
    let sides: Vec<_> = args.nodes.iter().map(|url| side(url)).collect::<Result<_, _>>()?;
    same_book(&sides, &papers)?;
    for (at, one) in sides.iter().enumerate() {
        for other in sides.iter().skip(at + 1) {
            if let Some(split) = compare(one, other)? {
                return tell(cli, args, split);
            }
        }
    }
    for (at, one) in papers.iter().enumerate() {
        for other in papers.iter().skip(at + 1) {
            if let Some(split) = compare_papers(one, other)? {
                return tell(cli, args, split);
            }
        }
        for side in &sides {
            if let Some(split) = compare_with_paper(side, one)? {
                return tell(cli, args, split);
            }
        }
    }
    agree(cli, &sides, &papers)
}

/// Step 1.
fn side(url: &str) -> Result<Side, Failure> {
    let named = |mut failure: Failure| {
        failure.message = format!("{url}: {}", failure.message);
        failure
    };
    let place = Place::open(url)?;
    let Place::Node(server) = &place else {
        return Err(Failure::usage(format!("{url} is no node")).help("static files have no blocks"));
    };
    let book = place.book().map_err(named)?;
    let mut keys = book.keys();
    // What a mirror signs convicts no institution, but its checkpoint can be compared all the same.
    keys.extend(own_key(server));
    let note = place.checkpoint().map_err(named)?;
    let (checkpoint, signer, _) = signed_checkpoint(&note, &keys).map_err(named)?;
    let tip = finals::tip(server).map_err(named)?;
    let signed = tip.as_ref().map_or(Ok((0, 0)), |tip| tip.check(&book));
    let signed = signed.map_err(|why| {
        named(Failure::new(Exit::Proof, format!("its newest block is not final: {why}")))
    })?;
    let differs = |tip: &Final| {
        tip.header.log_size == checkpoint.size && tip.header.log_root != checkpoint.root
    };
    if tip.as_ref().is_some_and(differs) {
        let why = "its checkpoint and its newest block speak of two logs";
        return Err(named(Failure::new(Exit::Proof, why)));
    }
    let note = String::from_utf8_lossy(&note).into_owned();
    Ok(Side { url: url.into(), place, book, checkpoint, note, signer, tip, signed })
}

fn own_key(server: &Server) -> Option<VerifierKey> {
    let text = server.get("log/keeper.vkey", 1_000, true).ok()??;
    std::str::from_utf8(&text).ok()?.trim().parse().ok()
}

fn paper(path: &Path) -> Result<Paper, Failure> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|e| Failure::new(Exit::NotFound, format!("{name}: {e}")))?;
    let wrong = |e: &dyn std::fmt::Display| Failure::new(Exit::Proof, format!("{name}: {e}"));
    if bytes.len() > limits::RECEIPT_BYTES {
        return Err(wrong(&"the file is too long"));
    }
    let receipt = Receipt::from_bytes(&bytes).map_err(|e| wrong(&e))?;
    receipt.check().map_err(|e| wrong(&e))?;
    let block = finals::of_receipt(&receipt).ok_or_else(|| wrong(&"it has no block"))?;
    Ok(Paper { name, receipt, block })
}

fn same_book(sides: &[Side], papers: &[Paper]) -> Result<(), Failure> {
    let nodes = sides.iter().map(|side| (&side.url, side.book.network));
    let papers = papers.iter().map(|paper| (&paper.name, paper.receipt.network));
    let mut all = nodes.chain(papers);
    let Some((first, network)) = all.next() else { return Ok(()) };
    match all.find(|(_, other)| *other != network) {
        Some((name, other)) => Err(Failure::usage(format!(
            "{first} and {name} are of two books: {network} and {other}"
        ))),
        None => Ok(()),
    }
}

impl Side {
    fn server(&self) -> Option<&Server> {
        match &self.place {
            Place::Node(server) => Some(server),
            _ => None,
        }
    }

    fn height(&self) -> u64 {
        self.tip.as_ref().map_or(0, |tip| tip.header.height)
    }

    /// Digest of its block at a height up to its newest.
    fn digest(&self, height: u64) -> Result<Hash, Failure> {
        match (&self.tip, self.server()) {
            (Some(tip), _) if tip.header.height == height => Ok(tip.header.digest()),
            (_, Some(server)) => digest_at(server, height),
            _ => Err(Failure::error(format!("{} has no blocks", self.url))),
        }
    }

    /// Its certified blocks from a height on.
    fn finals(&self, height: u64) -> Result<Vec<Final>, Failure> {
        let mut found = match self.server() {
            Some(server) => finals::from(server, height)?,
            None => Vec::new(),
        };
        found.extend(self.tip.clone().filter(|tip| tip.header.height >= height));
        Ok(found)
    }
}

/// Steps 2 to 4.
fn compare(one: &Side, other: &Side) -> Result<Option<Split>, Failure> {
    let names = [one.url.clone(), other.url.clone()];
    let notes = vec![one.note.clone(), other.note.clone()];
    let low = one.height().min(other.height());
    if low > 0 && one.digest(low)? != other.digest(low)? {
        let first = first_difference(one, other, low)?;
        let (ours, theirs) = (one.finals(first)?, other.finals(first)?);
        let changes = [one.book.changes.items.as_slice(), other.book.changes.items.as_slice()];
        let proof = contradiction(&one.book, &changes, &ours, &theirs);
        let what = format!("they have two blocks {first}");
        return Ok(Some(Split { names, what, proof, notes }));
    }
    let (small, large) = match one.checkpoint.size <= other.checkpoint.size {
        true => (one, other),
        false => (other, one),
    };
    if continues(small, large)? {
        return Ok(None);
    }
    let (size, more) = (group(small.checkpoint.size), group(large.checkpoint.size));
    let what = match size == more {
        true => format!("they signed two heads of a log of {size} entries"),
        false => format!("the log of {size} entries is no beginning of that of {more}"),
    };
    Ok(Some(Split { names, what, proof: None, notes }))
}

/// The first height at which two nodes have two blocks; at `high` they do.
fn first_difference(one: &Side, other: &Side, high: u64) -> Result<u64, Failure> {
    let (mut same, mut differs) = (0, high);
    while differs - same > 1 {
        let middle = same + (differs - same) / 2;
        match one.digest(middle)? == other.digest(middle)? {
            true => same = middle,
            false => differs = middle,
        }
    }
    Ok(differs)
}

/// Step 2, with the tiles of the larger.
fn continues(small: &Side, large: &Side) -> Result<bool, Failure> {
    let (old, new) = (&small.checkpoint, &large.checkpoint);
    let tree = Tiles {
        place: &large.place,
        size: new.size,
        known: Mutex::default(),
        failure: Mutex::new(None),
    };
    let Some(path) = consistency_path(&tree, old.size, new.size) else {
        let failure = tree.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        return Err(failure.unwrap_or_else(|| Failure::error("a tile is missing")));
    };
    Ok(verify_consistency((old.size, &old.root), (new.size, &new.root), &path))
}

/// A tree whose hashes are fetched as they are needed.
struct Tiles<'a> {
    place: &'a Place,
    size: u64,
    known: Mutex<BTreeMap<(u8, u64), Vec<Hash>>>,
    failure: Mutex<Option<Failure>>,
}

impl Tiles<'_> {
    fn tile(&self, level: u8, index: u64) -> Option<Vec<Hash>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tile) = known.get(&(level, index)) {
            return Some(tile.clone());
        }
        let width = width_of(level, index, self.size)?;
        let tile = match self.place.tile(Tile::Hashes { level, index, width }) {
            Ok(bytes) => walk::hashes(&bytes, width)?,
            Err(failure) => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                return None;
            }
        };
        known.insert((level, index), tile.clone());
        Some(tile)
    }
}

impl Subtrees for Tiles<'_> {
    fn subtree(&self, level: u32, index: u64) -> Option<Hash> {
        let (stored, width) = (u8::try_from(level / 8).ok()?, 1u64 << (level % 8));
        let start = index.checked_mul(width)?;
        let tile = self.tile(stored, start / u64::from(TILE_WIDTH))?;
        let at = usize::try_from(start % u64::from(TILE_WIDTH)).ok()?;
        let end = at.checked_add(usize::try_from(width).ok()?)?;
        let mut tree = Frontier::default();
        tile.get(at..end)?.iter().for_each(|hash| tree.push(*hash));
        Some(tree.root())
    }
}

fn compare_papers(one: &Paper, other: &Paper) -> Result<Option<Split>, Failure> {
    let conviction = Conviction::between(&one.receipt, &other.receipt);
    let names = [one.name.clone(), other.name.clone()];
    if let Ok(convicted) = conviction.check() {
        let what = "their blocks cannot both be".into();
        let proof = Some((conviction, convicted));
        return Ok(Some(Split { names, what, proof, notes: Vec::new() }));
    }
    let proven = |paper: &Paper| paper.receipt.check().map_err(Failure::error);
    match proven(one)?.agrees_with(&proven(other)?) {
        Ok(()) => Ok(None),
        Err(why) => {
            Ok(Some(Split { names, what: why.to_string(), proof: None, notes: Vec::new() }))
        }
    }
}

/// Step 5. A block above what the node has says nothing about it.
fn compare_with_paper(side: &Side, paper: &Paper) -> Result<Option<Split>, Failure> {
    let header = &paper.block.header;
    if header.height > side.height() || side.digest(header.height)? == header.digest() {
        return Ok(None);
    }
    let changes = [paper.receipt.sets.as_slice(), side.book.changes.items.as_slice()];
    let block = std::slice::from_ref(&paper.block);
    let proof = contradiction(&side.book, &changes, block, &side.finals(header.height)?);
    let names = [side.url.clone(), paper.name.clone()];
    let what = format!("they have two blocks {}", header.height);
    Ok(Some(Split { names, what, proof, notes: vec![side.note.clone()] }))
}

/// Tells of two histories, and writes what convicts.
fn tell(cli: &Cli, args: &CompareArgs, split: Split) -> Result<(), Failure> {
    let Split { names: [one, other], what, proof, notes } = split;
    let headline = format!("{one} and {other} tell two histories: {what}");
    let Some((file, convicted)) = proof else {
        for note in &notes {
            output::line(note)?;
        }
        return Err(Failure::new(Exit::Proof, headline).help(
            "no two final blocks that contradict each other were found; keep the notes above: each \
             is signed, and of one size with two heads they show who signed two stories",
        ));
    };
    let bytes = serde_json::to_vec_pretty(&file).map_err(Failure::error)?;
    let name = args.out.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::usage("--out names no file"))?;
    write(args.out.parent().unwrap_or(Path::new(".")), name, &bytes)?;
    conviction::tell(cli, &convicted)?;
    let shown = args.out.display();
    Err(Failure::new(Exit::Proof, headline)
        .help(format!("{shown} convicts: anybody can check it with `weal verify {shown}`")))
}

fn agree(cli: &Cli, sides: &[Side], papers: &[Paper]) -> Result<(), Failure> {
    let low = sides.iter().map(Side::height).min().unwrap_or_default();
    let smallest = sides.iter().map(|side| side.checkpoint.size).min().unwrap_or_default();
    if cli.output != Format::Table {
        let node = |side: &Side| {
            json!({
                "url": side.url,
                "size": side.checkpoint.size,
                "root": side.checkpoint.root,
                "height": side.height(),
                "signed": side.signed.0,
                "validators": side.signed.1,
            })
        };
        let value = json!({
            "verdict": "agree",
            "height": low,
            "size": smallest,
            "nodes": sides.iter().map(node).collect::<Vec<_>>(),
            "receipts": papers.len(),
        });
        return output::one(cli, &value, &[]);
    }
    for side in sides {
        let (signed, of) = side.signed;
        output::line(&format!(
            "ok  {}: {} entries, signed by {}; block {} by {signed} of {of} institutions",
            side.url,
            group(side.checkpoint.size),
            side.book.name(&side.signer.key),
            side.height(),
        ))?;
    }
    for paper in papers {
        let Paper { name, receipt, block } = paper;
        let height = block.header.height;
        output::line(&format!("ok  {name}: entry {}, block {height}", receipt.index))?;
    }
    if sides.len() > 1 {
        let size = group(smallest);
        output::line(&format!("they agree: one history up to block {low}, {size} entries"))?;
    } else {
        output::line("they agree: one history, as far as the receipts reach")?;
    }
    Ok(())
}
