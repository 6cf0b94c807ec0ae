//! What every face needs: the book to read, and the ledger to ask and to write to.

use crate::api::Buckets;
use crate::api::funds::Checks;
use crate::door::{DoorLimits, Shares};
use crate::witness::Head;
use futures::future::BoxFuture;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use utoipa::ToSchema;
use weal_kernel::Refused;
use weal_node::Damaged;
use weal_proof::sets::SetChange;
use weal_proof::{Hash, Receipt};
use weal_services::book::Reader;
use weal_services::funds::Library;

/// Where the ledger stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Status {
    /// The network's id.
    pub network: String,
    /// What people call this book.
    pub name: String,
    /// Last final block.
    pub height: u64,
    /// Its time, milliseconds since 1970.
    pub time_ms: u64,
    /// Its digest.
    pub digest: String,
    /// Operations in the log.
    pub log_size: u64,
    /// Root of the log.
    pub log_root: String,
    /// Root of the state.
    pub state_root: String,
    /// Institutions that keep the book.
    pub validators: u64,
    /// Of these, how many signed the last certified block.
    pub signed: u64,
    /// Of these, how many were heard to agree lately; on a mirror, how many signed.
    pub agree: u64,
    /// Height up to which lists and sums are up to date.
    pub indexed: u64,
    /// Operations received and not yet ordered.
    pub waiting: u64,
    /// Seconds for which the oldest of them has waited.
    pub oldest_wait_s: u64,
    /// Whether all data are made up.
    pub demonstration: bool,
}

/// Who keeps the book, as this node sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Keeping {
    /// The epoch that runs.
    pub epoch: u64,
    /// Blocks of one epoch.
    pub epoch_blocks: u64,
    /// Of a hundred institutions, how many must approve a change.
    pub approval_percent: u64,
    /// How many that are now.
    pub needed_approvals: u64,
    /// Those who keep the book now.
    pub keepers: Vec<KeeperLine>,
    /// Those who keep it from the next epoch on, where that differs.
    pub next: Vec<KeeperLine>,
    /// Key of the node that answers.
    pub own_key: String,
    /// `keeper` (it votes), `mirror` (it follows and checks), `waiting` (neither yet).
    pub role: &'static str,
    /// What keeps a mirror from following.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trouble: Option<String>,
    /// Contradictions of institutions that this node saw.
    pub evidence: Vec<EvidenceLine>,
}

/// Two votes of one institution that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceLine {
    /// Key of the validator that signed both.
    pub key: String,
    /// `conflicting-notarize`, `conflicting-finalize` or `nullify-finalize`.
    pub kind: String,
    /// In this epoch.
    pub epoch: u64,
    /// In this view of the epoch.
    pub view: u64,
    /// Both votes with their signatures, as the ordering engine encodes them, hex.
    pub votes: String,
}

/// An institution that keeps the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeeperLine {
    /// Its name.
    pub name: String,
    /// Key of its validator.
    pub key: String,
    /// Key with which it approves changes.
    pub owner: String,
    /// Where its machine is reached by the others.
    pub address: String,
    /// Where people find its pages; empty if it says nothing.
    pub web: String,
    /// `agrees` (heard within the last half minute), `late` (within the last hour), `silent`,
    /// `contradicts` (in this epoch or the last one), or `unheard` on a node that hears no votes.
    pub state: &'static str,
    /// When its last vote was heard, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub heard_ms: Option<u64>,
}

/// The first page of the book: what a new node needs to begin.
#[derive(Debug, Clone)]
pub struct FirstPage {
    /// The exact genesis text.
    pub genesis: Vec<u8>,
    /// The exact rules document.
    pub rules: Vec<u8>,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It waits to be ordered; it could still be lost if this node is.
    Received,
    /// It is final.
    Final {
        /// Its place in the log.
        index: u64,
        /// Whether it had taken effect before it was sent this time.
        before: bool,
    },
}

