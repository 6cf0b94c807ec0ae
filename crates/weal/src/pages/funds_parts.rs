//! Parts of a fund's page: who can take money out, figures, findings, pots, parameters.

use super::funds::{actor, name, row_of};
use super::funds_chart::percent_of;
use super::layout::{cross, tick, warning};
use super::phrase;
use super::records::fact;
use super::site::Visit;
use super::words::{Lang, args, group, group_digits};
use maud::{Markup, html};
use weal_services::funds::view::{FlowView, FundPage, ParameterView};

/// What a stage other than running means for somebody who wants to pay in.
pub(crate) fn stage_note(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let ends = lang.day(page.review.ends_ms);
    html! {
        @match page.fund.stage.as_str() {
            "review" => div.said-by { p { (lang.tell("fund-in-review", args! { day: ends })) } },
            "withdrawn" => div.said-by { p { (lang.say("fund-withdrawn")) } },
            _ => {}
        }
    }
}

/// The figures behind the verdict.
pub(crate) fn why(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let money = |text: &str| html! { b { (phrase::money_short(lang, text)) } };
    let share = |text: &Option<String>| text.as_deref().map(|t| format!("{} %", percent_of(t)));
    let Some(found) = &page.assessment else {
        return html! { h2 { (lang.say("fund-why")) } p.empty { (lang.say("fund-no-assessment")) } };
    };
    let shares = [
        ("fund-why-ratio", share(&found.funding_ratio)),
        ("fund-why-recovery", share(&found.recovery)),
        ("fund-why-balance", share(&found.balance_ratio)),
        ("fund-why-growth", share(&found.break_even_growth).filter(|t| !t.starts_with('-'))),
        ("fund-why-run", share(&found.run_recovery)),
    ];
    html! {
        h2 { (lang.say("fund-why")) }
        dl.facts {
            (fact(&lang.say("fund-why-assets"), &money(&found.assets)))
            (fact(&lang.say("fund-why-liability"), &money(&found.liability)))
            @if let Some(promised) = &found.promised_per_unit {
                @let times = format!("{:.2}", promised.parse::<f64>().unwrap_or(0.0));
                (fact(&lang.say("fund-why-promised"), &html! { b { (times) } }))
            }
            @for (key, value) in shares {
                @if let Some(value) = value { (fact(&lang.say(key), &html! { b { (value) } })) }
            }
            @if let Some(paid) = &found.run_paid {
                (fact(&lang.say("fund-why-run-paid"), &money(paid)))
            }
        }
        p.note { (lang.say("fund-why-note")) }
    }
}

/// Every way in which money leaves the pots.
pub(crate) fn outflows(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    html! {
        table.list.cards.flows-out {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-flow")) }
                    th scope="col" { (lang.say("fund-column-to")) }
                    th scope="col" { (lang.say("fund-column-word")) }
                    th scope="col" { (lang.say("fund-column-amount")) }
                    th.number scope="col" { (lang.say("fund-column-moved")) }
                }
            }
            tbody {
                @for flow in page.flows.iter().filter(|flow| flow.outward) {
                    (outflow(lang, page, flow))
                }
            }
        }
    }
}

fn outflow(lang: Lang, page: &FundPage, flow: &FlowView) -> Markup {
    let sentence = |rule: &str| {
        let rule = page.rules.iter().find(|known| known.name == rule);
        rule.map(|rule| rule.sentence.clone())
    };
    let by: Vec<_> = flow.by.iter().map(|by| actor(lang, by)).collect();
    let moved = phrase::money_short(lang, &flow.moved);
    html! {
        tr {
            th scope="row" {
                (name(&flow.name))
                @if let Some(braked) = flow.braked_until_ms {
                    small.doubt { (lang.tell("fund-braked", args! { day: lang.day(braked) })) }
                }
            }
            td data-label=(lang.say("fund-column-to")) {
                (actor(lang, &flow.to)) small {
                    (lang.tell("fund-out-of", args! { pot: name(&flow.from) }))
                }
            }
            td data-label=(lang.say("fund-column-word")) {
                (row_of(lang, &by))
                @if !flow.evidence.is_empty() {
                    small { (lang.tell("fund-shown", args! {
                        needs: flow.needs, evidence: row_of(lang, &flow.evidence),
                    })) }
                }
                @if let Some(when) = flow.when.as_deref().and_then(sentence) { small { (when) } }
                @if !flow.stopped_by.is_empty() {
                    small { (lang.tell("fund-stopped", args! {
                        evidence: row_of(lang, &flow.stopped_by),
                    })) }
                }
                @if flow.wait_days > 0 {
                    small { (lang.tell("fund-waits", args! { days: flow.wait_days })) }
                }
            }
            td data-label=(lang.say("fund-column-amount")) { (amount(lang, page, flow)) }
            td.number data-label=(lang.say("fund-column-moved")) {
                (moved)
                small { (lang.tell("fund-times", args! { count: flow.payments })) }
                @if flow.missed > 0 {
                    small.bad { (lang.tell("fund-missed", args! { count: flow.missed })) }
                }
            }
        }
    }
}

