//! Sums that many lines add to: collected while blocks are written, added to their tables once.

use super::Writer;
use crate::book::BookError;
use std::collections::BTreeMap;

/// Sums by the keys of their tables.
#[derive(Default)]
pub(in crate::book) struct Pending {
    /// Lines that use a name.
    pub(super) names: BTreeMap<i64, i64>,
    /// Lines that use a name and a pack.
    pub(super) name_packs: BTreeMap<(i64, i64), i64>,
    /// Direction, custodian, item, day and pack: quantity, lines, unreadable lines.
    pub(super) stated: BTreeMap<[i64; 5], [i64; 3]>,
    /// Party, item and pack: taken in, issued, lines in, lines out, first and last time.
    pub(super) custody: BTreeMap<[i64; 3], [i64; 6]>,
}

/// Adds to each of the numbers.
pub(super) fn add<const N: usize>(sums: &mut [i64; N], more: [i64; N]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum = sum.saturating_add(more);
    }
}

impl Writer<'_> {
    /// Adds all sums to their tables.
    pub(super) fn add_pending(&mut self) -> Result<(), BookError> {
        let pending = std::mem::take(&mut self.pending);
        for (name, lines) in pending.names {
            self.run("UPDATE name SET lines=lines+? WHERE id=?", [lines, name])?;
        }
        for ((name, pack), lines) in pending.name_packs {
            let sql = "INSERT INTO name_pack VALUES(?1,?2,?3) ON CONFLICT DO UPDATE \
                       SET lines=lines+?3";
            self.run(sql, [name, pack, lines])?;
        }
        for ([direction, custodian, item, day, pack], [quantity, lines, unread]) in pending.stated {
            let sql = "INSERT INTO stated VALUES(?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT DO UPDATE \
                       SET quantity=quantity+?6, lines=lines+?7, unread=unread+?8";
            let row = [direction, custodian, item, day, pack, quantity, lines, unread];
            self.run(sql, row)?;
        }
        for ([party, item, pack], [into, out, lines_in, lines_out, first, last]) in pending.custody
        {
            let sql = "INSERT INTO custody VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9) ON CONFLICT DO \
                       UPDATE SET taken_in=taken_in+?4, issued=issued+?5, lines_in=lines_in+?6, \
                       lines_out=lines_out+?7, first=min(first,?8), last=max(last,?9)";
            self.run(sql, [party, item, pack, into, out, lines_in, lines_out, first, last])?;
        }
        Ok(())
    }
}
