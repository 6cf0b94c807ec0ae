//! A book without a network: shape, rights and effect, without looking at signatures.

use std::collections::BTreeMap;
use std::sync::Arc;
use weal_kernel::operation::Payload;
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash, State, check_shape};
use weal_proof::Genesis;
use weal_proof::keys::SecretKey;
use weal_services::compose::Signer;
use weal_services::relief::import::{Plan, Planned};
use weal_services::schemas;

pub(crate) const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

pub(crate) struct Ledger {
    pub(crate) state: State,
    pub(crate) importer: Signer,
    index: u64,
}

impl Ledger {
    /// A new book in which the importer is registered.
    pub(crate) fn new() -> Ledger {
        let rules = Arc::new(schemas::rules());
        let genesis =
            Genesis::alone("test", NOW.0, SecretKey::from_seed([7; 32]).public(), rules.hash());
        let network = weal_proof::genesis::network_id(&genesis.to_bytes());
        let state = State::genesis(network, &genesis, rules);
        let key = SecretKey::from_seed([1; 32]);
        let mut importer = Signer { network, actor: None, mandate: None, keys: vec![key.clone()] };
        let register = Register {
            kind: PrincipalKind::Organisation,
            name: "importer".into(),
            names: BTreeMap::new(),
            keys: KeySet { keys: vec![key.public()], threshold: 1 },
            guardians: None,
            owner: None,
        };
        let envelope = importer.envelope(Act::PrincipalRegister(register), NOW, [0; 16]);
        importer.actor = Some(envelope.id());
        let mut ledger = Ledger { state, importer, index: 0 };
        ledger.follow(&envelope.to_bytes());
        ledger
    }

    fn follow(&mut self, bytes: &[u8]) {
        let signed = check_shape(&self.state.network(), bytes)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)));
        let text = String::from_utf8_lossy(signed.envelope.payload()).into_owned();
        let decision = self.state.check_rights(&signed, self.index, NOW.plus(1_000));
        self.state.apply(decision.unwrap_or_else(|e| panic!("{e}: {text}")));
        self.index += 1;
    }

    /// Submits a whole plan; every operation must be allowed.
    pub(crate) fn submit(&mut self, plan: &Plan) {
        for planned in &plan.operations {
            self.follow(&planned.sign(&self.importer).to_bytes());
        }
    }
}

/// What an operation says.
pub(crate) fn payload(planned: &Planned) -> Payload {
    serde_json::from_slice(planned.envelope.payload()).unwrap()
}

/// Ids in order.
pub(crate) fn ids(plan: &Plan) -> Vec<Hash> {
    plan.operations.iter().map(|planned| planned.id).collect()
}
