//! What a block is offered: fair shares when more waits than that, in order of arrival.

use super::life::{Inner, Phase};
use super::{Item, Payer};
use crate::limits;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An operation that a block may take.
pub(super) struct Offer {
    pub(super) item: Item,
    /// Something that arrived earlier waits and is not offered before it.
    pub(super) after_gap: bool,
    /// What the rules say now is the last word, whatever waits.
    pub(super) decides: bool,
    /// The last turn of its account.
    served: u64,
}

/// Puts operations that may run rules last, if they are many: those first whose account's turn was
/// longest ago. What arrived after the first of them may rest on it.
fn put_rules_last(offers: &mut [Offer]) {
    let runs_rules = |offer: &Offer| offer.item.signed.payload.act.may_run_rules();
    let mut of_rules = offers.iter().filter(|offer| runs_rules(offer));
    let first = of_rules.next().map(|offer| offer.item.ticket);
    if of_rules.count() < limits::RULES_IN_ORDER {
        return;
    }
    for offer in offers.iter_mut() {
        offer.after_gap |= first.is_some_and(|first| first < offer.item.ticket);
    }
    offers.sort_by_key(|offer| match runs_rules(offer) {
        true => (true, offer.served, offer.item.ticket),
        false => (false, 0, offer.item.ticket),
    });
}

impl Inner {
    /// What a block is offered now, in order of arrival, but for many that may run rules.
    pub(super) fn offer(&mut self) -> Vec<Offer> {
        self.turn += 1;
        let mut chosen = self.choose(limits::BLOCK_OFFERS);
        let due = |phase: Phase| matches!(phase, Phase::Deferred { until } if until <= self.turn);
        let deferred = self
            .deferred
            .iter()
            .filter(|ticket| self.entries.get(ticket).is_some_and(|entry| due(entry.phase)));
        chosen.extend(deferred.take(limits::DEFERRED_OFFERS));
        let gap = self.first_gap(&mut chosen);
        let offer = |ticket: &u64| {
            let entry = self.entries.get(ticket)?;
            let strange = entry.account.1 == Payer::Strangers;
            let served = self.queues.get(&entry.account).map_or(0, |queue| queue.served);
            Some(Offer {
                item: entry.item.clone(),
                after_gap: gap.is_some_and(|gap| gap < *ticket),
                decides: strange || entry.judgements >= limits::JUDGEMENTS,
                served,
            })
        };
        let mut offers: Vec<_> = chosen.iter().filter_map(offer).collect();
        put_rules_last(&mut offers);
        offers
    }

    /// The first ticket that waits and is not offered. What was deferred and has nothing before it
    /// is offered too: nothing can change what the rules say of it.
    fn first_gap(&self, chosen: &mut BTreeSet<u64>) -> Option<u64> {
        let mut free = limits::DEFERRED_OFFERS;
        for (ticket, entry) in &self.entries {
            if entry.account.1 == Payer::Strangers || chosen.contains(ticket) {
                continue;
            }
            match entry.phase {
                Phase::InBlock => {}
                Phase::Deferred { .. } if free > 0 => {
                    free -= 1;
                    chosen.insert(*ticket);
                }
                Phase::Deferred { .. } | Phase::Checking | Phase::Waiting => return Some(*ticket),
            }
        }
        None
    }

    /// So many of what waits: all, or equal shares of every ingress and, within it, of every
    /// account; of each the oldest first. Accounts whose turn was longer ago come first, so that
    /// everybody has one however many there are.
    fn choose(&self, most: usize) -> BTreeSet<u64> {
        // Whose operation is still being checked keeps their later ones waiting: checking in
        // parallel changes no order.
        let queues = self.queues.iter().map(|(account, queue)| {
            let end = queue.checking.first().copied().unwrap_or(u64::MAX);
            (account, queue.served, queue.waiting.range(..end).copied())
        });
        let waiting: usize = self.queues.values().map(|queue| queue.waiting.len()).sum();
        if waiting <= most {
            return queues.flat_map(|(_, _, tickets)| tickets).collect();
        }
        let mut ingresses: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((ingress, _), served, tickets) in queues {
            let mut tickets = tickets.peekable();
            if let Some(oldest) = tickets.peek().copied() {
                let rank = (served, oldest);
                ingresses.entry(ingress).or_default().push((rank, tickets));
            }
        }
        let mut turns: VecDeque<VecDeque<_>> = VecDeque::new();
        for mut accounts in ingresses.into_values() {
            accounts.sort_by_key(|(rank, _)| *rank);
            turns.push_back(accounts.into_iter().map(|(_, tickets)| tickets).collect());
        }
        let mut chosen = BTreeSet::new();
        while chosen.len() < most
            && let Some(mut accounts) = turns.pop_front()
        {
            let Some(mut tickets) = accounts.pop_front() else { continue };
            if let Some(ticket) = tickets.next() {
                chosen.insert(ticket);
                accounts.push_back(tickets);
            }
            turns.push_back(accounts);
        }
        chosen
    }
}
