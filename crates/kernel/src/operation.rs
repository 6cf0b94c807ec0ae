//! Operations: what one party (or two) says, as JSON anybody can read.
//!
//! `{"v":1, "network":…, "actor":…, "mandate":…, "time":…, "nonce":…, "act":{"noun.verb":{…}}}`

use crate::charters::op as charters;
use crate::holdings::op as holdings;
use crate::network::op as network;
use crate::principals::op as principals;
use crate::records::op as records;
use crate::refusal::{Refusal, Refused};
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use weal_proof::keys::{PublicKey, Signature};
use weal_proof::{Envelope, Hash};

/// The payload of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// Version of the operation format: 1.
    pub v: u8,
    /// The network's id: an operation counts in one book only.
    pub network: Hash,
    /// In whose name; left out only when registering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Hash>,
    /// The mandate used, when somebody else signs in the actor's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Hash>,
    /// The signer's clock.
    pub time: UnixMillis,
    /// 128 random bits, hex: two equal statements are still two.
    pub nonce: Nonce,
    /// What is done.
    pub act: Act,
}

/// 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 16]);

impl Serialize for Nonce {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&weal_proof::hash::to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = weal_proof::hash::from_hex(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Nonce).ok_or_else(|| serde::de::Error::custom("expected 32 hexadecimal digits"))
    }
}

macro_rules! acts {
    ($($variant:ident($body:ty) = $name:literal,)*) => {
        /// Everything that can be done, named by a noun and a verb.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[allow(clippy::large_enum_variant)]
        pub enum Act {
            $(#[doc = concat!("`", $name, "`")] #[serde(rename = $name)] $variant($body),)*
        }

        impl Act {
            /// The names of all acts.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The name, as in the JSON.
            pub fn name(&self) -> &'static str {
                match self { $(Act::$variant(_) => $name,)* }
            }
        }
    };
}

acts! {
    PrincipalRegister(principals::Register) = "principal.register",
    PrincipalRotate(principals::Rotate) = "principal.rotate",
    PrincipalRecover(principals::Recover) = "principal.recover",
    MandateGrant(principals::Grant) = "mandate.grant",
    MandateRevoke(principals::Revoke) = "mandate.revoke",
    RoleAttest(principals::Attest) = "role.attest",
    RoleRevoke(principals::RevokeRole) = "role.revoke",
    RecordPost(records::Post) = "record.post",
    RecordRespond(records::Respond) = "record.respond",
    ItemDefine(holdings::DefineItem) = "item.define",
    PackDefine(holdings::DefinePack) = "pack.define",
    PackMeasure(holdings::MeasurePack) = "pack.measure",
    HoldingMint(holdings::Mint) = "holding.mint",
    HoldingReserve(holdings::Reserve) = "holding.reserve",
    HoldingRelease(holdings::Release) = "holding.release",
    HoldingDispatch(holdings::Dispatch) = "holding.dispatch",
    HoldingAccept(holdings::Accept) = "holding.accept",
    HoldingHandOver(holdings::HandOver) = "holding.hand_over",
    HoldingResolve(holdings::Resolve) = "holding.resolve",
    HoldingWriteOff(holdings::WriteOff) = "holding.write_off",
    HoldingConsume(holdings::Consume) = "holding.consume",
    HoldingCount(holdings::Count) = "holding.count",
    MoneyIssue(holdings::Issue) = "money.issue",
    MoneyPay(holdings::Pay) = "money.pay",
    MoneyRedeem(holdings::Redeem) = "money.redeem",
    CharterPublish(charters::Publish) = "charter.publish",
    CharterReview(charters::Review) = "charter.review",
    CharterAttest(charters::Attest) = "charter.attest",
    CharterLock(charters::Lock) = "charter.lock",
    CharterWithdraw(charters::Withdraw) = "charter.withdraw",
    CharterOpen(charters::Open) = "charter.open",
    CharterState(charters::StateField) = "charter.state",
    CharterName(charters::NameParty) = "charter.name",
    CharterPass(charters::Pass) = "charter.pass",
    CharterVouch(charters::Vouch) = "charter.vouch",
    CharterSet(charters::SetParameter) = "charter.set",
    CharterPay(charters::PayIn) = "charter.pay",
    CharterTrigger(charters::Trigger) = "charter.trigger",
    CharterRun(charters::RunDue) = "charter.run",
    CharterDraw(charters::Draw) = "charter.draw",
    CharterBrake(charters::PullBrake) = "charter.brake",
    NetworkPropose(network::Propose) = "network.propose",
    NetworkApprove(network::Approve) = "network.approve",
    NetworkDecline(network::Decline) = "network.decline",
    NetworkMove(network::Move) = "network.move",
    NetworkCite(network::Cite) = "network.cite",
}

