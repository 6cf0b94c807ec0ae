//! What people read: the shapes shared by pages, API and command line, so that they agree.
//!
//! Quantities that rest on packs of unknown content are intervals; `high` is missing where nobody
//! can say how much it is. An unknown is never a zero.

mod power;

pub use power::{Hiding, Hidings, MandateLine, Usage};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A quantity in base units that may not be known exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Interval {
    /// At least so much.
    pub low: u64,
    /// At most so much; `null` if nobody can say.
    pub high: Option<u64>,
}

impl Interval {
    /// A quantity known exactly.
    pub fn exactly(quantity: u64) -> Self {
        Interval { low: quantity, high: Some(quantity) }
    }

    /// Whether it is known exactly.
    pub fn is_exact(&self) -> bool {
        self.high == Some(self.low)
    }

    /// Sum of two quantities.
    pub fn plus(&self, other: Interval) -> Interval {
        let high = match (self.high, other.high) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            _ => None,
        };
        Interval { low: self.low.saturating_add(other.low), high }
    }
}

/// Somebody, as shown to people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Party {
    /// Short number such as `P-120`; empty for a mere name.
    pub number: String,
    /// Id of the principal or of the facility record; empty for a mere name.
    pub id: String,
    /// Name in the party's own language.
    pub name: String,
    /// Names in other languages.
    pub names: BTreeMap<String, String>,
    /// `organisation`, `person`, `device`, `facility` (stated by others) or `name` (unresolved).
    pub kind: String,
}

/// An item, as shown to people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ItemName {
    /// Its code.
    pub code: String,
    /// Its class.
    pub category: String,
    /// Its names by language.
    pub names: BTreeMap<String, String>,
    /// The unit it is counted in.
    pub unit: String,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Asked {
    /// A number.
    Stated {
        /// Base units.
        amount: u64,
    },
    /// So much a day.
    PerDay {
        /// Base units a day.
        amount: u64,
    },
    /// "As much as you can": no upper limit.
    Unbounded,
    /// Text nobody could read as a number.
    Unknown,
}

/// A bound computed from published facts where no number was stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// Base units.
    pub amount: u64,
    /// Beds in use.
    pub beds: u64,
    /// Days to cover.
    pub days: u64,
    /// Base units used by a thousand beds in a day.
    pub use_per_1000_bed_days: u64,
    /// Base units on hand.
    pub on_hand: u64,
    /// Where the facts come from.
    pub source: String,
}

/// How far a need is met, in base units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    /// Kept for it by somebody.
    pub reserved: Interval,
    /// On the way to it.
    pub on_the_way: Interval,
    /// Counted by the one who asked.
    pub received: Interval,
    /// Sent but not counted on arrival, and not yet explained.
    pub in_dispute: Interval,
    /// Received, in percent of what was asked or derived; `null` without a bound.
    pub percent: Option<u8>,
}

/// One need in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Need {
    /// Short number such as `N-18213`, its last digit a check digit.
    pub number: String,
    /// Id of the record.
    pub id: String,
    /// What.
    pub item: ItemName,
    /// Which specification is accepted, in words.
    pub specification: Option<String>,
    /// For whom.
    pub needy: Party,
    /// City or district, if known.
    pub place: String,
    /// Who stated it: the needy himself or a third party.
    pub stated_by: Party,
    /// Whether it is the statement of a third party (evidence grade 0).
    pub one_sided: bool,
    /// `critical`, `high` or `normal`.
    pub urgency: String,
    /// How much.
    pub asked: Asked,
    /// A bound from published facts.
    pub derived: Option<Derivation>,
    /// How far it is met.
    pub coverage: Coverage,
    /// `open`, `partly`, `covered`, `closed`.
    pub status: String,
    /// Corroborations by others.
    pub corroborated: u64,
    /// Disputes by others.
    pub disputed: u64,
    /// When it was stated, milliseconds since 1970.
    pub stated_ms: u64,
    /// Last change, milliseconds since 1970.
    pub updated_ms: u64,
}

