//! Statements and what others say about them.

use super::parties::names_text;
use super::{At, Writer, int};
use crate::book::BookError;
use crate::relief::need;
use rusqlite::params;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use weal_kernel::Act;
use weal_kernel::records::op::{Post, Respond, ResponseKind};

/// Where a record stands; the numbers stand in the tables.
pub(in crate::book) const STATUS: [&str; 4] = ["open", "superseded", "withdrawn", "hidden"];
/// As it was said.
const OPEN: i64 = 0;
/// Hidden from view.
pub(in crate::book) const HIDDEN: i64 = 3;
/// A facility whose description counts.
const SPOKEN: i64 = 0;
/// A facility whose description was hidden: its name is shown nowhere.
pub(in crate::book) const UNSPEAKABLE: i64 = 1;
/// A facility whose description was taken back or replaced: no name leads there by itself.
const GONE: i64 = 2;

/// A record as the tables have it.
struct Known {
    ix: i64,
    schema: String,
    author: i64,
    head: i64,
    /// Where it stands for readers.
    status: i64,
    /// Where its author left it.
    author_left: i64,
}

type Body = Map<String, Value>;

impl Writer<'_> {
    pub(super) fn post(&mut self, at: &At, act: &Post) -> Result<(), BookError> {
        self.happened(at, act.occurred);
        let sql = "INSERT INTO record VALUES(?1,?2,?3,0,?1,0,0,NULL,0)";
        self.run(sql, params![at.ix, act.schema, at.actor])?;
        let body = &act.body;
        match act.schema.as_str() {
            "need" => self.open_need(at, body),
            "facility" => self.facility(at, body),
            "alias" => self.alias(at, body),
            "stock-in" | "stock-out" => self.statement(at, &act.schema, body, 1),
            "beds" => self.beds(at, body, 1),
            _ => self.link_members(at, body),
        }
    }

    /// Links a plain statement to what it is about.
    fn link_members(&mut self, at: &At, body: &Body) -> Result<(), BookError> {
        for member in ["about", "need", "facility", "of"] {
            if let Some(id) = need::id(body, member) {
                self.link_to(at, &id)?;
            }
        }
        Ok(())
    }

    fn known_record(&mut self, at: &At, act: &Respond) -> Result<Option<Known>, BookError> {
        let Some(ix) = self.place(&act.record)? else { return Ok(None) };
        self.link(ix, at.ix)?;
        self.record(ix)
    }

    fn record(&self, ix: i64) -> Result<Option<Known>, BookError> {
        let sql = "SELECT schema, author, head, status, author_left FROM record WHERE ix=?";
        self.first(sql, [ix], |row| {
            Ok(Known {
                ix,
                schema: row.get(0)?,
                author: row.get(1)?,
                head: row.get(2)?,
                status: row.get(3)?,
                author_left: row.get(4)?,
            })
        })
    }

    pub(super) fn respond(&mut self, at: &At, act: &Respond) -> Result<(), BookError> {
        self.happened(at, act.occurred);
        let Some(record) = self.known_record(at, act)? else { return Ok(()) };
        self.link(record.author, at.ix)?;
        match act.kind {
            ResponseKind::Corroborate => self.take_stance(at, &record, 0)?,
            ResponseKind::Dispute => self.take_stance(at, &record, 1)?,
            ResponseKind::Correct => {
                let body = act.body.clone().unwrap_or_default();
                self.correct(at, &record, &body)?;
                // Voices were about the body they heard; about the new one nobody has spoken yet.
                self.run("DELETE FROM stance WHERE record=?", [record.ix])?;
                let sql = "UPDATE record SET head=?, corroborated=0, disputed=0 WHERE ix=?";
                self.run(sql, [at.ix, record.ix])?;
            }
            ResponseKind::Supersede => self.close(at, &record, 1)?,
            ResponseKind::Withdraw => self.close(at, &record, 2)?,
            ResponseKind::Hide => {
                self.end_hiding(record.ix, at.time)?;
                let until = int(act.until.unwrap_or_default().0);
                let sql = "INSERT INTO hiding VALUES(?,?,?,?,NULL)";
                self.run(sql, [at.ix, record.ix, at.actor, until])?;
                self.stand(at, &record, HIDDEN)?;
            }
            ResponseKind::Show => {
                self.end_hiding(record.ix, at.time)?;
                self.stand(at, &record, record.author_left)?;
            }
        }
        self.follow(at, &record)
    }

    /// What follows from where a record stands now.
    fn follow(&mut self, at: &At, record: &Known) -> Result<(), BookError> {
        if record.schema == "alias" {
            let body = self.body(record.head)?.unwrap_or_default();
            self.follow_alias(at, record.ix, &body)?;
        }
        if record.schema == "need" {
            self.touched.insert(record.ix);
        }
        Ok(())
    }

    fn end_hiding(&self, record: i64, now: i64) -> Result<(), BookError> {
        let sql = "UPDATE hiding SET ended=min(?2,until) WHERE record=?1 AND ended IS NULL";
        self.run(sql, [record, now])?;
        Ok(())
    }

    /// Hidings that are over by the time of a block: their records stand where their authors left
    /// them.
    pub(super) fn end_hidings(&mut self, first: i64, now: i64) -> Result<(), BookError> {
        let sql = "SELECT record FROM hiding WHERE ended IS NULL AND until<=? ORDER BY ix";
        let over: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([now], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for ix in over {
            let Some(record) = self.record(ix)? else { continue };
            let at = At { ix: first, time: now, actor: record.author };
            self.end_hiding(ix, now)?;
            self.stand(&at, &record, record.author_left)?;
            self.follow(&at, &record)?;
        }
        Ok(())
    }

    fn take_stance(&self, at: &At, record: &Known, disputes: i64) -> Result<(), BookError> {
        let sql = "SELECT disputes FROM stance WHERE record=? AND party=?";
        let before: Option<i64> = self.first(sql, [record.ix, at.actor], |row| row.get(0))?;
        if before == Some(disputes) {
            return Ok(());
        }
        let sql = "INSERT OR REPLACE INTO stance VALUES(?,?,?)";
        self.run(sql, [record.ix, at.actor, disputes])?;
        let (corroborated, disputed) = match (before, disputes) {
            (None, 0) => (1, 0),
            (None, _) => (0, 1),
            (Some(_), 0) => (1, -1),
            (Some(_), _) => (-1, 1),
        };
        let sql = "UPDATE record SET corroborated=max(0,corroborated+?), \
                   disputed=max(0,disputed+?) WHERE ix=?";
        self.run(sql, [corroborated, disputed, record.ix])?;
        Ok(())
    }

    /// The author gives a better body: what the old one said is taken out, the new one put in. What
    /// a hidden record says is out already.
    fn correct(&mut self, at: &At, record: &Known, body: &Body) -> Result<(), BookError> {
        match record.schema.as_str() {
            "need" => self.correct_need(at, record.ix, body),
            "facility" => self.correct_facility(at, record.ix, body),
            "alias" => self.correct_alias(at, record, body),
            "stock-in" | "stock-out" | "beds" if record.status != OPEN => Ok(()),
            "stock-in" | "stock-out" => {
                let before = self.body(record.head)?.unwrap_or_default();
                self.statement(at, &record.schema, &before, -1)?;
                self.statement(at, &record.schema, body, 1)
            }
            "beds" => {
                let before = self.body(record.head)?.unwrap_or_default();
                self.beds(at, &before, -1)?;
                self.beds(at, body, 1)
            }
            _ => self.link_members(at, body),
        }
    }

    /// The author takes a record back or puts another in its place; a hiding stays.
    fn close(&mut self, at: &At, record: &Known, status: i64) -> Result<(), BookError> {
        let sql = "UPDATE record SET author_left=?, closed_by=? WHERE ix=?";
        self.run(sql, [status, at.ix, record.ix])?;
        let status = if record.status == HIDDEN { HIDDEN } else { status };
        self.stand(at, record, status)
    }

    /// Puts a record where it stands for readers from now on; what it says counts while it is open.
    fn stand(&mut self, at: &At, record: &Known, status: i64) -> Result<(), BookError> {
        if status == record.status {
            return Ok(());
        }
        self.run("UPDATE record SET status=? WHERE ix=?", [status, record.ix])?;
        let change = i64::from(status == OPEN).saturating_sub(i64::from(record.status == OPEN));
        match record.schema.as_str() {
            "need" => {
                self.run("UPDATE need SET closed=? WHERE ix=?", [status, record.ix])?;
            }
            "facility" => {
                let hidden = match status {
                    OPEN => SPOKEN,
                    HIDDEN => UNSPEAKABLE,
                    _ => GONE,
                };
                self.run("UPDATE party SET hidden=? WHERE id=?", [hidden, record.ix])?;
                self.index_party(record.ix)?;
                self.resolve_names_of(at, record.ix)?;
                self.replace_places(record.ix)?;
            }
            "stock-in" | "stock-out" if change != 0 => {
                let body = self.body(record.head)?.unwrap_or_default();
                self.statement(at, &record.schema, &body, change)?;
            }
            "beds" if change != 0 => {
                let body = self.body(record.head)?.unwrap_or_default();
                self.beds(at, &body, change)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The body that an entry gave to a record.
    fn body(&self, ix: i64) -> Result<Option<Body>, BookError> {
        let payload: Option<Vec<u8>> =
            self.first("SELECT payload FROM entry WHERE ix=?", [ix], |row| row.get(0))?;
        Ok(payload.and_then(|payload| body_of(&payload)))
    }

    fn facility(&mut self, at: &At, body: &Body) -> Result<(), BookError> {
        let name = need::text(body, "name").unwrap_or_default();
        self.run(
            "INSERT INTO party(id,kind,name,names,city,district,since) VALUES(?,3,?,?,?,?,?)",
            params![
                at.ix,
                name,
                names_text(&names(body)),
                need::text(body, "city"),
                need::text(body, "district"),
                self.when
            ],
        )?;
        self.index_new_party(at.ix)?;
        self.resolve_name(&name, at)
    }

    fn correct_facility(&mut self, at: &At, ix: i64, body: &Body) -> Result<(), BookError> {
        let name = need::text(body, "name").unwrap_or_default();
        let city = need::text(body, "city");
        let district = need::text(body, "district");
        self.resolve_names_of(at, ix)?;
        let sql = "UPDATE party SET name=?,names=?,city=?,district=? WHERE id=?";
        self.run(sql, params![name, names_text(&names(body)), city, district, ix])?;
        self.index_party(ix)?;
        self.resolve_names_of(at, ix)?;
        let sql = "SELECT text FROM name WHERE party=?";
        for text in self.texts(sql, ix)? {
            self.resolve_name(&text, at)?;
        }
        self.replace_places(ix)
    }

    /// Finds anew where a party's own name and its aliases lead.
    fn resolve_names_of(&mut self, at: &At, party: i64) -> Result<(), BookError> {
        let sql = "SELECT name FROM party WHERE id=?1 UNION SELECT text FROM alias WHERE party=?1";
        for text in self.texts(sql, party)? {
            self.resolve_name(&text, at)?;
        }
        Ok(())
    }

    fn texts(&self, sql: &str, party: i64) -> Result<Vec<String>, BookError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([party], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn alias(&mut self, at: &At, body: &Body) -> Result<(), BookError> {
        self.put_alias(at, at.ix, body)?;
        self.follow_alias(at, at.ix, body)
    }

    fn put_alias(&mut self, at: &At, ix: i64, body: &Body) -> Result<(), BookError> {
        let text = need::text(body, "name").unwrap_or_default();
        let Some(id) = need::id(body, "of") else { return Ok(()) };
        let Some(party) = self.place(&id)? else { return Ok(()) };
        self.link(party, at.ix)?;
        self.run("INSERT OR REPLACE INTO alias VALUES(?,?,?)", params![ix, text, party])?;
        Ok(())
    }

    fn correct_alias(&mut self, at: &At, record: &Known, body: &Body) -> Result<(), BookError> {
        self.run("DELETE FROM alias WHERE ix=?", [record.ix])?;
        self.put_alias(at, record.ix, body)?;
        self.follow_alias(at, record.ix, body)
    }

    /// After an alias was posted or its standing changed.
    fn follow_alias(&mut self, at: &At, ix: i64, body: &Body) -> Result<(), BookError> {
        if let Some(text) = need::text(body, "name") {
            self.resolve_name(&text, at)?;
        }
        let sql = "SELECT party FROM alias WHERE ix=?";
        let Some(party) = self.first(sql, [ix], |row| row.get(0))? else { return Ok(()) };
        self.index_party(party)?;
        self.resolve_names_of(at, party)
    }
}

fn names(body: &Body) -> BTreeMap<String, String> {
    let names = body.get("names").cloned().unwrap_or_default();
    serde_json::from_value(names).unwrap_or_default()
}

/// The body in a posted or corrected record.
pub(in crate::book) fn body_of(payload: &[u8]) -> Option<Body> {
    let payload: weal_kernel::Payload = serde_json::from_slice(payload).ok()?;
    match payload.act {
        Act::RecordPost(post) => Some(post.body),
        Act::RecordRespond(respond) => respond.body,
        _ => None,
    }
}
