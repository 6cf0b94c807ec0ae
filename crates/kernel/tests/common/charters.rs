//! Charters in the tests: the texts that ship, a town of people, and short ways to say things.

use super::build::{amount, attest, issue, lot};
use super::{Actor, DAY, World};
use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::OnceLock;
use weal_charter::Charter;
use weal_kernel::charters::op::{
    Attest, Draw, Lock, NameParty, Onward, Open, Pass, PayIn, Publish, PullBrake, Remark, Review,
    RunDue, SetParameter, Share, StateField, Trigger, Vouch, Withdraw,
};
use weal_kernel::charters::state::{Case, Entry, Moment, unbalanced_charters};
use weal_kernel::holdings::op::LotId;
use weal_kernel::holdings::posting::{Account, unbalanced_lots};
use weal_kernel::holdings::state::Holding;
use weal_kernel::state::keys;
use weal_kernel::units::{Quantity, UnixMillis, format_amount};
use weal_kernel::{Act, Hash, Refusal};

pub const GIFT: &str = include_str!("../../../../charters/gift-escrow.weal");
pub const PROJECT: &str = include_str!("../../../../charters/project-milestones.weal");
pub const RECEIVABLE: &str = include_str!("../../../../charters/receivable.weal");
pub const PENSION: &str = include_str!("../../../../charters/pension-account.weal");
pub const SHARES: &str = include_str!("../../../../charters/pension-shares.weal");
pub const NOTIONAL: &str = include_str!("../../../../charters/pension-notional.weal");
pub const MUTUAL: &str = include_str!("../../../../charters/mutual-relief.weal");
pub const TEN: &str = include_str!("../../../../charters/ten-for-one.weal");
pub const DEPOSIT: &str = include_str!("../../../../charters/deposit-interest.weal");
/// Every condition a flow can have.
pub const WORKSHOP: &str = include_str!("workshop.weal");

/// Who lives in the town, and the role that the keeper of the book attests to them.
pub const PEOPLE: &[(&str, &str)] = &[
    ("bank", ""),
    ("author", ""),
    ("auditor", ""),
    ("second auditor", ""),
    ("ann", ""),
    ("bob", ""),
    ("cai", ""),
    ("dora", ""),
    ("office", ""),
    ("court", "court"),
    ("registry", "civil-registry"),
    ("hospital", "hospital-licence"),
    ("statistics", "statistics-office"),
    ("builder", "builder-licence"),
    ("inspector", "building-inspector"),
    ("neighbours", "residents-committee"),
    ("clinic", "clinic-licence"),
    ("authority", "civil-affairs"),
];

