//! Mandates: who lets whom act in his name, and what was used of that.

use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use weal_kernel::block::LogEntry;
use weal_kernel::holdings::op::LotLine;
use weal_kernel::principals::op::{Grant, Revoke};
use weal_kernel::{Act, Hash};

/// Goods and money that an act uses of a mandate, as the kernel counts them.
fn used(act: &Act, entry: &LogEntry) -> (i64, i64) {
    let moved = entry.postings.iter().fold(0i64, |sum, p| sum.saturating_add(int(p.quantity.0)));
    let line = |line: &LotLine| int(line.quantity.0);
    match act {
        Act::HoldingReserve(act) => (line(&act.line), 0),
        Act::HoldingMint(_)
        | Act::HoldingDispatch(_)
        | Act::HoldingAccept(_)
        | Act::HoldingHandOver(_)
        | Act::HoldingResolve(_)
        | Act::HoldingWriteOff(_)
        | Act::HoldingConsume(_) => (moved, 0),
        Act::MoneyIssue(_)
        | Act::MoneyPay(_)
        | Act::MoneyRedeem(_)
        | Act::CharterPay(_)
        | Act::CharterDraw(_) => (0, moved),
        _ => (0, 0),
    }
}

impl Writer<'_> {
    pub(super) fn grant(&mut self, at: &At, act: &Grant) -> Result<(), BookError> {
        let holder = self.place(&act.to)?.unwrap_or(-1);
        self.link(holder, at.ix)?;
        let parent = act.parent.map(|parent| self.place(&parent)).transpose()?.flatten();
        let sql = "SELECT principal FROM mandate WHERE ix=?";
        let above = parent.map(|parent| self.first(sql, [parent], |row| row.get(0)));
        let principal: i64 = above.transpose()?.flatten().unwrap_or(at.actor);
        if principal != at.actor {
            self.link(principal, at.ix)?;
        }
        let acts = serde_json::to_string(&act.acts).unwrap_or_default();
        let limits = serde_json::to_string(&act.limits).unwrap_or_default();
        let sql = "INSERT INTO mandate(ix,principal,granter,holder,parent,expires,onward,acts,\
                   limits,granted) VALUES(?,?,?,?,?,?,?,?,?,?)";
        let (expires, onward) = (int(act.expires.0), act.onward);
        let values = params![
            at.ix, principal, at.actor, holder, parent, expires, onward, acts, limits, at.time
        ];
        self.run(sql, values)?;
        Ok(())
    }

    pub(super) fn revoke(&mut self, at: &At, act: &Revoke) -> Result<(), BookError> {
        let Some(mandate) = self.place(&act.mandate)? else { return Ok(()) };
        self.link(mandate, at.ix)?;
        self.run("UPDATE mandate SET revoked=1 WHERE ix=?", [mandate])?;
        Ok(())
    }

    /// Counts a use against a mandate and all it comes from.
    pub(super) fn charge(&mut self, mandate: &Hash, entry: &LogEntry) -> Result<(), BookError> {
        let Some(mandate) = self.place(mandate)? else { return Ok(()) };
        let (quantity, minor) = used(&entry.signed.payload.act, entry);
        let sql = "WITH RECURSIVE chain(ix) AS (SELECT ?1 UNION SELECT m.parent FROM mandate m \
                   JOIN chain c ON m.ix=c.ix WHERE m.parent IS NOT NULL) \
                   UPDATE mandate SET operations=operations+1, quantity=quantity+?2, \
                   minor=minor+?3 WHERE ix IN (SELECT ix FROM chain)";
        self.run(sql, [mandate, quantity, minor])?;
        Ok(())
    }
}
