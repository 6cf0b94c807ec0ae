//! What a record of the schema `need` says, read once for the book and for every page.

use super::coverage::Urgency;
use crate::view::{Asked, Derivation};
use serde_json::{Map, Value};
use weal_kernel::Hash;

/// The body of a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedBody {
    /// Code of the item, or of a class of items.
    pub item: String,
    /// For whom, if not for the author himself.
    pub facility: Option<Hash>,
    /// How much.
    pub asked: Asked,
    /// The bound from published facts.
    pub derived: Option<Derivation>,
    /// Which specification is accepted.
    pub specification: Option<String>,
    /// How urgent.
    pub urgency: Urgency,
    /// Why.
    pub reason: Option<String>,
    /// City or district.
    pub place: Option<String>,
}

/// A text member of a body.
pub fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name)?.as_str().map(str::to_owned)
}

/// A member that is an id.
pub fn id(body: &Map<String, Value>, name: &str) -> Option<Hash> {
    body.get(name)?.as_str()?.parse().ok()
}

/// A member that is a whole number of zero or more.
pub fn number(body: &Map<String, Value>, name: &str) -> Option<u64> {
    body.get(name)?.as_u64()
}

impl NeedBody {
    /// Reads a body that the schema has accepted; what is missing reads as "nobody can say".
    pub fn read(body: &Map<String, Value>) -> NeedBody {
        let urgency = body.get("urgency").and_then(Value::as_str);
        NeedBody {
            item: text(body, "item").unwrap_or_default(),
            facility: id(body, "facility"),
            asked: asked(body.get("quantity")),
            derived: body.get("basis").and_then(Value::as_object).map(derivation),
            specification: text(body, "specification"),
            urgency: Urgency::read(urgency),
            reason: text(body, "reason"),
            place: text(body, "place"),
        }
    }

    /// Base units asked for: the number stated, else the one derived.
    pub fn bound(&self) -> Option<u64> {
        match &self.asked {
            Asked::Stated { amount } => Some(*amount),
            _ => self.derived.as_ref().map(|derived| derived.amount),
        }
    }
}

fn asked(quantity: Option<&Value>) -> Asked {
    let amount = |kind: &str| quantity?.get(kind)?.get("amount")?.as_u64();
    let has = |kind: &str| quantity.and_then(|quantity| quantity.get(kind)).is_some();
    match (amount("stated"), amount("per_day")) {
        (Some(amount), _) => Asked::Stated { amount },
        (None, Some(amount)) => Asked::PerDay { amount },
        (None, None) if has("unbounded") => Asked::Unbounded,
        (None, None) => Asked::Unknown,
    }
}

fn derivation(basis: &Map<String, Value>) -> Derivation {
    let number = |name: &str| number(basis, name).unwrap_or(0);
    let mut derivation = Derivation {
        amount: 0,
        beds: number("beds"),
        days: number("days"),
        use_per_1000_bed_days: number("use_per_1000_bed_days"),
        on_hand: number("on_hand"),
        source: text(basis, "source").unwrap_or_default(),
    };
    derivation.amount = derivation.recomputed();
    derivation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> NeedBody {
        NeedBody::read(serde_json::from_str::<Value>(text).unwrap().as_object().unwrap())
    }

    #[test]
    fn a_stated_number_goes_before_a_derived_one() {
        let basis = r#""basis":{"beds":100,"days":7,"use_per_1000_bed_days":2000,"source":"x"}"#;
        let stated = body(&format!(r#"{{"quantity":{{"stated":{{"amount":50}}}},{basis}}}"#));
        assert_eq!(stated.bound(), Some(50));
        let derived = body(&format!(r#"{{"quantity":{{"unbounded":{{}}}},{basis}}}"#));
        assert_eq!(derived.bound(), Some(1_400));
        assert_eq!(derived.derived.unwrap().amount, 1_400);
    }

    #[test]
    fn no_limit_and_no_number_are_not_the_same_and_neither_is_a_bound() {
        let unbounded = body(r#"{"quantity":{"unbounded":{}}}"#);
        let unknown = body(r#"{"quantity":{"unknown":{"text":"many"}}}"#);
        let daily = body(r#"{"quantity":{"per_day":{"amount":30}}}"#);
        assert_eq!(unbounded.asked, Asked::Unbounded);
        assert_eq!(unknown.asked, Asked::Unknown);
        assert_eq!(daily.asked, Asked::PerDay { amount: 30 });
        assert!([unbounded, unknown, daily].iter().all(|need| need.bound().is_none()));
    }
}
