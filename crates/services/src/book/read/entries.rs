//! Entries as stories, lists of them, and the page of one.

use super::{View, bounded, int, whole};
use crate::book::BookError;
use crate::book::write::{HIDDEN, STATUS, act_number};
use crate::codes;
use crate::view::{Entry, Hiding, Page, Party, RecordPage, SignatureLine};
use weal_kernel::records::op::{Respond, ResponseKind};
use weal_kernel::{Act, Hash, Payload};

/// Responses on one page.
const RESPONSES: i64 = 200;

/// An entry as the tables have it.
pub(super) struct Stored {
    pub(super) ix: i64,
    pub(super) id: Hash,
    pub(super) height: i64,
    pub(super) time: i64,
    pub(super) actor: i64,
    pub(super) signatures: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

/// Why a record was hidden, in the words of the one who hid it.
fn basis_of(payload: &[u8]) -> Option<String> {
    let payload: Payload = serde_json::from_slice(payload).ok()?;
    match payload.act {
        Act::RecordRespond(act) => act.reason,
        _ => None,
    }
}

impl View<'_> {
    pub(super) fn stored(&self, ix: i64) -> Result<Option<Stored>, BookError> {
        let sql = "SELECT e.id, e.height, b.time, e.actor, e.signatures, e.payload \
                   FROM entry e JOIN block b ON b.height=e.height WHERE e.ix=?";
        self.first(sql, [ix], |row| {
            Ok(Stored {
                ix,
                id: Hash(row.get(0)?),
                height: row.get(1)?,
                time: row.get(2)?,
                actor: row.get(3)?,
                signatures: row.get(4)?,
                payload: row.get(5)?,
            })
        })
    }

    /// The stories of these entries, in this order.
    pub(super) fn entries(&self, places: &[i64]) -> Result<Vec<Entry>, BookError> {
        let mut entries = Vec::with_capacity(places.len());
        for ix in places {
            if let Some(stored) = self.stored(*ix)? {
                entries.push(self.entry(&stored)?);
            }
        }
        Ok(entries)
    }

    pub(super) fn entry(&self, stored: &Stored) -> Result<Entry, BookError> {
        let payload: Option<Payload> = serde_json::from_slice(&stored.payload).ok();
        let Some(payload) = payload else { return Ok(Entry::default()) };
        let mut entry = Entry {
            index: whole(stored.ix),
            id: stored.id.to_string(),
            number: codes::number(letter(&payload.act), whole(stored.ix)),
            height: whole(stored.height),
            time_ms: whole(stored.time),
            act: payload.act.name().into(),
            actor: self.party_name(stored.actor)?,
            signers: self.signers(stored, &payload)?,
            ..Entry::default()
        };
        self.tell(stored, &payload.act, &mut entry)?;
        Ok(entry)
    }

    /// Everybody whose keys signed, each once.
    fn signers(&self, stored: &Stored, payload: &Payload) -> Result<Vec<Party>, BookError> {
        let mut signers: Vec<Party> = Vec::new();
        for line in self.signature_lines(stored, payload)? {
            let known = signers.iter().any(|party| party.id == line.party.id);
            if !known && !line.party.kind.is_empty() {
                signers.push(line.party);
            }
        }
        Ok(signers)
    }

    /// Each signing key and whose it was: of several who had it, one the act names.
    fn signature_lines(
        &self,
        stored: &Stored,
        payload: &Payload,
    ) -> Result<Vec<SignatureLine>, BookError> {
        let (signatures, _) = stored.signatures.as_chunks::<96>();
        let mut lines = Vec::with_capacity(signatures.len());
        for signature in signatures {
            let key = signature.first_chunk::<32>().copied().unwrap_or_default();
            let sql = "SELECT DISTINCT party FROM key WHERE key=? AND ix<=? ORDER BY ix DESC";
            let owners: Vec<i64> =
                self.all(sql, rusqlite::params![key, stored.ix], |row| row.get(0))?;
            let named = owners.iter().copied().find(|owner| *owner == stored.actor);
            let named = match (named, owners.len()) {
                (None, 2..) => self.named_by(&owners, payload)?,
                (named, _) => named,
            };
            let party = match named.or(owners.first().copied()) {
                Some(owner) => self.party_name(owner)?,
                None => Party::default(),
            };
            lines.push(SignatureLine { key: Hash(key).to_string(), party });
        }
        Ok(lines)
    }

    fn named_by(&self, owners: &[i64], payload: &Payload) -> Result<Option<i64>, BookError> {
        let text = String::from_utf8(payload.to_bytes()).unwrap_or_default();
        for owner in owners {
            if text.contains(&self.id_text(*owner)?) {
                return Ok(Some(*owner));
            }
        }
        Ok(None)
    }

