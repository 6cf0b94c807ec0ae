//! What people read about funds: the shapes shared by pages, API and command line.
//!
//! Money is text with its currency; numbers of rules are text, because they may pass 2^53.

use crate::view::{CharterEvent, Party};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A number with its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Named {
    /// What rules call it.
    pub name: String,
    /// The whole number that rules see.
    pub value: String,
    /// `money`, `day`, `month`, `answer` or `number`.
    pub unit: &'static str,
    /// As people write it: `12.00 CNY`, `2026-08-11`, `2026-08`, `yes`.
    pub shown: String,
}

/// What is said first about a fund.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Told {
    /// A stable word for the sentence.
    pub key: String,
    /// The numbers in it, by name.
    pub numbers: BTreeMap<String, String>,
    /// The sentence in English.
    pub sentence: String,
}

/// Whether a fund can pay what it promises.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct VerdictView {
    /// `not_assessable`, `shares_only`, `funded`, `balanced_pay_as_you_go`, `pay_as_you_go`,
    /// `at_risk` or `needs_ever_more_joiners`; `unknown` where there is none.
    pub class: String,
    /// The first sentence.
    pub verdict: Told,
    /// What one gets if nobody pays in afterwards.
    pub closed_gate: Told,
    /// Worked out from this block; `null` where a made-up beginning was assessed.
    pub as_of_height: Option<u64>,
    /// Cases it was worked out from.
    pub cases: u64,
}

/// What is in a pot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PotView {
    /// Its name.
    pub name: String,
    /// Whether each case has its own.
    pub per_case: bool,
    /// What is in it, over all cases.
    pub held: String,
}

/// A fund in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FundLine {
    /// Number of the entry that published it; `/v1/funds/` takes it.
    pub number: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `gift`, `project`, `receivable`, `pension`, `mutual`, `deposit` or `other`.
    pub kind: String,
    /// What one of its cases is called.
    pub case: String,
    /// `review`, `running` or `withdrawn`.
    pub stage: String,
    /// Who published it.
    pub author: Party,
    /// Whose claims it keeps: the issuer of the money.
    pub issuer: Party,
    /// ISO 4217 code.
    pub currency: String,
    /// SHA-256 of the text.
    pub text_hash: String,
    /// When it was published, milliseconds since 1970.
    pub published_ms: u64,
    /// When it was locked, milliseconds since 1970.
    pub locked_ms: Option<u64>,
    /// The year after which everything is paid out.
    pub last_year: u64,
    /// Its pots.
    pub pots: Vec<PotView>,
    /// Everything it holds, in pots or owed to people who have not taken it.
    pub held: String,
    /// What is in its pots.
    pub in_pots: String,
    /// What was paid to people who have not taken it yet.
    pub due: String,
    /// Cases open now.
    pub open_cases: u64,
    /// Cases opened ever.
    pub all_cases: u64,
    /// Payments so far, with those that were missed.
    pub payments: u64,
    /// Whether it can pay what it promises; `null` while nobody has asked yet.
    pub verdict: Option<VerdictView>,
}

/// A way in which money moves, with what it has moved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FlowView {
    /// Its name.
    pub name: String,
    /// A pot, or `outside`.
    pub from: String,
    /// A pot, a party or a role.
    pub to: String,
    /// Whether money leaves the pots through it.
    pub outward: bool,
    /// Who triggers it.
    pub by: Vec<String>,
    /// The rule that must say yes.
    pub when: Option<String>,
    /// A rule, `all` or `stated`.
    pub amount: String,
    /// `each`, `month`, `year` or `ever`: how often for one case.
    pub once: String,
    /// Days it waits.
    pub wait_days: u64,
    /// What must be shown.
    pub evidence: Vec<String>,
    /// By how many different principals.
    pub needs: u64,
    /// What holds it up.
    pub stopped_by: Vec<String>,
    /// The most in a month, over all cases.
    pub cap: Option<String>,
    /// `refuse`, `part`, `pro_rata` or `queue`: when the pot has less than is due.
    pub short: String,
    /// Whether the case ends with it.
    pub ends: bool,
    /// Whether it is about one case.
    pub per_case: bool,
    /// The most that one payment can be, for declared inputs; `null` where nobody worked it out.
    pub largest: Option<String>,
    /// Whether it can never be more than the pot holds.
    pub is_share: bool,
    /// Moved so far.
    pub moved: String,
    /// Payments so far.
    pub payments: u64,
    /// Payments that were due and could not be made.
    pub missed: u64,
    /// The brake holds it up until then, milliseconds since 1970.
    pub braked_until_ms: Option<u64>,
}

