//! One fund with all that belongs to it, and its line in a list.

use super::judge::AssessmentView;
use super::sight::after_days;
use super::view::{
    BrakeView, DossierView, EffectView, FindingView, FlowView, FundLine, FundPage, ParameterView,
    PotView, PowerView, ReviewView, RoleView,
};
use super::{Desk, Fund, stage};
use crate::book::BookError;
use crate::view::CharterEvent;
use weal_charter::Dossier;
use weal_charter::dossier::{Nature, Weight};
use weal_charter::model::{Actor, Amount, Flow, Once, Proof, Short};

impl Desk<'_> {
    /// The newest funds. A verdict is there if somebody asked for it before.
    pub fn funds(&self) -> Result<Vec<FundLine>, BookError> {
        let mut lines = Vec::new();
        for row in self.reader.charters()? {
            let Some(fund) = self.open(row) else { continue };
            lines.push(self.line(&fund)?);
        }
        Ok(lines)
    }

    /// A fund in a list.
    pub fn line(&self, fund: &Fund) -> Result<FundLine, BookError> {
        let (entry, charter) = (&fund.entry, fund.charter());
        let issuer = self.reader.who(&[entry.issuer])?.into_iter().next().unwrap_or_default();
        let pots = charter.pots.iter().zip(&entry.pots).map(|(pot, held)| PotView {
            name: pot.name.clone(),
            per_case: pot.per_case,
            held: fund.money(*held),
        });
        Ok(FundLine {
            number: fund.row.number.clone(),
            id: fund.row.id.clone(),
            name: charter.name.clone(),
            kind: charter.kind.clone(),
            case: charter.case.clone(),
            stage: stage(entry.stage).to_owned(),
            author: fund.row.author.clone(),
            issuer,
            currency: entry.currency.clone(),
            text_hash: entry.text.to_string(),
            published_ms: entry.published.0,
            locked_ms: entry.locked.map(|time| time.0),
            last_year: charter.last_year,
            pots: pots.collect(),
            held: fund.money(entry.held()),
            in_pots: fund.money(entry.held().saturating_sub(entry.due)),
            due: fund.money(entry.due),
            open_cases: entry.open,
            all_cases: entry.cases,
            payments: fund.row.payments,
            verdict: self.judged_before(fund).map(|judged| judged.verdict()),
        })
    }

    /// Everything about a fund.
    pub fn page(&self, fund: &Fund) -> Result<FundPage, BookError> {
        let judged = self.judge(fund);
        let story = self.reader.charter_story(&fund.id)?;
        let brake = fund.charter().brake.as_ref().map(|brake| BrakeView {
            by: fund.charter().actor_name(Actor::Role(brake.by)).to_owned(),
            flows: brake.flows.iter().filter_map(|flow| fund.flow_name(*flow)).collect(),
            days: brake.days,
            used: fund.entry.brake_days,
        });
        Ok(FundPage {
            fund: FundLine { verdict: Some(judged.verdict()), ..self.line(fund)? },
            text: fund.row.text.clone(),
            assessment: AssessmentView::of(&judged, &fund.entry.currency),
            dossier: fund.known.dossier.as_ref().map(|d| dossier(d, &fund.entry.currency)),
            flows: fund.flows(),
            rules: fund.rules(),
            parameters: fund.parameters(&story),
            roles: self.roles(fund)?,
            review: self.review(fund)?,
            brake,
            newest_cases: self.newest_cases(fund)?,
            story,
        })
    }

    fn roles(&self, fund: &Fund) -> Result<Vec<RoleView>, BookError> {
        let roles = fund.charter().roles.iter().enumerate();
        roles
            .map(|(at, role)| {
                let named = fund.entry.named.get(at).map_or(&[][..], Vec::as_slice);
                Ok(RoleView {
                    name: role.name.clone(),
                    credential: match &role.proof {
                        Proof::Credential(code) => Some(code.clone()),
                        Proof::Named => None,
                    },
                    holders: self.reader.who(named)?,
                })
            })
            .collect()
    }

    fn review(&self, fund: &Fund) -> Result<ReviewView, BookError> {
        let (review, charter) = (&fund.entry.review, fund.charter());
        Ok(ReviewView {
            ends_ms: after_days(fund.entry.published, charter.review_days),
            questions: review.questions,
            defects: review.defects,
            audits: charter.audits,
            auditors: self.reader.who(&review.auditors)?,
        })
    }
}

impl Fund {
    pub(super) fn flow_name(&self, flow: usize) -> Option<String> {
        self.charter().flows.get(flow).map(|flow| flow.name.clone())
    }

    /// Every way in which money moves.
    pub(super) fn flows(&self) -> Vec<FlowView> {
        let flows = self.charter().flows.iter().enumerate();
        flows.map(|(at, flow)| self.flow(at, flow)).collect()
    }

