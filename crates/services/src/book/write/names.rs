//! Names in statements: which party each leads to, and which lead to nobody.
//!
//! 1. A name leads where an open alias says. Of several, the one that most others corroborate and
//!    fewest dispute counts, then the oldest; one that more dispute than corroborate counts not.
//! 2. Else it leads to the principal or facility of exactly this name that was in the book first.
//! 3. Else to nobody: it stays visible as unresolved, with the lines that use it.
//!
//! It is found anew whenever an alias, a principal or a facility changes, for all lines at once.

use super::{At, Writer};
use crate::book::BookError;
use rusqlite::params;

/// Names that are remembered; beyond that the memory starts anew.
const NAMES: usize = 100_000;

impl Writer<'_> {
    /// The number of a name, and the party it leads to.
    pub(super) fn name(&mut self, text: &str, at: &At) -> Result<(i64, Option<i64>), BookError> {
        if let Some(known) = self.memory.names.get(text) {
            return Ok(*known);
        }
        if self.memory.names.len() >= NAMES {
            self.memory.names.clear();
        }
        let sql = "SELECT id, party FROM name WHERE text=?";
        let found = self.first(sql, [text], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let known = match found {
            Some(known) => known,
            None => {
                let id = self.memory.next("names").saturating_add(1);
                let party = self.leads_to(text)?;
                let resolved = party.map(|_| at.ix);
                let sql = "INSERT INTO name(id,text,party,first,resolved) VALUES(?,?,?,?,?)";
                self.run(sql, params![id, text, party, at.ix, resolved])?;
                (id, party)
            }
        };
        self.memory.names.insert(text.to_owned(), known);
        Ok(known)
    }

    fn leads_to(&self, text: &str) -> Result<Option<i64>, BookError> {
        let sql = "SELECT a.party FROM alias a JOIN record r ON r.ix=a.ix \
                   JOIN party p ON p.id=a.party WHERE a.text=? AND r.status=0 AND p.hidden<>1 \
                   AND r.disputed<=r.corroborated \
                   ORDER BY r.corroborated-r.disputed DESC, a.ix LIMIT 1";
        if let Some(party) = self.first(sql, [text], |row| row.get(0))? {
            return Ok(Some(party));
        }
        let sql = "SELECT MIN(id) FROM party WHERE name=? AND hidden=0";
        Ok(self.first(sql, [text], |row| row.get(0))?.flatten())
    }

    /// Finds anew where a name leads, after something changed.
    pub(super) fn resolve_name(&mut self, text: &str, at: &At) -> Result<(), BookError> {
        self.touch_namesakes(text)?;
        let sql = "SELECT id, party FROM name WHERE text=?";
        let found: Option<(i64, Option<i64>)> =
            self.first(sql, [text], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((id, before)) = found else { return Ok(()) };
        let party = self.leads_to(text)?;
        if party != before {
            let resolved = party.map(|_| at.ix);
            let sql = "UPDATE name SET party=?, resolved=? WHERE id=?";
            self.run(sql, params![party, resolved, id])?;
        }
        self.memory.names.insert(text.to_owned(), (id, party));
        Ok(())
    }

    /// Needs of facilities of this name: who may receive for them may have changed.
    fn touch_namesakes(&mut self, text: &str) -> Result<(), BookError> {
        let sql = "SELECT id FROM party WHERE name=?1 AND kind=3 \
                   UNION SELECT party FROM alias WHERE text=?1";
        let facilities: Vec<i64> = {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([text], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for facility in facilities {
            self.touch("SELECT ix FROM need WHERE needy=?", facility)?;
        }
        Ok(())
    }

    /// Whether a principal counts goods for a needy party: it is that party, or the facility that
    /// others described bears one of its names.
    pub(super) fn receives_for(&self, taker: i64, needy: i64) -> Result<bool, BookError> {
        if taker == needy {
            return Ok(true);
        }
        let sql = "WITH open(text, party) AS (SELECT a.text, a.party FROM alias a \
                   JOIN record r ON r.ix=a.ix WHERE a.party IN (?1,?2) AND r.status=0 \
                   AND r.disputed<=r.corroborated), \
                   every(text, party) AS (SELECT name, id FROM party WHERE id IN (?1,?2) \
                   AND hidden<>1 UNION ALL SELECT text, party FROM open) \
                   SELECT 1 FROM every t JOIN every f ON f.text=t.text \
                   JOIN party p ON p.id=?2 AND p.kind=3 WHERE t.party=?1 AND f.party=?2 LIMIT 1";
        Ok(self.first(sql, [taker, needy], |_| Ok(()))?.is_some())
    }

    /// Puts the names of a party that is new into the index of words.
    pub(super) fn index_new_party(&self, party: i64) -> Result<(), BookError> {
        let sql = "INSERT INTO words(rowid, text) SELECT id*2, name || ' ' || names || ' ' || \
                   ifnull(city,'') || ' ' || ifnull(district,'') FROM party WHERE id=?";
        self.run(sql, [party])?;
        Ok(())
    }

    /// Puts a party's names into the index of words anew.
    pub(super) fn index_party(&self, party: i64) -> Result<(), BookError> {
        let row = party.saturating_mul(2);
        self.run("DELETE FROM words WHERE rowid=?", [row])?;
        let sql = "INSERT INTO words(rowid, text) SELECT ?1, p.name || ' ' || p.names || ' ' || \
                   ifnull(p.city,'') || ' ' || ifnull(p.district,'') || ' ' || \
                   ifnull((SELECT group_concat(a.text, ' ') FROM alias a JOIN record r \
                   ON r.ix=a.ix WHERE a.party=p.id AND r.status=0), '') \
                   FROM party p WHERE p.id=?2 AND p.hidden=0";
        self.run(sql, [row, party])?;
        Ok(())
    }
}
