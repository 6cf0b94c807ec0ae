//! What can be said of a charter from its text alone, before anybody pays in.

use crate::fault::{Fault, Kind, Result};
use crate::model::{Actor, Amount, Charter, Flow, Input, Once, Proof, Short, Source, Target};
use crate::prove::{FlowFacts, Narrowed, prove, prove_within};
use crate::run::Run;
use serde::Serialize;

/// Who recognises the holders of a credential: as many keepers of the book as no corrupt few can
/// be. The credential's code follows.
pub const KEEPERS: &str = "any keepers of the book, more than a third of them, for ";

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Worth knowing.
    Note,
    /// Look twice.
    Warning,
    /// Do not pay in without a very good reason.
    Alarm,
}

/// Something that the text allows and a reader might miss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub weight: Weight,
    /// A stable word: discretion, self_dealing, seniority, dead_flow, unused_rule, unfair,
    /// keepers_release, keepers_hold.
    pub kind: &'static str,
    /// The flow, rule or pot it is about.
    pub about: String,
    /// What it is, in a sentence.
    pub sentence: String,
}

/// What is promised, as far as the text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Somebody decides how much is paid.
    Discretion,
    /// Every payment is a share of what is there: it cannot fail, it can shrink.
    Shares,
    /// Sums are promised, and the pot may not have them.
    Promises,
}

/// A row of the table that says who can take money out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outflow {
    /// The flow.
    pub flow: String,
    /// The pot.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Who triggers it.
    pub by: Vec<String>,
    /// The rule that must say yes.
    pub when: Option<String>,
    /// How much: a rule's name, all or stated.
    pub amount: String,
    /// What must be shown, and by whom.
    pub evidence: Vec<String>,
    /// By how many different principals.
    pub needs: usize,
    /// How long it waits.
    pub wait_days: u64,
    /// The most in a month, over all cases.
    pub cap_minor: Option<i128>,
    /// The most that one payment can be, for declared inputs.
    pub largest_minor: i128,
    /// It can never be more than the pot holds.
    pub is_share: bool,
}

/// Who can do something, and who made him able to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Power {
    /// The one who can.
    pub who: String,
    /// What he can do.
    pub can: String,
    /// To what: a flow, a parameter, a role.
    pub what: String,
}

/// What a rule was proved to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleLine {
    /// Its name.
    pub rule: String,
    /// What it says, in the author's words.
    pub sentence: String,
    /// The most steps it takes.
    pub steps: u64,
    /// The least it gives.
    pub low: i128,
    /// The most it gives.
    pub high: i128,
}

/// How far one parameter moves what a flow pays at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The parameter.
    pub parameter: String,
    /// Who sets it.
    pub set_by: String,
    /// The flow.
    pub flow: String,
    /// The most that one payment can be with the parameter at its least.
    pub at_low_minor: i128,
    /// And at its most.
    pub at_high_minor: i128,
}

/// Everything that the text alone tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dossier {
    /// What is promised.
    pub nature: Nature,
    /// Who can take money out, a row for each way.
    pub outflows: Vec<Outflow>,
    /// Who has power over what, down to the issuers of credentials.
    pub powers: Vec<Power>,
    /// What the rules were proved to do.
    pub rules: Vec<RuleLine>,
    /// How far parameters move payments.
    pub effects: Vec<Effect>,
    /// What a reader might miss.
    pub findings: Vec<Finding>,
    /// The most steps that one payment takes, over all flows.
    pub steps: u64,
}

/// A charter and what was proved of it.
#[derive(Debug, Clone)]
pub struct Proved {
    /// The charter.
    pub charter: Charter,
    /// What was proved of each flow.
    pub facts: Vec<FlowFacts>,
}

impl Proved {
    /// Reads a text and proves that its rules cannot fail. Whatever this refuses, the ledger does
    /// not publish.
    pub fn read(text: &str) -> Result<Proved> {
        let charter = Charter::read(text)?;
        let facts = prove(&charter)?;
        let proved = Proved { charter, facts };
        proved.check_emptied()?;
        Ok(proved)
    }

