//! One case: what it states, owns and has shown, what waits, and what each rule gives for it now.

use super::sight::after_days;
use super::view::Named;
use super::{Desk, Fund, month};
use crate::book::BookError;
use crate::view::{Party, PassRow};
use serde::Serialize;
use utoipa::ToSchema;
use weal_charter::due::Clerk;
use weal_charter::model::{Actor, Flow, Input, Once, Source, Target};
use weal_kernel::Hash;
use weal_kernel::charters::state::Case;
use weal_kernel::units::parse_amount;

/// Cases on a fund's page.
const NEWEST: u64 = 8;

/// Somebody with a share in a party.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ShareView {
    /// Who.
    pub party: Party,
    /// His part.
    pub weight: u64,
    /// His part as money, where parts are passed on.
    pub worth: Option<String>,
    /// What was paid to him in this fund and is not yet taken.
    pub due: String,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CaseParty {
    /// Its name.
    pub name: String,
    /// Whether parts of it are passed on; then they are minor units of money.
    pub passes: bool,
    /// Who it is.
    pub people: Vec<ShareView>,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CaseLine {
    /// The case.
    pub case: u64,
    /// The month it was opened in.
    pub opened: String,
    /// Whether it has ended.
    pub ended: bool,
    /// The document behind it.
    pub reference: Option<String>,
    /// What it states.
    pub fields: Vec<Named>,
    /// What is in its own pots.
    pub pots: Vec<Named>,
    /// Who takes part.
    pub parties: Vec<CaseParty>,
}

/// Something shown for a case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ShownView {
    /// What.
    pub evidence: String,
    /// By whom.
    pub by: Party,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
}

/// A part of the case that was passed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PassView {
    /// Number of the entry.
    pub number: String,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
    /// By whom.
    pub by: Party,
    /// To whom.
    pub to: Party,
    /// As which party.
    pub party: String,
    /// What was passed on.
    pub part: String,
    /// What was paid for it; `null` if nothing.
    pub price: Option<String>,
    /// By how much the price is below the part; `null` if it is not.
    pub discount: Option<String>,
}

/// What a flow would do for a case now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CaseFlow {
    /// The flow.
    pub flow: String,
    /// From a pot, or `outside`.
    pub from: String,
    /// To a pot, a party or a role.
    pub to: String,
    /// Whether money leaves the pots through it.
    pub outward: bool,
    /// `free` (its rules say yes), `not_yet` (its rule says no), `spent` (it took place already as
    /// often as it may), `stated` (whoever pays says how much), `unknown` (a rule fails).
    pub state: &'static str,
    /// What its rules give; `null` where somebody states it.
    pub amount: Option<String>,
    /// The least of that and of what is in the pot.
    pub payable: Option<String>,
    /// What the deciding rule says.
    pub sentence: String,
    /// What must still be shown, of which `needs` are needed in all.
    pub missing: Vec<String>,
    /// How many must be shown, by different principals.
    pub needs: u64,
    /// Somebody holds it up by showing this.
    pub held_up_by: Vec<String>,
    /// It was asked for then, milliseconds since 1970.
    pub asked_ms: Option<u64>,
    /// It takes place after that, milliseconds since 1970.
    pub free_ms: Option<u64>,
    /// The last month or year in which it took place.
    pub last: Option<String>,
}

/// What a rule gives for a case now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RuleNow {
    /// What it says.
    pub sentence: String,
    /// What it was asked with.
    pub inputs: Vec<Named>,
    /// What comes out, under the rule's name.
    pub gives: Named,
}

/// One case with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CaseView {
    /// Number of the fund.
    pub fund: String,
    /// Its name.
    pub name: String,
    /// What its cases are called.
    pub case_word: String,
    /// The case.
    pub case: u64,
    /// The month it was opened in.
    pub opened: String,
    /// Whether it has ended.
    pub ended: bool,
    /// The document behind it.
    pub reference: Option<String>,
    /// What it states.
    pub fields: Vec<Named>,
    /// What flows have counted for it.
    pub counters: Vec<Named>,
    /// What is in its own pots.
    pub pots: Vec<Named>,
    /// Who takes part.
    pub parties: Vec<CaseParty>,
    /// What was shown.
    pub shown: Vec<ShownView>,
    /// What was passed on, the newest first.
    pub passed: Vec<PassView>,
    /// What each flow would do now.
    pub flows: Vec<CaseFlow>,
    /// What each rule gives now.
    pub rules: Vec<RuleNow>,
}

