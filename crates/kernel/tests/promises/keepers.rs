//! As many keepers as may be corrupt have no power over what others said or keep in trust.
//!
//! The adversary has the owners' keys of `f` keepers and every other key but those of the honest
//! keepers. They register offices, attest roles, change keys, lend mandates, hide, vouch, hold up
//! and ask for money. Nothing is hidden, no role counts, and the money stays where it is.

use crate::common::build::*;
use crate::common::charters::*;
use crate::common::keeping::{keeper, owner};
use crate::common::{Actor, DAY, HOUR, Op, World, key};
use proptest::prelude::*;
use weal_kernel::limits;
use weal_kernel::principals::op::Grant;
use weal_kernel::records::apply::LEGAL_AUTHORITY;
use weal_kernel::records::op::ResponseKind::{Correct, Hide, Show, Withdraw};
use weal_kernel::records::state::{Record, Status};
use weal_kernel::state::keys;
use weal_kernel::{Act, Hash, Refusal};
use weal_proof::keys::SecretKey;

const TEXT: &str = include_str!("keepers.weal");

/// The owner's key of a keeper, by his number.
fn keepers_key(number: usize) -> SecretKey {
    owner(&format!("keeper {number}"))
}

struct Scene {
    w: World,
    hospital: Actor,
    statement: Hash,
    charter: Hash,
    case: u64,
    /// Keys of the adversary: those of `f` keepers come first.
    keys: Vec<SecretKey>,
    puppets: Vec<Actor>,
    mandates: Vec<(Hash, usize, usize)>,
}

fn corrupt(n: usize) -> usize {
    (n - 1) / 3
}

fn scene(n: usize) -> Scene {
    let mut w = World::kept_by((0..n).map(|number| keeper(&format!("keeper {number}"))).collect());
    let [hospital, bank, author] = ["hospital", "bank", "author"].map(|name| w.register(name));
    let statement = w.does(&hospital, note("Forty beds are free."));
    let charter = w.does(&author, publish(TEXT, &bank, &[]));
    w.does(&author, lock(charter));
    let case = w.opens(&hospital, open(charter, &[], &[]));
    let money = lot(w.does(&bank, issue(&hospital, "CNY", "5.00")));
    w.does(&hospital, pay_in(charter, "give", Some(case), &[(money, 500)]));
    let mut keys: Vec<_> = (0..corrupt(n)).map(keepers_key).collect();
    keys.extend((0..4).map(|number| key(&format!("puppet {number}"))));
    let puppets = keys.iter().enumerate().map(|(at, secret)| {
        let op = w.registration(&format!("p{at}"), vec![secret.clone()], 1);
        Actor { id: w.done(&op), keys: op.signers }
    });
    let puppets = puppets.collect();
    let mandates = Vec::new();
    Scene { w, hospital, statement, charter, case, keys, puppets, mandates }
}

impl Scene {
    fn record(&self) -> Record {
        self.w.state.get(&keys::record(&self.statement)).unwrap()
    }

    fn puppet(&self, number: u8) -> (usize, Actor) {
        let at = usize::from(number) % self.puppets.len();
        (at, self.puppets[at].clone())
    }

    /// Some keys of his, and sometimes one of an honest keeper, for which he cannot sign.
    fn some_keys(&self, choice: u8, n: usize) -> (Vec<SecretKey>, Vec<SecretKey>) {
        let mut own: Vec<_> = self.keys.clone();
        own.rotate_left(usize::from(choice) % self.keys.len());
        own.truncate(1 + usize::from(choice / 8) % 3);
        let mut listed = own.clone();
        if choice.is_multiple_of(5) {
            listed.push(keepers_key(n - 1));
        }
        (listed, own)
    }

    /// His next operation.
    fn next(&mut self, [act, who, whom, choice]: [u8; 4], n: usize) -> Op {
        let (at, actor) = self.puppet(who);
        let (other_at, other) = self.puppet(whom);
        let later = self.w.now.plus(u64::from(choice) * HOUR + 1);
        let role = [LEGAL_AUTHORITY, "inspector", "court"][usize::from(choice % 3)];
        let op = match act % 12 {
            0 => {
                let (listed, own) = self.some_keys(choice, n);
                let threshold = 1 + u8::try_from(usize::from(whom) % listed.len()).unwrap();
                let mut op = self.w.registration("office", listed, threshold);
                op.signers = own;
                op
            }
            1 => {
                let (listed, own) = self.some_keys(choice, n);
                own.into_iter().fold(self.w.act(&actor, rotate(&listed, None)), Op::and)
            }
            2 => {
                let acts = ["role.attest", "record.respond", "charter.vouch"];
                let mandate = Grant { onward: 2, ..grant(&other, &acts, self.w.now) };
                self.mandates.push((nobody(), at, other_at));
                self.w.act(&actor, Act::MandateGrant(mandate))
            }
            3..=5 => self.w.act(&actor, attest(&other, role, later)),
            6 => self.w.act(&actor, hide(self.statement, later)),
            7 => self.w.act(&actor, says(self.statement, Show)),
            8 => self.w.act(&actor, vouch(self.charter, self.case, "done, says the inspector")),
            9 => self.w.act(&actor, vouch(self.charter, self.case, "hold by court")),
            10 => self.w.act(&actor, ask(self.charter, "release", self.case)),
            _ => self.w.act(&actor, brake(self.charter, "back", 1)),
        };
        match self.mandates.iter().rfind(|(id, principal, _)| *id != nobody() && *principal == at) {
            Some((id, _, holder)) if choice.is_multiple_of(4) && act % 12 > 2 => {
                op.under(*id, &self.puppets[*holder])
            }
            _ => op,
        }
    }

