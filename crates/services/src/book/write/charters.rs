//! Charters: texts, cases, who takes part, and what was paid.

use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use weal_kernel::Hash;
use weal_kernel::block::LogEntry;
use weal_kernel::charters::op::{Open, Publish};

impl Writer<'_> {
    pub(super) fn publish(&mut self, at: &At, act: &Publish, id: &Hash) -> Result<(), BookError> {
        let nth = self.memory.next("charters");
        let sql = "INSERT INTO charter(ix,nth,id,author,text) VALUES(?,?,?,?,?)";
        self.run(sql, params![at.ix, nth, id.0, at.actor, act.text])?;
        let name = weal_charter::Charter::load(&act.text).map(|charter| charter.name);
        self.run(
            "INSERT INTO party(id,kind,name,names,since) VALUES(?,4,?,'{}',?)",
            params![at.ix, name.unwrap_or_default(), at.time],
        )?;
        self.index_new_party(at.ix)
    }

    pub(super) fn open_case(&mut self, at: &At, act: &Open) -> Result<(), BookError> {
        let Some(charter) = self.place(&act.charter)? else { return Ok(()) };
        let sql = "SELECT count(*) FROM charter_case WHERE charter=?";
        let number: i64 = self.first(sql, [charter], |row| row.get(0))?.unwrap_or(0);
        self.run("INSERT INTO charter_case VALUES(?,?,?)", [charter, number, at.ix])?;
        let sql = "INSERT OR IGNORE INTO charter_party VALUES(?,?,?)";
        self.run(sql, [at.actor, charter, number])?;
        let shares = act.parties.values().flatten();
        let people = shares.map(|share| share.principal).collect();
        self.take_part(at, &act.charter, u64::try_from(number).unwrap_or(0), people)
    }

    /// Somebody is a party of a case from now on.
    pub(super) fn take_part(
        &mut self,
        at: &At,
        charter: &Hash,
        case: u64,
        people: Vec<Hash>,
    ) -> Result<(), BookError> {
        self.link_to(at, charter)?;
        let Some(charter) = self.place(charter)? else { return Ok(()) };
        for person in people {
            self.link_to(at, &person)?;
            let Some(party) = self.place(&person)? else { continue };
            let sql = "INSERT OR IGNORE INTO charter_party VALUES(?,?,?)";
            self.run(sql, [party, charter, int(case)])?;
        }
        Ok(())
    }

    /// Somebody passed his part in a case on.
    pub(super) fn pass(&mut self, at: &At, charter: &Hash, case: u64) -> Result<(), BookError> {
        let Some(charter) = self.place(charter)? else { return Ok(()) };
        self.run("INSERT INTO charter_pass VALUES(?,?,?)", [charter, int(case), at.ix]).map(drop)
    }

    /// Claims that came into a charter's account or left it, and what its flows paid.
    pub(super) fn charter_moves(
        &mut self,
        at: &At,
        charter: &Hash,
        entry: &LogEntry,
    ) -> Result<(), BookError> {
        self.link_to(at, charter)?;
        self.book(at, &entry.postings)?;
        let Some(charter) = self.place(charter)? else { return Ok(()) };
        let sql = "SELECT payments FROM charter WHERE ix=?";
        let mut nth: i64 = self.first(sql, [charter], |row| row.get(0))?.unwrap_or(0);
        for payment in &entry.payments {
            let payees: Vec<(String, u64)> =
                payment.payees.iter().map(|(who, part)| (who.to_string(), *part)).collect();
            let inputs: Vec<String> = payment.inputs.iter().map(ToString::to_string).collect();
            self.run(
                "INSERT INTO payment VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                params![
                    charter,
                    nth,
                    at.ix,
                    payment.flow,
                    payment.case.map(int),
                    payment.month,
                    int(payment.amount),
                    int(payment.missed),
                    int(payment.rest),
                    serde_json::to_string(&payees).unwrap_or_default(),
                    serde_json::to_string(&inputs).unwrap_or_default()
                ],
            )?;
            nth = nth.saturating_add(1);
        }
        self.run("UPDATE charter SET payments=? WHERE ix=?", [nth, charter])?;
        Ok(())
    }
}
