//! What the state keeps of charters and their cases.

use crate::state::{State, keys};
use crate::units::{DAY_MS, UnixMillis};
use serde::{Deserialize, Serialize};
use weal_charter::Charter;
use weal_charter::model::{Input, Parameter, Pot};
use weal_proof::Hash;

/// Where a charter is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Everybody may look for faults; no money is taken.
    Review,
    /// It takes money and pays; nobody changes it any more.
    Running,
    /// The author took it back before it was locked.
    Withdrawn,
}

/// A charter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Who published it.
    pub author: Hash,
    /// SHA-256 of the text.
    pub text: Hash,
    /// Whose claims it keeps.
    pub issuer: Hash,
    /// ISO 4217 code.
    pub currency: String,
    /// Where it is in its life.
    pub stage: Stage,
    /// When it was published.
    pub published: UnixMillis,
    /// When it was locked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<UnixMillis>,
    /// The holders of each role that was named.
    pub named: Vec<Vec<Hash>>,
    /// What was said in review.
    pub review: ReviewState,
    /// Each parameter's value, and when it was set; 0 as long as nobody has set it.
    pub parameters: Vec<(i64, UnixMillis)>,
    /// What is in each pot, over all cases.
    pub pots: Vec<u64>,
    /// What was paid to people who have not taken it yet.
    pub due: u64,
    /// Each counter's sum over open cases.
    pub all: Vec<i128>,
    /// Cases opened ever.
    pub cases: u64,
    /// Cases open now.
    pub open: u64,
    /// The lots it holds, as a queue: the first, and the one after the last.
    pub lots: (u64, u64),
    /// What each flow has moved.
    pub flows: Vec<FlowState>,
    /// Days for which the brake was pulled.
    pub brake_days: u64,
    /// What the calendar has brought due and is not yet carried out.
    pub calendar: Calendar,
}

/// What was said in review.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReviewState {
    /// Questions asked.
    pub questions: u64,
    /// Defects shown.
    pub defects: u64,
    /// Auditors who stand for the text, since the last defect was shown.
    pub auditors: Vec<Hash>,
}

/// What a flow has moved.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct FlowState {
    /// Minor units, ever.
    pub moved: u64,
    /// Payments, ever.
    pub payments: u64,
    /// Payments that the calendar brought due and no money was there for.
    pub missed: u64,
    /// The month that the next number is about.
    pub month: u32,
    /// Minor units in that month.
    pub in_month: u64,
    /// For flows that are about no case: the last period, as in [`Case::last`].
    pub last: u32,
    /// The brake holds it up until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub braked: Option<UnixMillis>,
}

/// What comes next in the calendar.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Calendar {
    /// The month, counted from the year 0.
    pub month: u32,
    /// The flow in it.
    pub flow: u32,
    /// What is known since the flow began in this month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Begun>,
}

/// A flow of the calendar that is being carried out, case by case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begun {
    /// The case that comes next.
    pub next: u64,
    /// The case after the last.
    pub end: u64,
    /// Whether what is due is still being added up.
    pub adding: bool,
    /// What is due to all.
    pub total: u64,
    /// The pots when it began.
    pub pots: Vec<u64>,
    /// The counters' sums when it began.
    pub all: Vec<i128>,
    /// Cases open when it began.
    pub open: u64,
}

/// A case.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Case {
    /// Who takes part: for each party principals and weights.
    pub parties: Vec<Vec<(Hash, u64)>>,
    /// What it states.
    pub fields: Vec<i64>,
    /// What flows have counted.
    pub counters: Vec<i128>,
    /// What is in its own pots; 0 for those shared by all.
    pub pots: Vec<u64>,
    /// The month it was opened in, counted from the year 0.
    pub opened: u32,
    /// For each flow the last period in which it took place: a month, a year, or any number above
    /// zero; 0 for never.
    pub last: Vec<u32>,
    /// What was shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<Shown>,
    /// Flows that were asked for and wait: the flow and since when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<(u32, UnixMillis)>,
    /// Whether it has ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The document behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Evidence for a case.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Shown {
    /// Which evidence.
    pub evidence: u32,
    /// By whom.
    pub by: Hash,
    /// Block time.
    pub at: UnixMillis,
}

/// The day of a block time, as rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970-01-01.
    pub day: u32,
    /// Months since the year 0.
    pub month: u32,
    /// The year.
    pub year: u32,
}

