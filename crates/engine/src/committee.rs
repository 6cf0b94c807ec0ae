//! The validators of an epoch in the words of the consensus library, and the schemes of all epochs.

use crate::config::Plan;
use crate::{Member, keys};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::Epoch;
use commonware_cryptography::certificate::{Provider, Scoped};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Address, Ingress};
use commonware_utils::ordered::{Map, Set};
use commonware_utils::{Hostname, TryCollect as _};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Arc, PoisonError, RwLock};
use weal_proof::{certificate, limits};

/// Who votes in an epoch, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committee {
    /// The keys, sorted bytewise.
    pub members: Set<PublicKey>,
    /// Where each accepts connections.
    pub addresses: Map<PublicKey, Address>,
}

impl Committee {
    /// Checks the ledger's list; the reason says why nobody could vote like this.
    pub(crate) fn new(list: &[Member], peers_max: NonZeroUsize) -> Result<Self, String> {
        if list.is_empty() || list.len() > limits::VALIDATORS {
            return Err(format!("{} validators are none or too many", list.len()));
        }
        if list.len() > peers_max.get() {
            return Err(format!(
                "there are {} validators now, and this process made room for {peers_max}: start \
                 it again",
                list.len()
            ));
        }
        let mut addresses = Vec::with_capacity(list.len());
        for member in list {
            let key = keys::member(&member.key).ok_or("a validator's key is no key")?;
            addresses.push((key, address(&member.address)));
        }
        let members = addresses.iter().map(|(member, _)| member.clone());
        let members = members.try_collect().map_err(|_| "a validator is listed twice")?;
        let addresses = addresses.into_iter().try_collect();
        let addresses = addresses.map_err(|_| "a validator is listed twice")?;
        Ok(Committee { members, addresses })
    }
}

/// An address nobody can dial stands for one that cannot be read: the others go on without it.
fn address(text: &str) -> Address {
    let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Address::Symmetric(socket);
    }
    let parts = text.rsplit_once(':');
    let named = parts.and_then(|(host, port)| {
        let ingress = Ingress::Dns { host: Hostname::new(host).ok()?, port: port.parse().ok()? };
        Some(Address::Asymmetric { ingress, egress: nowhere })
    });
    named.unwrap_or(Address::Symmetric(nowhere))
}

/// The schemes of the epochs that were entered: marshal checks certificates with them.
#[derive(Clone, Default)]
pub(crate) struct Schemes(Arc<RwLock<BTreeMap<Epoch, Arc<Scheme>>>>);

impl Schemes {
    /// Makes the scheme of an epoch known; it signs if this validator is a member.
    pub(crate) fn enter(&self, plan: &Plan, epoch: Epoch, members: &Set<PublicKey>) -> Scheme {
        let namespace = certificate::namespace(&plan.config.network);
        let signer = Scheme::signer(&namespace, members.clone(), plan.signer.clone());
        let scheme = signer.unwrap_or_else(|| Scheme::verifier(&namespace, members.clone()));
        let mut schemes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        schemes.insert(epoch, Arc::new(scheme.clone()));
        scheme
    }
}

impl Provider for Schemes {
    type Scope = Epoch;
    type Scheme = Scheme;

    fn scoped(&self, epoch: Epoch) -> Option<Scoped<Scheme>> {
        let schemes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        schemes.get(&epoch).cloned().map(Scoped::scheme)
    }
}