/// How much a flow pays, in the words of its rule.
fn amount(lang: Lang, page: &FundPage, flow: &FlowView) -> Markup {
    let rule = page.rules.iter().find(|rule| rule.name == flow.amount);
    html! {
        @match (flow.amount.as_str(), rule) {
            ("all", _) => (lang.say("fund-amount-all")),
            ("stated", _) => (lang.say("fund-amount-stated")),
            (_, Some(rule)) => (rule.sentence),
            (other, None) => (name(other)),
        }
        @if flow.is_share { small.good { (lang.say("fund-is-share")) } }
        @else if let Some(largest) = &flow.largest {
            small {
                (lang.tell("fund-largest", args! { money: phrase::money_short(lang, largest) }))
            }
        }
        @if let Some(cap) = &flow.cap {
            small { (lang.tell("fund-cap", args! { money: phrase::money_short(lang, cap) })) }
        }
        @if flow.from != "outside" && !flow.is_share {
            small { (phrase::word(lang, "fd-short", &flow.short.replace('_', "-"))) }
        }
    }
}

/// What a reader might miss, the worst first.
pub(crate) fn findings(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let found = page.dossier.as_ref().map(|dossier| &dossier.findings);
    html! {
        h2 { (lang.say("fund-findings")) }
        @match found {
            None => p.empty { (lang.say("fund-no-dossier")) },
            Some(found) if found.is_empty() => p { (tick()) " " (lang.say("fund-no-findings")) },
            Some(found) => ul.shares {
                @for finding in found { li { (one_finding(lang, finding)) } }
            },
        }
    }
}

pub(crate) fn one_finding(lang: Lang, finding: &weal_services::funds::view::FindingView) -> Markup {
    let key = format!("fd-finding-{}-{}", finding.kind.replace('_', "-"), finding.weight);
    let words = lang.try_tell(&key, &args! { about: name(&finding.about) });
    let sign = match finding.weight {
        "alarm" => cross(),
        "warning" => warning(),
        _ => html! {},
    };
    html! {
        (sign) " " b { (phrase::word(lang, "fd-weight", finding.weight)) } ": "
        (words.unwrap_or_else(|| finding.sentence.clone()))
        // Sentences with numbers in them are told in full as they were found.
        @if finding.kind == "unfair" { small lang="en" { (finding.sentence) } }
    }
}

/// Pots, and all ways in which money moves.
pub(crate) fn movements(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    html! {
        h2 { (lang.say("fund-pots")) }
        ul.pots {
            @for pot in &page.fund.pots {
                li {
                    span { (name(&pot.name)) }
                    b { (phrase::money_short(lang, &pot.held)) }
                    @if pot.per_case {
                        small {
                            (lang.tell("fund-per-case", args! { word: page.fund.case.clone() }))
                        }
                    }
                }
            }
        }
        table.list.cards.moved {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-flow")) }
                    th scope="col" { (lang.say("fund-column-way")) }
                    th scope="col" { (lang.say("fund-column-often")) }
                    th.number scope="col" { (lang.say("fund-column-moved")) }
                    th.number scope="col" { (lang.say("fund-column-times")) }
                    th.number scope="col" { (lang.say("fund-column-missed")) }
                }
            }
            tbody {
                @for flow in &page.flows {
                    tr {
                        th scope="row" { (name(&flow.name)) }
                        td { (actor(lang, &flow.from)) " → " (actor(lang, &flow.to)) }
                        td { (phrase::word(lang, "fd-once", &flow.once)) }
                        td.number data-label=(lang.say("fund-column-moved")) {
                            (phrase::money_short(lang, &flow.moved))
                        }
                        td.number data-label=(lang.say("fund-column-times")) {
                            (group(flow.payments))
                        }
                        td.number data-label=(lang.say("fund-column-missed")) {
                            span.bad[flow.missed > 0] { (group(flow.missed)) }
                        }
                    }
                }
            }
        }
    }
}

/// Numbers that offices publish, and who set them.
pub(crate) fn parameters(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    html! {
        h2 { (lang.say("fund-parameters")) }
        p.note { (lang.say("fund-parameters-note")) }
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-parameter")) }
                    th.number scope="col" { (lang.say("fund-column-value")) }
                    th scope="col" { (lang.say("fund-column-bounds")) }
                    th scope="col" { (lang.say("fund-column-set-by")) }
                }
            }
            tbody { @for parameter in &page.parameters { (parameter_row(lang, page, parameter)) } }
        }
    }
}

fn parameter_row(lang: Lang, page: &FundPage, parameter: &ParameterView) -> Markup {
    let effects = page.dossier.iter().flat_map(|dossier| &dossier.effects);
    let effects = effects.filter(|effect| effect.parameter == parameter.name);
    html! {
        tr {
            th scope="row" {
                (name(&parameter.name))
                @for effect in effects {
                    small { (lang.tell("fund-effect", args! {
                        flow: name(&effect.flow),
                        low: phrase::money_short(lang, &effect.at_low),
                        high: phrase::money_short(lang, &effect.at_high),
                    })) }
                }
            }
            td.number { (group_digits(&parameter.value)) }
            td {
                (group_digits(&parameter.low)) " … " (group_digits(&parameter.high))
                @if let Some(change) = &parameter.change_permille {
                    small { (lang.tell("fund-change", args! {
                        permille: change.clone(), days: parameter.every_days,
                    })) }
                }
            }
            td {
                (actor(lang, &parameter.set_by))
                @match (&parameter.last, parameter.set_ms) {
                    (Some(last), Some(set)) => {
                        small { (phrase::party(lang, &last.by)) " · "
                            (phrase::time(set, &lang.day(set))) " · " (last.text) }
                    }
                    _ => small { (lang.say("fund-never-set")) },
                }
            }
        }
    }
}
