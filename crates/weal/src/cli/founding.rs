//! `weal node key` and `weal node init`: how a book is founded.
//!
//! 1. Each founder makes his own keys with `weal node key`; nobody sees another's. What he gives
//!    away is a card: name, public keys, address.
//! 2. One of them makes the genesis text from all cards with `weal node init --founder ...`.
//! 3. The others take that text with `weal node init --genesis genesis.json`, and see that their
//!    own card is in it. All compare the network's id by telephone.

use super::keys;
use super::output::{self, Failure};
use crate::{serve, solo};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use weal_kernel::schema::Rules;
use weal_node::{Directory, read_key, write_key};
use weal_proof::genesis::{Genesis, Keeper, network_id};
use weal_services::schemas;

/// The card's file in the node's directory.
const CARD: &str = "founder.json";
const VALIDATOR: &str = "validator.key";
const OWNER: &str = "owner.key";
const FORMAT: &str = "commonweal-founder-v1";

/// What a founder gives to the others.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    format: String,
    #[serde(flatten)]
    keeper: Keeper,
}

/// Makes the two keys of an institution, unless they are there.
pub(crate) fn make_keys(data: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(data).map_err(Failure::error)?;
    for name in [VALIDATOR, OWNER] {
        if !data.join(name).exists() {
            write_key(&data.join(name), &keys::random()?).map_err(Failure::error)?;
        }
    }
    Ok(())
}

/// The institution whose keys are in this directory.
pub(crate) fn keeper(data: &Path, name: &str, address: &str, web: &str) -> Result<Keeper, Failure> {
    let public = |name: &str| read_key(&data.join(name)).map(|key| key.public());
    let keeper = Keeper {
        name: name.to_owned(),
        key: public(VALIDATOR).map_err(Failure::error)?,
        owner: public(OWNER).map_err(Failure::error)?,
        address: address.to_owned(),
        web: web.trim_end_matches('/').to_owned(),
    };
    let reachable = address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !keeper.is_readable() || !reachable {
        return Err(Failure::usage(format!(
            "{address} is no address, or the name is not readable"
        ))
        .help("an address is host:port, such as book.example.org:8471"));
    }
    Ok(keeper)
}

/// `weal node key`
pub(crate) fn key(data: &Path, name: &str, address: &str, web: &str) -> Result<(), Failure> {
    if data.join("genesis.json").exists() {
        return Err(Failure::error(format!("there is a book in {} already", data.display())).help(
            "a founder makes keys before the book; to join one, see `weal node join --help`",
        ));
    }
    make_keys(data)?;
    let card = Card { format: FORMAT.into(), keeper: keeper(data, name, address, web)? };
    let mut text = serde_json::to_string_pretty(&card).map_err(Failure::error)?;
    text.push('\n');
    std::fs::write(data.join(CARD), &text).map_err(Failure::error)?;
    output::raw(text.as_bytes())?;
    output::note(&format!("this card is also in {}", data.join(CARD).display()));
    output::note("give it to the one who makes the genesis text; keep both keys to yourself");
    output::note(&format!(
        "{OWNER} approves who else keeps the book: better kept on another machine"
    ));
    Ok(())
}

/// `weal node init`
pub(crate) fn init(
    data: &Path,
    name: &str,
    from: (&[PathBuf], Option<&Path>),
    numbers: (u64, u64),
) -> Result<(), Failure> {
    let directory = match from {
        (_, Some(genesis)) => take(data, genesis)?,
        ([], None) => solo::create(data, name, &keys::random()?).map_err(Failure::error)?,
        (cards, None) => found(data, name, cards, numbers)?,
    };
    output::line(&format!("a new book was made in {}", data.display()))?;
    output::line(&format!("network {}", directory.network))?;
    let others = directory.genesis.validators.len() - 1;
    if others > 0 && from.1.is_none() {
        let file = data.join("genesis.json");
        output::note(&format!(
            "give {} to the {others} other founders: `weal node init --genesis genesis.json`",
            file.display()
        ));
    }
    output::note(&format!("run it with `weal node run --data {}`", data.display()));
    Ok(())
}

/// A genesis text from the cards of all founders.
fn found(
    data: &Path,
    name: &str,
    cards: &[PathBuf],
    (epoch_blocks, approval_percent): (u64, u64),
) -> Result<Directory, Failure> {
    let keepers = cards.iter().map(|path| read_card(path)).collect::<Result<Vec<_>, _>>()?;
    let rules = schemas::founding();
    let genesis = Genesis::new(name, serve::now().0, keepers, rules.hash());
    let genesis = Genesis { epoch_blocks, approval_percent, ..genesis };
    Genesis::from_bytes(&genesis.to_bytes()).map_err(Failure::usage)?;
    settle(data, &genesis.to_bytes(), &genesis, &rules)
}

fn read_card(path: &Path) -> Result<Keeper, Failure> {
    let fail = |e: &dyn std::fmt::Display| {
        Failure::usage(format!("{}: {e}", path.display()))
            .help("a card is made with `weal node key`")
    };
    let bytes = std::fs::read(path).map_err(|e| fail(&e))?;
    weal_proof::json::check(&bytes).map_err(|e| fail(&e))?;
    let mut card: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&bytes).map_err(|e| fail(&e))?;
    if card.remove("format") != Some(FORMAT.into()) {
        return Err(fail(&"this is no founder's card"));
    }
    serde_json::from_value(card.into()).map_err(|e| fail(&e))
}

/// Takes a genesis text that another founder made.
fn take(data: &Path, path: &Path) -> Result<Directory, Failure> {
    let text =
        std::fs::read(path).map_err(|e| Failure::error(format!("{}: {e}", path.display())))?;
    let genesis = Genesis::from_bytes(&text).map_err(Failure::usage)?;
    settle(data, &text, &genesis, &schemas::of(&genesis.rules))
}

/// Writes the first page into a directory that holds this institution's keys.
fn settle(
    data: &Path,
    text: &[u8],
    genesis: &Genesis,
    rules: &Rules,
) -> Result<Directory, Failure> {
    let key = read_key(&data.join(VALIDATOR)).map_err(|e| {
        Failure::error(e).help("make this machine's keys first with `weal node key`")
    })?;
    if !genesis.validators.iter().any(|keeper| keeper.key == key.public()) {
        return Err(Failure::error("this machine's key is not among the founders'")
            .help("ask the one who makes the genesis text to take your card in, too"));
    }
    write_book(data, text, genesis, rules)
}

/// Writes the first page of a book into a directory.
pub(crate) fn write_book(
    data: &Path,
    text: &[u8],
    genesis: &Genesis,
    rules: &Rules,
) -> Result<Directory, Failure> {
    if genesis.rules != rules.hash() {
        return Err(Failure::error("this program ships other rules than the genesis text names")
            .help("use the version of weal the other institutions use"));
    }
    let directory = Directory::begin(data, text, rules).map_err(Failure::error)?;
    debug_assert_eq!(directory.network, network_id(text));
    Ok(directory)
}
