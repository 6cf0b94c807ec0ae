//! `weal audit fsck` and `weal audit mirror`: a whole log checked, and copied while it is checked.

use super::place::{Book, Place, signed_checkpoint, write};
use super::walk::{Walked, walk};
use super::{FsckArgs, MirrorArgs, TrustArgs};
use crate::cli::args::{Cli, Format};
use crate::cli::node::progress;
use crate::cli::output::{self, Exit, Failure, group};
use serde_json::json;
use weal_proof::Hash;
use weal_proof::checkpoint::Checkpoint;
use weal_proof::note::VerifierKey;

/// What was found good.
struct Good {
    network: Hash,
    checkpoint: Checkpoint,
    signer: String,
    note: Vec<u8>,
    walked: Walked,
    /// Without it, only the key that was named vouches.
    book: Option<Book>,
}

/// `weal audit fsck`
pub(crate) fn check(cli: &Cli, args: &FsckArgs) -> Result<(), Failure> {
    let place = Place::open(&args.log)?;
    report(cli, &args.trust, &examine(cli, &place, &args.trust)?)
}

/// `weal audit mirror`
pub(crate) fn mirror(cli: &Cli, args: &MirrorArgs) -> Result<(), Failure> {
    let from = Box::new(Place::open(&args.log)?);
    let place = Place::Copy { from, to: args.directory.clone() };
    let good = examine(cli, &place, &args.trust)?;
    let to = args.directory.as_path();
    if let Some(book) = &good.book {
        let changes = serde_json::to_vec(&book.changes).map_err(Failure::error)?;
        write(to, "genesis.json", &book.genesis_text)?;
        write(to, "sets.json", &changes)?;
    }
    // Last, so that whoever finds it finds all that it speaks of.
    write(to, "checkpoint", &good.note)?;
    report(cli, &args.trust, &good)?;
    output::note(&format!("any web server can serve {}", to.display()));
    Ok(())
}

fn examine(cli: &Cli, place: &Place, trust: &TrustArgs) -> Result<Good, Failure> {
    let (book, keys) = keys(place, trust)?;
    let note = place.checkpoint()?;
    let (checkpoint, signer, _) = signed_checkpoint(&note, &keys)?;
    let network = checkpoint.origin.strip_prefix("commonweal/").and_then(|id| id.parse().ok());
    let network: Hash = network
        .ok_or_else(|| Failure::new(Exit::Proof, format!("{} is no book", checkpoint.origin)))?;
    is_known(trust, &network)?;
    let bar = match cli.quiet {
        true => indicatif::ProgressBar::hidden(),
        false => progress(0, "entries"),
    };
    let walked = walk(place, network, &checkpoint, &bar);
    bar.finish_and_clear();
    let signer = match &book {
        Some(book) => book.name(&signer.key),
        None => signer.to_string(),
    };
    Ok(Good { network, checkpoint, signer, note, walked: walked?, book })
}

/// The keys that may have signed the checkpoint.
fn keys(place: &Place, trust: &TrustArgs) -> Result<(Option<Book>, Vec<VerifierKey>), Failure> {
    let Some(vkey) = &trust.vkey else {
        let book = place.book()?;
        let keys = book.keys();
        return Ok((Some(book), keys));
    };
    let key = vkey.trim().parse().map_err(|e| Failure::usage(format!("--vkey: {e}")))?;
    // The first page is copied along where it is there; nothing rests on it.
    Ok((place.book().ok(), vec![key]))
}

fn is_known(trust: &TrustArgs, network: &Hash) -> Result<(), Failure> {
    let Some(known) = &trust.network else { return Ok(()) };
    let known: Hash = known.parse().map_err(|e| Failure::usage(format!("--network: {e}")))?;
    if known == *network {
        return Ok(());
    }
    Err(Failure::new(Exit::Proof, format!("the log is of another book, network {network}")))
}

fn report(cli: &Cli, trust: &TrustArgs, good: &Good) -> Result<(), Failure> {
    let Good { network, checkpoint, signer, walked, .. } = good;
    let Walked { entries, signatures, tiles } = walked;
    if cli.output != Format::Table {
        let value = json!({
            "verdict": "good",
            "network": network,
            "size": entries,
            "root": checkpoint.root,
            "signer": signer,
            "signatures": signatures,
            "files": tiles,
        });
        return output::one(cli, &value, &[]);
    }
    output::line(&format!("ok  checkpoint {} entries, signed by {signer}", group(*entries)))?;
    output::line(&format!("ok  entries    canonical and of this book, network {network}"))?;
    output::line(&format!("ok  signatures {} valid", group(*signatures)))?;
    output::line(&format!("ok  hashes     {} files, head {}", group(*tiles), checkpoint.root))?;
    if trust.network.is_none() && trust.vkey.is_none() && !cli.quiet {
        output::note("compare the network's id with the one you know, or give it with --network");
    }
    Ok(())
}
