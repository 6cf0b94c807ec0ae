//! A naive reference: every final operation once more, in plain sequence, with a fresh state; and
//! the goods of each lot by simple addition.

use crate::body;
use crate::record::Record;
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_kernel::holdings::op::LotId;
use weal_kernel::holdings::posting::Account;
use weal_kernel::holdings::state::Holding;
use weal_kernel::state::keys;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Rules, Signed, State, check_envelope};
use weal_proof::genesis::committee;

/// The state after each height, as the reference has it.
pub type States = BTreeMap<u64, State>;

/// Who has how much of which lot, by addition and subtraction alone.
#[derive(Default)]
struct Shelf(BTreeMap<(LotId, String), i64>);

impl Shelf {
    fn add(&mut self, lot: LotId, account: Account, quantity: i64) {
        *self.0.entry((lot, account.to_string())).or_default() += quantity;
    }

    fn move_goods(&mut self, lot: LotId, from: Account, to: Account, quantity: u64) {
        let quantity = i64::try_from(quantity).unwrap_or(i64::MAX);
        self.add(lot, from, -quantity);
        self.add(lot, to, quantity);
    }

    fn say(&mut self, signed: &Signed) {
        let (id, actor) = (signed.id, signed.actor());
        match &signed.payload.act {
            Act::HoldingMint(mint) => {
                for (line, minted) in (0u8..).zip(&mint.lines) {
                    let (lot, quantity) = (LotId { operation: id, line }, minted.quantity.0);
                    self.move_goods(lot, Account::Source, Account::Held(actor), quantity);
                }
            }
            Act::HoldingDispatch(sent) => {
                for line in &sent.lines {
                    let (from, to) = (Account::Held(actor), Account::Transit(id));
                    self.move_goods(line.lot, from, to, line.quantity.0);
                }
            }
            Act::HoldingAccept(taken) => {
                for line in &taken.lines {
                    let (from, to) = (Account::Transit(taken.shipment), Account::Held(actor));
                    self.move_goods(line.lot, from, to, line.quantity.0);
                }
            }
            Act::HoldingConsume(used) => {
                for line in &used.lines {
                    let (from, to) = (Account::Held(actor), Account::Used);
                    self.move_goods(line.lot, from, to, line.quantity.0);
                }
            }
            _ => {}
        }
    }

    /// Compares with what the state says, account by account.
    fn compare(&self, state: &State) -> Result<(), String> {
        let outside = [Account::Source, Account::Used].map(|account| account.to_string());
        for ((lot, account), quantity) in &self.0 {
            if outside.contains(account) {
                continue;
            }
            let found: Option<Holding> = state.get(&keys::holding(&lot.to_string(), account));
            let found = found.map_or(0, |holding| holding.quantity.0);
            if i64::try_from(found).ok() != Some(*quantity) {
                return Err(format!("{account} has {found} of lot {lot}, not {quantity}"));
            }
        }
        Ok(())
    }
}

/// Runs the whole history again; the reason says where it differs.
pub fn replay(record: &Record, rules: &Arc<Rules>) -> Result<States, String> {
    let (genesis, network) = (&record.genesis, record.network);
    let known = record.lock();
    let (blocks, committees) = (known.blocks.clone(), known.committees.clone());
    drop(known);
    let mut state = State::genesis(network, genesis, rules.clone());
    let (mut states, mut shelf, mut index) = (States::new(), Shelf::default(), 0);
    states.insert(0, state.clone());
    for (expected, (height, block)) in (1..).zip(&blocks) {
        if *height != expected {
            return Err(format!("block {expected} is missing from the history"));
        }
        if genesis.ends_epoch(height - 1) {
            state.begin_epoch(genesis.epoch(*height));
        }
        let keepers = state.keeping().ok_or("the state says nothing about the network")?;
        let members = committee(&keepers.validators);
        let named = committees.get(&genesis.epoch(*height));
        if named.is_some_and(|named| *named != members) {
            return Err(format!("block {height} was made by other validators than chosen"));
        }
        for envelope in body::read(&block.body).ok_or("a body is malformed")? {
            let signed = check_envelope(&network, envelope).map_err(|e| e.to_string())?;
            let now = UnixMillis(block.header.time_ms);
            let decision = state.check_rights(&signed, index, now);
            let decision =
                decision.map_err(|e| format!("block {height} holds what the rules refuse: {e}"))?;
            state.apply(decision);
            shelf.say(&signed);
            index += 1;
        }
        if state.root() != block.header.state_root || index != block.header.log_size {
            return Err(format!("block {height} leads to another state than its header says"));
        }
        states.insert(*height, state.clone());
    }
    shelf.compare(&state)?;
    Ok(states)
}

/// Every entry of both states, byte for byte.
pub fn are_equal(left: &State, right: &State) -> bool {
    let entries = |state: &State| {
        let mut all = BTreeMap::new();
        state.each_entry(&mut |key, value| drop(all.insert(key.to_owned(), value.to_vec())));
        all
    };
    left.len() == right.len() && entries(left) == entries(right)
}