    fn flow(&self, at: usize, flow: &Flow) -> FlowView {
        let charter = self.charter();
        let state = self.entry.flows.get(at).copied().unwrap_or_default();
        let outflows = self.known.dossier.iter().flat_map(|dossier| &dossier.outflows);
        let outflow = outflows.into_iter().find(|line| line.flow == flow.name);
        let shown = |list: &[usize]| -> Vec<String> {
            let evidence = list.iter().filter_map(|at| charter.evidence.get(*at));
            evidence.map(|evidence| evidence.name.clone()).collect()
        };
        FlowView {
            name: flow.name.clone(),
            from: charter.source_name(flow.source).to_owned(),
            to: charter.target_name(flow.to).to_owned(),
            outward: flow.is_outward(),
            by: flow.by.iter().map(|by| charter.actor_name(*by).to_owned()).collect(),
            when: flow.when.map(|rule| self.rule_name(rule)),
            amount: self.amount_name(flow),
            once: once(flow.once).to_owned(),
            wait_days: flow.wait_days,
            evidence: shown(&flow.evidence),
            needs: flow.needs as u64,
            stopped_by: shown(&flow.stopped_by),
            cap: flow.cap.map(|cap| self.money_of(cap)),
            short: short(flow.short).to_owned(),
            ends: flow.ends,
            per_case: flow.per_case,
            largest: outflow.map(|line| self.money_of(line.largest_minor)),
            is_share: outflow.is_some_and(|line| line.is_share),
            moved: self.money(state.moved),
            payments: state.payments,
            missed: state.missed,
            braked_until_ms: state.braked.map(|time| time.0),
        }
    }

    pub(super) fn amount_name(&self, flow: &Flow) -> String {
        match flow.amount {
            Amount::Stated => "stated".to_owned(),
            Amount::All => "all".to_owned(),
            Amount::Rule(rule) => self.rule_name(rule),
        }
    }

    fn parameters(&self, story: &[CharterEvent]) -> Vec<ParameterView> {
        let charter = self.charter();
        let parameters = charter.parameters.iter().zip(&self.entry.parameters);
        let view = |(parameter, (value, set)): (&weal_charter::model::Parameter, &(i64, _))| {
            let set: &weal_kernel::units::UnixMillis = set;
            let is_this = |event: &&CharterEvent| {
                let shown = event.shown.as_deref().unwrap_or_default();
                event.kind == "set"
                    && shown.split_once(" = ").is_some_and(|(name, _)| name == parameter.name)
            };
            let last = story.iter().find(is_this).cloned();
            ParameterView {
                name: parameter.name.clone(),
                value: value.to_string(),
                low: parameter.low.to_string(),
                high: parameter.high.to_string(),
                start: parameter.start.to_string(),
                set_by: charter.actor_name(Actor::Role(parameter.set_by)).to_owned(),
                change_permille: parameter.change_permille.map(|change| change.to_string()),
                every_days: parameter.every_days,
                set_ms: last.is_some().then_some(set.0),
                last,
            }
        };
        parameters.map(view).collect()
    }
}

fn once(once: Once) -> &'static str {
    match once {
        Once::Each => "each",
        Once::Month => "month",
        Once::Year => "year",
        Once::Ever => "ever",
    }
}

fn short(short: Short) -> &'static str {
    match short {
        Short::Refuse => "refuse",
        Short::Part => "part",
        Short::ProRata => "pro_rata",
        Short::Queue => "queue",
    }
}

/// What the text alone tells, for readers.
pub(super) fn dossier(dossier: &Dossier, currency: &str) -> DossierView {
    let sum = |minor: i128| super::money(u64::try_from(minor).unwrap_or(0), currency);
    DossierView {
        nature: match dossier.nature {
            Nature::Discretion => "discretion",
            Nature::Shares => "shares",
            Nature::Promises => "promises",
        },
        powers: dossier
            .powers
            .iter()
            .map(|p| PowerView { who: p.who.clone(), can: p.can.clone(), what: p.what.clone() })
            .collect(),
        effects: dossier
            .effects
            .iter()
            .map(|effect| EffectView {
                parameter: effect.parameter.clone(),
                set_by: effect.set_by.clone(),
                flow: effect.flow.clone(),
                at_low: sum(effect.at_low_minor),
                at_high: sum(effect.at_high_minor),
            })
            .collect(),
        findings: dossier
            .findings
            .iter()
            .map(|finding| FindingView {
                weight: match finding.weight {
                    Weight::Note => "note",
                    Weight::Warning => "warning",
                    Weight::Alarm => "alarm",
                },
                kind: finding.kind.to_owned(),
                about: finding.about.clone(),
                sentence: finding.sentence.clone(),
            })
            .collect(),
        steps: dossier.steps,
    }
}
