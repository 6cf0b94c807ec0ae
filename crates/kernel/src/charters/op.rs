//! What can be said about charters.

use crate::holdings::op::{MoneyLine, check_money};
use crate::limits;
use crate::refusal::{Refusal, Refused};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use weal_charter::Proved;
use weal_charter::model::MONEY_HIGH;
use weal_proof::Hash;

/// Publishes a text; from then on nobody changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The whole text, as in `spec/charter.md`.
    pub text: String,
    /// Whose money it keeps: the issuer of the claims.
    pub issuer: Hash,
    /// The holders of the roles that are named when publishing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Vec<Hash>>,
}

/// What somebody has to say about a text before it is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Remark {
    /// He does not understand something.
    Question {
        /// What.
        text: String,
    },
    /// A rule gives something it should not give.
    Defect {
        /// Why it should not.
        text: String,
        /// The rule.
        rule: String,
        /// The inputs.
        inputs: Vec<i64>,
        /// What it gives for them; yes is 1 and no is 0.
        gives: i64,
    },
    /// He answers a remark.
    Answer {
        /// The remark.
        to: Hash,
        /// What he says.
        text: String,
    },
}

/// Says something about a text under review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The charter.
    pub charter: Hash,
    /// What.
    pub remark: Remark,
}

/// An auditor has read a text and stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// The charter.
    pub charter: Hash,
    /// SHA-256 of the text he has read.
    pub text: Hash,
    /// What he has looked at.
    pub scope: String,
    /// What he himself gains from it.
    pub interest: String,
}

/// Locks a text whose review is over: from now on it takes money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The charter.
    pub charter: Hash,
}

/// The author takes a text back that is not locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The charter.
    pub charter: Hash,
    /// Why.
    pub reason: String,
}

/// Somebody with a share in a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who.
    pub principal: Hash,
    /// His part: minor units of money where the rules say so, otherwise any weight.
    pub weight: u64,
}

/// Opens a case: becomes a member, makes a gift, sets up a milestone, presents an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The charter.
    pub charter: Hash,
    /// What the case states, by the names of fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, i64>,
    /// Who takes part besides the actor, by the names of parties.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parties: BTreeMap<String, Vec<Share>>,
    /// The document behind the case, as its maker numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The holder of a role states a field of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateField {
    /// The charter.
    pub charter: Hash,
    /// The case.
    pub case: u64,
    /// The field.
    pub field: String,
    /// Its value.
    pub value: i64,
}

/// Names a party of a case anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameParty {
    /// The charter.
    pub charter: Hash,
    /// The case.
    pub case: u64,
    /// The party.
    pub party: String,
    /// Who it is from now on.
    pub people: Vec<Share>,
}

/// Passes a place in a case, or part of it, on to somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// The charter.
    pub charter: Hash,
    /// The case.
    pub case: u64,
    /// The party.
    pub party: String,
    /// How much of his weight the actor passes on.
    pub weight: u64,
    /// To whom; he signs too.
    pub to: Hash,
    /// What he pays for it, out of his own holdings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price: Vec<MoneyLine>,
}

/// Shows something that a flow needs, or that holds it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vouch {
    /// The charter.
    pub charter: Hash,
    /// The case.
    pub case: u64,
    /// What is shown, by the name of the evidence.
    pub evidence: String,
    /// The document, kept beside the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Hash>,
    /// Takes back what the actor has shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retract: bool,
}

/// The holder of a role sets a parameter within its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetParameter {
    /// The charter.
    pub charter: Hash,
    /// The parameter.
    pub parameter: String,
    /// Its value.
    pub value: i64,
    /// Where the value was published.
    pub source: String,
}

/// Pays money in, along a flow from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayIn {
    /// The charter.
    pub charter: Hash,
    /// The flow.
    pub flow: String,
    /// The case, where the flow is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<u64>,
    /// The claims paid in.
    pub lines: Vec<MoneyLine>,
}

/// Asks for a flow out of a pot; it takes place if every condition of the text holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The charter.
    pub charter: Hash,
    /// The flow.
    pub flow: String,
    /// The case, where the flow is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<u64>,
    /// How much in minor units, where the text lets the one who asks say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<u64>,
}

/// Carries out what the calendar has brought due: the next batch of cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunDue {
    /// The charter.
    pub charter: Hash,
}

/// The actor takes what was paid to him out of a charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// The charter.
    pub charter: Hash,
    /// How much in minor units; all of it if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<u64>,
    /// Who gets it; the actor himself if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Hash>,
    /// The charter that gets it instead: how a member moves on, by his own signature alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<Onward>,
}

