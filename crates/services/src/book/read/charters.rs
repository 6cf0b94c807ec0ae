//! Charters as the log tells them: texts, payments, cases, and what was said about them.

use super::{LIMIT, View, int, whole};
use crate::book::BookError;
use crate::codes;
use crate::view::{CharterEvent, CharterRow, Party, PassRow, PaymentRow};
use rusqlite::{Row, params};
use weal_kernel::charters::op::Remark;
use weal_kernel::{Act, Hash};

const COLUMNS: &str = "c.ix, c.id, c.author, c.text, c.payments, b.time FROM charter c \
                       JOIN entry e ON e.ix=c.ix JOIN block b ON b.height=e.height";

impl View<'_> {
    /// The newest charters.
    pub(in crate::book) fn charters(&self) -> Result<Vec<CharterRow>, BookError> {
        let sql = format!("SELECT {COLUMNS} ORDER BY c.ix DESC LIMIT ?");
        let rows = self.all(&sql, [LIMIT], read_charter)?;
        rows.into_iter().map(|row| self.with_author(row)).collect()
    }

    /// A charter by its number, its id, or the beginning of its id, of at least eight digits.
    pub(in crate::book) fn charter(&self, id: &str) -> Result<Option<CharterRow>, BookError> {
        if let Some((Some(_), ix)) = self.find(id)? {
            let sql = format!("SELECT {COLUMNS} WHERE c.ix=?");
            let row = self.first(&sql, [ix], read_charter)?;
            return row.map(|row| self.with_author(row)).transpose();
        }
        let plain = (8..=64).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_hexdigit());
        if !plain {
            return Ok(None);
        }
        let sql = format!("SELECT {COLUMNS} WHERE lower(hex(c.id)) LIKE ?||'%' LIMIT 2");
        let rows = self.all(&sql, [id.to_lowercase()], read_charter)?;
        match <[(CharterRow, i64); 1]>::try_from(rows) {
            Ok([row]) => self.with_author(row).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Who these are; nobody for an id that leads nowhere.
    pub(in crate::book) fn who(&self, ids: &[Hash]) -> Result<Vec<Party>, BookError> {
        let party = |id: &Hash| Ok(self.identified(id)?.unwrap_or_default());
        ids.iter().map(party).collect()
    }

    fn with_author(&self, (row, author): (CharterRow, i64)) -> Result<CharterRow, BookError> {
        Ok(CharterRow { author: self.party_name(author)?, ..row })
    }

    /// What a charter paid, the newest first.
    pub(in crate::book) fn payments(
        &self,
        charter: &Hash,
        case: Option<u64>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PaymentRow>, BookError> {
        let Some(place) = self.index_of(charter)? else { return Ok(Vec::new()) };
        let sql = "SELECT p.nth, p.ix, p.flow, p.number, p.month, p.amount, p.missed, p.rest, \
                   p.payees, p.inputs, b.time FROM payment p JOIN entry e ON e.ix=p.ix \
                   JOIN block b ON b.height=e.height WHERE p.charter=?1 AND p.nth<?2 \
                   AND (?3 IS NULL OR p.number=?3) ORDER BY p.nth DESC LIMIT ?4";
        let before = before.map_or(i64::MAX, int);
        let limit = limit.min(LIMIT);
        self.all(sql, params![place, before, case.map(int), limit], read_payment)
    }

    /// The cases in which somebody takes part.
    pub(in crate::book) fn cases_of(&self, party: &Hash) -> Result<Vec<(Hash, u64)>, BookError> {
        let Some(place) = self.index_of(party)? else { return Ok(Vec::new()) };
        let sql = "SELECT c.id, p.number FROM charter_party p JOIN charter c ON c.ix=p.charter \
                   WHERE p.party=? ORDER BY p.charter DESC, p.number DESC LIMIT ?";
        self.all(sql, params![place, LIMIT], |row| Ok((Hash(row.get(0)?), whole(row.get(1)?))))
    }

    /// Parts of a case that were passed on, the newest first.
    pub(in crate::book) fn passes(
        &self,
        charter: &Hash,
        case: u64,
    ) -> Result<Vec<PassRow>, BookError> {
        let Some(place) = self.index_of(charter)? else { return Ok(Vec::new()) };
        let sql = "SELECT ix FROM charter_pass WHERE charter=? AND number=? \
                   ORDER BY ix DESC LIMIT ?";
        let values = params![place, int(case), LIMIT];
        let places: Vec<i64> = self.all(sql, values, |row| row.get(0))?;
        let mut passes = Vec::with_capacity(places.len());
        for ix in places {
            let Some((stored, Act::CharterPass(act))) = self.said(ix)? else { continue };
            passes.push(PassRow {
                number: codes::number('R', whole(ix)),
                time_ms: whole(stored.time),
                by: self.party_name(stored.actor)?,
                to: self.identified(&act.to)?.unwrap_or_default(),
                party: act.party,
                weight: act.weight,
                price: act.price.into_iter().map(|line| line.amount).collect(),
            });
        }
        Ok(passes)
    }

    /// What was said and done about a charter, besides payments.
    pub(in crate::book) fn charter_story(
        &self,
        charter: &Hash,
    ) -> Result<Vec<CharterEvent>, BookError> {
        let Some(place) = self.index_of(charter)? else { return Ok(Vec::new()) };
        let acts = ["publish", "review", "attest", "lock", "withdraw", "set", "brake"];
        let numbers: Vec<String> = acts
            .iter()
            .filter_map(|act| crate::book::write::act_number(&format!("charter.{act}")))
            .map(|number| number.to_string())
            .collect();
        let sql = format!(
            "SELECT e.ix FROM entry e WHERE e.act IN ({}) AND (e.ix=?1 OR e.ix IN \
             (SELECT ix FROM link WHERE target=?1)) ORDER BY e.ix DESC LIMIT ?2",
            numbers.join(",")
        );
        let places: Vec<i64> = self.all(&sql, params![place, LIMIT], |row| row.get(0))?;
        let mut events = Vec::with_capacity(places.len());
        for ix in places {
            let Some((stored, act)) = self.said(ix)? else { continue };
            events.push(CharterEvent {
                number: codes::number('R', whole(ix)),
                id: stored.id.to_string(),
                time_ms: whole(stored.time),
                by: self.party_name(stored.actor)?,
                act: act.name().to_owned(),
                ..told(&act)
            });
        }
        Ok(events)
    }
}

/// What an act says about a charter, in its own words.
fn told(act: &Act) -> CharterEvent {
    let mut event = CharterEvent::default();
    match act {
        Act::CharterReview(act) => match &act.remark {
            Remark::Question { text } => {
                (event.kind, event.text) = ("question".into(), text.clone())
            }
            Remark::Answer { text, to } => {
                (event.kind, event.text) = ("answer".into(), text.clone());
                event.answers = Some(to.to_string());
            }
            Remark::Defect { text, rule, inputs, gives } => {
                (event.kind, event.text) = ("defect".into(), text.clone());
                let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
                event.shown = Some(format!("{rule}({}) = {gives}", inputs.join(", ")));
            }
        },
        Act::CharterAttest(act) => {
            (event.kind, event.text) = ("attest".into(), act.scope.clone());
            event.shown = Some(act.interest.clone());
        }
        Act::CharterWithdraw(act) => {
            (event.kind, event.text) = ("withdraw".into(), act.reason.clone())
        }
        Act::CharterSet(act) => {
            (event.kind, event.text) = ("set".into(), act.source.clone());
            event.shown = Some(format!("{} = {}", act.parameter, act.value));
        }
        Act::CharterBrake(act) => {
            (event.kind, event.text) = ("brake".into(), act.reason.clone());
            event.shown = Some(format!("{}: {}", act.flow, act.days));
        }
        Act::CharterLock(_) => event.kind = "lock".into(),
        _ => event.kind = "publish".into(),
    }
    event
}

/// The charter, and the place of its author.
fn read_charter(row: &Row<'_>) -> rusqlite::Result<(CharterRow, i64)> {
    let charter = CharterRow {
        number: codes::number('R', whole(row.get(0)?)),
        id: Hash(row.get(1)?).to_string(),
        text: row.get(3)?,
        payments: whole(row.get(4)?),
        time_ms: whole(row.get(5)?),
        ..CharterRow::default()
    };
    Ok((charter, row.get(2)?))
}

fn read_payment(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    let list = |text: String| serde_json::from_str(&text).unwrap_or_default();
    let inputs: Vec<String> = serde_json::from_str(&row.get::<_, String>(9)?).unwrap_or_default();
    Ok(PaymentRow {
        nth: whole(row.get(0)?),
        entry: codes::number('R', whole(row.get(1)?)),
        flow: u32::try_from(row.get::<_, i64>(2)?).unwrap_or(u32::MAX),
        case: row.get::<_, Option<i64>>(3)?.map(whole),
        month: u32::try_from(row.get::<_, i64>(4)?).unwrap_or(0),
        amount_minor: whole(row.get(5)?),
        missed_minor: whole(row.get(6)?),
        rest_minor: whole(row.get(7)?),
        payees: list(row.get(8)?),
        inputs,
        time_ms: whole(row.get(10)?),
    })
}