/// Why an operation was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// This sender has too many operations waiting (HTTP 429).
    #[error("this sender has too many operations waiting")]
    SenderBusy {
        /// Seconds after which to try again.
        retry_after_s: u64,
    },
    /// The node has too many operations waiting (HTTP 503).
    #[error("the node has too many operations waiting")]
    NodeBusy {
        /// Seconds after which to try again.
        retry_after_s: u64,
    },
    /// This address has brought too many newcomers (HTTP 429).
    #[error("this address has brought too many newcomers")]
    TooManyNewcomers {
        /// Seconds after which to try again.
        retry_after_s: u64,
    },
    /// Its disk or its memory is nearly full (HTTP 503); the words are for everybody.
    #[error("the node takes nothing now: {0}")]
    Short(String),
    /// The node is stopping (HTTP 503).
    #[error("the node cannot write: {0}")]
    Stopped(String),
}

/// The ledger as the faces see it.
pub trait Ledger: Send + Sync + 'static {
    /// Where it stands.
    fn status(&self) -> Status;
    /// Takes a signed envelope; with `wait`, answers when it is final or the time is over.
    fn submit(
        &self,
        envelope: Vec<u8>,
        wait: Option<Duration>,
    ) -> BoxFuture<'_, Result<Submitted, SubmitError>>;
    /// Judges an operation against the state now, without taking it. Missing signatures of an
    /// unsigned draft are not held against it.
    fn judge(&self, envelope: &[u8]) -> Result<Hash, Refused>;
    /// The receipt of the operation at this place in the log, with proofs of these state entries.
    fn receipt(
        &self,
        index: u64,
        state: Vec<String>,
    ) -> BoxFuture<'_, Result<Option<Receipt>, String>>;
    /// One entry of the state with its proof, under the newest certified header.
    fn state_entry(&self, key: &str) -> Option<String>;
    /// Who keeps the book.
    fn keeping(&self) -> Keeping;
    /// Why this node needs somebody's attention, if it does.
    fn complaint(&self) -> Option<String> {
        None
    }
    /// The first page of the book.
    fn first_page(&self) -> FirstPage;
    /// The final block of this height, as `weal_node::Sealed` writes it; `None` if there is none
    /// yet.
    fn block(&self, height: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, String>>;
    /// The changes of the validators since genesis, each with its proof.
    fn sets(&self) -> BoxFuture<'_, Result<Vec<SetChange>, String>>;
    /// So many hashes of a tile of the log, checked; `None` if the log has not so many there.
    fn tile(&self, _level: u8, _index: u64, _width: u16) -> Result<Option<Vec<Hash>>, Damaged> {
        Ok(None)
    }
    /// Entries of the log from this place on that stand in one block, each after its length in two
    /// bytes, and how many. They have these leaves, and are at most as many.
    fn entries(&self, _: u64, _: Vec<Hash>) -> BoxFuture<'_, Result<(Vec<u8>, usize), Damaged>> {
        Box::pin(async { Err(Damaged("this ledger keeps no entries".into())) })
    }
    /// Size and head of the log, signed by this node and by witnesses.
    fn checkpoint(&self) -> BoxFuture<'_, Result<Head, String>> {
        Box::pin(async { Err("this ledger signs nothing".into()) })
    }
    /// The state after the last final block, to judge proposals; `None` where there is none.
    fn state(&self) -> Option<weal_kernel::State>;
    /// Changes whenever the book has followed another block.
    fn follow(&self) -> watch::Receiver<u64>;
}

/// Everything a request handler may use.
#[derive(Clone)]
pub struct App {
    /// Lists, sums and pages.
    pub reader: Reader,
    /// The ledger.
    pub ledger: Arc<dyn Ledger>,
    /// Texts of charters that were read, and assessments that are still good.
    pub library: Arc<Library>,
    /// Texts of charters that people are writing.
    pub(crate) checks: Arc<Checks>,
    /// How often each address may ask.
    pub(crate) buckets: Arc<Buckets>,
    /// What all requests share.
    pub(crate) shares: Arc<Shares>,
}

impl App {
    /// Faces of this book and this ledger.
    pub fn new(reader: Reader, ledger: Arc<dyn Ledger>) -> App {
        App::with_limits(reader, ledger, DoorLimits::default())
    }

    /// The same, behind a door with these limits.
    pub fn with_limits(reader: Reader, ledger: Arc<dyn Ledger>, limits: DoorLimits) -> App {
        let (library, checks) = (Arc::default(), Arc::default());
        let (buckets, shares) = (Buckets::new(&limits), Shares::new(limits));
        App { reader, ledger, library, checks, buckets, shares }
    }

    /// What the door allows.
    pub fn limits(&self) -> &DoorLimits {
        &self.shares.limits
    }
}