/// One entry of the book, told as what happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Place in the log.
    pub index: u64,
    /// Id of the operation.
    pub id: String,
    /// Short number such as `N-18213`.
    pub number: String,
    /// Block.
    pub height: u64,
    /// Block time, milliseconds since 1970.
    pub time_ms: u64,
    /// When it happened, if the statement says so.
    pub occurred_ms: Option<u64>,
    /// The act's name such as `holding.accept`.
    pub act: String,
    /// For records, the schema or the kind of response; else empty.
    pub what: String,
    /// Who acted.
    pub actor: Party,
    /// Who took, was paid, or is meant.
    pub other: Option<Party>,
    /// What.
    pub item: Option<ItemName>,
    /// How much.
    pub quantity: Option<Interval>,
    /// Money, with its currency such as `10.00 CNY`.
    pub money: Option<String>,
    /// Words of the sender, shortened.
    pub text: Option<String>,
    /// Everybody who signed.
    pub signers: Vec<Party>,
    /// Evidence grade of this entry (see docs/evidence-grades.md).
    pub grade: u8,
}

/// One need with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NeedPage {
    /// The need.
    pub need: Need,
    /// Why it is urgent, and other words.
    pub reason: Option<String>,
    /// Every entry about it, oldest first.
    pub history: Vec<Entry>,
}

/// How far one class of items is met, over all open needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ItemCoverage {
    /// The class, shown by its most asked item.
    pub item: ItemName,
    /// Open needs.
    pub needs: u64,
    /// Open needs without a number.
    pub unbounded: u64,
    /// Sum of stated or derived amounts.
    pub asked: u64,
    /// Received by those who asked, against needs in the book.
    pub received: Interval,
    /// On the way to them.
    pub on_the_way: Interval,
    /// Kept for them.
    pub reserved: Interval,
    /// What third parties state to have issued (evidence grade 0), not linked to a need.
    pub stated_issued: Interval,
    /// Received in percent of asked; `null` without a bound.
    pub percent: Option<u8>,
}

/// A day in a running total.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Day {
    /// `2020-01-28`.
    pub date: String,
    /// Needs opened so far.
    pub opened: u64,
    /// Needs closed so far.
    pub closed: u64,
}

/// The first page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// Mean of per-need coverage over open needs with a bound, in percent; `null` without any.
    pub mean_percent: Option<u8>,
    /// Needs that are open.
    pub open_needs: u64,
    /// Of these, critical.
    pub critical_needs: u64,
    /// Needs ever stated.
    pub all_needs: u64,
    /// Those who ask.
    pub needy: u64,
    /// Shipments on the way.
    pub shipments_open: u64,
    /// Differences nobody has explained.
    pub differences_open: u64,
    /// Gifts of goods and money.
    pub gifts: u64,
    /// Money given, such as `48216300.00 CNY`.
    pub money_given: Vec<String>,
    /// Entries in the log.
    pub entries: u64,
    /// By class of items, scarcest first.
    pub items: Vec<ItemCoverage>,
    /// Newest entries.
    pub latest: Vec<Entry>,
    /// Needs opened and closed, by day.
    pub days: Vec<Day>,
}

/// Where part of a gift is, or went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// `held`, `on_the_way`, `used`, `lost`, `spent`, `redeemed`.
    pub state: String,
    /// In whose hands, or in whose hands it was last.
    pub party: Party,
    /// Goods, in the units of the gift's line (packs where it came in packs).
    pub quantity: u64,
    /// What those units are, such as `carton` or `piece`; for money the currency.
    pub unit: String,
    /// What, for goods: also for goods that a gift of money bought.
    pub item: Option<ItemName>,
    /// Goods in base units.
    pub base: Interval,
    /// The ward or household that used it.
    pub ward: Option<String>,
    /// Since when, milliseconds since 1970.
    pub since_ms: u64,
}

