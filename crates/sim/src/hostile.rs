//! Clients that mean harm: they hand in what costs them little and, they hope, others much.
//!
//! None of it may make a valid operation fail or wait for ever, or leave anything behind: see
//! [`crate::liveness`].

use crate::workload::{Clients, register};
use commonware_runtime::{Clock as _, Spawner as _, Supervisor as _};
use std::sync::Arc;
use std::time::Duration;
use weal_kernel::Hash;
use weal_node::Pending;
use weal_node::parts::{Chain, Ingress};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;

/// What hostile clients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hostile {
    /// They speak in names that nobody registered.
    MadeUp,
    /// They speak in somebody's name with a key of their own.
    Spoofs,
    /// They hand in again what is on its way or final, at all nodes.
    Again,
    /// More than a thousand register and speak at once.
    Crowd,
}

/// Operations handed in at one moment; then the others have a turn.
const AT_ONCE: u64 = 100;
/// Members of a crowd.
const CROWD: u64 = 1_100;
/// Blocks of its node within which whoever sent junk has an answer. An operation is judged eight
/// times at most, at growing distances; the distances count turns of one leader among several.
pub const ANSWERED_WITHIN: u64 = 300;

impl Hostile {
    /// All of them.
    pub const ALL: [Hostile; 4] =
        [Hostile::MadeUp, Hostile::Spoofs, Hostile::Again, Hostile::Crowd];

    /// Under which name it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Hostile::MadeUp => "junk came in made-up names",
            Hostile::Spoofs => "junk came in somebody's name",
            Hostile::Again => "operations were handed in again and again",
            Hostile::Crowd => "a crowd registered and spoke",
        }
    }
}

impl Clients {
    /// Does it, so many times.
    pub fn harass(self: &Arc<Self>, how: Hostile, times: u64) {
        let clients = self.clone();
        self.context.child("hostile").spawn(move |_| async move {
            let times = if how == Hostile::Crowd { CROWD } else { times };
            for number in 0..times {
                clients.harm(how, number);
                if number % AT_ONCE == AT_ONCE - 1 {
                    clients.context.sleep(Duration::from_millis(20)).await;
                }
            }
        });
    }

    fn harm(self: &Arc<Self>, how: Hostile, number: u64) {
        let key = SecretKey::from_seed(Hash::of(&[b"hostile", &number.to_be_bytes()]).0);
        match how {
            Hostile::MadeUp => {
                let name = Hash::of(&[b"nobody", &self.draw(0, u64::MAX).to_be_bytes()]);
                let junk = self.said(Some(name), self.note(), &[&key]);
                self.fling(&junk, number.is_multiple_of(AT_ONCE));
            }
            Hostile::Spoofs => {
                let Some(victim) = self.anybody() else { return };
                let junk = self.said(Some(victim), self.note(), &[&key]);
                self.fling(&junk, number.is_multiple_of(AT_ONCE));
            }
            Hostile::Again => {
                let Some(bytes) = self.something_said() else { return };
                let doors = self.doors.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let doors: Vec<_> = doors.iter().flatten().cloned().collect();
                for door in doors {
                    drop(door.take_in(&bytes, Ingress::Local));
                }
            }
            Hostile::Crowd => {
                let name = format!("one of a crowd {}", self.draw(0, u64::MAX));
                let registration = self.said(None, register(&name, &key), &[&key]);
                self.fling(&registration, false);
                self.fling(&self.said(Some(registration.id()), self.note(), &[&key]), false);
            }
        }
    }

    /// Hands something in without caring what becomes of it; or sees whether there is an answer.
    fn fling(self: &Arc<Self>, envelope: &Envelope, cares: bool) {
        let Some((node, chain)) = self.door() else { return };
        let answer = chain.take_in(&envelope.to_bytes(), Ingress::Local);
        if let (true, Ok((id, Pending::Waiting(told)))) = (cares, answer) {
            let (clients, begun) = (self.clone(), height(&chain));
            drop(chain);
            self.context.child("junk").spawn(move |_| async move {
                // A node that died tells nothing.
                let Ok(_) = told.await else { return };
                let took = clients.record().height_of(node).saturating_sub(begun);
                clients.record().count("junk was answered");
                if took > ANSWERED_WITHIN {
                    let text =
                        format!("junk {id} had its answer from node {node} after {took} blocks");
                    clients.record().fail(text);
                }
            });
        }
    }
}

fn height(chain: &Chain) -> u64 {
    chain.tip_state().0.height
}