/// A way into another charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onward {
    /// The other charter.
    pub charter: Hash,
    /// Its flow from outside.
    pub flow: String,
    /// The case there, where the flow is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<u64>,
}

/// Delays a flow, as the text allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullBrake {
    /// The charter.
    pub charter: Hash,
    /// The flow.
    pub flow: String,
    /// For how many days.
    pub days: u64,
    /// Why.
    pub reason: String,
}

impl Publish {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        let proved = Proved::read(&self.text)
            .map_err(|fault| Refusal::BadCharter.at(format!("{place}/text"), fault))?;
        if !crate::units::is_currency(&proved.charter.money) {
            return Err(Refusal::BadCurrency.at(format!("{place}/text"), proved.charter.money));
        }
        text::check(&format!("{place}/text"), &proved.charter.name, limits::NAME_CHARS)?;
        if self.roles.values().any(|holders| holders.len() > limits::ROLE_HOLDERS) {
            return Err(Refusal::TooMany.at(format!("{place}/roles"), "holders of a role"));
        }
        Ok(())
    }
}

fn check_long(place: &str, name: &str, text: &str) -> Result<(), Refused> {
    text::check(&format!("{place}/{name}"), text, limits::LONG_TEXT_CHARS)
}

fn check_short(place: &str, name: &str, text: &str) -> Result<(), Refused> {
    text::check(&format!("{place}/{name}"), text, limits::SHORT_TEXT_CHARS)
}

impl Review {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        let place = format!("{place}/remark");
        match &self.remark {
            Remark::Question { text } | Remark::Answer { text, .. } => {
                check_long(&place, "text", text)
            }
            Remark::Defect { text, inputs, .. } => {
                if inputs.len() > limits::LIST {
                    return Err(Refusal::TooMany.at(format!("{place}/inputs"), inputs.len()));
                }
                check_long(&place, "text", text)
            }
        }
    }
}

impl Attest {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_long(place, "scope", &self.scope)?;
        check_long(place, "interest", &self.interest)
    }
}

impl Withdraw {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_short(place, "reason", &self.reason)
    }
}

/// Different principals, with weights that a pot could hold.
fn check_shares(place: &str, shares: &[Share]) -> Result<(), Refused> {
    if shares.len() > limits::SHARES {
        return Err(Refusal::TooMany.at(place, shares.len()));
    }
    let different: BTreeSet<_> = shares.iter().map(|share| share.principal).collect();
    let sum = shares.iter().fold(0i128, |sum, s| sum.saturating_add(i128::from(s.weight)));
    let weighty = shares.iter().all(|share| share.weight > 0);
    if different.len() != shares.len() || !weighty || sum > MONEY_HIGH {
        let found = "different principals, each with a weight above zero";
        return Err(Refusal::WrongParties.at(place, found));
    }
    Ok(())
}

impl Open {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        let most = weal_charter::limits::DECLARATIONS;
        if self.fields.len() > most || self.parties.len() > most {
            return Err(Refusal::TooMany.at(place, "fields or parties"));
        }
        for (party, shares) in &self.parties {
            check_shares(&format!("{place}/parties/{party}"), shares)?;
        }
        let reference = format!("{place}/reference");
        text::check_optional(&reference, self.reference.as_ref(), limits::NAME_CHARS)
    }
}

impl NameParty {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_shares(&format!("{place}/people"), &self.people)
    }
}

impl Pass {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        if self.weight == 0 {
            return Err(Refusal::BadQuantity.at(format!("{place}/weight"), 0));
        }
        match self.price.is_empty() {
            true => Ok(()),
            false => check_money(&format!("{place}/price"), &self.price),
        }
    }
}

impl SetParameter {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_short(place, "source", &self.source)
    }
}

impl PayIn {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_money(&format!("{place}/lines"), &self.lines)
    }
}

fn check_amount(place: &str, amount: Option<u64>) -> Result<(), Refused> {
    match amount {
        Some(minor) if !(1..=limits::MINOR).contains(&minor) => {
            Err(Refusal::BadQuantity.at(format!("{place}/amount_minor"), minor))
        }
        _ => Ok(()),
    }
}

impl Trigger {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_amount(place, self.amount_minor)
    }
}

impl Draw {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        if self.to.is_some() && self.into.is_some() {
            return Err(Refusal::UnknownShape.at(format!("{place}/into"), "either to or into"));
        }
        check_amount(place, self.amount_minor)
    }
}

impl PullBrake {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        if !(1..=365).contains(&self.days) {
            return Err(Refusal::BadQuantity.at(format!("{place}/days"), self.days));
        }
        check_short(place, "reason", &self.reason)
    }
}