    /// Entries, newest first.
    pub(in crate::book) fn records(
        &self,
        act: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Entry>, BookError> {
        let list = format!("records:{}", act.unwrap_or_default());
        let cursor = self.cursor(cursor, &list, (i64::MAX, 0))?;
        let limit = bounded(limit);
        let before = cursor.place.0.min(cursor.size);
        let many = i64::try_from(limit).unwrap_or(1).saturating_add(1);
        let (mut places, total): (Vec<i64>, i64) = match act {
            None => {
                let sql = "SELECT ix FROM entry WHERE ix<? ORDER BY ix DESC LIMIT ?";
                (self.all(sql, [before, many], |row| row.get(0))?, cursor.size)
            }
            Some(act) => {
                let Some(act) = act_number(act) else { return Ok(Page::default()) };
                let sql = "SELECT ix FROM entry WHERE act=? AND ix<? ORDER BY nth DESC LIMIT ?";
                let places = self.all(sql, [act, before, many], |row| row.get(0))?;
                let sql = "SELECT nth+1 FROM entry WHERE act=? AND ix<? ORDER BY nth DESC LIMIT 1";
                let total = self.first(sql, [act, cursor.size], |row| row.get(0))?;
                (places, total.unwrap_or(0))
            }
        };
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places
            .last()
            .filter(|_| more)
            .map(|ix| super::Cursor { place: (*ix, 0), ..cursor }.write(&list));
        Ok(Page { items: self.entries(&places)?, total: whole(total), next })
    }

    pub(in crate::book) fn entries_after(
        &self,
        index: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, BookError> {
        let after = index.map_or(-1, int);
        let sql = "SELECT ix FROM entry WHERE ix>? ORDER BY ix LIMIT ?";
        let limit = i64::from(limit.clamp(1, super::LIMIT));
        let places: Vec<i64> = self.all(sql, [after, limit], |row| row.get(0))?;
        self.entries(&places)
    }

    /// The status of the record at this place, if there is one.
    pub(super) fn status(&self, ix: i64) -> Result<Option<i64>, BookError> {
        self.first("SELECT status FROM record WHERE ix=?", [ix], |row| row.get(0))
    }

    pub(in crate::book) fn record(&self, number: &str) -> Result<Option<RecordPage>, BookError> {
        let Some((_, ix)) = self.find(number)? else { return Ok(None) };
        let Some(stored) = self.stored(ix)? else { return Ok(None) };
        let Ok(payload) = serde_json::from_slice::<Payload>(&stored.payload) else {
            return Ok(None);
        };
        let status = self.status(ix)?;
        let hidden = match &payload.act {
            Act::RecordPost(_) => self.is_hidden(ix)?,
            Act::RecordRespond(act) => self.is_silenced(act)?,
            _ => false,
        };
        let text = String::from_utf8_lossy(&stored.payload).into_owned();
        let word = status.and_then(|status| STATUS.get(usize::try_from(status).unwrap_or(0)));
        Ok(Some(RecordPage {
            entry: self.entry(&stored)?,
            payload: if hidden { String::new() } else { text },
            signatures: self.signature_lines(&stored, &payload)?,
            responses: self.responses(ix, &payload.act)?,
            status: word.copied().unwrap_or_default().into(),
            hidings: self.hidings(ix)?,
            see: self.see(ix, &payload.act)?,
        }))
    }

    /// Every time the record at this place was hidden, oldest first.
    fn hidings(&self, ix: i64) -> Result<Vec<Hiding>, BookError> {
        let sql = "SELECT ix, office, until, ended FROM hiding WHERE record=? ORDER BY ix LIMIT ?";
        let rows: Vec<(i64, i64, i64, Option<i64>)> = self.all(sql, [ix, RESPONSES], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        rows.into_iter()
            .map(|(ix, office, until, ended)| {
                let stored = self.stored(ix)?;
                let basis = stored.and_then(|stored| basis_of(&stored.payload));
                Ok(Hiding {
                    number: codes::number('R', whole(ix)),
                    by: self.party_name(office)?,
                    basis: basis.unwrap_or_default(),
                    since_ms: self.time_of(ix)?,
                    until_ms: whole(until),
                    ended_ms: ended.map(whole),
                })
            })
            .collect()
    }

    /// Whether the record at this place is hidden.
    pub(super) fn is_hidden(&self, ix: i64) -> Result<bool, BookError> {
        Ok(self.status(ix)? == Some(HIDDEN))
    }

    /// Whether a response belongs to a record that was hidden: a better body, or what others said
    /// about it. Only the response that hid it keeps its words: the legal basis.
    pub(super) fn is_silenced(&self, act: &Respond) -> Result<bool, BookError> {
        match self.index_of(&act.record)? {
            Some(ix) if act.kind != ResponseKind::Hide => self.is_hidden(ix),
            _ => Ok(false),
        }
    }

    /// Later entries that answer this one, oldest first. A party's life is on its own page.
    fn responses(&self, ix: i64, act: &Act) -> Result<Vec<Entry>, BookError> {
        let answers = match act {
            Act::RecordPost(_) => ["record.respond", "record.post", "role.revoke"],
            Act::HoldingDispatch(_) | Act::HoldingHandOver(_) => {
                ["holding.accept", "holding.resolve", "holding.write_off"]
            }
            Act::PackDefine(_) => ["pack.measure", "", ""],
            Act::NetworkPropose(_) => ["network.approve", "network.decline", ""],
            Act::MandateGrant(_) => ["mandate.revoke", "", ""],
            Act::RoleAttest(_) => ["role.revoke", "", ""],
            Act::HoldingReserve(_) => ["holding.release", "holding.dispatch", "holding.hand_over"],
            _ => return Ok(Vec::new()),
        };
        let [first, second, third] = answers.map(|name| act_number(name).unwrap_or(-1));
        let facility = matches!(act, Act::RecordPost(post) if post.schema == "facility");
        let second = if facility { -1 } else { second };
        let sql = "SELECT l.ix FROM link l JOIN entry e ON e.ix=l.ix WHERE l.target=?1 \
                   AND l.ix>?1 AND e.act IN (?2,?3,?4) ORDER BY l.ix LIMIT ?5";
        let places: Vec<i64> =
            self.all(sql, [ix, first, second, third, RESPONSES], |row| row.get(0))?;
        self.entries(&places)
    }

    /// The page of what an entry is about.
    fn see(&self, ix: i64, act: &Act) -> Result<String, BookError> {
        let need = |ix: i64| format!("needs/{}", codes::number('N', whole(ix)));
        let gift = |ix: i64| format!("trace/{}", codes::number('G', whole(ix)));
        let party = |ix: i64| format!("parties/{}", codes::number('P', whole(ix)));
        match act {
            Act::RecordPost(post) if post.schema == "need" => Ok(need(ix)),
            Act::RecordPost(post) if post.schema == "facility" => Ok(party(ix)),
            Act::PrincipalRegister(_) => Ok(party(ix)),
            Act::HoldingMint(_) | Act::MoneyIssue(_) => Ok(gift(ix)),
            _ => self.see_by_act(act),
        }
    }

    /// The need an act names, else the gift it moves.
    fn see_by_act(&self, act: &Act) -> Result<String, BookError> {
        let (need, lot) = match act {
            Act::RecordRespond(act) => (Some(act.record), None),
            Act::RecordPost(post) => {
                let about = crate::relief::need::id(&post.body, "need");
                (about.or(crate::relief::need::id(&post.body, "about")), None)
            }
            Act::HoldingReserve(act) => (Some(act.need), Some(act.line.lot)),
            Act::HoldingDispatch(act) => (act.need, act.lines.first().map(|line| line.lot)),
            Act::HoldingHandOver(act) => (act.need, act.lines.first().map(|line| line.lot)),
            Act::HoldingConsume(act) => (act.need, act.lines.first().map(|line| line.lot)),
            Act::HoldingAccept(act) => (None, act.lines.first().map(|line| line.lot)),
            Act::HoldingResolve(act) => (None, act.lines.first().map(|line| line.lot)),
            Act::HoldingWriteOff(act) => (None, act.lines.first().map(|line| line.lot)),
            Act::HoldingCount(act) => (None, act.lines.first().map(|line| line.lot)),
            Act::MoneyPay(act) => (None, act.lines.first().map(|line| line.lot)),
            Act::MoneyRedeem(act) => (None, act.lines.first().map(|line| line.lot)),
            _ => (None, None),
        };
        if let Some(ix) = need.map(|id| self.index_of(&id)).transpose()?.flatten() {
            let sql = "SELECT 1 FROM need WHERE ix=?";
            if self.first(sql, [ix], |_| Ok(()))?.is_some() {
                return Ok(format!("needs/{}", codes::number('N', whole(ix))));
            }
        }
        if let Some(ix) = lot.map(|lot| self.index_of(&lot.operation)).transpose()?.flatten() {
            return Ok(format!("trace/{}", codes::number('G', whole(ix))));
        }
        Ok(String::new())
    }
}

/// The letter of an entry's number.
pub(super) fn letter(act: &Act) -> char {
    match act {
        Act::PrincipalRegister(_) => 'P',
        Act::RecordPost(post) if post.schema == "need" => 'N',
        Act::RecordPost(post) if post.schema == "facility" => 'P',
        Act::HoldingMint(_) | Act::MoneyIssue(_) => 'G',
        Act::HoldingDispatch(_) | Act::HoldingHandOver(_) => 'S',
        _ => 'R',
    }
}
