//! What a text declares: pots, roles, parties, parameters, fields, counters and flows.

use crate::fault::Place;
use crate::parse::Example;
use crate::tree::{Program, Type};
use serde::Serialize;

/// A whole text, read and checked.
#[derive(Debug, Clone)]
pub struct Charter {
    /// Its name.
    pub name: String,
    /// What it is: gift, project, receivable, pension, mutual, deposit, other.
    pub kind: String,
    /// ISO 4217 code of its money.
    pub money: String,
    /// What one of its cases is called: member, gift, invoice, milestone.
    pub case: String,
    /// Whether one debtor's document may back one case only, in this charter and all others.
    pub is_unique: bool,
    /// Days between publishing and locking.
    pub review_days: u64,
    /// Attestations of auditors needed for locking.
    pub audits: u64,
    /// The year after which everything is paid out.
    pub last_year: u64,
    /// Who may open a case; nobody named: anyone.
    pub opened_by: Vec<usize>,
    /// Where money is kept.
    pub pots: Vec<Pot>,
    /// Offices outside the charter.
    pub roles: Vec<Role>,
    /// Who takes part in a case.
    pub parties: Vec<Party>,
    /// Numbers that an office publishes.
    pub parameters: Vec<Parameter>,
    /// Numbers that a case states.
    pub fields: Vec<Field>,
    /// Numbers that flows keep for each case.
    pub counters: Vec<Counter>,
    /// What can be shown before money moves.
    pub evidence: Vec<Evidence>,
    /// The only ways in which money moves.
    pub flows: Vec<Flow>,
    /// Who may delay what.
    pub brake: Option<Brake>,
    /// How the persons behind the cases live, for assessment.
    pub people: Option<People>,
    /// Worked examples.
    pub examples: Vec<Example>,
    /// The rules.
    pub program: Program,
    /// What each rule's inputs are, where it decides about a flow; otherwise nothing.
    pub bindings: Vec<Option<Vec<Input>>>,
}

/// Where money is kept.
#[derive(Debug, Clone, Serialize)]
pub struct Pot {
    /// Its name.
    pub name: String,
    /// Whether each case has its own.
    pub per_case: bool,
}

/// How the holder of a role is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They have this role by the word of enough keepers of the book.
    Credential(String),
    /// He is named when the text is published.
    Named,
}

/// An office outside the charter.
#[derive(Debug, Clone, Serialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// How its holder is known.
    pub proof: Proof,
}

/// Who takes part in a case.
#[derive(Debug, Clone, Serialize)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// It is the one who opens the case.
    pub opens: bool,
    /// It signs when the case is opened.
    pub signs: bool,
    /// It may be several, each with a weight, or nobody.
    pub many: bool,
    /// It may pass its place, or part of it, on to somebody else.
    pub passes: bool,
    /// Who may name it anew.
    pub set_by: Option<Actor>,
}

/// Somebody who can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Whoever likes.
    Anyone,
    /// A party of the case.
    Party(usize),
    /// The holder of a role.
    Role(usize),
    /// The calendar: once a month, for every case.
    EachMonth,
    /// The calendar: once a year, for every case.
    EachYear,
}

/// A number that an office publishes.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The role that sets it.
    pub set_by: usize,
    /// The least.
    pub low: i128,
    /// The most.
    pub high: i128,
    /// Its value at first.
    pub start: i128,
    /// The most by which it changes at a time, in thousandths of its value.
    pub change_permille: Option<i128>,
    /// Days between two changes.
    pub every_days: u64,
}

/// A number that a case states.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The least.
    pub low: i128,
    /// The most.
    pub high: i128,
    /// Who states it: the one who opens the case, or the holder of a role.
    pub set_by: Actor,
}

/// A number that flows keep for each case.
#[derive(Debug, Clone, Serialize)]
pub struct Counter {
    /// Its name.
    pub name: String,
    /// The least; every case begins with 0.
    pub low: i128,
    /// The most.
    pub high: i128,
}

/// What can be shown before money moves.
#[derive(Debug, Clone, Serialize)]
pub struct Evidence {
    /// Its name.
    pub name: String,
    /// Who shows it.
    pub by: Actor,
}

/// Where money comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// From somebody's own holding.
    Outside,
    /// Out of a pot.
    Pot(usize),
}

/// Where money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Into a pot.
    Pot(usize),
    /// To a party of the case, by weights where it is several.
    Party(usize),
    /// To the one who was named for this role at publishing.
    Role(usize),
}

/// How much moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// What the one who triggers it says.
    Stated,
    /// All that is in the pot.
    All,
    /// What a rule gives.
    Rule(usize),
}