impl Moment {
    /// The day of a time, by the Gregorian calendar in UTC.
    pub fn of(time: UnixMillis) -> Moment {
        let days = time.0.checked_div(DAY_MS).unwrap_or(0);
        // Years are counted from 1 March of the year 0, so that a leap day ends a year
        // (Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
        let shifted = i64::try_from(days).unwrap_or(0).saturating_add(719_468);
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let leap = |days: i64| day_of_era.div_euclid(days);
        let year_of_era = day_of_era
            .saturating_sub(leap(1_460))
            .saturating_add(leap(36_524))
            .saturating_sub(leap(146_096))
            .div_euclid(365);
        let before = year_of_era
            .saturating_mul(365)
            .saturating_add(year_of_era.div_euclid(4))
            .saturating_sub(year_of_era.div_euclid(100));
        let day_of_year = day_of_era.saturating_sub(before);
        let from_march = day_of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
        let year = era.saturating_mul(400).saturating_add(year_of_era);
        // March is month 2 of the year when January is 0.
        let month = year.saturating_mul(12).saturating_add(from_march).saturating_add(2);
        Moment {
            day: u32::try_from(days).unwrap_or(u32::MAX),
            month: u32::try_from(month).unwrap_or(u32::MAX),
            year: u32::try_from(month.div_euclid(12)).unwrap_or(u32::MAX),
        }
    }

    /// The first day of a month counted from the year 0.
    pub fn first_of(month: u32) -> Moment {
        let year = month.checked_div(12).unwrap_or(0);
        let since = i64::from(month).saturating_sub(2);
        let (march_year, from_march) = (since.div_euclid(12), since.rem_euclid(12));
        let days = march_year
            .saturating_mul(365)
            .saturating_add(march_year.div_euclid(4))
            .saturating_sub(march_year.div_euclid(100))
            .saturating_add(march_year.div_euclid(400))
            .saturating_add(from_march.saturating_mul(153).saturating_add(2).div_euclid(5))
            .saturating_sub(719_468);
        Moment { day: u32::try_from(days).unwrap_or(0), month, year }
    }
}

impl Entry {
    /// A charter that was published just now; nobody is named for its roles yet.
    pub fn published(
        charter: &Charter,
        text: Hash,
        (author, issuer): (Hash, Hash),
        now: UnixMillis,
    ) -> Entry {
        let never = UnixMillis(0);
        let start = |parameter: &Parameter| i64::try_from(parameter.start).unwrap_or(0);
        Entry {
            author,
            text,
            issuer,
            currency: charter.money.clone(),
            stage: Stage::Review,
            published: now,
            locked: None,
            named: vec![Vec::new(); charter.roles.len()],
            review: ReviewState::default(),
            parameters: charter.parameters.iter().map(|p| (start(p), never)).collect(),
            pots: vec![0; charter.pots.len()],
            due: 0,
            all: vec![0; charter.counters.len()],
            cases: 0,
            open: 0,
            lots: (0, 0),
            flows: vec![FlowState::default(); charter.flows.len()],
            brake_days: 0,
            calendar: Calendar::default(),
        }
    }

    /// What rules see of a case, or of the charter as a whole, at a moment.
    pub fn view<'a>(
        &'a self,
        charter: &'a Charter,
        case: Option<&'a Case>,
        moment: Moment,
    ) -> View<'a> {
        View {
            charter,
            pots: &self.pots,
            all: &self.all,
            open: self.open,
            parameters: &self.parameters,
            case,
            stated: 0,
            moment,
        }
    }

    /// Everything it holds, in pots or owed to people.
    pub fn held(&self) -> u64 {
        self.pots.iter().fold(self.due, |sum, pot| sum.saturating_add(*pot))
    }
}

/// The numbers that rules may see of a case, at a moment.
pub struct View<'a> {
    /// The charter.
    pub charter: &'a Charter,
    /// The pots over all cases.
    pub pots: &'a [u64],
    /// The counters' sums.
    pub all: &'a [i128],
    /// Cases open.
    pub open: u64,
    /// The parameters.
    pub parameters: &'a [(i64, UnixMillis)],
    /// The case.
    pub case: Option<&'a Case>,
    /// What was stated.
    pub stated: u64,
    /// When.
    pub moment: Moment,
}