/// People by their names.
#[derive(Clone)]
pub struct Town(pub BTreeMap<&'static str, Actor>);

impl Index<&str> for Town {
    type Output = Actor;

    fn index(&self, name: &str) -> &Actor {
        &self.0[name]
    }
}

/// Any of the town who holds a role, for as long as he lives.
pub const FOR_LIFE: u64 = 600 * 365 * DAY;

impl World {
    /// A book with a town in it, whose offices hold their roles; made once, then shared.
    pub fn town() -> (World, Town) {
        static TOWN: OnceLock<(World, Town)> = OnceLock::new();
        let found = || {
            let mut w = World::new();
            let keeper = w.keeper();
            let mut people = BTreeMap::new();
            for (name, role) in PEOPLE {
                let actor = w.register(name);
                if !role.is_empty() {
                    let until = w.now.plus(FOR_LIFE);
                    w.does(&keeper, attest(&actor, role, until));
                }
                people.insert(*name, actor);
            }
            people.insert("keeper", keeper);
            (w, Town(people))
        };
        TOWN.get_or_init(found).clone()
    }

    /// A charter through its whole review: published, read by two auditors, locked.
    pub fn founded(&mut self, town: &Town, text: &str, roles: &[(&str, &[&Actor])]) -> Hash {
        let charter = self.does(&town["author"], publish(text, &town["bank"], roles));
        self.wait(Charter::load(text).unwrap().review_days * DAY);
        for auditor in ["auditor", "second auditor"] {
            self.does(&town[auditor], audit(charter, text));
        }
        self.does(&town["author"], lock(charter));
        charter
    }

    /// Says something, and tells which rule refuses it.
    pub fn tries(&mut self, actor: &Actor, act: Act) -> Result<(), Refusal> {
        let op = self.act(actor, act);
        self.run(&op).map(drop).map_err(|refused| refused.refusal)
    }

    /// Claims on the town's bank, newly issued.
    pub fn claims(&mut self, town: &Town, to: &str, minor: u64) -> LotId {
        let text = format_amount(Quantity(minor), "CNY");
        lot(self.does(&town["bank"], issue(&town[to], "CNY", &text)))
    }

    /// The number of the case that this opens.
    pub fn opens(&mut self, actor: &Actor, open: Open) -> u64 {
        let number = self.entry(open.charter).cases;
        self.does(actor, Act::CharterOpen(open));
        number
    }

    pub fn entry(&self, charter: Hash) -> Entry {
        self.state.charter(&charter).unwrap()
    }

    pub fn case(&self, charter: Hash, number: u64) -> Case {
        self.state.case(&charter, number).unwrap()
    }

    /// The charter as its text declares it.
    pub fn text(&self, charter: Hash) -> Charter {
        Charter::load(&self.state.charter_text(&charter).unwrap()).unwrap()
    }

    /// What is in a pot, over all cases.
    pub fn pot(&self, charter: Hash, name: &str) -> u64 {
        let at = self.text(charter).pots.iter().position(|pot| pot.name == name).unwrap();
        self.entry(charter).pots[at]
    }

    /// What is in a case's own pot.
    pub fn own_pot(&self, charter: Hash, case: u64, name: &str) -> u64 {
        let at = self.text(charter).pots.iter().position(|pot| pot.name == name).unwrap();
        self.case(charter, case).pots[at]
    }

    /// What was paid to somebody and waits for him.
    pub fn owed(&self, charter: Hash, who: &Actor) -> u64 {
        self.state.charter_due(&charter, &who.id)
    }

    /// What somebody holds of a lot.
    pub fn holds(&self, who: &Actor, lot: LotId) -> u64 {
        let key = keys::holding(&lot.to_string(), &Account::Held(who.id).to_string());
        self.state.get::<Holding>(&key).unwrap_or_default().quantity.0
    }

    /// Goes to noon of the first day of a month.
    pub fn go_to(&mut self, year: u32, month: u32) {
        let day = Moment::first_of(year * 12 + month - 1).day;
        self.now = UnixMillis(u64::from(day) * DAY + DAY / 2);
    }

    /// Carries out all that the calendar has brought due; tells in how many operations.
    pub fn catch_up(&mut self, who: &Actor, charter: Hash) -> usize {
        (0..).find(|_| self.tries(who, run(charter)) == Err(Refusal::NothingDue)).unwrap()
    }

    /// Everything adds up.
    pub fn is_sound(&self) -> bool {
        unbalanced_lots(&self.state).is_empty() && unbalanced_charters(&self.state).is_empty()
    }
}

pub fn publish(text: &str, issuer: &Actor, roles: &[(&str, &[&Actor])]) -> Act {
    let ids = |holders: &[&Actor]| holders.iter().map(|holder| holder.id).collect();
    let roles = roles.iter().map(|(name, holders)| ((*name).to_owned(), ids(holders))).collect();
    Act::CharterPublish(Publish { text: text.into(), issuer: issuer.id, roles })
}

pub fn audit(charter: Hash, text: &str) -> Act {
    let (scope, interest) = ("Every rule.".into(), "None.".into());
    Act::CharterAttest(Attest { charter, text: Hash::of(&[text.as_bytes()]), scope, interest })
}

pub fn lock(charter: Hash) -> Act {
    Act::CharterLock(Lock { charter })
}

pub fn withdraw(charter: Hash) -> Act {
    Act::CharterWithdraw(Withdraw { charter, reason: "A better text follows.".into() })
}

pub fn remark(charter: Hash, remark: Remark) -> Act {
    Act::CharterReview(Review { charter, remark })
}

pub fn defect(charter: Hash, rule: &str, inputs: &[i64], gives: i64) -> Act {
    let (rule, inputs) = (rule.to_owned(), inputs.to_vec());
    remark(charter, Remark::Defect { text: "It should be less.".into(), rule, inputs, gives })
}

pub fn shares(people: &[(&Actor, u64)]) -> Vec<Share> {
    people.iter().map(|(who, weight)| Share { principal: who.id, weight: *weight }).collect()
}

/// A party of a case and its people, each with a weight.
pub type Named<'a> = (&'a str, &'a [(&'a Actor, u64)]);

