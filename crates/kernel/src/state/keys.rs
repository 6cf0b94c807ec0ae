//! The names of all entries: the schema of the state on one page.

use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// The network itself.
pub const NETWORK: &str = "network";

/// The validators' keys of an epoch that began with others than the one before.
pub fn committee(epoch: u64) -> String {
    format!("committee/{epoch}")
}

/// An operation that took effect: its place in the log.
pub fn operation(id: &Hash) -> String {
    format!("operation/{id}")
}

/// A principal: keys, threshold, guardians.
pub fn principal(id: &Hash) -> String {
    format!("principal/{id}")
}

/// Whom an institution brought in, by its validator's key.
pub fn brought_in(keeper: &PublicKey) -> String {
    format!("brought-in/{keeper}")
}

/// A mandate and what is left of it.
pub fn mandate(id: &Hash) -> String {
    format!("mandate/{id}")
}

/// An attestation of a role.
pub fn attestation(id: &Hash) -> String {
    format!("attestation/{id}")
}

/// The newest attestation of this role for this subject by this issuer.
pub fn role(subject: &Hash, role: &str, issuer: &Hash) -> String {
    format!("role/{subject}/{role}/{issuer}")
}

/// The ids of issuers that attested this role for this subject.
pub fn role_issuers(subject: &Hash, role: &str) -> String {
    format!("roles/{subject}/{role}")
}

/// A record's standing.
pub fn record(id: &Hash) -> String {
    format!("record/{id}")
}

/// What a principal says about a record.
pub fn stance(record: &Hash, principal: &Hash) -> String {
    format!("stance/{record}/{principal}")
}

/// An item.
pub fn item(code: &str) -> String {
    format!("item/{code}")
}

/// A pack.
pub fn pack(id: &Hash) -> String {
    format!("pack/{id}")
}

/// A lot's totals.
pub fn lot(lot: &str) -> String {
    format!("lot/{lot}")
}

/// How much of a lot an account holds.
pub fn holding(lot: &str, account: &str) -> String {
    format!("holding/{lot}/{account}")
}

/// A shipment.
pub fn shipment(id: &Hash) -> String {
    format!("shipment/{id}")
}

/// A reservation.
pub fn reservation(id: &Hash) -> String {
    format!("reservation/{id}")
}

/// The last stock count of a lot by its holder.
pub fn count(lot: &str, holder: &Hash) -> String {
    format!("count/{lot}/{holder}")
}

/// A payment, so that goods can name the payment that bought them.
pub fn payment(id: &Hash) -> String {
    format!("payment/{id}")
}

/// A charter.
pub fn charter(id: &Hash) -> String {
    format!("charter/{id}")
}

/// How the names of charters' texts begin.
pub(super) const CHARTER_TEXT: &str = "charter_text/";

/// A charter's text.
pub fn charter_text(id: &Hash) -> String {
    format!("{CHARTER_TEXT}{id}")
}

/// A case of a charter.
pub fn case(charter: &Hash, case: u64) -> String {
    format!("charter/{charter}/case/{case}")
}

/// What was paid to somebody under a charter and is not yet taken.
pub fn charter_due(charter: &Hash, principal: &Hash) -> String {
    format!("charter/{charter}/due/{principal}")
}

/// A lot that a charter holds, in the order in which they came.
pub fn charter_lot(charter: &Hash, place: u64) -> String {
    format!("charter/{charter}/lot/{place}")
}

/// The defect that a principal has shown in a text under review.
pub fn said(charter: &Hash, principal: &Hash) -> String {
    format!("charter/{charter}/said/{principal}")
}

/// The charter and the number of the case that an operation opened.
pub fn opened(operation: &Hash) -> String {
    format!("opened/{operation}")
}

/// The operation that pledged a debtor's document.
pub fn pledge(debtor: &Hash, document: &Hash) -> String {
    format!("pledge/{debtor}/{document}")
}

/// A change of the network that was proposed, and what the keepers answered.
pub fn proposal(id: &Hash) -> String {
    format!("proposal/{id}")
}

/// Another network that is recognised.
pub fn foreign(network: &Hash) -> String {
    format!("foreign/{network}")
}

/// An operation of another network whose receipt was checked here.
pub fn cited(network: &Hash, operation: &Hash) -> String {
    format!("cited/{network}/{operation}")
}