/// How often a flow takes place for one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Once {
    /// As often as it is triggered.
    Each,
    /// Once a month.
    Month,
    /// Once a year.
    Year,
    /// Once.
    Ever,
}

/// What happens when a pot has less than is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Short {
    /// Nothing is paid, and in a run of the calendar the payment is missed.
    Refuse,
    /// What is there is paid.
    Part,
    /// In a run of the calendar all get the same share of what is due to them.
    ProRata,
    /// Those who opened their cases first are paid first; the others wait.
    Queue,
}

/// A way in which money moves.
#[derive(Debug, Clone, Serialize)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    #[serde(skip)]
    pub place: Place,
    /// Where money comes from.
    pub source: Source,
    /// Where it goes.
    pub to: Target,
    /// Who triggers it.
    pub by: Vec<Actor>,
    /// How much.
    pub amount: Amount,
    /// The rule that says whether it may take place.
    pub when: Option<usize>,
    /// How often for one case.
    pub once: Once,
    /// Days between being asked for, or shown, and taking place.
    pub wait_days: u64,
    /// What must be shown.
    pub evidence: Vec<usize>,
    /// How many different principals must show it.
    pub needs: usize,
    /// What holds it up while it is shown.
    pub stopped_by: Vec<usize>,
    /// The most that leaves through it in a month, over all cases.
    pub cap: Option<i128>,
    /// What happens when the pot has less.
    pub short: Short,
    /// Where the rest of the source pot goes.
    pub rest_to: Option<usize>,
    /// Counters and the rules that say by how much they change.
    pub counts: Vec<(usize, usize)>,
    /// Whether the case ends with it.
    pub ends: bool,
    /// What a case is expected to bring each period, for assessment and arrears.
    pub plan: Option<usize>,
    /// Whether it is about one case.
    pub per_case: bool,
}

/// Who may delay what.
#[derive(Debug, Clone, Serialize)]
pub struct Brake {
    /// The role that may.
    pub by: usize,
    /// The flows it may delay.
    pub flows: Vec<usize>,
    /// The most days, in all.
    pub days: u64,
}

/// How the persons behind the cases live.
#[derive(Debug, Clone, Serialize)]
pub struct People {
    /// The field with the year of birth.
    pub born: usize,
    /// The age at which people join.
    pub join_age: u64,
    /// Whether joining is a duty by law.
    pub compulsory: bool,
}

/// What an input of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// What is in a pot.
    Pot(usize),
    /// A field of the case.
    Field(usize),
    /// A counter of the case.
    Counter(usize),
    /// A counter's sum over all cases.
    All(usize),
    /// A parameter.
    Parameter(usize),
    /// The weights of a party, summed.
    Party(usize),
    /// What the one who triggers the flow says.
    Stated,
    /// Days since 1970-01-01.
    Day,
    /// Months since the year 0.
    Month,
    /// The year.
    Year,
    /// How many cases are open.
    Cases,
}

/// Minor units of money in one pot: as the ledger allows.
pub const MONEY_HIGH: i128 = 1_000_000_000_000_000;
/// A counter's sum over all cases.
pub const ALL_HIGH: i128 = 1_000_000_000_000_000_000;
/// The calendar of charters ends with this year.
pub const YEAR_HIGH: i128 = 2500;
/// And begins with this one.
pub const YEAR_LOW: i128 = 1970;

impl Charter {
    /// What the inputs of a rule are; nothing for a rule that only other rules call.
    pub fn inputs(&self, rule: usize) -> Option<&[Input]> {
        self.bindings.get(rule)?.as_deref()
    }

    /// The least and the most that an input can be.
    pub fn range(&self, input: Input) -> (i128, i128) {
        match input {
            Input::Pot(_) | Input::Party(_) => (0, MONEY_HIGH),
            Input::Field(at) => self.fields.get(at).map_or((0, 0), |f| (f.low, f.high)),
            Input::Counter(at) => self.counters.get(at).map_or((0, 0), |c| (c.low, c.high)),
            Input::All(at) => {
                let low = self.counters.get(at).map_or(0, |c| c.low.signum());
                (low.saturating_mul(ALL_HIGH), ALL_HIGH)
            }
            Input::Parameter(at) => self.parameters.get(at).map_or((0, 0), |p| (p.low, p.high)),
            Input::Stated => (1, MONEY_HIGH),
            Input::Day => (0, 194_000),
            Input::Month => {
                (YEAR_LOW.saturating_mul(12), YEAR_HIGH.saturating_mul(12).saturating_add(11))
            }
            Input::Year => (YEAR_LOW, YEAR_HIGH),
            Input::Cases => (0, 1_000_000_000),
        }
    }