impl Desk<'_> {
    /// A case by its number; nothing if there is none.
    pub fn case(&self, fund: &Fund, number: u64) -> Result<Option<CaseView>, BookError> {
        let Some(case) = self.state.case(&fund.id, number) else { return Ok(None) };
        let charter = fund.charter();
        let line = self.case_line(fund, number, &case)?;
        let by: Vec<Hash> = case.shown.iter().map(|shown| shown.by).collect();
        let shown = case.shown.iter().zip(self.reader.who(&by)?).map(|(shown, by)| ShownView {
            evidence: fund.evidence_name(shown.evidence as usize),
            by,
            time_ms: shown.at.0,
        });
        let counters = charter.counters.iter().zip(&case.counters);
        Ok(Some(CaseView {
            fund: fund.row.number.clone(),
            name: charter.name.clone(),
            case_word: charter.case.clone(),
            case: number,
            opened: line.opened,
            ended: line.ended,
            reference: line.reference,
            fields: line.fields,
            counters: counters.map(|(c, v)| fund.plain(c.name.clone(), *v)).collect(),
            pots: line.pots,
            parties: line.parties,
            shown: shown.collect(),
            passed: self.passed(fund, number)?,
            flows: self.case_flows(fund, &case),
            rules: self.rules_now(fund, &case),
        }))
    }

    fn case_line(&self, fund: &Fund, number: u64, case: &Case) -> Result<CaseLine, BookError> {
        let charter = fund.charter();
        let parties = charter.parties.iter().zip(&case.parties).map(|(party, shares)| {
            let mut people = self.shares(fund, shares)?;
            for share in people.iter_mut().filter(|_| party.passes) {
                share.worth = Some(fund.money(share.weight));
            }
            Ok(CaseParty { name: party.name.clone(), passes: party.passes, people })
        });
        let fields = charter.fields.iter().zip(&case.fields);
        let pots = charter.pots.iter().zip(&case.pots).filter(|(pot, _)| pot.per_case);
        Ok(CaseLine {
            case: number,
            opened: month(case.opened),
            ended: case.ended,
            reference: case.reference.clone(),
            fields: fields.map(|(f, v)| fund.plain(f.name.clone(), i128::from(*v))).collect(),
            pots: pots.map(|(p, v)| fund.as_money(p.name.clone(), i128::from(*v))).collect(),
            parties: parties.collect::<Result<_, BookError>>()?,
        })
    }

    /// The newest cases of a fund.
    pub(super) fn newest_cases(&self, fund: &Fund) -> Result<Vec<CaseLine>, BookError> {
        let first = fund.entry.cases.saturating_sub(NEWEST);
        let cases = (first..fund.entry.cases).rev().filter_map(|number| {
            let case = self.state.case(&fund.id, number)?;
            Some(self.case_line(fund, number, &case))
        });
        cases.collect()
    }

    fn shares(&self, fund: &Fund, shares: &[(Hash, u64)]) -> Result<Vec<ShareView>, BookError> {
        let ids: Vec<Hash> = shares.iter().map(|(who, _)| *who).collect();
        let people = self.reader.who(&ids)?.into_iter().zip(shares);
        let share = |(party, (who, weight)): (Party, &(Hash, u64))| ShareView {
            due: fund.money(self.state.charter_due(&fund.id, who)),
            weight: *weight,
            worth: None,
            party,
        };
        Ok(people.map(share).collect())
    }

    fn passed(&self, fund: &Fund, number: u64) -> Result<Vec<PassView>, BookError> {
        let view = |row: PassRow| {
            let minor = |text: &String| parse_amount(text, &fund.entry.currency);
            let mut lines = row.price.iter().map(minor);
            let price = lines.try_fold(0u64, |sum, line| sum.checked_add(line?.0));
            let price = price.filter(|price| *price > 0);
            let discount = price.and_then(|price| row.weight.checked_sub(price));
            PassView {
                number: row.number,
                time_ms: row.time_ms,
                by: row.by,
                to: row.to,
                party: row.party,
                part: fund.money(row.weight),
                price: price.map(|minor| fund.money(minor)),
                discount: discount.filter(|minor| *minor > 0).map(|minor| fund.money(minor)),
            }
        };
        let rows = self.reader.passes(&fund.id, number)?;
        Ok(rows.into_iter().map(view).collect())
    }

    fn case_flows(&self, fund: &Fund, case: &Case) -> Vec<CaseFlow> {
        let mut clerk = Clerk::new(fund.charter());
        let sight = fund.sight(self, Some(case));
        let flows = fund.charter().flows.iter().enumerate().filter(|(_, flow)| flow.per_case);
        flows
            .map(|(at, flow)| {
                let asks = |input: Input| sight.value(input);
                let due = clerk.due(flow, &asks);
                let asked = case.asked.iter().find(|(asked, _)| *asked as usize == at);
                let stated = flow.amount == weal_charter::model::Amount::Stated;
                let amount = due.as_ref().ok().and_then(Option::as_ref).map(|due| due.amount_minor);
                let amount = amount.filter(|_| !stated);
                let there = fund.available(flow.source, Some(case)).unwrap_or(u64::MAX);
                CaseFlow {
                    flow: flow.name.clone(),
                    from: fund.charter().source_name(flow.source).to_owned(),
                    to: fund.charter().target_name(flow.to).to_owned(),
                    outward: flow.is_outward(),
                    state: match (&due, stated) {
                        (Err(_), _) => "unknown",
                        _ if self.is_spent(case, at, flow) => "spent",
                        (Ok(None), false) => "not_yet",
                        (_, true) => "stated",
                        (Ok(Some(_)), _) => "free",
                    },
                    amount: amount.map(|minor| fund.money(minor)),
                    payable: amount.map(|minor| fund.money(minor.min(there))),
                    sentence: fund.deciding(flow, matches!(due, Ok(None))),
                    missing: fund.missing(flow, case),
                    needs: flow.needs as u64,
                    held_up_by: fund.holding_up(flow, case),
                    asked_ms: asked.map(|(_, time)| time.0),
                    free_ms: asked.map(|(_, time)| after_days(*time, flow.wait_days)),
                    last: case.last.get(at).filter(|last| **last > 0).map(|last| period(*last)),
                }
            })
            .collect()
    }

    /// Whether a flow took place already as often as it may.
    fn is_spent(&self, case: &Case, at: usize, flow: &Flow) -> bool {
        let last = case.last.get(at).copied().unwrap_or(0);
        let moment = self.moment();
        match (flow.once, flow.clock()) {
            (Once::Ever, _) => last > 0,
            (Once::Each, None) => false,
            (Once::Year, _) | (_, Some(Actor::EachYear)) => last >= moment.year,
            _ => last >= moment.month,
        }
    }

    /// Every rule that a flow decides by, asked now. Rules about what somebody states are left out.
    fn rules_now(&self, fund: &Fund, case: &Case) -> Vec<RuleNow> {
        let charter = fund.charter();
        let sight = fund.sight(self, Some(case));
        let mut clerk = Clerk::new(charter);
        let rule = |(number, rule): (usize, &weal_charter::tree::Rule)| {
            let inputs = charter.inputs(number)?;
            if inputs.contains(&Input::Stated) {
                return None;
            }
            let gives = clerk.ask(number, &|input| sight.value(input)).ok()?;
            Some(RuleNow {
                sentence: rule.sentence.clone(),
                inputs: inputs.iter().map(|i| fund.named(*i, sight.value(*i))).collect(),
                gives: fund.given(number, gives),
            })
        };
        charter.program.rules.iter().enumerate().filter_map(rule).collect()
    }
}