impl View<'_> {
    /// The value of an input.
    pub fn value(&self, input: Input) -> i128 {
        let case = |pick: &dyn Fn(&Case) -> Option<i128>| self.case.and_then(pick).unwrap_or(0);
        let per_case = |pot: usize| self.charter.pots.get(pot).is_some_and(|p: &Pot| p.per_case);
        match input {
            Input::Pot(at) if per_case(at) => case(&|case| Some(i128::from(*case.pots.get(at)?))),
            Input::Pot(at) => self.pots.get(at).map_or(0, |pot| i128::from(*pot)),
            Input::Field(at) => case(&|case| Some(i128::from(*case.fields.get(at)?))),
            Input::Counter(at) => case(&|case| case.counters.get(at).copied()),
            Input::All(at) => self.all.get(at).copied().unwrap_or(0),
            Input::Parameter(at) => self.parameters.get(at).map_or(0, |(v, _)| i128::from(*v)),
            Input::Party(at) => case(&|case| {
                let shares = case.parties.get(at)?;
                Some(shares.iter().fold(0i128, |sum, (_, w)| sum.saturating_add(i128::from(*w))))
            }),
            Input::Stated => i128::from(self.stated),
            Input::Day => i128::from(self.moment.day),
            Input::Month => i128::from(self.moment.month),
            Input::Year => i128::from(self.moment.year),
            Input::Cases => i128::from(self.open),
        }
    }
}

impl State {
    /// A charter's entry.
    pub fn charter(&self, id: &Hash) -> Option<Entry> {
        self.get(&keys::charter(id))
    }

    /// A charter's text.
    pub fn charter_text(&self, id: &Hash) -> Option<String> {
        self.get(&keys::charter_text(id))
    }

    /// A case of a charter.
    pub fn case(&self, charter: &Hash, case: u64) -> Option<Case> {
        self.get(&keys::case(charter, case))
    }

    /// What was paid to somebody under a charter and is not yet taken.
    pub fn charter_due(&self, charter: &Hash, principal: &Hash) -> u64 {
        self.get(&keys::charter_due(charter, principal)).unwrap_or(0)
    }
}

/// Every charter whose pots, cases, debts and lots do not add up: the assertion after every load.
/// An empty list is the only good answer.
pub fn unbalanced_charters(state: &State) -> Vec<Hash> {
    use crate::holdings::state::Holding;
    use std::collections::BTreeMap;
    let mut sums: BTreeMap<String, (u128, u128, u128)> = BTreeMap::new();
    let mut entries: Vec<(String, Entry)> = Vec::new();
    let mut holdings: Vec<(String, u64)> = Vec::new();
    state.each_entry(&mut |key, value| {
        if let Some(rest) = key.strip_prefix("charter/") {
            let (id, part) = rest.split_once('/').unwrap_or((rest, ""));
            if part.is_empty() {
                entries.extend(serde_json::from_slice(value).ok().map(|e| (id.to_owned(), e)));
            } else if part.starts_with("case/") {
                let case: Option<Case> = serde_json::from_slice(value).ok();
                let own = case.map_or(0, |case| case.pots.iter().map(|pot| u128::from(*pot)).sum());
                let sum = sums.entry(id.to_owned()).or_default();
                sum.0 = sum.0.saturating_add(own);
            } else if part.starts_with("due/") {
                let due: u64 = serde_json::from_slice(value).unwrap_or(0);
                let sum = sums.entry(id.to_owned()).or_default();
                sum.1 = sum.1.saturating_add(u128::from(due));
            }
        } else if let Some((_, account)) =
            key.strip_prefix("holding/").and_then(|rest| rest.split_once('/'))
        {
            let held: Holding = serde_json::from_slice(value).unwrap_or_default();
            holdings.push((account.to_owned(), held.quantity.0));
        }
    });
    for (account, quantity) in holdings {
        if entries.iter().any(|(id, _)| *id == account) {
            let sum = sums.entry(account).or_default();
            sum.2 = sum.2.saturating_add(u128::from(quantity));
        }
    }
    let wrong = |(id, entry): &(String, Entry)| {
        let (own, due, held) = sums.get(id).copied().unwrap_or_default();
        let charter = state.read_charter(&id.parse().ok()?)?;
        let per_case = entry.pots.iter().zip(&charter.pots).filter(|(_, pot)| pot.per_case);
        let per_case: u128 = per_case.map(|(minor, _)| u128::from(*minor)).sum();
        let good =
            per_case == own && due == u128::from(entry.due) && held == u128::from(entry.held());
        (!good).then(|| id.parse().ok()).flatten()
    };
    entries.iter().filter_map(wrong).collect()
}