    /// An input by its name in a rule.
    pub fn input(&self, name: &str) -> Option<Input> {
        match name {
            "stated" => return Some(Input::Stated),
            "day" => return Some(Input::Day),
            "month" => return Some(Input::Month),
            "year" => return Some(Input::Year),
            "cases" => return Some(Input::Cases),
            _ => {}
        }
        let counter = |name: &str| self.counters.iter().position(|c| c.name == name);
        let pot = self.pots.iter().position(|pot| pot.name == name).map(Input::Pot);
        let field = || self.fields.iter().position(|f| f.name == name).map(Input::Field);
        let parameter = || self.parameters.iter().position(|p| p.name == name);
        let party = || self.parties.iter().position(|party| party.name == name);
        pot.or_else(field)
            .or_else(|| counter(name).map(Input::Counter))
            .or_else(|| parameter().map(Input::Parameter))
            .or_else(|| party().map(Input::Party))
            .or_else(|| name.strip_prefix("all_").and_then(counter).map(Input::All))
    }

    /// What an input is called in a rule.
    pub fn input_name(&self, input: Input) -> String {
        let counter = |at: usize| self.counters.get(at).map_or("", |counter| &counter.name);
        match input {
            Input::Pot(at) => self.pot_name(at).to_owned(),
            Input::Field(at) => self.fields.get(at).map_or("", |field| &field.name).to_owned(),
            Input::Counter(at) => counter(at).to_owned(),
            Input::All(at) => format!("all_{}", counter(at)),
            Input::Parameter(at) => self.parameters.get(at).map_or("", |p| &p.name).to_owned(),
            Input::Party(at) => self.actor_name(Actor::Party(at)).to_owned(),
            Input::Stated => "stated".to_owned(),
            Input::Day => "day".to_owned(),
            Input::Month => "month".to_owned(),
            Input::Year => "year".to_owned(),
            Input::Cases => "cases".to_owned(),
        }
    }

    /// What a rule gives: a number, or yes or no.
    pub fn gives(&self, rule: usize) -> Type {
        self.program.rule(rule).map_or(Type::Number, |rule| rule.gives)
    }

    /// Whether what a rule gives is a sum: some flow takes it for one.
    pub fn is_sum(&self, rule: usize) -> bool {
        let pays = |flow: &Flow| flow.amount == Amount::Rule(rule) || flow.plan == Some(rule);
        self.flows.iter().any(pays)
    }

    /// A flow's number by its name.
    pub fn flow(&self, name: &str) -> Option<usize> {
        self.flows.iter().position(|flow| flow.name == name)
    }

    /// Whether an input is about one case.
    pub fn is_per_case(&self, input: Input) -> bool {
        match input {
            Input::Pot(at) => self.pots.get(at).is_some_and(|pot| pot.per_case),
            Input::Field(_) | Input::Counter(_) | Input::Party(_) => true,
            _ => false,
        }
    }

    /// Who somebody is, in the text's words.
    pub fn actor_name(&self, actor: Actor) -> &str {
        match actor {
            Actor::Anyone => "anyone",
            Actor::Party(at) => self.parties.get(at).map_or("", |party| &party.name),
            Actor::Role(at) => self.roles.get(at).map_or("", |role| &role.name),
            Actor::EachMonth => "clock:month",
            Actor::EachYear => "clock:year",
        }
    }

    /// A pot's name.
    pub fn pot_name(&self, pot: usize) -> &str {
        self.pots.get(pot).map_or("", |pot| &pot.name)
    }

    /// Where money goes, in the text's words.
    pub fn target_name(&self, target: Target) -> &str {
        match target {
            Target::Pot(at) => self.pot_name(at),
            Target::Party(at) => self.actor_name(Actor::Party(at)),
            Target::Role(at) => self.actor_name(Actor::Role(at)),
        }
    }

    /// Where money comes from, in the text's words.
    pub fn source_name(&self, source: Source) -> &str {
        match source {
            Source::Outside => "outside",
            Source::Pot(at) => self.pot_name(at),
        }
    }
}

impl Flow {
    /// Whether the calendar triggers it.
    pub fn clock(&self) -> Option<Actor> {
        self.by.iter().copied().find(|by| matches!(by, Actor::EachMonth | Actor::EachYear))
    }

    /// Whether money leaves the charter through it.
    pub fn is_outward(&self) -> bool {
        !matches!(self.to, Target::Pot(_))
    }

    /// The rules it uses.
    pub fn rules(&self) -> impl Iterator<Item = usize> + '_ {
        let amount = match self.amount {
            Amount::Rule(rule) => Some(rule),
            _ => None,
        };
        let counts = self.counts.iter().map(|(_, rule)| *rule);
        amount.into_iter().chain(self.when).chain(self.plan).chain(counts)
    }
}
