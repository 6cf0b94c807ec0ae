//! What the story knows: who is who, what is needed, what lies where and what is on the way.

use super::names::GOODS;
use super::stage::Who;
use std::collections::VecDeque;
use weal_kernel::Hash;
use weal_kernel::holdings::op::LotId;

/// Everybody by their part.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    pub(crate) hospitals: Vec<Who>,
    pub(crate) depots: Vec<Who>,
    pub(crate) carriers: Vec<Who>,
    pub(crate) charities: Vec<Who>,
    pub(crate) suppliers: Vec<Who>,
    pub(crate) donors: Vec<Who>,
    pub(crate) clerks: Vec<Who>,
    pub(crate) bank: Option<Who>,
    pub(crate) authority: Option<Who>,
}

/// The pack an item comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pack {
    pub(crate) id: Hash,
    pub(crate) definer: Who,
    /// Whether the book knows what is inside.
    pub(crate) known: bool,
}

/// A need that is open in the book.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) id: Hash,
    pub(crate) needy: Who,
    pub(crate) item: usize,
    /// Base units asked for, or what the givers take it for where no number was stated.
    pub(crate) asked: u64,
    /// Base units kept, sent and received for it.
    pub(crate) promised: u64,
    /// Base units received.
    pub(crate) received: u64,
    /// Who has said something about it.
    pub(crate) voices: Vec<Who>,
}

/// A quantity of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Portion {
    pub(crate) lot: LotId,
    pub(crate) item: usize,
    /// Whether it is counted in packs.
    pub(crate) packed: bool,
    pub(crate) quantity: u64,
}

impl Portion {
    /// Base units, as the story (not always the book) knows them.
    pub(crate) fn base(&self) -> u64 {
        let inside = if self.packed { GOODS[self.item].pack.1 } else { 1 };
        self.quantity * inside
    }

    pub(crate) fn of(&self, quantity: u64) -> Portion {
        Portion { quantity, ..*self }
    }
}

/// Goods somebody holds and has promised to nobody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stock {
    pub(crate) holder: Who,
    pub(crate) portion: Portion,
    /// The need it arrived for.
    pub(crate) need: Option<Hash>,
}

/// Goods kept for a need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) reservation: Hash,
    pub(crate) holder: Who,
    pub(crate) portion: Portion,
    pub(crate) need: Hash,
    pub(crate) needy: Who,
}

/// Goods on the way.
#[derive(Debug, Clone)]
pub(crate) struct Shipment {
    pub(crate) id: Hash,
    pub(crate) giver: Who,
    pub(crate) taker: Who,
    pub(crate) portions: Vec<Portion>,
    pub(crate) need: Option<Hash>,
}

/// Money somebody holds: a claim on its issuer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) lot: LotId,
    pub(crate) issuer: Who,
    pub(crate) holder: Who,
    pub(crate) minor: u64,
}

/// Goods bought that the supplier has still to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purchase {
    pub(crate) payment: Hash,
    pub(crate) supplier: Who,
    pub(crate) item: usize,
    pub(crate) quantity: u64,
    pub(crate) need: Option<(Hash, Who)>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Story {
    pub(crate) cast: Cast,
    pub(crate) packs: Vec<Pack>,
    pub(crate) needs: Vec<Need>,
    /// Needs that are met, until they are closed.
    pub(crate) met: VecDeque<(Hash, Who)>,
    pub(crate) stock: Vec<Stock>,
    pub(crate) kept: Vec<Kept>,
    pub(crate) on_the_way: Vec<Shipment>,
    /// What was sent and not counted on arrival.
    pub(crate) gaps: Vec<Shipment>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) purchases: Vec<Purchase>,
    pub(crate) questions: VecDeque<(Hash, Who)>,
    pub(crate) claim_codes: Vec<String>,
}

impl Cast {
    /// Those who give: depots and the charity that moves goods.
    pub(crate) fn givers(&self) -> Vec<Who> {
        self.depots.iter().chain(self.charities.first()).copied().collect()
    }
}

impl Story {
    /// Puts a portion on somebody's shelf, together with what lies there of the same lot.
    pub(crate) fn shelve(&mut self, holder: Who, portion: Portion, need: Option<Hash>) {
        if portion.quantity == 0 {
            return;
        }
        let same = |s: &&mut Stock| s.holder == holder && s.portion.lot == portion.lot;
        match self.stock.iter_mut().find(same) {
            Some(stock) => {
                stock.portion.quantity += portion.quantity;
                stock.need = need.or(stock.need);
            }
            None => self.stock.push(Stock { holder, portion, need }),
        }
    }

    /// Takes a quantity off a shelf; the shelf's line goes when nothing is left.
    pub(crate) fn take(&mut self, at: usize, quantity: u64) -> Option<(Stock, Portion)> {
        let stock = *self.stock.get(at)?;
        let rest = stock.portion.quantity.checked_sub(quantity)?;
        if rest == 0 {
            self.stock.swap_remove(at);
        } else {
            self.stock[at].portion.quantity = rest;
        }
        Some((stock, stock.portion.of(quantity)))
    }

    pub(crate) fn need_mut(&mut self, id: Option<Hash>) -> Option<&mut Need> {
        self.needs.iter_mut().find(|need| Some(need.id) == id)
    }

    /// Whether goods are kept for this need.
    pub(crate) fn is_kept(&self, need: Hash) -> bool {
        self.kept.iter().any(|kept| kept.need == need)
            || self.purchases.iter().any(|p| p.need.is_some_and(|(id, _)| id == need))
    }

    /// Counts what arrived for a need, and sets it aside when it is met.
    pub(crate) fn receive(&mut self, need: Option<Hash>, base: u64) {
        let Some(need) = self.need_mut(need) else { return };
        need.received += base;
    }

    /// Needs that are met and no longer waited for.
    pub(crate) fn settle(&mut self) {
        let done = |need: &Need| need.received >= need.asked;
        let ready: Vec<Hash> = self.needs.iter().filter(|n| done(n)).map(|n| n.id).collect();
        for id in ready.into_iter().filter(|id| !self.is_kept(*id)).collect::<Vec<_>>() {
            if let Some(at) = self.needs.iter().position(|need| need.id == id) {
                let need = self.needs.swap_remove(at);
                self.met.push_back((need.id, need.needy));
            }
        }
    }
}