    /// What the text alone tells.
    pub fn dossier(&self) -> Dossier {
        let mut findings = self.discretion();
        findings.extend(self.self_dealing());
        findings.extend(self.keepers());
        findings.extend(self.seniority());
        findings.extend(self.dead());
        findings.extend(self.unfair());
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
        Dossier {
            nature: self.nature(),
            outflows: self.each_outflow().map(|(flow, facts)| self.outflow(flow, facts)).collect(),
            powers: self.powers(),
            rules: self.rule_lines(),
            effects: self.effects(),
            findings,
            steps: self.facts.iter().map(FlowFacts::steps).max().unwrap_or(0),
        }
    }

    fn each(&self) -> impl Iterator<Item = (&Flow, &FlowFacts)> {
        self.charter.flows.iter().zip(&self.facts)
    }

    fn each_outflow(&self) -> impl Iterator<Item = (&Flow, &FlowFacts)> {
        self.each().filter(|(flow, _)| flow.is_outward())
    }

    /// Whether what this flow pays can never be more than its pot holds.
    pub fn is_share(&self, flow: &Flow, facts: &FlowFacts) -> bool {
        let Source::Pot(pot) = flow.source else { return false };
        match flow.amount {
            Amount::All => true,
            Amount::Stated => false,
            Amount::Rule(_) => {
                let amount = facts.amount.as_ref();
                amount.is_some_and(|f| f.high <= 0 || f.at_most.contains(&Input::Pot(pot)))
            }
        }
    }

    /// What is promised, as far as the text tells.
    pub fn nature(&self) -> Nature {
        if self.each_outflow().any(|(flow, _)| flow.amount == Amount::Stated) {
            return Nature::Discretion;
        }
        let pots = |flow: &Flow| flow.source != Source::Outside;
        let mut moved = self.each().filter(|(flow, _)| pots(flow));
        match moved.all(|(flow, facts)| self.is_share(flow, facts)) {
            true => Nature::Shares,
            false => Nature::Promises,
        }
    }

    fn largest(flow: &Flow, facts: &FlowFacts) -> i128 {
        let most = match (flow.amount, &facts.amount) {
            (Amount::Rule(_), Some(facts)) => facts.high.clamp(0, crate::model::MONEY_HIGH),
            _ => crate::model::MONEY_HIGH,
        };
        flow.cap.map_or(most, |cap| most.min(cap))
    }

    fn rule_name(&self, rule: usize) -> String {
        self.charter.program.rule(rule).map(|rule| rule.name.clone()).unwrap_or_default()
    }

    fn outflow(&self, flow: &Flow, facts: &FlowFacts) -> Outflow {
        let charter = &self.charter;
        let shown = |number: &usize| {
            let evidence = charter.evidence.get(*number)?;
            Some(format!("{} ({})", evidence.name, charter.actor_name(evidence.by)))
        };
        Outflow {
            flow: flow.name.clone(),
            from: charter.source_name(flow.source).to_owned(),
            to: charter.target_name(flow.to).to_owned(),
            by: flow.by.iter().map(|by| charter.actor_name(*by).to_owned()).collect(),
            when: flow.when.map(|rule| self.rule_name(rule)),
            amount: match flow.amount {
                Amount::Stated => "stated".to_owned(),
                Amount::All => "all".to_owned(),
                Amount::Rule(rule) => self.rule_name(rule),
            },
            evidence: flow.evidence.iter().filter_map(shown).collect(),
            needs: flow.needs,
            wait_days: flow.wait_days,
            cap_minor: flow.cap,
            largest_minor: Self::largest(flow, facts),
            is_share: self.is_share(flow, facts),
        }
    }

    fn powers(&self) -> Vec<Power> {
        let charter = &self.charter;
        let mut powers = Vec::new();
        let mut add = |who: &str, can: &str, what: &str| {
            powers.push(Power { who: who.to_owned(), can: can.to_owned(), what: what.to_owned() });
        };
        for flow in &charter.flows {
            for by in &flow.by {
                add(charter.actor_name(*by), "trigger", &flow.name);
            }
            for number in &flow.evidence {
                if let Some(evidence) = charter.evidence.get(*number) {
                    add(charter.actor_name(evidence.by), "show evidence for", &flow.name);
                }
            }
            for number in &flow.stopped_by {
                if let Some(evidence) = charter.evidence.get(*number) {
                    add(charter.actor_name(evidence.by), "hold up", &flow.name);
                }
            }
        }
        for parameter in &charter.parameters {
            let who = charter.actor_name(Actor::Role(parameter.set_by));
            add(who, "set", &parameter.name);
        }
        for field in &charter.fields {
            if let Actor::Role(_) = field.set_by {
                add(charter.actor_name(field.set_by), "state", &field.name);
            }
        }
        for party in &charter.parties {
            if let Some(by) = party.set_by {
                add(charter.actor_name(by), "name", &party.name);
            }
        }
        for role in &charter.roles {
            match &role.proof {
                Proof::Credential(code) => {
                    add(&format!("{KEEPERS}{code}"), "appoint", &role.name);
                }
                Proof::Named => add("the author, when publishing", "appoint", &role.name),
            }
        }
        if let Some(brake) = &charter.brake {
            for flow in brake.flows.iter().filter_map(|flow| charter.flows.get(*flow)) {
                add(charter.actor_name(Actor::Role(brake.by)), "delay", &flow.name);
            }
        }
        add("the issuer of the money", "honour or not", "every payment");
        powers
    }

