//! The real ledger with a witness before it, who sees everything, and sometimes lies.

use crate::canary::Plant;
use crate::record::Record;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use weal_engine::{Block, Evidence, Ledger, Member};
use weal_node::parts::Chain;
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, Header};

/// How the ledger of a liar lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Its blocks name another state than they lead to.
    WrongRoot,
    /// Its blocks hold what the rules refuse.
    BadOperation,
    /// It proposes nothing.
    Withholds,
    /// Its blocks are from the future.
    FromTheFuture,
    /// It finds every block good.
    SaysYes,
    /// It finds every block bad.
    SaysNo,
}

/// The ledger of one life of a node.
pub struct Witness {
    /// The real one.
    pub chain: Arc<Chain>,
    /// Whose it is.
    pub node: usize,
    /// Where everything is written down.
    pub record: Arc<Record>,
    /// How it lies, if it does.
    pub lie: Option<Lie>,
    /// A fault that was planted so that it is found.
    pub plant: Option<Plant>,
    /// Whether the engine has told that the ledger is up to date.
    pub opened: Arc<AtomicBool>,
    /// Blocks this life proposed or found good.
    pub judged: Mutex<BTreeSet<Hash>>,
}

impl Witness {
    fn is_honest(&self) -> bool {
        self.record.is_honest(self.node)
    }

    fn judged(&self, digest: Hash) {
        self.judged.lock().unwrap_or_else(PoisonError::into_inner).insert(digest);
    }

    /// Counts by which way a final block came.
    fn count_way(&self, digest: &Hash) {
        let judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner).contains(digest);
        if !self.opened.load(Ordering::Relaxed) {
            self.record.count("a node went on from its archive");
        } else if !judged {
            self.record.count("a node caught up through backfill");
        }
    }

    fn tampered(&self, mut block: Block) -> Block {
        let lie = match self.plant {
            Some(Plant::AnyRoot) if block.header.height.is_multiple_of(7) => Some(Lie::WrongRoot),
            Some(Plant::DoubleSpend) if !block.body.is_empty() => Some(Lie::BadOperation),
            _ => self.lie,
        };
        match lie {
            Some(Lie::WrongRoot) => block.header.state_root = Hash([7; 32]),
            Some(Lie::BadOperation) => {
                let twice = [block.body.as_ref(), block.body.as_ref(), &[0, 0, 0, 1, b'{']];
                let twice = twice.get(..if block.body.is_empty() { 3 } else { 2 });
                block.body = Bytes::from(twice.unwrap_or_default().concat());
                block.header.body = Hash::of(&[&block.body]);
            }
            Some(Lie::FromTheFuture) => block.header.time_ms += 3_600_000,
            _ => {}
        }
        if self.plant == Some(Plant::ClockInState) {
            block.header.time_ms += 1;
        }
        block
    }

    fn verdict(&self, parent: &Header, block: &Block) -> bool {
        match (self.lie, self.plant) {
            (Some(Lie::SaysNo), _) => false,
            (Some(Lie::SaysYes), _)
            | (_, Some(Plant::AnyRoot | Plant::DoubleSpend | Plant::Unsigned)) => {
                self.chain.verify(parent, block);
                true
            }
            _ => self.chain.verify(parent, block),
        }
    }
}

impl Ledger for Witness {
    fn genesis(&self) -> Header {
        self.chain.genesis()
    }

    fn applied(&self) -> u64 {
        self.chain.applied()
    }

    fn ready(&self) -> BoxFuture<'static, ()> {
        match (self.lie, self.plant) {
            (Some(Lie::Withholds), _) => futures::future::pending().boxed(),
            (_, Some(Plant::Hasty)) => futures::future::ready(()).boxed(),
            _ => self.chain.ready(),
        }
    }

    fn restless(&self) -> BoxFuture<'static, ()> {
        match self.lie {
            Some(Lie::Withholds) => futures::future::pending().boxed(),
            _ => self.chain.restless(),
        }
    }

    fn knows(&self, digest: &Hash) -> bool {
        self.chain.knows(digest)
    }

    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block> {
        if self.lie == Some(Lie::Withholds) {
            return None;
        }
        let block = self.chain.propose(parent, time_ms, proposer)?;
        let (digest, height) = (block.header.digest(), block.header.height);
        self.judged(digest);
        if self.is_honest() && !block.body.is_empty() {
            let ids = crate::body::read(&block.body).unwrap_or_default();
            let ids = ids.iter().map(|envelope| envelope.id()).collect();
            self.record.lock().proposals.entry(height).or_default().push((digest, ids));
        }
        Some(self.tampered(block))
    }

    fn verify(&self, parent: &Header, block: &Block) -> bool {
        let good = self.verdict(parent, block);
        if good {
            self.judged(block.header.digest());
        }
        good
    }

    fn committee(&self, epoch: u64) -> Option<Vec<Member>> {
        let mut members = self.chain.committee(epoch)?;
        if self.plant == Some(Plant::WrongValidators) && self.node == 0 && epoch > 0 {
            members.pop();
        }
        if self.is_honest() {
            self.record.named(self.node, epoch, &members);
        }
        Some(members)
    }

    fn hear(&self, from: PublicKey, messages: Vec<Bytes>) {
        self.chain.hear(from, messages);
    }

    fn accuse(&self, evidence: Evidence) {
        if self.is_honest() {
            self.record.accused(self.node, &evidence);
        }
        self.chain.accuse(evidence);
    }

    fn finalize(&self, block: &Block, certificate: Option<Vec<u8>>) -> Result<(), String> {
        if !self.is_honest() {
            return self.chain.finalize(block, certificate);
        }
        let height = block.header.height;
        let epoch = self.record.genesis.epoch(height);
        let members = self.chain.committee(epoch).unwrap_or_default();
        let mut committee: Vec<_> = members.iter().map(|member| member.key).collect();
        committee.sort_unstable();
        self.count_way(&block.header.digest());
        self.record.final_block(self.node, block, certificate.as_deref(), &committee);
        let dropped =
            self.plant == Some(Plant::DroppedBlock) && self.node == 0 && height.is_multiple_of(20);
        if !dropped {
            let taken = self.chain.finalize(block, certificate);
            match self.plant {
                Some(Plant::AnyRoot | Plant::DoubleSpend) => {}
                _ => taken?,
            }
        }
        let (tip, state) = self.chain.tip_state();
        let state = match self.plant {
            Some(Plant::InventedGoods) if self.node == 0 => crate::canary::richer(&state),
            _ => state,
        };
        self.record.settled(self.node, block, &tip, &state);
        Ok(())
    }
}
