//! The opening: everybody registers, roles are attested, mandates granted, items and packs defined.

use super::Scenario;
use super::names::{self, GOODS, Name};
use super::stage::{Entrance, Who};
use super::story::Pack;
use serde_json::json;
use std::collections::BTreeMap;
use weal_kernel::holdings::op::{DefineItem, DefinePack, MeasurePack};
use weal_kernel::principals::op::{Attest, Grant, Limits, PrincipalKind, Recover, Revoke};
use weal_kernel::principals::op::{RevokeRole, Rotate};
use weal_kernel::units::Quantity;
use weal_kernel::{Act, Hash};

const HOSPITAL_CLERK: &[&str] =
    &["record.post", "record.respond", "holding.accept", "holding.consume", "holding.count"];
const DEPOT_KEEPER: &[&str] = &[
    "holding.mint",
    "holding.reserve",
    "holding.release",
    "holding.dispatch",
    "holding.accept",
    "holding.count",
];

impl Scenario {
    /// Tells the whole opening.
    pub(crate) fn open(&mut self) {
        self.enter_all();
        self.attest_roles();
        self.appoint_clerks();
        self.change_keys();
        self.define_goods();
    }

    fn register(&mut self, name: &Name, kind: PrincipalKind, keys: (usize, usize)) -> Who {
        let entrance = Entrance { name, kind, keys, guardians: Vec::new(), owner: None };
        self.stage.enter(&entrance)
    }

    fn enter_all(&mut self) {
        use PrincipalKind::{Device, Organisation, Person};
        let authority = self.register(&names::AUTHORITY, Organisation, (3, 2));
        let bank = self.register(&names::BANK, Organisation, (3, 2));
        let mut enter = |list: &[Name], kind, keys: &dyn Fn(usize) -> (usize, usize)| {
            let all = list.iter().enumerate();
            all.map(|(at, name)| self.register(name, kind, keys(at))).collect::<Vec<_>>()
        };
        let one = |_: usize| (1, 1);
        let charities = enter(names::CHARITIES, Organisation, &|at| [(1, 1), (3, 2)][at.min(1)]);
        let hospitals =
            enter(names::HOSPITALS, Organisation, &|at| if at < 2 { (3, 2) } else { (1, 1) });
        let depots = enter(names::DEPOTS, Organisation, &one);
        let carriers = enter(names::CARRIERS, Organisation, &one);
        let suppliers = enter(names::SUPPLIERS, Organisation, &one);
        let donors = enter(names::DONORS, Person, &one);
        let mut clerks = Vec::new();
        for name in names::CLERKS {
            let guardians = vec![authority, bank, charities[0]];
            let entrance = Entrance { name, kind: Person, keys: (1, 1), guardians, owner: None };
            clerks.push(self.stage.enter(&entrance));
        }
        let name =
            &Name { zh: "鹤汀仓库磅秤", en: "Scale of the Heting Depot", place: "", beds: 0 };
        let owner = depots.first().copied();
        let scale = Entrance { name, kind: Device, keys: (1, 1), guardians: Vec::new(), owner };
        let scale = self.stage.enter(&scale);
        let text =
            "托盘称重412千克，校准日期见铭牌 / pallet weighs 412 kg, calibrated as on the plate";
        self.stage.post(scale, "note", json!({ "text": text }));
        let cast = &mut self.story.cast;
        (cast.hospitals, cast.depots, cast.carriers) = (hospitals, depots, carriers);
        (cast.charities, cast.suppliers, cast.donors) = (charities, suppliers, donors);
        (cast.clerks, cast.bank, cast.authority) = (clerks, Some(bank), Some(authority));
    }

    fn attest(&mut self, issuer: Who, subject: Who, role: &str) -> Hash {
        let expires = self.stage.in_days(365);
        let (subject, role) = (self.stage.id(subject), role.to_owned());
        self.stage.say(issuer, Act::RoleAttest(Attest { subject, role, expires }), &[])
    }

    fn attest_roles(&mut self) {
        let Some(authority) = self.story.cast.authority else { return };
        let cast = &self.story.cast;
        let parts: [(&[Who], &str); 6] = [
            (&cast.hospitals, "hospital"),
            (&cast.depots, "depot"),
            (&cast.carriers, "carrier"),
            (&cast.charities, "charity"),
            (&cast.suppliers, "medical-supplier"),
            (cast.bank.as_slice(), "bank"),
        ];
        let all: Vec<(Who, &str)> =
            parts.iter().flat_map(|(who, role)| who.iter().map(|who| (*who, *role))).collect();
        for (who, role) in all {
            self.attest(authority, who, role);
        }
        let carrier = self.story.cast.carriers[1];
        let mistaken = self.attest(authority, carrier, "cold-chain-carrier");
        let attestation = RevokeRole { attestation: mistaken };
        self.stage.say(authority, Act::RoleRevoke(attestation), &[]);
    }

