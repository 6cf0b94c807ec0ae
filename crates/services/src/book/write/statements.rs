//! Lines of published lists: what a custodian is said to have taken in and issued.

use super::pending::add;
use super::{At, Writer, int};
use crate::book::BookError;
use crate::relief::balance::day_of;
use crate::relief::need;
use serde_json::{Map, Value};

/// Taken in.
pub(in crate::book) const IN: i64 = 0;
/// Issued.
pub(in crate::book) const OUT: i64 = 1;

impl Writer<'_> {
    /// Adds a line (`sign` 1), or takes it out again (`sign` -1).
    pub(super) fn statement(
        &mut self,
        at: &At,
        schema: &str,
        body: &Map<String, Value>,
        sign: i64,
    ) -> Result<(), BookError> {
        let (direction, member) =
            if schema == "stock-in" { (IN, "donor") } else { (OUT, "recipient") };
        let custodian = need::text(body, "custodian").unwrap_or_default();
        let item = self.item(&need::text(body, "item").unwrap_or_default())?;
        let day = day_of(need::number(body, "date").unwrap_or(0));
        let pack = self.known_pack(need::id(body, "pack"))?;
        let quantity = need::number(body, "quantity").filter(|_| pack.is_some());
        let unread = i64::from(quantity.is_none());
        let quantity = int(quantity.unwrap_or(0)).saturating_mul(sign);
        let pack = pack.unwrap_or(0);
        let custodian = self.count_name(at, &custodian, pack, sign)?;
        let anonymous = body.get("anonymous").and_then(Value::as_bool).unwrap_or(false);
        if let Some(other) = need::text(body, member).filter(|_| !anonymous) {
            self.count_name(at, &other, pack, sign)?;
        }
        let unread = unread.saturating_mul(sign);
        let key = [direction, custodian, item, int(day), pack];
        add(self.pending.stated.entry(key).or_default(), [quantity, sign, unread]);
        Ok(())
    }

    /// The pack of a line: 0 where none is named, nothing where the one named does not exist.
    fn known_pack(&mut self, id: Option<weal_kernel::Hash>) -> Result<Option<i64>, BookError> {
        let Some(id) = id else { return Ok(Some(0)) };
        let Some(ix) = self.place(&id)? else { return Ok(None) };
        self.first("SELECT ix FROM pack WHERE ix=?", [ix], |row| row.get(0))
    }

    /// Counts a line for a name and links the entry to it.
    fn count_name(&mut self, at: &At, text: &str, pack: i64, sign: i64) -> Result<i64, BookError> {
        let (name, _) = self.name(text, at)?;
        let lines = self.pending.names.entry(name).or_default();
        *lines = lines.saturating_add(sign);
        if pack > 0 {
            let lines = self.pending.name_packs.entry((name, pack)).or_default();
            *lines = lines.saturating_add(sign);
        }
        self.link(name.saturating_neg(), at.ix)?;
        Ok(name)
    }

    /// Beds of a hospital: only its name matters here.
    pub(super) fn beds(
        &mut self,
        at: &At,
        body: &Map<String, Value>,
        sign: i64,
    ) -> Result<(), BookError> {
        if let Some(facility) = need::id(body, "facility") {
            self.link_to(at, &facility)?;
        }
        match need::text(body, "hospital") {
            Some(name) => self.count_name(at, &name, 0, sign).map(|_| ()),
            None => Ok(()),
        }
    }
}
