//! What can be said about goods and money.

use crate::limits;
use crate::refusal::{Refusal, Refused};
use crate::state::State;
use crate::text;
use crate::units::{Quantity, UnixMillis, is_currency, parse_amount};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use weal_proof::Hash;

/// A lot: the operation that brought it in, and the line there. Written `<id>.<line>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotId {
    /// The operation that minted or issued it.
    pub operation: Hash,
    /// The line in that operation, counted from 0.
    pub line: u8,
}

impl fmt::Display for LotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.operation, self.line)
    }
}

impl FromStr for LotId {
    type Err = weal_proof::hash::NotAHash;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (operation, line) = text.split_once('.').ok_or(weal_proof::hash::NotAHash)?;
        let number: u8 = line.parse().map_err(|_| weal_proof::hash::NotAHash)?;
        if number.to_string() != line {
            return Err(weal_proof::hash::NotAHash);
        }
        Ok(LotId { operation: operation.parse()?, line: number })
    }
}

impl Serialize for LotId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LotId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("expected a lot id like <64 hex>.<line>"))
    }
}

/// Defines an item that anybody may then ask for, give and count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefineItem {
    /// Its code.
    pub code: String,
    /// Its names by language.
    pub names: BTreeMap<String, String>,
    /// The unit it is counted in: piece, pair, litre...
    pub unit: String,
    /// The class it belongs to; items of one class can stand in for each other.
    pub category: String,
    /// Specifications it meets or must meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specifications: Vec<String>,
    /// How long it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u64>,
}

/// Defines a pack of an item: a box, a carton, a pallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinePack {
    /// The item inside.
    pub item: String,
    /// What people call it.
    pub label: String,
    /// Base units inside, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Quantity>,
}

/// States the content of a pack that was unknown; it never changes afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurePack {
    /// The pack.
    pub pack: Hash,
    /// Base units inside.
    pub contains: Quantity,
}

/// One line of goods taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MintLine {
    /// The item.
    pub item: String,
    /// How many packs, or base units where no pack is named.
    pub quantity: Quantity,
    /// The pack they come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<Hash>,
    /// When it must not be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UnixMillis>,
    /// The maker's lot number or another mark on the box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// The actor takes goods into the book: he holds them and answers for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mint {
    /// What he holds; each line is a lot of its own.
    pub lines: Vec<MintLine>,
    /// Who gave it; a donor who is named signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub donor: Option<Hash>,
    /// SHA-256 of a claim code, so that a donor without an account can follow the gift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Hash>,
    /// The payment these goods were bought with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought_with: Option<Hash>,
    /// The need they are meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Hash>,
}

/// A quantity of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotLine {
    /// The lot.
    pub lot: LotId,
    /// How much of it.
    pub quantity: Quantity,
}

/// The actor keeps goods he holds for a need; until the end they go nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// What is kept.
    pub line: LotLine,
    /// The need it is kept for.
    pub need: Hash,
    /// Until when; afterwards it is free by itself.
    pub until: UnixMillis,
}

/// The actor gives a reservation up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The reservation.
    pub reservation: Hash,
}

/// The actor sends goods off; they are on the way until the taker has counted them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// To whom.
    pub to: Hash,
    /// What.
    pub lines: Vec<LotLine>,
    /// Who carries it; a carrier who is named signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Hash>,
    /// The need it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Hash>,
    /// The reservation it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<Hash>,
    /// Hashes of waybills and photos.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
}

/// The actor accepts what he counted of a shipment; the rest stays on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The shipment.
    pub shipment: Hash,
    /// What he counted.
    pub lines: Vec<LotLine>,
    /// The state it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Hashes of photos and papers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
}

/// What was given and what was counted of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverLine {
    /// The lot.
    pub lot: LotId,
    /// What the giver says.
    pub given: Quantity,
    /// What the taker counted.
    pub counted: Quantity,
}

