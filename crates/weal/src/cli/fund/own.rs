//! What this machine remembers of its owner's cases, and the fresh key behind each.
//!
//! The file `funds` beside the keys has a line for each case: network, charter, case, key.

use super::super::args::Cli;
use super::super::client::Client;
use super::super::keys;
use super::super::output::{self, Failure};
use super::super::write::sign_and_send;
use serde_json::json;
use std::io::Write as _;
use weal_proof::Hash;
use weal_services::compose::Signer;

/// What every fresh member is called: a name that tells nothing.
const NEUTRAL: &str = "member";
/// Memberships of one person in one charter.
const MOST: u32 = 1_000;

/// A case of this machine's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    /// The charter.
    pub(crate) charter: Hash,
    /// The case.
    pub(crate) case: u64,
    /// The key's name on this machine.
    pub(crate) key: String,
}

/// All cases that were opened from here in this book.
pub(crate) fn all(network: &Hash) -> Result<Vec<Own>, Failure> {
    let text = std::fs::read_to_string(keys::home()?.join("funds")).unwrap_or_default();
    Ok(text.lines().filter_map(|line| parse(line, network)).collect())
}

fn parse(line: &str, network: &Hash) -> Option<Own> {
    let mut words = line.split_whitespace();
    let here = words.next()?.parse::<Hash>().ok()? == *network;
    let (charter, case) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let key = words.next()?.to_owned();
    here.then_some(Own { charter, case, key })
}

/// Remembers a case.
pub(crate) fn remember(network: &Hash, own: &Own) -> Result<(), Failure> {
    let home = keys::home()?;
    std::fs::create_dir_all(&home).map_err(Failure::error)?;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(home.join("funds"));
    let line = format!("{network} {} {} {}", own.charter, own.case, own.key);
    file.and_then(|mut file| writeln!(file, "{line}")).map_err(Failure::error)
}

/// A fresh key for one case, registered as a person with a neutral name. Says its name.
pub(crate) fn fresh(cli: &Cli, client: &Client, charter: &Hash) -> Result<String, Failure> {
    let network = client.network()?;
    let (name, key) = new_key(charter)?;
    let act = json!({ "principal.register": {
        "kind": "person",
        "name": NEUTRAL,
        "keys": { "keys": [key.public()], "threshold": 1 },
    } });
    let act = serde_json::from_value(act).map_err(Failure::error)?;
    let signer = Signer { network, actor: None, mandate: None, keys: vec![key] };
    output::note(&format!("a fresh key {name} stands for you in this fund; keep a copy of it"));
    if let Some(id) = sign_and_send(cli, client, &signer, act)? {
        keys::remember(&name, &network, &id)?;
    }
    Ok(name)
}

/// The first free name for a key of this charter, and the key.
fn new_key(charter: &Hash) -> Result<(String, weal_proof::keys::SecretKey), Failure> {
    let charter = charter.to_string();
    let short = charter.get(..8).unwrap_or_default();
    for number in 1..MOST {
        let name = format!("member-{short}-{number}");
        if !keys::home()?.join("keys").join(format!("{name}.key")).exists() {
            return keys::create(&name).map(|key| (name, key));
        }
    }
    Err(Failure::error("there are too many keys for this charter on this machine"))
}

/// Whether the command line itself names the one who acts.
pub(crate) fn is_named() -> bool {
    named_in(std::env::args_os().map(|word| word.to_string_lossy().into_owned()))
}

fn named_in(words: impl Iterator<Item = String>) -> bool {
    words.take_while(|word| word != "--").any(|word| word == "--as" || word.starts_with("--as="))
}

/// The case that is meant, and the key that acts: what was said, or the only one there is here.
pub(crate) fn meant(
    cli: &Cli,
    client: &Client,
    charter: &Hash,
    case: Option<u64>,
) -> Result<(Option<u64>, Option<String>), Failure> {
    let mine = all(&client.network()?)?;
    let mut mine: Vec<Own> = mine.into_iter().filter(|own| own.charter == *charter).collect();
    if let Some(actor) = &cli.actor {
        mine.retain(|own| own.key == *actor);
    }
    if let Some(case) = case {
        mine.retain(|own| own.case == case);
    }
    let only = match mine.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let key = cli.actor.clone().or_else(|| only.as_ref().map(|own| own.key.clone()));
    Ok((case.or_else(|| only.map(|own| own.case)), key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_command_line_names_the_one_who_opens() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(named_in(words("weal fund open R-1 --as giver").into_iter()));
        assert!(named_in(words("weal --as=giver fund open R-1").into_iter()));
        assert!(!named_in(words("weal fund open R-1 --field as=1").into_iter()));
        assert!(!named_in(words("weal fund open R-1 -- --as").into_iter()));
    }

    #[test]
    fn lines_of_other_books_are_passed_over() {
        let (here, there) = (Hash::of(&[b"here"]), Hash::of(&[b"there"]));
        let own = Own { charter: Hash::of(&[b"charter"]), case: 3, key: "member-1".into() };
        let line = format!("{here} {} {} {}", own.charter, own.case, own.key);
        assert_eq!(parse(&line, &here), Some(own));
        assert_eq!(parse(&line, &there), None);
        assert_eq!(parse("torn", &here), None);
    }
}