/// One flow of a gift from hand to hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Flow {
    /// From which node (index into `nodes`).
    pub from: usize,
    /// To which node.
    pub to: usize,
    /// How much, in the gift's own unit.
    pub quantity: u64,
}

/// A hand the gift passed through.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FlowNode {
    /// Column in the picture, from 0.
    pub column: u8,
    /// Who, or what (used, lost).
    pub party: Party,
    /// `gift`, `held`, `on_the_way`, `used`, `lost`, `spent`.
    pub state: String,
    /// How much passed, in the gift's own unit.
    pub quantity: u64,
}

/// A gift followed to its last hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Trace {
    /// Short number of the gift such as `G-2001`.
    pub number: String,
    /// Id of the operation that brought it in.
    pub id: String,
    /// `goods` or `money`.
    pub kind: String,
    /// Who gave; unnamed donors have an empty id.
    pub donor: Party,
    /// Who took it in.
    pub custodian: Party,
    /// What, for goods (the first line's item).
    pub item: Option<ItemName>,
    /// How much was given, in the gift's own unit.
    pub given: u64,
    /// That unit; for money the currency.
    pub unit: String,
    /// Digits after the point of that unit (money).
    pub digits: u32,
    /// How much reached its last hand.
    pub reached: u64,
    /// How much is still held or on the way.
    pub open: u64,
    /// How much was lost, with causes in the steps.
    pub lost: u64,
    /// When it was given, milliseconds since 1970.
    pub given_ms: u64,
    /// Lowest evidence grade of all steps.
    pub grade: u8,
    /// Where it all is now.
    pub shares: Vec<Share>,
    /// The picture: hands...
    pub nodes: Vec<FlowNode>,
    /// ...and flows between them.
    pub flows: Vec<Flow>,
    /// Every entry that moved it, oldest first.
    pub steps: Vec<Entry>,
    /// Whether the trail ends at a custodian who has not moved or used it for 14 days.
    pub trail_ends: bool,
}

/// A holding of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Lot number such as `L-2001.0`.
    pub lot: String,
    /// Full id of the lot.
    pub lot_id: String,
    /// What, for goods.
    pub item: Option<ItemName>,
    /// How many packs or base units; minor units for money.
    pub quantity: u64,
    /// The pack's name, the item's unit, or the currency.
    pub unit: String,
    /// In base units.
    pub base: Interval,
    /// Expiry, milliseconds since 1970.
    pub expires_ms: Option<u64>,
}

/// One organisation, person or facility.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PartyPage {
    /// Who.
    pub party: Party,
    /// When registered or first stated, milliseconds since 1970.
    pub since_ms: u64,
    /// City or district, if known.
    pub place: String,
    /// Public keys and how many must sign; empty for facilities.
    pub keys: Vec<String>,
    /// How many keys must sign.
    pub threshold: u8,
    /// Roles attested by others: role, issuer, until.
    pub roles: Vec<Role>,
    /// How often it has hidden records.
    #[serde(default)]
    pub hidings: Hidings,
    /// Mandates in its name or passed on by it, newest first.
    #[serde(default)]
    pub given: Vec<MandateLine>,
    /// Mandates it holds, newest first.
    #[serde(default)]
    pub held: Vec<MandateLine>,
    /// Other names it is known by.
    pub aliases: Vec<String>,
    /// What it holds.
    pub holdings: Vec<Held>,
    /// What is still on the way and its to answer for.
    pub differences: Vec<Difference>,
    /// Its last stock count of each lot, newest first.
    pub counts: Vec<StockCount>,
    /// Its needs, open first.
    pub needs: Vec<Need>,
    /// Entries it signed or that are about it, newest first.
    pub entries: Vec<Entry>,
}

/// What was counted of a lot, beside what the book said at that time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct StockCount {
    /// Number of the entry.
    pub number: String,
    /// Lot number such as `L-2001.0`.
    pub lot: String,
    /// What.
    pub item: ItemName,
    /// How much was on the shelf, in packs or base units.
    pub counted: u64,
    /// How much the book said then.
    pub book: u64,
    /// The pack's name or the item's unit.
    pub unit: String,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
}