/// Giver and taker meet and sign the same text: what was given, what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Who takes; signs too.
    pub taker: Hash,
    /// What.
    pub lines: Vec<HandOverLine>,
    /// Who stands by as carrier; signs too when named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Hash>,
    /// The need it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Hash>,
    /// The reservation it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservation: Option<Hash>,
    /// Hashes of photos and papers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
}

/// How a difference is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolveLine {
    /// The lot.
    pub lot: LotId,
    /// Found with the giver.
    #[serde(default)]
    pub to_giver: Quantity,
    /// Found with the taker.
    #[serde(default)]
    pub to_taker: Quantity,
}

/// Giver and taker settle what is still on the way; both sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The shipment.
    pub shipment: Hash,
    /// What was found where.
    pub lines: Vec<ResolveLine>,
    /// What had happened.
    pub cause: String,
}

/// Why goods are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// Broken, torn, wet.
    Damaged,
    /// Past its date.
    Expired,
    /// Nobody knows where it is.
    Lost,
    /// Taken by somebody.
    Stolen,
    /// Something else, told in the words.
    Other,
}

/// The custodian writes goods off: his own, or what is still on the way in a shipment he sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteOff {
    /// What is gone.
    pub lines: Vec<LotLine>,
    /// The shipment in which it is on the way; left out for goods in store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<Hash>,
    /// Why.
    pub cause: LossCause,
    /// In words.
    pub explanation: String,
    /// Hashes of photos and papers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
}

/// The actor uses goods for what they are meant for: the end of the trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consume {
    /// What.
    pub lines: Vec<LotLine>,
    /// Where: a ward, a household number, a village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ward: Option<String>,
    /// The need it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need: Option<Hash>,
}

/// What was counted on a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountLine {
    /// The lot.
    pub lot: LotId,
    /// How much was there; may be nothing.
    pub counted: Quantity,
}

/// The actor counts his stock; a gap to the book stays visible until it is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// What was counted.
    pub lines: Vec<CountLine>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The actor owes: he received money and issues a claim on himself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Who holds the claim.
    pub to: Hash,
    /// ISO 4217 code.
    pub currency: String,
    /// How much, as text with the currency's digits.
    pub amount: String,
    /// Who gave it; a donor who is named signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub donor: Option<Hash>,
    /// SHA-256 of a claim code, so that a donor without an account can follow the gift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Hash>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// An amount out of one gift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyLine {
    /// The gift, as a lot of money.
    pub lot: LotId,
    /// How much, as text with the currency's digits.
    pub amount: String,
}

/// The actor pays with claims he holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// To whom.
    pub to: Hash,
    /// Out of which gifts.
    pub lines: Vec<MoneyLine>,
    /// What for.
    pub purpose: String,
}

/// The actor gives claims back to their issuer, who pays out and signs too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// The issuer, who signs too.
    pub issuer: Hash,
    /// Which claims.
    pub lines: Vec<MoneyLine>,
    /// How it was paid out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// Accepts 1 to 64 lines of money, each of another lot.
pub(crate) fn check_money(place: &str, lines: &[MoneyLine]) -> Result<(), Refused> {
    check_lots(place, lines.iter().map(|line| &line.lot))
}

/// Accepts 1 to 64 lines, each about another lot.
fn check_lots<'a>(place: &str, lots: impl Iterator<Item = &'a LotId>) -> Result<(), Refused> {
    let lots: Vec<_> = lots.collect();
    let distinct: BTreeSet<_> = lots.iter().collect();
    if !(1..=limits::LINES).contains(&lots.len()) || distinct.len() != lots.len() {
        return Err(Refusal::BadLines.at(place, lots.len()));
    }
    Ok(())
}

fn check_quantity(place: &str, line: usize, quantity: Quantity) -> Result<(), Refused> {
    if !(1..=limits::QUANTITY).contains(&quantity.0) {
        return Err(Refusal::BadQuantity.at(format!("{place}/lines/{line}"), quantity));
    }
    Ok(())
}