    fn rule_lines(&self) -> Vec<RuleLine> {
        let mut lines: Vec<RuleLine> = Vec::new();
        for (flow, facts) in self.each() {
            let amount = match flow.amount {
                Amount::Rule(rule) => facts.amount.as_ref().map(|facts| (rule, facts)),
                _ => None,
            };
            let when = flow.when.zip(facts.when.as_ref());
            let plan = flow.plan.zip(facts.plan.as_ref());
            let counts = flow.counts.iter().map(|(_, rule)| *rule).zip(&facts.counts);
            for (rule, facts) in amount.into_iter().chain(when).chain(plan).chain(counts) {
                let name = self.rule_name(rule);
                match lines.iter_mut().find(|line| line.rule == name) {
                    Some(line) => {
                        line.steps = line.steps.max(facts.steps);
                        line.low = line.low.min(facts.low);
                        line.high = line.high.max(facts.high);
                    }
                    None => lines.push(RuleLine {
                        sentence: self.sentence(rule),
                        rule: name,
                        steps: facts.steps,
                        low: facts.low,
                        high: facts.high,
                    }),
                }
            }
        }
        lines
    }

    fn sentence(&self, rule: usize) -> String {
        self.charter.program.rule(rule).map(|rule| rule.sentence.clone()).unwrap_or_default()
    }

    fn effects(&self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (number, parameter) in self.charter.parameters.iter().enumerate() {
            let at = |value: i128| {
                let narrowed: Narrowed = vec![(Input::Parameter(number), value, value)];
                prove_within(&self.charter, &narrowed).unwrap_or_default()
            };
            let (low, high) = (at(parameter.low), at(parameter.high));
            for ((flow, low), high) in self.charter.flows.iter().zip(&low).zip(&high) {
                let ends = (Self::largest(flow, low), Self::largest(flow, high));
                if flow.source != Source::Outside && ends.0 != ends.1 {
                    effects.push(Effect {
                        parameter: parameter.name.clone(),
                        set_by: self.charter.actor_name(Actor::Role(parameter.set_by)).to_owned(),
                        flow: flow.name.clone(),
                        at_low_minor: ends.0,
                        at_high_minor: ends.1,
                    });
                }
            }
        }
        effects
    }

    /// Money that nobody could ever take out is not taken in.
    fn check_emptied(&self) -> Result<()> {
        let after = i128::from(self.charter.last_year).saturating_add(1);
        let narrowed: Narrowed = vec![(Input::Year, after, crate::model::YEAR_HIGH)];
        let late = prove_within(&self.charter, &narrowed)?;
        for (number, pot) in self.charter.pots.iter().enumerate() {
            let open = |(flow, facts): (&Flow, &FlowFacts)| {
                let free = |by: &Actor| !matches!(by, Actor::Role(_));
                flow.source == Source::Pot(number)
                    && flow.by.iter().any(free)
                    && flow.evidence.is_empty()
                    && facts.when.as_ref().is_none_or(|when| when.high == 1)
                    && (flow.amount == Amount::All
                        || facts.amount.as_ref().is_some_and(|amount| amount.high > 0))
            };
            if !self.charter.flows.iter().zip(&late).any(open) {
                let place = self.charter.flows.first().map(|flow| flow.place);
                let reason = format!(
                    "pot {}: after {} nobody could empty it without an office; add a flow out of \
                     it, by anyone or the calendar, when year > {1}",
                    pot.name, self.charter.last_year
                );
                let start = crate::fault::Place { line: 1, column: 1 };
                return Err(Fault::new(Kind::Unproven, place.unwrap_or(start), reason));
            }
        }
        Ok(())
    }