    /// Lets a clerk sign these acts for somebody, within limits.
    fn appoint(&mut self, member: Who, clerk: Who, acts: &[&str], onward: u8) -> Hash {
        let grant = Grant {
            to: self.stage.id(clerk),
            acts: acts.iter().map(|act| (*act).to_owned()).collect(),
            limits: Limits {
                operations: Some(1_000_000),
                quantity: Some(1_000_000_000),
                amount_minor: None,
            },
            expires: self.stage.in_days(365),
            onward,
            parent: None,
        };
        self.stage.say(member, Act::MandateGrant(grant), &[])
    }

    fn appoint_clerks(&mut self) {
        let cast = &self.story.cast;
        let (central, infectious) = (cast.hospitals[0], cast.hospitals[2]);
        let (depot, clerks) = (cast.depots[0], cast.clerks.clone());
        let central_mandate = self.appoint(central, clerks[0], HOSPITAL_CLERK, 1);
        let infectious_mandate = self.appoint(infectious, clerks[1], HOSPITAL_CLERK, 0);
        let depot_mandate = self.appoint(depot, clerks[2], DEPOT_KEEPER, 0);
        self.stage.employ(infectious, clerks[1], infectious_mandate, HOSPITAL_CLERK);
        self.stage.employ(depot, clerks[2], depot_mandate, DEPOT_KEEPER);
        self.stage.employ(central, clerks[0], central_mandate, HOSPITAL_CLERK);
        let mut onward = Grant {
            to: self.stage.id(clerks[3]),
            acts: vec!["holding.consume".into()],
            limits: Limits { operations: Some(200), quantity: Some(5_000), amount_minor: None },
            expires: self.stage.in_days(60),
            onward: 0,
            parent: Some(central_mandate),
        };
        let ward = self.stage.say(clerks[0], Act::MandateGrant(onward.clone()), &[]);
        self.ward_mandate = Some(ward);
        onward.to = self.stage.id(clerks[4]);
        let mandate = self.stage.say(clerks[0], Act::MandateGrant(onward), &[]);
        self.stage.say(central, Act::MandateRevoke(Revoke { mandate }), &[]);
    }

    /// The bank changes its keys; a volunteer who lost her telephone gets new ones from guardians.
    fn change_keys(&mut self) {
        let cast = &self.story.cast;
        let (Some(bank), Some(authority)) = (cast.bank, cast.authority) else { return };
        let (charity, heron, owner) = (cast.charities[0], cast.clerks[4], cast.hospitals[0]);
        let guardians = self.stage.guardians(&[authority, charity, owner]);
        let (fresh, set) = self.stage.fresh_keys(3, 2);
        let keep_before = Some(self.stage.in_days(0));
        let rotate = Rotate { keys: set, guardians, keep_before };
        self.stage.say(bank, Act::PrincipalRotate(rotate), &[]);
        self.stage.sign_last_with(&fresh);
        self.stage.take_keys(bank, fresh);
        let (fresh, set) = self.stage.fresh_keys(1, 1);
        let recover = Recover { principal: self.stage.id(heron), keys: set, keep_before: None };
        self.stage.say(authority, Act::PrincipalRecover(recover), &[charity]);
        self.stage.sign_last_with(&fresh);
    }

    fn define_goods(&mut self) {
        let cast = &self.story.cast;
        let (Some(authority), definer) = (cast.authority, cast.depots[0]) else { return };
        for goods in GOODS {
            let specifications = [goods.specification].into_iter().filter(|s| !s.is_empty());
            let item = DefineItem {
                code: goods.code.into(),
                names: BTreeMap::from([
                    ("en".into(), goods.en.into()),
                    ("zh".into(), goods.zh.into()),
                ]),
                unit: goods.unit.into(),
                category: goods.class.into(),
                specifications: specifications.map(str::to_owned).collect(),
                shelf_life_days: Some(730),
            };
            self.stage.say(authority, Act::ItemDefine(item), &[]);
            let (label, inside) = goods.pack;
            let contains = goods.stated.then_some(Quantity(inside));
            let pack = DefinePack { item: goods.code.into(), label: label.into(), contains };
            let id = self.stage.say(definer, Act::PackDefine(pack), &[]);
            self.story.packs.push(Pack { id, definer, known: goods.stated });
        }
    }

    /// Somebody opens a carton and states what is inside: old lines can be read from now on.
    pub(crate) fn measure_pack(&mut self) -> bool {
        let Some(at) = self.story.packs.iter().position(|pack| !pack.known) else { return false };
        let (Pack { id, definer, .. }, inside) = (self.story.packs[at], GOODS[at].pack.1);
        let measure = MeasurePack { pack: id, contains: Quantity(inside) };
        self.stage.say(definer, Act::PackMeasure(measure), &[]);
        self.story.packs[at].known = true;
        true
    }
}
