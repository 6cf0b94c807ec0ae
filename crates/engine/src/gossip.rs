//! Spreads operations among the validators: whoever takes one in tells all others.
//!
//! 1. What is to be spread is gathered while the last message is on its way, up to a limit.
//! 2. One message goes to every validator that is connected: `u32 length, bytes`, repeated.
//! 3. Messages are kept for a while. Who was not connected, or could take no more, gets them when
//!    he can, before any later one: while a connection holds, operations keep their order on it.
//!    What was on its way when it broke is lost.
//! 4. Beyond that nothing is sent again from here; the ledger does so for what stays without
//!    effect.

use crate::{Ledger, keys};
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{CheckedSender as _, Receiver, Recipients, Sender};
use commonware_runtime::Clock;
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{Either, pending, select};
use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Bytes of one message; far below what crosses a connection at once.
pub(crate) const MESSAGE_BYTES: usize = 256 << 10;
/// Messages that may wait to be spread; more are dropped, and the ledger spreads them later.
pub(crate) const WAITING: usize = 16_384;
/// Messages are kept so long for those who did not get them,
const KEPT: Duration = Duration::from_secs(10);
/// and as long as they are no more than this together.
const KEPT_BYTES: usize = 8 << 20;
/// While messages are kept, whether somebody can take them is tried so often.
const LOOK: Duration = Duration::from_millis(50);
/// When nobody can take any more, it is tried again after this.
const FULL_PAUSE: Duration = Duration::from_millis(10);

/// Sends what is given until nobody can give any more.
pub(crate) async fn send<E: Clock>(
    context: E,
    mut given: mpsc::Receiver<Bytes>,
    mut sender: impl Sender<PublicKey = PublicKey>,
) {
    let mut kept = Kept::default();
    loop {
        let nothing_kept = kept.messages.is_empty();
        let look = async {
            match nothing_kept {
                true => pending().await,
                false => context.sleep(LOOK).await,
            }
        };
        match select(given.next(), pin!(look)).await {
            Either::Left((Some(first), _)) => {
                kept.push(gather(&first, &mut given), context.current());
            }
            Either::Left((None, _)) => break,
            Either::Right(_) => {}
        }
        if !kept.send(&mut sender) {
            context.sleep(FULL_PAUSE).await;
        }
        kept.forget(context.current());
    }
    pending().await
}

/// One message of what is given now.
fn gather(first: &[u8], given: &mut mpsc::Receiver<Bytes>) -> Bytes {
    let mut message = BytesMut::new();
    push(&mut message, first);
    while message.len() < MESSAGE_BYTES / 2 {
        let Ok(next) = given.try_recv() else { break };
        push(&mut message, &next);
    }
    message.freeze()
}

/// The last messages, oldest first.
#[derive(Default)]
struct Kept {
    messages: VecDeque<(SystemTime, Bytes)>,
    bytes: usize,
    /// Number of the oldest.
    first: u64,
    /// By validator: number of the message that is his next.
    next: BTreeMap<PublicKey, u64>,
}

impl Kept {
    fn push(&mut self, message: Bytes, now: SystemTime) {
        self.bytes += message.len();
        self.messages.push_back((now, message));
    }

    /// Sends to everybody who can take it what was not sent to him yet, in order. `false` if
    /// nobody can take anything now.
    fn send(&mut self, sender: &mut impl Sender<PublicKey = PublicKey>) -> bool {
        let able = sender.check(Recipients::All).map(|able| able.recipients());
        let able = able.unwrap_or_default();
        let at = |next: &BTreeMap<PublicKey, u64>, peer: &PublicKey| {
            next.get(peer).copied().unwrap_or_default().max(self.first)
        };
        let oldest = able.iter().map(|peer| at(&self.next, peer)).min();
        let Some(oldest) = oldest else { return false };
        let skipped = usize::try_from(oldest.saturating_sub(self.first)).unwrap_or(usize::MAX);
        for (number, (_, message)) in (oldest..).zip(self.messages.iter().skip(skipped)) {
            let due = |peer: &&PublicKey| at(&self.next, peer) == number;
            let due = Recipients::Some(able.iter().filter(due).cloned().collect());
            for peer in sender.send(due, message.clone(), false) {
                self.next.insert(peer, number + 1);
            }
        }
        true
    }

    /// Lets go of what is too old or too much.
    fn forget(&mut self, now: SystemTime) {
        while let Some((made, message)) = self.messages.front() {
            let age = now.duration_since(*made).unwrap_or_default();
            if age < KEPT && self.bytes <= KEPT_BYTES {
                break;
            }
            self.bytes -= message.len();
            self.first += 1;
            self.messages.pop_front();
        }
    }
}

/// Hands what comes in to the ledger.
pub(crate) async fn receive(
    ledger: Arc<dyn Ledger>,
    mut receiver: impl Receiver<PublicKey = PublicKey>,
) {
    while let Ok((from, message)) = receiver.recv().await {
        let messages = split(message.into());
        if let Some(from) = keys::public(&from).filter(|_| !messages.is_empty()) {
            ledger.hear(from, messages);
        }
    }
}

fn push(message: &mut BytesMut, bytes: &[u8]) {
    let Ok(length) = u32::try_from(bytes.len()) else { return };
    if bytes.len() <= MESSAGE_BYTES / 2 {
        message.put_u32(length);
        message.put_slice(bytes);
    }
}

/// The parts of a message, up to the first that is cut.
fn split(mut message: Bytes) -> Vec<Bytes> {
    let mut parts = Vec::new();
    while message.len() >= 4 {
        let Ok(length) = usize::try_from(message.get_u32()) else { break };
        if length > message.len() {
            break;
        }
        parts.push(message.split_to(length));
    }
    parts
}