pub fn open(charter: Hash, fields: &[(&str, i64)], parties: &[Named<'_>]) -> Open {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let parties =
        parties.iter().map(|(name, people)| ((*name).to_owned(), shares(people))).collect();
    Open { charter, fields, parties, reference: None }
}

pub fn state(charter: Hash, case: u64, field: &str, value: i64) -> Act {
    Act::CharterState(StateField { charter, case, field: field.into(), value })
}

pub fn name(charter: Hash, case: u64, party: &str, people: &[(&Actor, u64)]) -> Act {
    let people = shares(people);
    Act::CharterName(NameParty { charter, case, party: party.into(), people })
}

pub fn pass(charter: Hash, case: u64, party: &str, weight: u64, to: &Actor) -> Pass {
    Pass { charter, case, party: party.into(), weight, to: to.id, price: Vec::new() }
}

pub fn vouch(charter: Hash, case: u64, evidence: &str) -> Act {
    let (evidence, document) = (evidence.to_owned(), None);
    Act::CharterVouch(Vouch { charter, case, evidence, document, retract: false })
}

pub fn retract(charter: Hash, case: u64, evidence: &str) -> Act {
    let (evidence, document) = (evidence.to_owned(), None);
    Act::CharterVouch(Vouch { charter, case, evidence, document, retract: true })
}

pub fn set(charter: Hash, parameter: &str, value: i64) -> Act {
    let source = "The yearbook.".into();
    Act::CharterSet(SetParameter { charter, parameter: parameter.into(), value, source })
}

pub fn pay_in(charter: Hash, flow: &str, case: Option<u64>, lots: &[(LotId, u64)]) -> Act {
    let line = |(lot, minor): &(LotId, u64)| amount(*lot, &format_amount(Quantity(*minor), "CNY"));
    let lines = lots.iter().map(line).collect();
    Act::CharterPay(PayIn { charter, flow: flow.into(), case, lines })
}

pub fn trigger(charter: Hash, flow: &str, case: Option<u64>, amount_minor: Option<u64>) -> Act {
    Act::CharterTrigger(Trigger { charter, flow: flow.into(), case, amount_minor })
}

/// Asks for a flow of a case that states no amount.
pub fn ask(charter: Hash, flow: &str, case: u64) -> Act {
    trigger(charter, flow, Some(case), None)
}

pub fn run(charter: Hash) -> Act {
    Act::CharterRun(RunDue { charter })
}

pub fn draw(charter: Hash, amount_minor: Option<u64>) -> Act {
    Act::CharterDraw(Draw { charter, amount_minor, to: None, into: None })
}

/// Draws all, straight into another charter.
pub fn move_on(charter: Hash, to: Hash, flow: &str, case: Option<u64>) -> Act {
    let into = Some(Onward { charter: to, flow: flow.into(), case });
    Act::CharterDraw(Draw { charter, amount_minor: None, to: None, into })
}

pub fn brake(charter: Hash, flow: &str, days: u64) -> Act {
    let (flow, reason) = (flow.to_owned(), "It looks odd.".into());
    Act::CharterBrake(PullBrake { charter, flow, days, reason })
}