/// A role somebody attests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// The role's code.
    pub role: String,
    /// Who says so.
    pub issuer: Party,
    /// Until when, milliseconds since 1970.
    pub expires_ms: u64,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Whether it ended because the issuer's keys were changed.
    #[serde(default)]
    pub void: bool,
}

/// Goods sent and not counted on arrival.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Number of the shipment's entry.
    pub shipment: String,
    /// Who answers for it.
    pub giver: Party,
    /// Who was to take it.
    pub taker: Party,
    /// What.
    pub item: ItemName,
    /// How much, in packs or base units.
    pub quantity: u64,
    /// The pack's name or the item's unit.
    pub unit: String,
    /// Since when, milliseconds since 1970.
    pub since_ms: u64,
    /// Whether part of the shipment was accepted: then this is a difference, else it is on the way.
    pub partly_accepted: bool,
}

/// One line of a custodian's mass balance over a period.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    /// Whose.
    pub custodian: Party,
    /// What.
    pub item: ItemName,
    /// First and last day compared, `2020-01-30`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Receipts listed before the first day. They may have been in store when the period began, or
    /// issued before: they can excuse what was issued, but not prove where it came from. No older
    /// stock is assumed.
    pub before: Interval,
    /// What came in.
    pub taken_in: Interval,
    /// What went out.
    pub issued: Interval,
    /// Lines in.
    pub lines_in: u64,
    /// Lines out.
    pub lines_out: u64,
    /// Lines in whose pack is unknown.
    pub unknown_in: u64,
    /// Lines out whose pack is unknown.
    pub unknown_out: u64,
    /// `consistent`, `short`, `undecidable`.
    pub verdict: String,
    /// Short by at least so much, if `short`.
    pub short_by: u64,
    /// Pack definitions that would decide it, most frequent first.
    pub would_decide: Vec<String>,
}

/// A name in a statement that leads to nobody in the book.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Unresolved {
    /// The name as written.
    pub name: String,
    /// Lines that use it.
    pub lines: u64,
    /// Lines whose pack is unknown.
    pub unknown_packs: u64,
}

/// One entry with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct RecordPage {
    /// The entry.
    pub entry: Entry,
    /// The exact text that was signed.
    pub payload: String,
    /// Signatures: key and whose it is.
    pub signatures: Vec<SignatureLine>,
    /// Responses to it, oldest first.
    pub responses: Vec<Entry>,
    /// For records: `open`, `superseded`, `withdrawn`, `hidden`; else empty.
    pub status: String,
    /// For records: every time it was hidden, oldest first.
    #[serde(default)]
    pub hidings: Vec<Hiding>,
    /// Page of the thing it is about: `needs/N-18213`, `trace/G-2001`...; empty if there is none.
    pub see: String,
}

/// A signature on an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SignatureLine {
    /// The key.
    pub key: String,
    /// Whose key it was.
    pub party: Party,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct BlockLine {
    /// Height.
    pub height: u64,
    /// Digest of its header.
    pub digest: String,
    /// Block time, milliseconds since 1970.
    pub time_ms: u64,
    /// Key of the proposer.
    pub proposer: String,
    /// First entry in it.
    pub first_index: u64,
    /// Entries in it.
    pub entries: u64,
    /// Root of the log after it.
    pub log_root: String,
    /// Root of the state after it.
    pub state_root: String,
    /// Validators that signed it, and how many there are.
    pub signed: u64,
}

