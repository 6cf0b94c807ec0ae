//! Another institution asks in public to keep the book too, and some of those who keep it answer.

use super::Scenario;
use super::names::{KEEPERS, NEWCOMER, Name};
use super::stage::{Entrance, Who};
use crate::compose::network;
use weal_kernel::principals::op::PrincipalKind;
use weal_kernel::units::UnixMillis;
use weal_proof::Envelope;
use weal_proof::genesis::Keeper;
use weal_proof::keys::{PublicKey, SecretKey};

/// What one of them answers, by his place among those who keep the book.
const ANSWERS: [(usize, Option<&str>); 4] = [
    (1, None),
    (4, None),
    (5, Some("请先说明由谁看管机器 / say first who looks after the machine")),
    (6, None),
];

/// Names of the institutions that keep the book of the demonstration, in Chinese and English.
pub fn keepers() -> Vec<String> {
    KEEPERS.iter().map(both).collect()
}

fn both(name: &Name) -> String {
    format!("{} / {}", name.zh, name.en)
}

impl Scenario {
    /// The request and the first answers. Those who keep the book are named by their validators'
    /// keys, with the keys of their owners, in the order of [`keepers`].
    pub fn ask_to_join(
        &mut self,
        now: UnixMillis,
        keepers: &[(PublicKey, SecretKey)],
    ) -> Vec<Envelope> {
        self.stage.now = now;
        let newcomer = self.enter_as(&NEWCOMER);
        let (keys, _) = self.stage.fresh_keys(2, 1);
        let [key, owner] = keys.as_slice() else { return Vec::new() };
        let act = network::propose_add(Keeper {
            name: both(&NEWCOMER),
            key: key.public(),
            owner: owner.public(),
            address: "127.0.0.1:9".into(),
            web: String::new(),
        });
        let proposal = self.stage.say(newcomer, act, &[]);
        self.stage.sign_last_with(&keys);
        for (place, reason) in ANSWERS {
            let (Some((key, owner)), Some(name)) = (keepers.get(place), KEEPERS.get(place)) else {
                continue;
            };
            let who = self.enter_as(name);
            let act = match reason {
                None => network::approve(proposal, *key),
                Some(reason) => network::decline(proposal, *key, reason),
            };
            self.stage.say(who, act, &[]);
            self.stage.sign_last_with(std::slice::from_ref(owner));
        }
        std::mem::take(&mut self.stage.out)
    }

    pub(super) fn enter_as(&mut self, name: &Name) -> Who {
        let kind = PrincipalKind::Organisation;
        self.stage.enter(&Entrance { name, kind, keys: (1, 1), guardians: Vec::new(), owner: None })
    }
}
