//! What each act tells: who else, what, how much, in whose words, on what evidence.

use super::entries::Stored;
use super::{View, network};
use crate::book::BookError;
use crate::book::write::LINES;
use crate::relief::coverage::Amount;
use crate::relief::grade;
use crate::relief::need::{self, NeedBody};
use crate::view::{Asked, Entry, Interval, ItemName, Party};
use serde_json::{Map, Value};
use weal_kernel::holdings::op::{Accept, LotId, LotLine, Mint, MoneyLine};
use weal_kernel::network::op::read_genesis;
use weal_kernel::records::op::{Post, Respond, ResponseKind};
use weal_kernel::units::{Quantity, format_amount, parse_amount};
use weal_kernel::{Act, Hash};
use weal_proof::Receipt;

/// Characters of a sender's words in a list.
const TEXT_CHARS: usize = 200;

/// Shortened words.
fn shortened(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.chars().count() <= TEXT_CHARS {
        return Some(text.to_owned());
    }
    let head: String = text.chars().take(TEXT_CHARS.saturating_sub(1)).collect();
    Some(format!("{head}…"))
}

fn words(text: Option<&String>) -> Option<String> {
    text.and_then(|text| shortened(text))
}

/// What is taken in on one's own word is one-sided; a donor who signs is the other side.
fn donated(donor: Option<&Hash>, entry: &Entry) -> u8 {
    let other = donor.is_some_and(|donor| donor.to_string() != entry.actor.id);
    grade::leg(other, false, false)
}

type What = (Option<ItemName>, Option<Interval>);

