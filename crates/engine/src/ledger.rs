//! What the engine asks of the ledger.

use crate::Block;
use bytes::Bytes;
use futures::future::BoxFuture;
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, Header};

/// The state machine behind the engine. Calls come from several threads at once.
///
/// A ledger keeps its final state, and the state after every block it proposed or found valid that
/// is above its final height, by the digest of the block: several may stand on one parent. A parent
/// it is given was known a moment before; if finality has dropped its state since, the ledger
/// declines, and the engine asks again or moves on.
pub trait Ledger: Send + Sync + 'static {
    /// The header of the first block: height 0, no parent, empty body.
    fn genesis(&self) -> Header;

    /// Height up to which the ledger has restored its final state; 0 is genesis.
    fn applied(&self) -> u64;

    /// Resolves when there is something to propose, at once if there already is.
    ///
    /// What waits in a block that is not final yet should not resolve it: the engine asks for the
    /// next block before the last one is final.
    fn ready(&self) -> BoxFuture<'static, ()>;

    /// Resolves when there is something that only has to be judged: it may have to be refused, or
    /// an open block holds it and may lose. It is worth a block, but no haste.
    fn restless(&self) -> BoxFuture<'static, ()>;

    /// Whether the ledger has the state after this block: its final tip or a speculative one.
    fn knows(&self, digest: &Hash) -> bool;

    /// Builds a block on a known parent and keeps its speculative state. May hold the processor
    /// for tens of milliseconds.
    ///
    /// On a heartbeat there is nothing to say, and the block is empty. `None` declines: the engine
    /// asks again when the ledger is ready or at the heartbeat, then gives up its turn. A proposal
    /// may be lost, so what is in it stays waiting until it is final.
    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block>;

    /// Whether the block follows from its known parent; keeps the speculative state if so.
    ///
    /// The engine has checked network, height, parent, proposer, order of times and the body's
    /// hash. The verdict must be the same on every node and for ever.
    fn verify(&self, parent: &Header, block: &Block) -> bool;

    /// Who keeps the book in this epoch; `None` while the ledger cannot know it yet.
    ///
    /// A ledger whose last final block is in this epoch, or ends the one before, knows it. The
    /// answer is the same on every node.
    fn committee(&self, epoch: u64) -> Option<Vec<Member>>;

    /// Messages that another validator spread with [`crate::Engine::spread`]; anything may be in
    /// them.
    fn hear(&self, from: PublicKey, messages: Vec<Bytes>);

    /// A validator broke the rules of voting; the signatures that say so were checked.
    fn accuse(&self, evidence: Evidence);

    /// Takes a final block, each height once and in order, whether it was verified before or not.
    ///
    /// There is no certificate where a block became final through a descendant. An error is
    /// fatal: the engine stops and tells it as its reason.
    fn finalize(&self, block: &Block, certificate: Option<Vec<u8>>) -> Result<(), String>;
}

/// A validator and where the others reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// It votes, proposes and connects with this key.
    pub key: PublicKey,
    /// `host:port`.
    pub address: String,
}

/// Two votes of one validator that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Which rule was broken: `conflicting-notarize`, `conflicting-finalize`, `nullify-finalize`.
    pub kind: &'static str,
    /// Who broke it.
    pub validator: PublicKey,
    /// In this epoch.
    pub epoch: u64,
    /// In this view of the epoch.
    pub view: u64,
    /// Both votes with their signatures, as the ordering engine encodes them.
    pub votes: Vec<u8>,
}
