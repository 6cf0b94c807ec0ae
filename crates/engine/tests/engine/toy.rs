//! A toy ledger: texts in blocks, a chain of hashes as its state, and no mercy with the engine.

use bytes::Bytes;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};
use weal_engine::{Block, Config, Evidence, Ledger, Member};
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::{Hash, Header};

/// A final block as the toy took it.
#[derive(Clone)]
pub(crate) struct Taken {
    pub(crate) block: Block,
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) at: Instant,
}

/// A state the toy knows: after which block, and the texts in it that are not final yet.
struct Known {
    header: Header,
    open: BTreeSet<String>,
}

#[derive(Default)]
struct State {
    waiting: BTreeSet<String>,
    wakers: Vec<Waker>,
    known: BTreeMap<Hash, Known>,
    forgotten: BTreeSet<Hash>,
    taken: Vec<Taken>,
    final_height: u64,
    heard: Vec<Bytes>,
}

impl State {
    fn has_news(&self) -> bool {
        let said = |text: &String| self.known.values().any(|known| known.open.contains(text));
        !self.waiting.iter().all(said)
    }

    fn learn(&mut self, parent: &Header, block: &Block) {
        let mut open = BTreeSet::from_iter(texts(block));
        open.extend(self.known[&parent.digest()].open.iter().cloned());
        let header = block.header.clone();
        self.known.insert(header.digest(), Known { header, open });
    }
}

/// What goes wrong inside a ledger.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    Refuses,
    Panics,
}

pub(crate) type Witness = Box<dyn Fn(&Block) + Send + Sync>;

/// How a toy differs from a good and short-spoken ledger.
#[derive(Default)]
pub(crate) struct Habits {
    /// Pads every body to this length.
    pub(crate) body_bytes: usize,
    /// Fails when it is handed the block of this height.
    pub(crate) fault: Option<(u64, Fault)>,
    /// Forgets every state above the final one when it is first asked for.
    pub(crate) forgetful: bool,
    /// Proposes blocks that many milliseconds ahead of the clock.
    pub(crate) ahead_ms: u64,
    /// Proposes blocks with a wrong state root.
    pub(crate) lies: bool,
    /// Told of every block taken.
    pub(crate) witness: Option<Witness>,
    /// Who keeps which epoch; without it, the first key alone keeps all.
    pub(crate) keepers: Option<Keepers>,
}

/// The validators of each epoch.
pub(crate) type Keepers = Arc<dyn Fn(u64) -> Vec<Member> + Send + Sync>;

/// Blocks of an epoch in the tests.
pub(crate) const EPOCH_BLOCKS: u64 = 16;

pub(crate) struct Toy {
    genesis: Header,
    restored: u64,
    pub(crate) habits: Habits,
    state: Arc<Mutex<State>>,
    grown: Condvar,
}

impl Toy {
    pub(crate) fn new() -> Self {
        Toy::restored(&genesis())
    }

    pub(crate) fn with(habits: Habits) -> Self {
        Toy { habits, ..Toy::new() }
    }

    /// As if restored from a snapshot that ends with this block.
    pub(crate) fn restored(tip: &Header) -> Self {
        let known = Known { header: tip.clone(), open: BTreeSet::new() };
        let state = State {
            known: [(tip.digest(), known)].into(),
            final_height: tip.height,
            ..State::default()
        };
        Toy {
            genesis: genesis(),
            restored: tip.height,
            habits: Habits::default(),
            state: Arc::new(Mutex::new(state)),
            grown: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a text wait for the next block.
    pub(crate) fn say(&self, text: &str) {
        let mut state = self.state();
        state.waiting.insert(text.into());
        state.wakers.drain(..).for_each(Waker::wake);
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state().taken.clone()
    }

    /// Waits until the condition holds for the blocks taken.
    pub(crate) fn wait(&self, what: &str, condition: impl Fn(&[Taken]) -> bool) -> Vec<Taken> {
        let (state, timeout) = self
            .grown
            .wait_timeout_while(self.state(), Duration::from_secs(60), |s| !condition(&s.taken))
            .unwrap();
        assert!(!timeout.timed_out(), "timed out: {what}, at {}", state.taken.len());
        state.taken.clone()
    }

    /// Waits until the text is final, and returns its block.
    pub(crate) fn wait_for(&self, text: &str) -> Taken {
        let holds = |taken: &Taken| texts(&taken.block).iter().any(|t| t == text);
        let taken = self.wait(text, |all| all.iter().any(holds));
        taken.into_iter().find(holds).unwrap()
    }

    /// Waits until another validator spread these bytes.
    pub(crate) fn wait_heard(&self, bytes: &[u8]) {
        let state = self.state();
        let missing = |s: &mut State| !s.heard.iter().any(|heard| heard == bytes);
        let wait = self.grown.wait_timeout_while(state, Duration::from_secs(60), missing);
        assert!(!wait.unwrap().1.timed_out(), "nobody spread it");
    }

    /// What others spread, in the order in which it came.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.state().heard.iter().map(|heard| heard.to_vec()).collect()
    }

    /// How many states above the final one were forgotten.
    pub(crate) fn forgotten(&self) -> usize {
        self.state().forgotten.len()
    }

    /// Waits until the block of this height is final.
    pub(crate) fn wait_height(&self, height: u64) -> Vec<Taken> {
        let reached = |taken: &Taken| taken.block.header.height >= height;
        self.wait("a height", |all| all.last().is_some_and(reached))
    }
}

impl Ledger for Toy {
    fn genesis(&self) -> Header {
        self.genesis.clone()
    }

    fn applied(&self) -> u64 {
        self.restored
    }