fn check_lot_lines(place: &str, lines: &[LotLine]) -> Result<(), Refused> {
    check_lots(&format!("{place}/lines"), lines.iter().map(|line| &line.lot))?;
    let mut lines = lines.iter().enumerate();
    lines.try_for_each(|(at, line)| check_quantity(place, at, line.quantity))
}

fn check_evidence(place: &str, evidence: &[Hash]) -> Result<(), Refused> {
    if evidence.len() > limits::EVIDENCE {
        return Err(Refusal::TooMany.at(format!("{place}/evidence"), evidence.len()));
    }
    Ok(())
}

fn short_text(place: &str, name: &str, text: Option<&String>) -> Result<(), Refused> {
    text::check_optional(&format!("{place}/{name}"), text, limits::SHORT_TEXT_CHARS)
}

impl DefineItem {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check_code(&format!("{place}/code"), &self.code)?;
        text::check_code(&format!("{place}/category"), &self.category)?;
        text::check_code(&format!("{place}/unit"), &self.unit)?;
        text::check_names(&format!("{place}/names"), &self.names)?;
        if self.specifications.len() > limits::LIST {
            return Err(Refusal::TooMany.at(format!("{place}/specifications"), "specifications"));
        }
        for (at, specification) in self.specifications.iter().enumerate() {
            let place = format!("{place}/specifications/{at}");
            text::check(&place, specification, limits::SHORT_TEXT_CHARS)?;
        }
        let days = self.shelf_life_days.unwrap_or(1);
        if !(1..=limits::SHELF_LIFE_DAYS).contains(&days) {
            return Err(Refusal::BadQuantity.at(format!("{place}/shelf_life_days"), days));
        }
        Ok(())
    }
}

fn check_content(place: &str, contains: Quantity) -> Result<(), Refused> {
    if !(1..=limits::PACK_CONTENT).contains(&contains.0) {
        return Err(Refusal::BadQuantity.at(format!("{place}/contains"), contains));
    }
    Ok(())
}

impl DefinePack {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check_code(&format!("{place}/item"), &self.item)?;
        text::check(&format!("{place}/label"), &self.label, limits::SHORT_TEXT_CHARS)?;
        self.contains.map_or(Ok(()), |contains| check_content(place, contains))
    }
}

impl MeasurePack {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_content(place, self.contains)
    }
}

impl Mint {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        if !(1..=limits::LINES).contains(&self.lines.len()) {
            return Err(Refusal::BadLines.at(format!("{place}/lines"), self.lines.len()));
        }
        for (at, line) in self.lines.iter().enumerate() {
            text::check_code(&format!("{place}/lines/{at}/item"), &line.item)?;
            check_quantity(place, at, line.quantity)?;
            short_text(place, &format!("lines/{at}/label"), line.label.as_ref())?;
        }
        Ok(())
    }
}

impl Reserve {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_quantity(place, 0, self.line.quantity)
    }
}

impl Dispatch {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lot_lines(place, &self.lines)?;
        check_evidence(place, &self.evidence)
    }
}

impl Accept {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lot_lines(place, &self.lines)?;
        short_text(place, "condition", self.condition.as_ref())?;
        check_evidence(place, &self.evidence)
    }
}

impl HandOver {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lots(&format!("{place}/lines"), self.lines.iter().map(|line| &line.lot))?;
        for (at, line) in self.lines.iter().enumerate() {
            check_quantity(place, at, line.given)?;
            if line.counted > line.given {
                let place = format!("{place}/lines/{at}/counted");
                return Err(Refusal::CountedMore.at(place, line.counted));
            }
        }
        check_evidence(place, &self.evidence)
    }
}

impl Resolve {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lots(&format!("{place}/lines"), self.lines.iter().map(|line| &line.lot))?;
        for (at, line) in self.lines.iter().enumerate() {
            let sum = line.to_giver.plus(line.to_taker).unwrap_or_default();
            check_quantity(place, at, sum)?;
        }
        text::check(&format!("{place}/cause"), &self.cause, limits::SHORT_TEXT_CHARS)
    }
}