    fn discretion(&self) -> Vec<Finding> {
        let chosen = self.each_outflow().filter(|(flow, _)| flow.amount == Amount::Stated);
        let finding = |(flow, _): (&Flow, &FlowFacts)| Finding {
            weight: Weight::Alarm,
            kind: "discretion",
            about: flow.name.clone(),
            sentence: format!(
                "Whoever triggers {} says how much is paid, up to {} a month.",
                flow.name,
                flow.cap.unwrap_or_default()
            ),
        };
        chosen.map(finding).collect()
    }

    /// A payee who alone brings his payment about.
    fn self_dealing(&self) -> Vec<Finding> {
        let charter = &self.charter;
        let mut findings = Vec::new();
        for (flow, facts) in self.each_outflow() {
            let payee = match flow.to {
                Target::Party(party) => Actor::Party(party),
                Target::Role(role) => Actor::Role(role),
                Target::Pot(_) => continue,
            };
            let alone = |by: &Actor| *by == payee || *by == Actor::Anyone;
            let shown = flow.evidence.iter().filter_map(|number| charter.evidence.get(*number));
            let strangers = shown.filter(|evidence| evidence.by != payee).count();
            let shared = matches!(flow.source, Source::Pot(pot)
                if charter.pots.get(pot).is_some_and(|pot| !pot.per_case));
            let free = flow.when.is_none() && !self.is_share(flow, facts);
            if flow.by.iter().any(alone) && strangers < flow.needs.max(1) && shared && free {
                findings.push(Finding {
                    weight: Weight::Alarm,
                    kind: "self_dealing",
                    about: flow.name.clone(),
                    sentence: format!(
                        "{} alone brings about {}, out of money that belongs to all.",
                        charter.target_name(flow.to),
                        flow.name
                    ),
                });
            }
            findings.extend(self.one_issuer(flow));
        }
        findings
    }

    /// Different evidence that one office could show.
    fn one_issuer(&self, flow: &Flow) -> Option<Finding> {
        let charter = &self.charter;
        let mut codes: Vec<&Proof> = Vec::new();
        for evidence in flow.evidence.iter().filter_map(|number| charter.evidence.get(*number)) {
            let Actor::Role(role) = evidence.by else { continue };
            codes.extend(charter.roles.get(role).map(|role| &role.proof));
        }
        let several = codes.len() > 1;
        let first = codes.first().copied();
        let same = codes.iter().all(|code| Some(*code) == first && **code != Proof::Named);
        (several && same).then(|| Finding {
            weight: Weight::Warning,
            kind: "self_dealing",
            about: flow.name.clone(),
            sentence: format!(
                "All evidence for {} comes from holders of one credential, so the same keepers \
                 can recognise all who show it.",
                flow.name
            ),
        })
    }

    /// Money that goes or stays by the word of holders of a credential, and so of those keepers of
    /// the book who recognise them.
    fn keepers(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (flow, _) in self.each_outflow() {
            let shown = |list: &[usize]| {
                let of = |number: &usize| self.charter.evidence.get(*number);
                list.iter().filter_map(of).map(|evidence| evidence.by).collect::<Vec<_>>()
            };
            let frees = [flow.by.clone(), shown(&flow.evidence)].concat();
            let mut holds = shown(&flow.stopped_by);
            let number = self.charter.flows.iter().position(|known| known.name == flow.name);
            let brake = self.charter.brake.as_ref();
            let braked = brake.filter(|b| number.is_some_and(|number| b.flows.contains(&number)));
            holds.extend(braked.map(|brake| Actor::Role(brake.by)));
            let ways = [
                ("keepers_release", frees, format!("so let the money of {} out", flow.name)),
                ("keepers_hold", holds, format!("so hold {} up", flow.name)),
            ];
            for (kind, actors, effect) in ways {
                let codes = self.credentials(&actors);
                if codes.is_empty() {
                    continue;
                }
                let sentence = format!(
                    "Any keepers of the book who are more than a third of them can together \
                     recognise somebody as {}, and {effect}.",
                    codes.join(" or ")
                );
                let (weight, about) = (Weight::Note, flow.name.clone());
                findings.push(Finding { weight, kind, about, sentence });
            }
        }
        findings
    }