impl Act {
    /// Whether judging it may take much longer than reading it: rules of charters are run, a text
    /// is proved, or another network's receipt is checked.
    pub fn may_run_rules(&self) -> bool {
        self.name().starts_with("charter.") || matches!(self, Act::NetworkCite(_))
    }
}

impl Payload {
    /// The JSON text to sign.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads strict JSON of exactly the shape that [`Payload::to_bytes`] writes. Lists and objects
    /// that may be left out may also be empty; nothing else is read in two ways.
    pub fn from_bytes(text: &[u8]) -> Result<Payload, Refused> {
        let unknown = |e: serde_json::Error| Refusal::UnknownShape.at("/", e);
        let payload: Payload = serde_json::from_slice(text).map_err(unknown)?;
        if payload.to_bytes() == text {
            return Ok(payload);
        }
        let written: Value = serde_json::from_slice(text).map_err(unknown)?;
        let read = serde_json::to_value(&payload).map_err(unknown)?;
        match misread(&written, &read) {
            Some(place) => Err(Refusal::UnknownShape.at(place, "another type is expected")),
            None => Ok(payload),
        }
    }
}

/// Where a text was read in another shape than it is written: serde takes a list of members for an
/// object, an object for a word and `null` for nothing, other readers do not.
fn misread(written: &Value, read: &Value) -> Option<String> {
    let below = |name: &dyn fmt::Display, written, read| {
        misread(written, read).map(|place| format!("/{name}{place}"))
    };
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            written.iter().find_map(|(name, written)| match read.get(name) {
                Some(read) => below(name, written, read),
                None => written.is_null().then(|| format!("/{name}")),
            })
        }
        (Value::Array(written), Value::Array(read)) if written.len() == read.len() => {
            let mut pairs = written.iter().zip(read).enumerate();
            pairs.find_map(|(at, (written, read))| below(&at, written, read))
        }
        _ => (written != read).then(String::new),
    }
}

/// An operation whose shape is good; its signatures may not have been checked yet.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The id: SHA-256 over the payload's pre-authentication encoding.
    pub id: Hash,
    /// What is said.
    pub payload: Payload,
    /// The envelope it came in.
    pub envelope: Envelope,
}

impl Signed {
    /// The keys of the newcomer whom it registers, if it registers somebody.
    pub fn newcomer(&self) -> Option<&principals::KeySet> {
        match &self.payload.act {
            Act::PrincipalRegister(register) => Some(&register.keys),
            _ => None,
        }
    }

    /// In whose name the operation is; a registration's actor is the principal it creates.
    pub fn actor(&self) -> Hash {
        self.payload.actor.unwrap_or(self.id)
    }

    /// The signed bytes, and each key with its signature: what a batch verifier needs.
    pub fn signatures(&self) -> (Vec<u8>, &[(PublicKey, Signature)]) {
        (self.envelope.pae(), self.envelope.signatures())
    }

    /// Whether this key signed.
    pub fn signed_by(&self, key: &PublicKey) -> bool {
        self.envelope.signatures().binary_search_by(|(known, _)| known.cmp(key)).is_ok()
    }
}