    fn learn(&mut self, op: &Op) {
        let id = op.id();
        match &op.payload.act {
            Act::PrincipalRegister(_) => {
                self.puppets.push(Actor { id, keys: op.signers.clone() });
            }
            Act::PrincipalRotate(act) => {
                let actor = op.payload.actor.unwrap();
                let new = |key: &&SecretKey| act.keys.keys.contains(&key.public());
                let keys = op.signers.iter().filter(new).cloned().collect();
                let puppet = self.puppets.iter_mut().find(|puppet| puppet.id == actor);
                puppet.unwrap().keys = keys;
            }
            Act::MandateGrant(_) => {
                if let Some(last) = self.mandates.last_mut() {
                    last.0 = id;
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn as_many_keepers_as_may_be_corrupt_have_no_power(
        large in any::<bool>(),
        moves in prop::collection::vec(any::<[u8; 4]>(), 20..80),
    ) {
        let n = if large { 7 } else { 4 };
        let mut s = scene(n);
        for m in moves {
            s.w.wait(u64::from(m[3] % 3) * HOUR);
            let op = s.next(m, n);
            let verdict = s.w.run_claimed(&op);
            if verdict.is_ok() {
                s.learn(&op);
            }
            prop_assert!(s.record().hidden.is_none(), "{:?}", op.payload.act);
            let name = op.payload.act.name();
            let needs_a_role = name.starts_with("charter.") || name == "record.respond";
            prop_assert!(!needs_a_role || verdict.is_err(), "{:?}", op.payload.act);
            prop_assert_eq!(s.w.entry(s.charter).pots[0], 500);
        }
        // Nor does he hold anything up.
        s.w.does(&s.hospital.clone(), ask(s.charter, "back", s.case));
        prop_assert_eq!(s.w.entry(s.charter).pots[0], 0);
    }
}

/// Each of so many keepers attests a role to somebody.
fn recognised(s: &mut Scene, keepers: std::ops::Range<usize>, whom: &Actor, role: &str) {
    for number in keepers {
        let op = s.w.registration(&format!("keeper {number}"), vec![keepers_key(number)], 1);
        let issuer = Actor { id: s.w.done(&op), keys: op.signers };
        let later = s.w.now.plus(300 * DAY);
        s.w.does(&issuer, attest(whom, role, later));
    }
}

#[test]
fn one_more_than_may_be_corrupt_recognise_an_office() {
    for n in [1, 2, 3, 4, 7, 10] {
        let mut s = scene(n);
        let office = s.w.register("office");
        let act = says(s.statement, Hide);
        recognised(&mut s, 0..corrupt(n), &office, LEGAL_AUTHORITY);
        assert_eq!(s.w.tries(&office, act.clone()), Err(Refusal::NoLegalBasis), "{n}");
        recognised(&mut s, corrupt(n)..corrupt(n) + 1, &office, LEGAL_AUTHORITY);
        s.w.does(&office, act);
    }
}

#[test]
fn what_is_hidden_comes_back_as_its_author_left_it() {
    let mut s = scene(4);
    let [office, reader] = ["office", "reader"].map(|name| s.w.register(name));
    recognised(&mut s, 0..2, &office, LEGAL_AUTHORITY);
    let (statement, end) = (s.statement, s.w.now.plus(DAY));
    s.w.does(&office, hide(statement, end));
    // The author still betters it and takes it back; nobody else speaks about what is not seen.
    let closed =
        s.w.tries(&reader, says(statement, weal_kernel::records::op::ResponseKind::Dispute));
    assert_eq!(closed, Err(Refusal::RecordClosed));
    let better = serde_json::json!({"text": "Thirty beds are free."});
    let hospital = s.hospital.clone();
    assert_eq!(respond(statement, Correct).kind, Correct);
    s.w.does(&hospital, correct(statement, better));
    assert!(s.record().hiding(s.w.now).is_some());
    // Shown by the law, or by time.
    let mut shown = s.w.clone();
    assert_eq!(shown.tries(&hospital, says(statement, Show)), Err(Refusal::NoLegalBasis));
    shown.does(&office, says(statement, Show));
    shown.does(&reader, says(statement, weal_kernel::records::op::ResponseKind::Corroborate));
    s.w.does(&hospital, says(statement, Withdraw));
    s.w.wait(DAY - 1);
    assert!(s.record().hiding(s.w.now).is_some());
    s.w.wait(1);
    assert!(s.record().hiding(s.w.now).is_none());
    assert_eq!(s.record().status, Status::Withdrawn);
}

#[test]
fn a_need_that_was_hidden_takes_goods_again() {
    let mut s = scene(4);
    let charity = s.w.register("charity");
    s.w.does(&charity, item("mask"));
    let body = serde_json::json!({"item": "mask", "quantity": 50});
    let need = s.w.does(&s.hospital.clone(), post("need", body));
    let boxes = lot(s.w.does(&charity, mint("mask", 100)));
    let end = s.w.now.plus(HOUR);
    s.w.does(&s.hospital.clone(), hide(need, end));
    let kept = |s: &Scene| reserve(boxes, 5, need, s.w.now.plus(DAY));
    let act = kept(&s);
    assert_eq!(s.w.tries(&charity, act), Err(Refusal::RecordClosed));
    s.w.wait(HOUR);
    let act = kept(&s);
    s.w.does(&charity, act);
}

/// An author could hide his own words for a year before the law does, and show them at will.
#[test]
fn the_law_takes_over_a_hiding_from_the_author() {
    let mut s = scene(4);
    let office = s.w.register("office");
    recognised(&mut s, 0..2, &office, LEGAL_AUTHORITY);
    let (statement, hospital) = (s.statement, s.hospital.clone());
    s.w.does(&hospital, says(statement, Hide));
    assert_eq!(s.w.tries(&hospital, says(statement, Hide)), Err(Refusal::RecordClosed));
    s.w.does(&office, says(statement, Hide));
    assert_eq!(s.w.tries(&hospital, says(statement, Show)), Err(Refusal::NoLegalBasis));
    s.w.does(&office, says(statement, Show));
}

#[test]
fn nobody_fills_the_list_of_a_roles_issuers() {
    let mut s = scene(22);
    let office = s.w.register("office");
    let later = s.w.now.plus(DAY);
    let listed = |s: &Scene| {
        let key = keys::role_issuers(&office.id, LEGAL_AUTHORITY);
        s.w.state.get::<Vec<Hash>>(&key).unwrap_or_default()
    };
    let mut longest = 0;
    // An office for each group that seven keepers can form.
    for group in 1..128usize {
        let mine: Vec<_> = (0..7).filter(|bit| (group >> bit) & 1 == 1).map(keepers_key).collect();
        let all = u8::try_from(mine.len()).unwrap();
        for threshold in [all, all.div_ceil(2)] {
            let op = s.w.registration("office", mine.clone(), threshold);
            let issuer = Actor { id: s.w.done(&op), keys: op.signers };
            s.w.does(&issuer, attest(&office, LEGAL_AUTHORITY, later));
            longest = longest.max(listed(&s).len());
        }
    }
    assert_eq!(longest, limits::ISSUERS);
    let act = says(s.statement, Hide);
    assert_eq!(s.w.tries(&office, act.clone()), Err(Refusal::NoLegalBasis));
    recognised(&mut s, 9..10, &office, LEGAL_AUTHORITY);
    s.w.does(&office, act);
}

/// Two of three keepers sign for an office: it counts as two, and with a third beside it as three
/// only if that one cannot be among the two.
#[test]
fn a_keeper_counts_once_however_many_offices_they_sign_for() {
    let mut s = scene(7);
    let office = s.w.register("office");
    let later = s.w.now.plus(DAY);
    let joint = |s: &mut Scene, keepers: &[usize], threshold| {
        let listed = keepers.iter().map(|number| keepers_key(*number)).collect();
        let op = s.w.registration("joint", listed, threshold);
        let issuer = Actor { id: s.w.done(&op), keys: op.signers };
        s.w.does(&issuer, attest(&office, LEGAL_AUTHORITY, later));
    };
    let act = says(s.statement, Hide);
    joint(&mut s, &[3, 4, 5], 2);
    joint(&mut s, &[4], 1);
    assert_eq!(s.w.tries(&office, act.clone()), Err(Refusal::NoLegalBasis));
    joint(&mut s, &[6], 1);
    s.w.does(&office, act);
}