impl WriteOff {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lot_lines(place, &self.lines)?;
        let explanation = format!("{place}/explanation");
        text::check(&explanation, &self.explanation, limits::SHORT_TEXT_CHARS)?;
        check_evidence(place, &self.evidence)
    }
}

impl Consume {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lot_lines(place, &self.lines)?;
        short_text(place, "ward", self.ward.as_ref())
    }
}

impl Count {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lots(&format!("{place}/lines"), self.lines.iter().map(|line| &line.lot))?;
        let over = self.lines.iter().position(|line| line.counted.0 > limits::QUANTITY);
        if let Some(at) = over {
            return Err(Refusal::BadQuantity.at(format!("{place}/lines/{at}"), "counted"));
        }
        short_text(place, "place", self.place.as_ref())
    }
}

impl Issue {
    /// The amount in minor units.
    pub fn minor(&self) -> Option<Quantity> {
        parse_amount(&self.amount, &self.currency)
    }

    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        if !is_currency(&self.currency) {
            return Err(Refusal::BadCurrency.at(format!("{place}/currency"), "currency"));
        }
        if self.minor().is_none() {
            let found: String = self.amount.chars().take(40).collect();
            return Err(Refusal::BadAmount.at(format!("{place}/amount"), found));
        }
        short_text(place, "purpose", self.purpose.as_ref())
    }
}

impl Pay {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lots(&format!("{place}/lines"), self.lines.iter().map(|line| &line.lot))?;
        text::check(&format!("{place}/purpose"), &self.purpose, limits::SHORT_TEXT_CHARS)
    }
}

impl Redeem {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        check_lots(&format!("{place}/lines"), self.lines.iter().map(|line| &line.lot))?;
        short_text(place, "purpose", self.purpose.as_ref())
    }
}

impl crate::operation::Act {
    /// Goods and minor units of money this act moves: what a mandate's limits count.
    pub(crate) fn moved(&self, actor: &Hash, state: &State) -> (u64, u64) {
        use crate::operation::Act;
        let goods =
            |lines: &[LotLine]| lines.iter().fold(0u64, |n, l| n.saturating_add(l.quantity.0));
        let money = |lines: &[MoneyLine]| {
            lines.iter().fold(0u64, |sum, line| {
                let amount = super::money::minor_of(line, state).unwrap_or_default();
                sum.saturating_add(amount.0)
            })
        };
        match self {
            Act::HoldingMint(act) => {
                (act.lines.iter().fold(0u64, |n, l| n.saturating_add(l.quantity.0)), 0)
            }
            Act::HoldingReserve(act) => (act.line.quantity.0, 0),
            Act::HoldingDispatch(act) => (goods(&act.lines), 0),
            Act::HoldingAccept(act) => (goods(&act.lines), 0),
            Act::HoldingWriteOff(act) => (goods(&act.lines), 0),
            Act::HoldingConsume(act) => (goods(&act.lines), 0),
            Act::HoldingHandOver(act) => {
                (act.lines.iter().fold(0u64, |n, l| n.saturating_add(l.given.0)), 0)
            }
            Act::HoldingResolve(act) => {
                let sides = act.lines.iter().flat_map(|line| [line.to_giver, line.to_taker]);
                (sides.fold(0u64, |n, side| n.saturating_add(side.0)), 0)
            }
            Act::MoneyIssue(act) => (0, act.minor().unwrap_or_default().0),
            Act::MoneyPay(act) => (0, money(&act.lines)),
            Act::MoneyRedeem(act) => (0, money(&act.lines)),
            Act::CharterPay(act) => (0, money(&act.lines)),
            Act::CharterDraw(act) => {
                let all = || state.charter_due(&act.charter, actor);
                (0, act.amount_minor.unwrap_or_else(all))
            }
            _ => (0, 0),
        }
    }
}