    fn ready(&self) -> BoxFuture<'static, ()> {
        let state = self.state.clone();
        Box::pin(poll_fn(move |context| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.has_news() {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        }))
    }

    fn restless(&self) -> BoxFuture<'static, ()> {
        Box::pin(futures::future::pending())
    }

    fn knows(&self, digest: &Hash) -> bool {
        let mut state = self.state();
        let open = state.known.get(digest).is_some_and(|k| k.header.height > state.final_height);
        if self.habits.forgetful && open && state.forgotten.insert(*digest) {
            state.known.remove(digest);
        }
        state.known.contains_key(digest)
    }

    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block> {
        let mut state = self.state();
        let open = &state.known.get(&parent.digest())?.open;
        let news: Vec<_> = state.waiting.difference(open).cloned().collect();
        let mut body = news.join("\n").into_bytes();
        body.resize(body.len().max(self.habits.body_bytes), 0);
        let time_ms = time_ms + self.habits.ahead_ms;
        let mut block = follow(parent, time_ms, proposer, body.into());
        if self.habits.lies {
            block.header.state_root = Hash::ZERO;
        }
        state.learn(parent, &block);
        Some(block)
    }

    fn verify(&self, parent: &Header, block: &Block) -> bool {
        let mut state = self.state();
        let known = state.known.contains_key(&parent.digest());
        let valid = known && block.header.state_root == after(parent, &block.body);
        if valid {
            state.learn(parent, block);
        }
        valid
    }

    fn committee(&self, epoch: u64) -> Option<Vec<Member>> {
        let next = self.state().final_height + 1;
        let known = epoch <= next / EPOCH_BLOCKS;
        let alone = || vec![member(&key(1), ([127, 0, 0, 1], 0).into())];
        known.then(|| self.habits.keepers.as_ref().map_or_else(alone, |keepers| keepers(epoch)))
    }

    fn hear(&self, _: PublicKey, messages: Vec<Bytes>) {
        self.state().heard.extend(messages);
        self.grown.notify_all();
    }

    fn accuse(&self, evidence: Evidence) {
        panic!("nobody lies here: {evidence:?}");
    }

    fn finalize(&self, block: &Block, certificate: Option<Vec<u8>>) -> Result<(), String> {
        let height = block.header.height;
        match self.habits.fault {
            Some((at, Fault::Refuses)) if at == height => return Err("the disk is full".into()),
            Some((at, Fault::Panics)) if at == height => panic!("the ledger is torn"),
            _ => {}
        }
        let mut state = self.state();
        let state = &mut *state;
        assert_eq!(height, state.final_height + 1, "each height once and in order");
        let parent = state.known.get(&block.header.parent).expect("a child of the final tip");
        let parent = parent.header.clone();
        assert_eq!(parent.height, state.final_height);
        assert_eq!(block.header.state_root, after(&parent, &block.body));
        state.learn(&parent, block);
        state.final_height = height;
        let tip = block.header.digest();
        state.known.retain(|digest, known| *digest == tip || known.header.height > height);
        for text in texts(block) {
            state.waiting.remove(&text);
            for known in state.known.values_mut() {
                known.open.remove(&text);
            }
        }
        if let Some(witness) = &self.habits.witness {
            witness(block);
        }
        state.taken.push(Taken { block: block.clone(), certificate, at: Instant::now() });
        self.grown.notify_all();
        Ok(())
    }
}

/// The first header of the tests' network.
pub(crate) fn genesis() -> Header {
    Header {
        network: network(),
        height: 0,
        parent: Hash::ZERO,
        time_ms: 0,
        proposer: PublicKey([0; 32]),
        log_size: 0,
        log_root: Hash::ZERO,
        state_root: Hash::ZERO,
        validators: Hash::ZERO,
        body: Hash::of(&[]),
    }
}

/// The block the toy's rules allow on this parent.
pub(crate) fn follow(parent: &Header, time_ms: u64, proposer: PublicKey, body: Bytes) -> Block {
    let header = Header {
        height: parent.height + 1,
        parent: parent.digest(),
        time_ms,
        proposer,
        state_root: after(parent, &body),
        body: Hash::of(&[&body]),
        ..parent.clone()
    };
    Block { header, body }
}

fn after(parent: &Header, body: &[u8]) -> Hash {
    Hash::of(&[&parent.state_root.0, body])
}

/// The texts in a block.
pub(crate) fn texts(block: &Block) -> Vec<String> {
    let text = block.body.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = std::str::from_utf8(text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The network all tests use.
pub(crate) fn network() -> Hash {
    Hash::of(&[b"a toy network"])
}

/// The key of the validator with this number.
pub(crate) fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

/// A validator at this address.
pub(crate) fn member(key: &SecretKey, address: SocketAddr) -> Member {
    Member { key: key.public(), address: address.to_string() }
}

/// A single validator in this directory.
pub(crate) fn alone(directory: &Path, heartbeat: Duration) -> Config {
    Config {
        directory: directory.into(),
        key: key(1),
        network: network(),
        epoch_blocks: NonZeroU64::new(EPOCH_BLOCKS).unwrap(),
        floor: None,
        listen: ([127, 0, 0, 1], 0).into(),
        peers_max: NonZeroUsize::new(8).unwrap(),
        heartbeat,
        body_bytes_max: 4 << 20,
    }
}

/// Asserts that the blocks form one chain without gaps, in the order they were taken.
pub(crate) fn assert_chain(taken: &[Taken]) {
    for pair in taken.windows(2) {
        let [lower, upper] = pair else { continue };
        assert_eq!(upper.block.header.height, lower.block.header.height + 1);
        assert_eq!(upper.block.header.parent, lower.block.header.digest());
        assert!(upper.block.header.time_ms >= lower.block.header.time_ms);
    }
}