impl View<'_> {
    /// Fills in what the act tells.
    pub(super) fn tell(
        &self,
        stored: &Stored,
        act: &Act,
        entry: &mut Entry,
    ) -> Result<(), BookError> {
        match act {
            Act::RecordPost(act) => self.tell_post(stored, act, entry),
            Act::RecordRespond(act) => self.tell_response(stored, act, entry),
            Act::ItemDefine(_) | Act::PackDefine(_) | Act::PackMeasure(_) => {
                self.tell_item(act, entry)
            }
            Act::MoneyIssue(_) | Act::MoneyPay(_) | Act::MoneyRedeem(_) => {
                self.tell_money(act, entry)
            }
            Act::PrincipalRegister(_)
            | Act::PrincipalRotate(_)
            | Act::PrincipalRecover(_)
            | Act::MandateGrant(_)
            | Act::MandateRevoke(_)
            | Act::RoleAttest(_)
            | Act::RoleRevoke(_) => self.tell_principal(act, entry),
            Act::NetworkPropose(_)
            | Act::NetworkApprove(_)
            | Act::NetworkDecline(_)
            | Act::NetworkMove(_)
            | Act::NetworkCite(_) => self.tell_network(act, entry),
            _ => self.tell_goods(stored, act, entry),
        }
    }

    fn tell_principal(&self, act: &Act, entry: &mut Entry) -> Result<(), BookError> {
        match act {
            Act::PrincipalRegister(act) => {
                entry.text = shortened(&act.name);
                entry.other = self.somebody(act.owner.as_ref())?;
            }
            Act::PrincipalRecover(act) => entry.other = self.somebody(Some(&act.principal))?,
            Act::MandateGrant(act) => {
                entry.other = self.somebody(Some(&act.to))?;
                entry.text = shortened(&act.acts.join(", "));
            }
            Act::RoleAttest(act) => {
                entry.other = self.somebody(Some(&act.subject))?;
                entry.text = shortened(&act.role);
            }
            Act::RoleRevoke(act) => {
                let ix = self.index_of(&act.attestation)?.unwrap_or(-1);
                let sql = "SELECT subject, role FROM role WHERE ix=?";
                let found = self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let Some((subject, role)) = found else { return Ok(()) };
                let role: String = role;
                entry.other = Some(self.party_name(subject)?);
                entry.text = shortened(&role);
            }
            _ => {}
        }
        Ok(())
    }

    fn tell_network(&self, act: &Act, entry: &mut Entry) -> Result<(), BookError> {
        entry.text = match act {
            Act::NetworkPropose(act) => shortened(&network::subject(&act.change)),
            Act::NetworkApprove(act) => words(self.proposed(&act.proposal)?.as_ref()),
            Act::NetworkDecline(act) => shortened(&act.reason),
            Act::NetworkMove(act) => shortened(&act.address),
            Act::NetworkCite(act) => Receipt::from_bytes(act.receipt.as_bytes())
                .ok()
                .and_then(|receipt| read_genesis("/", &receipt.genesis).ok())
                .and_then(|(_, genesis)| shortened(&genesis.name)),
            _ => None,
        };
        Ok(())
    }

    fn tell_post(&self, stored: &Stored, act: &Post, entry: &mut Entry) -> Result<(), BookError> {
        entry.what = act.schema.clone();
        entry.occurred_ms = act.occurred.map(|occurred| occurred.0);
        if self.is_hidden(stored.ix)? {
            return Ok(());
        }
        self.tell_body(&act.schema, &act.body, entry)
    }

    fn tell_body(
        &self,
        schema: &str,
        body: &Map<String, Value>,
        entry: &mut Entry,
    ) -> Result<(), BookError> {
        match schema {
            "need" => {
                let body = NeedBody::read(body);
                entry.other = self.somebody(body.facility.as_ref())?;
                entry.item = Some(self.item_of_code(&body.item)?);
                if let Asked::Stated { amount } = body.asked {
                    entry.quantity = Some(Interval::exactly(amount));
                }
                entry.text = words(body.reason.as_ref().or(body.specification.as_ref()));
            }
            "stock-in" | "stock-out" => self.tell_statement(schema, body, entry)?,
            "facility" => entry.text = words(need::text(body, "name").as_ref()),
            "alias" => {
                entry.text = words(need::text(body, "name").as_ref());
                entry.other = self.somebody(need::id(body, "of").as_ref())?;
            }
            "beds" => {
                let name = need::text(body, "hospital").unwrap_or_default();
                entry.other = Some(self.named(&name)?);
            }
            _ => self.tell_plain(body, entry)?,
        }
        Ok(())
    }

    /// Offers, pledges, questions, answers, notes, and schemas this code does not know.
    fn tell_plain(&self, body: &Map<String, Value>, entry: &mut Entry) -> Result<(), BookError> {
        if let Some(code) = need::text(body, "item") {
            entry.item = Some(self.item_of_code(&code)?);
            if let Some(quantity) = need::number(body, "quantity") {
                entry.quantity = Some(self.stated(body, quantity)?.interval());
            }
        }
        let about = need::id(body, "about").or(need::id(body, "need"));
        if let Some(ix) = about.map(|id| self.index_of(&id)).transpose()?.flatten() {
            let sql = "SELECT n.needy, n.item, n.closed FROM need n WHERE n.ix=?";
            let need: Option<(i64, i64, i64)> =
                self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            match need {
                Some((_, _, 3)) => {}
                Some((needy, item, _)) => {
                    entry.other = Some(self.party_name(needy)?);
                    entry.item = Some(self.item(item)?);
                    let quantity = need::number(body, "quantity");
                    entry.quantity = quantity.map(Interval::exactly).or(entry.quantity);
                }
                None => {
                    let sql = "SELECT actor FROM entry WHERE ix=?";
                    let actor = self.first(sql, [ix], |row| row.get(0))?;
                    entry.other = actor.map(|actor| self.party_name(actor)).transpose()?;
                }
            }
        }
        let text = need::text(body, "text").or(need::text(body, "specification"));
        entry.text = words(text.as_ref());
        Ok(())
    }

    fn tell_statement(
        &self,
        schema: &str,
        body: &Map<String, Value>,
        entry: &mut Entry,
    ) -> Result<(), BookError> {
        let member = if schema == "stock-in" { "donor" } else { "recipient" };
        let anonymous = body.get("anonymous").and_then(Value::as_bool).unwrap_or(false);
        if let Some(name) = need::text(body, member).filter(|_| !anonymous) {
            entry.other = Some(self.named(&name)?);
        }
        entry.item = Some(self.item_of_code(&need::text(body, "item").unwrap_or_default())?);
        entry.quantity = Some(match need::number(body, "quantity") {
            Some(quantity) => self.stated(body, quantity)?.interval(),
            None => Interval { low: 0, high: None },
        });
        let goods = need::text(body, "goods").unwrap_or_default();
        let specification = need::text(body, "specification").unwrap_or_default();
        entry.text = shortened(&format!("{goods} {specification}"));
        Ok(())
    }

    /// A quantity in a statement, in packs where it names one.
    fn stated(&self, body: &Map<String, Value>, quantity: u64) -> Result<Amount, BookError> {
        let Some(pack) = need::id(body, "pack") else { return Ok(Amount::of(quantity, Some(1))) };
        let ix = self.index_of(&pack)?.unwrap_or(-1);
        let sql = "SELECT contains FROM pack WHERE ix=?";
        let contains: Option<Option<i64>> = self.first(sql, [ix], |row| row.get(0))?;
        Ok(Amount::of(quantity, contains.flatten().map(super::whole)))
    }

    fn tell_response(
        &self,
        stored: &Stored,
        act: &Respond,
        entry: &mut Entry,
    ) -> Result<(), BookError> {
        let word = serde_json::to_value(act.kind).unwrap_or_default();
        entry.what = word.as_str().unwrap_or_default().to_owned();
        entry.occurred_ms = act.occurred.map(|occurred| occurred.0);
        let Some(ix) = self.index_of(&act.record)? else { return Ok(()) };
        let sql = "SELECT author, schema FROM record WHERE ix=?";
        let found: Option<(i64, String)> =
            self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((author, schema)) = found else { return Ok(()) };
        if self.is_silenced(act)? {
            entry.other = Some(self.party_name(author)?);
            return Ok(());
        }
        if act.kind != ResponseKind::Hide {
            self.tell_need(ix, entry)?;
        }
        if let Some(body) = &act.body {
            self.tell_body(&schema, body, entry)?;
        }
        if author != stored.actor || entry.other.is_none() {
            entry.other = Some(self.party_name(author)?);
        }
        if let Some(reason) = words(act.reason.as_ref()) {
            entry.text = Some(reason);
        }
        Ok(())
    }

    /// Names the item of the need a response is about.
    fn tell_need(&self, ix: i64, entry: &mut Entry) -> Result<(), BookError> {
        let sql = "SELECT item, needy FROM need WHERE ix=? AND closed<>3";
        let found: Option<(i64, i64)> =
            self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if let Some((item, needy)) = found {
            entry.item = Some(self.item(item)?);
            entry.other = Some(self.party_name(needy)?);
        }
        Ok(())
    }

    fn tell_item(&self, act: &Act, entry: &mut Entry) -> Result<(), BookError> {
        match act {
            Act::ItemDefine(act) => entry.item = Some(self.item_of_code(&act.code)?),
            Act::PackDefine(act) => {
                entry.item = Some(self.item_of_code(&act.item)?);
                entry.text = shortened(&act.label);
                entry.quantity = act.contains.map(|contains| Interval::exactly(contains.0));
            }
            Act::PackMeasure(act) => {
                entry.quantity = Some(Interval::exactly(act.contains.0));
                let ix = self.index_of(&act.pack)?.unwrap_or(-1);
                let sql = "SELECT item, label FROM pack WHERE ix=?";
                let found = self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
                let Some((item, label)) = found else { return Ok(()) };
                let label: String = label;
                entry.item = Some(self.item(item)?);
                entry.text = shortened(&label);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whoever an id names.
    fn somebody(&self, id: Option<&Hash>) -> Result<Option<Party>, BookError> {
        match id {
            Some(id) => self.identified(id),
            None => Ok(None),
        }
    }

    /// The place of a lot's operation, and its number.
    pub(super) fn lot_number(&self, lot: &LotId) -> Result<i64, BookError> {
        let ix = self.index_of(&lot.operation)?.unwrap_or(-1);
        Ok(ix.saturating_mul(LINES).saturating_add(i64::from(lot.line)))
    }

    /// What lines of lots come to: the first line's item, summed over all lines of that item.
    fn sum_up(&self, lines: impl Iterator<Item = (LotId, Quantity)>) -> Result<What, BookError> {
        let (mut item, mut sum) = (None, Amount::default());
        for (lot, quantity) in lines {
            let Some(lot) = self.lot(self.lot_number(&lot)?)? else { continue };
            let Some(of) = lot.item else { continue };
            if *item.get_or_insert(of) == of {
                sum = sum.plus(lot.base(quantity.0));
            }
        }
        let name = item.map(|item| self.item(item)).transpose()?;
        Ok((name, item.map(|_| sum.interval())))
    }

    fn sum_up_lines(&self, lines: &[LotLine]) -> Result<What, BookError> {
        self.sum_up(lines.iter().map(|line| (line.lot, line.quantity)))
    }

    fn tell_goods(&self, stored: &Stored, act: &Act, entry: &mut Entry) -> Result<(), BookError> {
        let (item, quantity) = match act {
            Act::HoldingMint(act) => self.tell_mint(stored, act, entry)?,
            Act::HoldingReserve(act) => {
                let ix = self.index_of(&act.need)?.unwrap_or(-1);
                self.tell_need(ix, entry)?;
                self.sum_up_lines(std::slice::from_ref(&act.line))?
            }
            Act::HoldingDispatch(act) => {
                entry.other = self.somebody(Some(&act.to))?;
                entry.grade = self.shipment_grade(stored.ix)?;
                self.sum_up_lines(&act.lines)?
            }
            Act::HoldingAccept(act) => self.tell_accept(act, entry)?,
            Act::HoldingHandOver(act) => {
                entry.other = self.somebody(Some(&act.taker))?;
                entry.grade = self.shipment_grade(stored.ix)?;
                self.sum_up(act.lines.iter().map(|line| (line.lot, line.counted)))?
            }
            Act::HoldingResolve(act) => {
                entry.text = shortened(&act.cause);
                entry.grade = grade::BOTH;
                entry.other = self.other_side(&act.shipment, stored.actor)?;
                let found =
                    |to_giver: Quantity, to_taker| to_giver.plus(to_taker).unwrap_or_default();
                let lines = act.lines.iter();
                self.sum_up(lines.map(|line| (line.lot, found(line.to_giver, line.to_taker))))?
            }
            Act::HoldingWriteOff(act) => {
                entry.text = shortened(&act.explanation);
                if let Some(shipment) = &act.shipment {
                    entry.other = self.other_side(shipment, stored.actor)?;
                }
                self.sum_up_lines(&act.lines)?
            }
            Act::HoldingConsume(act) => {
                entry.text = words(act.ward.as_ref());
                self.sum_up_lines(&act.lines)?
            }
            Act::HoldingCount(act) => {
                entry.text = words(act.place.as_ref());
                self.sum_up(act.lines.iter().map(|line| (line.lot, line.counted)))?
            }
            Act::HoldingRelease(act) => self.tell_release(&act.reservation, entry)?,
            _ => (None, None),
        };
        entry.item = item.or(entry.item.take());
        entry.quantity = quantity;
        Ok(())
    }

    fn tell_mint(&self, stored: &Stored, act: &Mint, entry: &mut Entry) -> Result<What, BookError> {
        entry.other = self.somebody(act.donor.as_ref())?;
        entry.grade = donated(act.donor.as_ref(), entry);
        entry.text = words(act.lines.first().and_then(|line| line.label.as_ref()));
        let lines = act.lines.iter().zip(0u8..);
        let operation = stored.id;
        self.sum_up(lines.map(|(of, line)| (LotId { operation, line }, of.quantity)))
    }

    fn tell_accept(&self, act: &Accept, entry: &mut Entry) -> Result<What, BookError> {
        if let Some(ix) = self.index_of(&act.shipment)? {
            let sql = "SELECT giver FROM shipment WHERE ix=?";
            let giver = self.first(sql, [ix], |row| row.get(0))?;
            entry.other = giver.map(|giver| self.party_name(giver)).transpose()?;
            entry.grade = self.shipment_grade(ix)?;
        }
        entry.text = words(act.condition.as_ref());
        self.sum_up_lines(&act.lines)
    }

    fn tell_release(&self, reservation: &Hash, entry: &mut Entry) -> Result<What, BookError> {
        let ix = self.index_of(reservation)?.unwrap_or(-1);
        let Some(stored) = self.stored(ix)? else { return Ok((None, None)) };
        let payload: Result<weal_kernel::Payload, _> = serde_json::from_slice(&stored.payload);
        let Ok(Act::HoldingReserve(act)) = payload.map(|payload| payload.act) else {
            return Ok((None, None));
        };
        let need = self.index_of(&act.need)?.unwrap_or(-1);
        self.tell_need(need, entry)?;
        self.sum_up_lines(std::slice::from_ref(&act.line))
    }

    /// The evidence of a shipment's way, as far as it has come.
    pub(super) fn shipment_grade(&self, ix: i64) -> Result<u8, BookError> {
        let sql = "SELECT both, carried, evidence FROM shipment WHERE ix=?";
        let found =
            self.first(sql, [ix], |row| Ok(grade::leg(row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(found.unwrap_or(grade::ONE_SIDED))
    }

    /// The other party of a shipment.
    fn other_side(&self, shipment: &Hash, actor: i64) -> Result<Option<Party>, BookError> {
        let Some(ix) = self.index_of(shipment)? else { return Ok(None) };
        let sql = "SELECT giver, taker FROM shipment WHERE ix=?";
        let found: Option<(i64, i64)> =
            self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let other = found.map(|(giver, taker)| if giver == actor { taker } else { giver });
        other.map(|other| self.party_name(other)).transpose()
    }

    fn tell_money(&self, act: &Act, entry: &mut Entry) -> Result<(), BookError> {
        match act {
            Act::MoneyIssue(act) => {
                let donor = self.somebody(act.donor.as_ref())?;
                let holder = self.somebody(Some(&act.to))?;
                let other = holder.filter(|holder| holder.id != entry.actor.id);
                entry.other = other.or(donor);
                entry.money = Some(format!("{} {}", act.amount, act.currency));
                entry.text = words(act.purpose.as_ref());
                entry.grade = donated(act.donor.as_ref(), entry);
            }
            Act::MoneyPay(act) => {
                entry.other = self.somebody(Some(&act.to))?;
                entry.money = self.money(&act.lines)?;
                entry.text = shortened(&act.purpose);
            }
            Act::MoneyRedeem(act) => {
                entry.other = self.somebody(Some(&act.issuer))?;
                entry.money = self.money(&act.lines)?;
                entry.text = words(act.purpose.as_ref());
                entry.grade = grade::BOTH;
            }
            _ => {}
        }
        Ok(())
    }

    /// Lines of money, summed by currency.
    fn money(&self, lines: &[MoneyLine]) -> Result<Option<String>, BookError> {
        let mut sums: Vec<(String, u64)> = Vec::new();
        for line in lines {
            let lot = self.lot(self.lot_number(&line.lot)?)?;
            let Some(currency) = lot.and_then(|lot| lot.currency) else { continue };
            let minor = parse_amount(&line.amount, &currency).unwrap_or_default().0;
            match sums.iter_mut().find(|(known, _)| *known == currency) {
                Some((_, sum)) => *sum = sum.saturating_add(minor),
                None => sums.push((currency, minor)),
            }
        }
        let texts: Vec<String> = sums
            .iter()
            .map(|(currency, sum)| {
                format!("{} {currency}", format_amount(Quantity(*sum), currency))
            })
            .collect();
        Ok((!texts.is_empty()).then(|| texts.join(" + ")))
    }
}