/// A change of the network that somebody asked for, and what the keepers answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// Id of the proposal.
    pub id: String,
    /// Number of its entry.
    pub number: String,
    /// `add`, `remove`, `rekey` or `recognise`.
    pub kind: String,
    /// Name of the keeper to be added or of the network to be recognised; else empty.
    pub name: String,
    /// Key of the validator it is about; empty for `recognise`.
    pub key: String,
    /// The owner's key, for `add`.
    pub owner: Option<String>,
    /// Where the machine is reached, for `add`.
    pub address: Option<String>,
    /// The validator's new key, for `rekey`.
    pub new_key: Option<String>,
    /// The other network's id, for `recognise`.
    pub network: Option<String>,
    /// Who asked.
    pub by: Party,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// From when on it takes no answers, milliseconds since 1970.
    pub expires_ms: u64,
    /// What the keepers answered, oldest first; also answers that count no more.
    pub answers: Vec<ProposalAnswer>,
    /// `open`, `accepted`, `rejected` or `expired`; empty until the state was asked.
    pub outcome: String,
}

/// What a keeper answered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ProposalAnswer {
    /// Number of the entry.
    pub number: String,
    /// Key of the keeper's validator.
    pub keeper: String,
    /// Whether it is for the change.
    pub approves: bool,
    /// Why it is against it.
    pub reason: Option<String>,
    /// In whose name the answer was sent.
    pub by: Party,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
}

/// A hit of the search box.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// Page it leads to, without language: `needs/N-18213`.
    pub page: String,
    /// What it is: `need`, `party`, `gift`, `record`, `block`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// A line about it.
    pub detail: String,
}

/// Part of a list; the cursor continues it at the same block.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The entries of this part.
    pub items: Vec<T>,
    /// All entries that match.
    pub total: u64,
    /// Give this as `cursor` for the next part; `null` at the end.
    pub next: Option<String>,
}

/// Which needs to list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NeedFilter {
    /// Items of this class or code.
    pub item: Option<String>,
    /// This city or district.
    pub place: Option<String>,
    /// This urgency.
    pub urgency: Option<String>,
    /// Open ones only.
    pub open: bool,
    /// Words in the name of the needy, the item or the specification.
    pub text: Option<String>,
}

/// A charter, as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CharterRow {
    /// Number of the entry that published it.
    pub number: String,
    /// Its id.
    pub id: String,
    /// Who published it.
    pub author: Party,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// The whole text.
    pub text: String,
    /// Payments so far, with those that were missed.
    pub payments: u64,
}

/// A payment that a charter made, or missed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PaymentRow {
    /// Its place among the charter's payments.
    pub nth: u64,
    /// Number of the entry that brought it about.
    pub entry: String,
    /// The flow's place in the text, from 0.
    pub flow: u32,
    /// The case.
    pub case: Option<u64>,
    /// The month it is for, counted from the year 0.
    pub month: u32,
    /// What moved, in minor units.
    pub amount_minor: u64,
    /// What was due and could not be paid, in minor units.
    pub missed_minor: u64,
    /// What else left the pot for the one where rests go.
    pub rest_minor: u64,
    /// Ids of those who got it, with their parts.
    pub payees: Vec<(String, u64)>,
    /// What the amount's rule was asked with.
    pub inputs: Vec<String>,
    /// Block time, milliseconds since 1970.
    pub time_ms: u64,
}

/// A part of a case that somebody passed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct PassRow {
    /// Number of the entry.
    pub number: String,
    /// Block time, milliseconds since 1970.
    pub time_ms: u64,
    /// Who passed it on.
    pub by: Party,
    /// To whom.
    pub to: Party,
    /// As which party of the case.
    pub party: String,
    /// How much of his weight.
    pub weight: u64,
    /// What was paid for it.
    pub price: Vec<String>,
}

/// Something that was said or done about a charter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct CharterEvent {
    /// Number of the entry.
    pub number: String,
    /// Id of the operation.
    pub id: String,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// Who.
    pub by: Party,
    /// The act.
    pub act: String,
    /// `publish`, `question`, `answer`, `defect`, `attest`, `lock`, `withdraw`, `set`, `brake`.
    pub kind: String,
    /// What was said.
    pub text: String,
    /// What was shown, set or declared besides.
    pub shown: Option<String>,
    /// The remark that is answered.
    pub answers: Option<String>,
}
