//! Turns for long answers: so many under way in all, and so many of one address.

use super::limits::DoorLimits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Long answers under way.
#[derive(Debug)]
pub(crate) struct Answers {
    all_max: usize,
    address_max: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One long answer, until its last part was made or its reader left.
#[derive(Debug)]
pub(crate) struct AnswerTurn {
    answers: Arc<Answers>,
    address: IpAddr,
}

impl Answers {
    pub(super) fn new(limits: &DoorLimits) -> Arc<Answers> {
        let (all_max, address_max) = (limits.long_answers, limits.long_answers_per_address);
        Arc::new(Answers { all_max, address_max, open: Mutex::default() })
    }

    /// A turn, if one is free.
    pub(crate) fn turn(self: &Arc<Self>, address: IpAddr) -> Option<AnswerTurn> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.by_address.get(&address).copied().unwrap_or(0);
        if open.all >= self.all_max || own >= self.address_max {
            return None;
        }
        open.all += 1;
        open.by_address.insert(address, own + 1);
        Some(AnswerTurn { answers: self.clone(), address })
    }
}

impl Drop for AnswerTurn {
    fn drop(&mut self) {
        let mut open = self.answers.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        if let Some(own) = open.by_address.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_has_all_long_answers() {
        let limits = DoorLimits::default();
        let limits = DoorLimits { long_answers: 3, long_answers_per_address: 2, ..limits };
        let answers = Answers::new(&limits);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let mut turns = vec![answers.turn(one).unwrap(), answers.turn(one).unwrap()];
        assert!(answers.turn(one).is_none());
        turns.push(answers.turn(other).unwrap());
        assert!(answers.turn(other).is_none());
        turns.remove(0);
        assert!(answers.turn(other).is_some());
        drop(turns);
        assert!(answers.open.lock().unwrap().by_address.is_empty());
    }
}
