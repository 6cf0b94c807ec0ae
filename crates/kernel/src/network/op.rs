//! What can be said about the network.

use crate::limits;
use crate::refusal::{Refusal, Refused};
use crate::text;
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use weal_proof::genesis::{Keeper, network_id};
use weal_proof::keys::PublicKey;
use weal_proof::{Genesis, Hash, Receipt};

/// A change of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Change {
    /// An institution shall keep the book too; both its keys sign.
    Add(Keeper),
    /// A keeper shall keep the book no more.
    Remove {
        /// The key of its validator.
        key: PublicKey,
    },
    /// A keeper's validator gets another key; the new key and the keeper's owner sign.
    Rekey {
        /// The key it has.
        key: PublicKey,
        /// The key it gets.
        new: PublicKey,
    },
    /// Receipts of another network shall be believed here.
    Recognise {
        /// Its exact genesis text, base64.
        genesis: String,
    },
}

/// Proposes a change of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// What shall change.
    pub change: Change,
}

/// A keeper is for a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// Which.
    pub proposal: Hash,
    /// The key of the keeper's validator; its owner signs.
    pub keeper: PublicKey,
}

/// A keeper is against a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Which.
    pub proposal: Hash,
    /// The key of the keeper's validator; its owner signs.
    pub keeper: PublicKey,
    /// Why.
    pub reason: String,
}

/// A keeper's machine is reached elsewhere from the next epoch on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The key of the keeper's validator; its owner signs.
    pub keeper: PublicKey,
    /// Where: `host:port`.
    pub address: String,
    /// Where people find its pages from then on; left out if that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<String>,
}

/// Brings a receipt of a recognised network into this book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// The exact text of the receipt file.
    pub receipt: String,
}

/// An operation of another network, cited before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CitedOperation {
    /// The network.
    pub network: Hash,
    /// The operation's id there.
    pub operation: Hash,
}

impl Change {
    /// The change that recognises the network with this exact genesis text.
    pub fn recognise(genesis: &[u8]) -> Change {
        let genesis = base64::engine::general_purpose::STANDARD.encode(genesis);
        Change::Recognise { genesis }
    }
}

/// Reads a genesis text from its base64: the network's id and what it says.
pub fn read_genesis(place: &str, genesis: &str) -> Result<(Hash, Genesis), Refused> {
    let engine = base64::engine::general_purpose::STANDARD;
    let bytes = engine.decode(genesis).map_err(|e| Refusal::NotAGenesis.at(place, e))?;
    let genesis = Genesis::from_bytes(&bytes).map_err(|e| Refusal::NotAGenesis.at(place, e))?;
    text::check(place, &genesis.name, limits::NAME_CHARS)?;
    Ok((network_id(&bytes), genesis))
}

fn check_address(place: &str, address: &str) -> Result<(), Refused> {
    let port = |port: &str| port.parse::<u16>().is_ok_and(|n| n > 0 && n.to_string() == port);
    let fits = address.len() <= weal_proof::limits::KEEPER_ADDRESS_BYTES
        && address.rsplit_once(':').is_some_and(|(host, number)| is_host(host) && port(number));
    if fits { Ok(()) } else { Err(Refusal::BadKeeper.at(place, "expected an address host:port")) }
}

/// Where people find pages: a link that a browser opens, or nothing.
fn check_web(place: &str, web: &str) -> Result<(), Refused> {
    let link = web.strip_prefix("https://").or_else(|| web.strip_prefix("http://"));
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~:/[]".contains(&c);
    let fits = web.len() <= weal_proof::limits::KEEPER_ADDRESS_BYTES
        && link.is_some_and(|link| !link.is_empty() && link.bytes().all(plain));
    if web.is_empty() || fits {
        return Ok(());
    }
    Err(Refusal::BadKeeper.at(place, "expected a link https://…"))
}

/// A name or number of a machine; an IPv6 number stands in brackets, so that the port is clear.
fn is_host(host: &str) -> bool {
    let name = |c: u8| c.is_ascii_alphanumeric() || b".-_".contains(&c);
    let number = |c: u8| c.is_ascii_hexdigit() || b":.".contains(&c);
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => !inner.is_empty() && inner.bytes().all(number),
        None => !host.is_empty() && host.bytes().all(name),
    }
}

fn check_key(place: &str, key: &PublicKey) -> Result<(), Refused> {
    if key.is_valid() { Ok(()) } else { Err(Refusal::BadKeeper.at(place, "no curve point")) }
}

impl Propose {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        match &self.change {
            Change::Add(keeper) => {
                let place = format!("{place}/change/add");
                text::check(&format!("{place}/name"), &keeper.name, limits::NAME_CHARS)?;
                if !keeper.is_readable() {
                    return Err(Refusal::BadKeeper.at(format!("{place}/name"), "too many bytes"));
                }
                check_key(&format!("{place}/key"), &keeper.key)?;
                check_key(&format!("{place}/owner"), &keeper.owner)?;
                check_address(&format!("{place}/address"), &keeper.address)?;
                check_web(&format!("{place}/web"), &keeper.web)
            }
            Change::Remove { .. } => Ok(()),
            Change::Rekey { new, .. } => check_key(&format!("{place}/change/rekey/new"), new),
            Change::Recognise { genesis } => {
                read_genesis(&format!("{place}/change/recognise/genesis"), genesis).map(drop)
            }
        }
    }
}

impl Decline {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check(&format!("{place}/reason"), &self.reason, limits::SHORT_TEXT_CHARS)
    }
}

impl Move {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_address(&format!("{place}/address"), &self.address)?;
        check_web(&format!("{place}/web"), self.web.as_deref().unwrap_or_default())
    }
}

impl Cite {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        self.read(&format!("{place}/receipt")).map(drop)
    }

    pub(crate) fn read(&self, place: &str) -> Result<Receipt, Refused> {
        let read = Receipt::from_bytes(self.receipt.as_bytes());
        read.map_err(|e| Refusal::NotAReceipt.at(place, e))
    }
}