/// A parameter and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ParameterView {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The least.
    pub low: String,
    /// The most.
    pub high: String,
    /// Its value at first.
    pub start: String,
    /// The role that sets it.
    pub set_by: String,
    /// The most by which it changes at a time, in thousandths of its value.
    pub change_permille: Option<String>,
    /// Days between two changes.
    pub every_days: u64,
    /// When it was set, milliseconds since 1970; `null` if never.
    pub set_ms: Option<u64>,
    /// Who set it last, with his source.
    pub last: Option<CharterEvent>,
}

/// An office outside the charter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RoleView {
    /// Its name.
    pub name: String,
    /// The credential its holder shows; `null` if he was named at publishing.
    pub credential: Option<String>,
    /// Those named.
    pub holders: Vec<Party>,
}

/// Where a charter stands in review.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ReviewView {
    /// It can be locked from then on, milliseconds since 1970.
    pub ends_ms: u64,
    /// Questions asked.
    pub questions: u64,
    /// Defects shown.
    pub defects: u64,
    /// Attestations needed for locking.
    pub audits: u64,
    /// Auditors who stand for the text, since the last defect was shown.
    pub auditors: Vec<Party>,
}

/// A rule: what it says in words, its code, and what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RuleView {
    /// Its name.
    pub name: String,
    /// What it says.
    pub sentence: String,
    /// Its lines in the text.
    pub code: String,
    /// The first of them.
    pub line: u32,
    /// Its inputs by name.
    pub inputs: Vec<String>,
    /// `money`, `answer` or `number`.
    pub gives: &'static str,
    /// The least it gives, for declared inputs.
    pub low: Option<String>,
    /// The most it gives.
    pub high: Option<String>,
    /// What it gives for typical inputs, found by running it.
    pub table: Vec<RuleRow>,
}

/// One run of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RuleRow {
    /// The inputs.
    pub inputs: Vec<Named>,
    /// What comes out.
    pub gives: Named,
    /// Whether the author gave it as a worked example.
    pub is_example: bool,
}

/// Somebody's power over something.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PowerView {
    /// Who.
    pub who: String,
    /// `trigger`, `show evidence for`, `hold up`, `set`, `state`, `name`, `appoint`, `delay`,
    /// `recognise` or `honour or not`.
    pub can: String,
    /// A flow, parameter, field, party or role.
    pub what: String,
}

/// How far one parameter moves what a flow pays at most.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct EffectView {
    /// The parameter.
    pub parameter: String,
    /// Who sets it.
    pub set_by: String,
    /// The flow.
    pub flow: String,
    /// The most that one payment can be with the parameter at its least.
    pub at_low: String,
    /// And at its most.
    pub at_high: String,
}

/// Something that the text allows and a reader might miss.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FindingView {
    /// `note`, `warning` or `alarm`.
    pub weight: &'static str,
    /// A stable word.
    pub kind: String,
    /// The flow, rule or pot.
    pub about: String,
    /// What it is.
    pub sentence: String,
}

/// What the text alone tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct DossierView {
    /// `discretion`, `shares` or `promises`.
    pub nature: &'static str,
    /// Who has power over what.
    pub powers: Vec<PowerView>,
    /// How far parameters move payments.
    pub effects: Vec<EffectView>,
    /// What a reader might miss, the worst first.
    pub findings: Vec<FindingView>,
    /// The most steps that one payment takes.
    pub steps: u64,
}

/// A fund with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FundPage {
    /// The fund.
    pub fund: FundLine,
    /// The whole text.
    pub text: String,
    /// The figures behind the verdict.
    pub assessment: Option<super::judge::AssessmentView>,
    /// What the text alone tells; `null` if finding it out takes too long.
    pub dossier: Option<DossierView>,
    /// Every way in which money moves.
    pub flows: Vec<FlowView>,
    /// The rules.
    pub rules: Vec<RuleView>,
    /// Parameters and who set them.
    pub parameters: Vec<ParameterView>,
    /// Offices.
    pub roles: Vec<RoleView>,
    /// Where it stands in review.
    pub review: ReviewView,
    /// The brake, if there is one.
    pub brake: Option<BrakeView>,
    /// What was said and done, the newest first.
    pub story: Vec<CharterEvent>,
    /// The newest cases.
    pub newest_cases: Vec<super::cases::CaseLine>,
}

/// Who may delay what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct BrakeView {
    /// The role.
    pub by: String,
    /// The flows it may delay.
    pub flows: Vec<String>,
    /// The most days, in all.
    pub days: u64,
    /// Days used.
    pub used: u64,
}
