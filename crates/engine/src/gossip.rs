//! Spreads operations among the validators: whoever takes one in tells all others.
//!
//! 1. What is to be spread is gathered while the last message is on its way, up to a limit.
//! 2. One message goes to every validator that is connected: `u32 length, bytes`, repeated.
//! 3. Nothing is sent again from here; the ledger does so for what stays without effect.

use crate::Ledger;
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::Clock;
use futures::StreamExt as _;
use futures::channel::mpsc;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of one message; far below what crosses a connection at once.
pub(crate) const MESSAGE_BYTES: usize = 256 << 10;
/// Messages that may wait to be spread; more are dropped, and the ledger spreads them later.
pub(crate) const WAITING: usize = 16_384;
/// A connection that takes no more is tried again after this.
const FULL_PAUSE: Duration = Duration::from_millis(10);

/// Sends what is given until nobody can give any more.
pub(crate) async fn send<E: Clock>(
    context: E,
    mut given: mpsc::Receiver<Bytes>,
    mut sender: impl Sender<PublicKey = PublicKey>,
) {
    while let Some(first) = given.next().await {
        let mut message = BytesMut::new();
        push(&mut message, &first);
        while message.len() < MESSAGE_BYTES / 2 {
            let Ok(next) = given.try_recv() else { break };
            push(&mut message, &next);
        }
        if sender.send(Recipients::All, message.freeze(), false).is_empty() {
            context.sleep(FULL_PAUSE).await;
        }
    }
    futures::future::pending().await
}

/// Hands what comes in to the ledger.
pub(crate) async fn receive(
    ledger: Arc<dyn Ledger>,
    mut receiver: impl Receiver<PublicKey = PublicKey>,
) {
    while let Ok((_, message)) = receiver.recv().await {
        let messages = split(message.into());
        if !messages.is_empty() {
            ledger.hear(messages);
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