impl Fund {
    pub(super) fn evidence_name(&self, at: usize) -> String {
        self.charter().evidence.get(at).map(|e| e.name.clone()).unwrap_or_default()
    }

    /// The sentence of the rule that decides: whether, if it says no; else how much.
    fn deciding(&self, flow: &Flow, is_no: bool) -> String {
        let amount = match flow.amount {
            weal_charter::model::Amount::Rule(rule) => Some(rule),
            _ => None,
        };
        let rule = if is_no { flow.when } else { amount.or(flow.when) };
        let rule = rule.and_then(|rule| self.charter().program.rule(rule));
        rule.map(|rule| rule.sentence.clone()).unwrap_or_default()
    }

    /// Evidence that a flow needs and nobody has shown.
    fn missing(&self, flow: &Flow, case: &Case) -> Vec<String> {
        let is_shown = |at: &usize| case.shown.iter().any(|shown| shown.evidence as usize == *at);
        let lacking = flow.evidence.iter().filter(|at| !is_shown(at));
        lacking.map(|at| self.evidence_name(*at)).collect()
    }

    fn holding_up(&self, flow: &Flow, case: &Case) -> Vec<String> {
        let is_shown = |at: &&usize| case.shown.iter().any(|s| s.evidence as usize == **at);
        flow.stopped_by.iter().filter(is_shown).map(|at| self.evidence_name(*at)).collect()
    }

    /// Whether a flow pays the one who opens cases.
    pub(super) fn pays_opener(&self, flow: &Flow) -> bool {
        let parties = &self.charter().parties;
        let opens = |party: usize| parties.get(party).is_some_and(|party| party.opens);
        flow.source != Source::Outside && matches!(flow.to, Target::Party(party) if opens(party))
    }
}

/// A month or a year in which something took place.
fn period(number: u32) -> String {
    if number < 3_000 { number.to_string() } else { month(number) }
}