    /// The codes of the credentials by which these act.
    fn credentials(&self, actors: &[Actor]) -> Vec<&str> {
        let mut codes = Vec::new();
        for actor in actors {
            let Actor::Role(role) = actor else { continue };
            if let Some(Proof::Credential(code)) = self.charter.roles.get(*role).map(|r| &r.proof)
                && !codes.contains(&code.as_str())
            {
                codes.push(code.as_str());
            }
        }
        codes
    }

    fn seniority(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (flow, facts) in self.each_outflow() {
            if flow.short == Short::Queue {
                findings.push(Finding {
                    weight: Weight::Alarm,
                    kind: "seniority",
                    about: flow.name.clone(),
                    sentence: format!(
                        "{} pays those who came first with the money of those who come later.",
                        flow.name
                    ),
                });
            }
            let inputs = match flow.amount {
                Amount::Rule(rule) => self.charter.inputs(rule).unwrap_or_default(),
                _ => &[],
            };
            if inputs.contains(&Input::Cases) && !self.is_share(flow, facts) {
                findings.push(Finding {
                    weight: Weight::Warning,
                    kind: "seniority",
                    about: flow.name.clone(),
                    sentence: format!("What {} pays depends on how many have joined.", flow.name),
                });
            }
        }
        findings
    }

    fn dead(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (flow, facts) in self.each() {
            let never = facts.when.as_ref().is_some_and(|when| when.high == 0);
            let nothing = facts.amount.as_ref().is_some_and(|amount| amount.high <= 0);
            let counts_only = nothing && !flow.counts.is_empty();
            if never || (nothing && !counts_only) {
                findings.push(Finding {
                    weight: Weight::Warning,
                    kind: "dead_flow",
                    about: flow.name.clone(),
                    sentence: format!("{} never moves money, whatever the inputs.", flow.name),
                });
            }
        }
        findings
    }

    /// Payments that fall when more was paid in.
    fn unfair(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let earned: Vec<usize> = self
            .charter
            .flows
            .iter()
            .filter(|flow| flow.source == Source::Outside)
            .flat_map(|flow| flow.counts.iter().map(|(counter, _)| *counter))
            .collect();
        for (flow, _) in self.each_outflow() {
            let Amount::Rule(rule) = flow.amount else { continue };
            if flow.once == Once::Ever && flow.ends {
                continue;
            }
            let inputs = self.charter.inputs(rule).unwrap_or_default();
            for (at, input) in inputs.iter().enumerate() {
                let Input::Counter(counter) = input else { continue };
                if !earned.contains(counter) {
                    continue;
                }
                findings.extend(self.falls(flow, rule, inputs, at));
            }
        }
        findings
    }

    /// Runs a rule on a grid of inputs and looks for a place where more of one input gives less.
    fn falls(&self, flow: &Flow, rule: usize, inputs: &[Input], at: usize) -> Option<Finding> {
        let mut run = Run::new(&self.charter.program);
        let points = |input: &Input, count: i128| {
            let (low, high) = self.charter.range(*input);
            let width = high.saturating_sub(low);
            (0..count).map(move |n| {
                let part = width.saturating_mul(n).checked_div(count.saturating_sub(1).max(1));
                low.saturating_add(part.unwrap_or(0))
            })
        };
        let mut values: Vec<i128> =
            inputs.iter().map(|input| self.charter.range(*input).0).collect();
        for round in 0..81usize {
            let mut digits = round;
            for (place, input) in inputs.iter().enumerate() {
                if place != at {
                    let digit = digits.checked_rem(3).unwrap_or(0);
                    digits = digits.checked_div(3).unwrap_or(0);
                    let value = points(input, 3).nth(digit).unwrap_or(0);
                    values.get_mut(place).map(|entry| *entry = value)?;
                }
            }
            let mut before: Option<i128> = None;
            for value in points(inputs.get(at)?, 9) {
                values.get_mut(at).map(|entry| *entry = value)?;
                let found = run.call(rule, &values).ok()?;
                if before.is_some_and(|before| found < before) {
                    let name = self.charter.program.rule(rule)?.inputs.get(at)?.clone();
                    return Some(Finding {
                        weight: Weight::Warning,
                        kind: "unfair",
                        about: flow.name.clone(),
                        sentence: format!(
                            "{} pays less when {name} grows to {value}: {found} after {}.",
                            flow.name,
                            before.unwrap_or_default()
                        ),
                    });
                }
                before = Some(found);
            }
        }
        None
    }
}
