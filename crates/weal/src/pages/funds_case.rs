//! "My case": what is owned, counted and due, what comes next, and what to expect.

use super::funds::{actor, name, number, row_of};
use super::funds_journal;
use super::funds_outlook;
use super::funds_page::kicker;
use super::layout::{tick, warning};
use super::phrase;
use super::records::fact;
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::funds::cases::{CaseFlow, CaseParty, CaseView, PassView, ShareView};
use weal_services::funds::outlook::OutlookView;
use weal_services::funds::payments::PaymentsView;
use weal_services::funds::view::FundLine;

/// Payments seen at once.
const SHOWN: u32 = 8;

struct Mine {
    fund: FundLine,
    case: CaseView,
    outlook: OutlookView,
    payments: PaymentsView,
}

/// `GET /{lang}/funds/{number}/cases/{case}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((wanted, number)): Path<(String, u64)>,
) -> Answer {
    let read = move |desk: &weal_services::funds::Desk<'_>| {
        let Some(fund) = desk.fund(&wanted)? else { return Ok(None) };
        let Some(case) = desk.case(&fund, number)? else { return Ok(None) };
        Ok(Some(Mine {
            outlook: desk.outlook(&fund, number)?.unwrap_or_default(),
            payments: desk.payments(&fund, Some(number), None, SHOWN)?,
            fund: desk.line(&fund)?,
            case,
        }))
    };
    let mine = site.desk(read).await?;
    let title = format!("{} {}", mine.fund.case, mine.case.case);
    Ok(Page::moving(title.clone(), Place::Funds, body(&visit, &mine, &title)))
}

fn body(visit: &Visit, mine: &Mine, title: &str) -> Markup {
    let lang = visit.lang;
    let Mine { fund, case, outlook, payments } = mine;
    html! {
        div.lead {
            (kicker(visit, &fund.number, &fund.name))
            h1 { (title) }
            p.dek {
                (lang.tell("fund-case-opened", args! { month: case.opened.clone() })) " "
                @if case.ended { (lang.say("fund-case-ended")) }
                @if let Some(reference) = &case.reference {
                    (lang.tell("fund-case-reference", args! { reference: reference.clone() }))
                }
            }
        }
        div.columns {
            section { (owned(lang, case)) }
            section { (people(lang, case)) }
        }
        @if !case.ended {
            section { (funds_outlook::section(visit, outlook)) }
            section {
                h2 { (lang.say("fund-case-next")) }
                (flows(lang, case))
            }
        }
        section { (rules(lang, case)) }
        section {
            h2 { (lang.say("fund-payments")) }
            (funds_journal::table(visit, fund, payments))
            @if payments.next_before.is_some() {
                p.more {
                    @let own = format!("/funds/{}/payments?case={}", fund.number, case.case);
                    a href=(visit.href(&own)) {
                        (lang.say("fund-case-payments"))
                    }
                }
            }
        }
        p.note { code { "GET /v1/funds/" (fund.number) "/cases/" (case.case) "/outlook" } }
    }
}

/// What is in the case's own pots, what was stated and counted.
fn owned(lang: Lang, case: &CaseView) -> Markup {
    html! {
        h2 { (lang.say("fund-case-owned")) }
        dl.facts {
            @for pot in &case.pots {
                (fact(&name(&pot.name), &html! { b { (number(lang, pot)) } }))
            }
            @for field in &case.fields {
                (fact(&name(&field.name), &html! { (number(lang, field)) }))
            }
            @for counter in &case.counters {
                (fact(&name(&counter.name), &html! { (number(lang, counter)) }))
            }
        }
        @if case.pots.is_empty() { p.note { (lang.say("fund-case-no-pot")) } }
    }
}

/// Who takes part, what is due to each, and what was shown.
fn people(lang: Lang, case: &CaseView) -> Markup {
    html! {
        h2 { (lang.say("fund-case-people")) }
        ul.shares {
            @for party in &case.parties {
                li {
                    b { (name(&party.name)) } ": "
                    @if party.people.is_empty() { span.note { (lang.say("fund-case-nobody")) } }
                    @for (at, share) in party.people.iter().enumerate() {
                        @if at > 0 { ", " }
                        (phrase::party(lang, &share.party))
                        (weight(lang, party, share))
                        @if is_some(&share.due) {
                            small.good {
                                (lang.tell("fund-case-due", args! {
                                    money: phrase::money_short(lang, &share.due),
                                }))
                            }
                        }
                    }
                }
            }
        }
        @if !case.passed.is_empty() {
            h3 { (lang.say("fund-case-passed")) }
            ul.answers { @for pass in &case.passed { li { (passed(lang, pass)) } } }
        }
        @if !case.shown.is_empty() {
            h3 { (lang.say("fund-case-shown")) }
            ul.answers {
                @for shown in &case.shown {
                    li {
                        (tick()) " " (shown.evidence) ", " (phrase::party(lang, &shown.by)) ", "
                        (phrase::time(shown.time_ms, &lang.day(shown.time_ms)))
                    }
                }
            }
        }
    }
}

/// Who passed what on to whom, and for how much.
fn passed(lang: Lang, pass: &PassView) -> Markup {
    html! {
        (tick()) " " (phrase::party(lang, &pass.by)) " → " (phrase::party(lang, &pass.to)) ": "
        (name(&pass.party)) " " b { (phrase::money_short(lang, &pass.part)) } ", "
        @match (&pass.price, &pass.discount) {
            (Some(price), Some(discount)) => {
                (lang.tell("fund-case-passed-less", args! {
                    price: phrase::money_short(lang, price),
                    less: phrase::money_short(lang, discount),
                }))
            }
            (Some(price), None) => {
                (lang.tell("fund-case-passed-for", args! {
                    price: phrase::money_short(lang, price),
                }))
            }
            (None, _) => (lang.say("fund-case-passed-free")),
        }
        ", " (phrase::time(pass.time_ms, &lang.day(pass.time_ms)))
    }
}

/// Whether a sum is more than nothing.
pub(crate) fn is_some(money: &str) -> bool {
    money.split(' ').next().is_some_and(|number| number.bytes().any(|c| (b'1'..=b'9').contains(&c)))
}

/// Somebody's part, where there are several, or where parts are worth money.
pub(crate) fn weight(lang: Lang, party: &CaseParty, share: &ShareView) -> Markup {
    html! {
        @match &share.worth {
            Some(worth) => { " " b { (phrase::money_short(lang, worth)) } },
            None if party.people.len() > 1 => { " (" (group(share.weight)) ")" },
            None => {}
        }
    }
}

/// What each flow would do now.
fn flows(lang: Lang, case: &CaseView) -> Markup {
    html! {
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-flow")) }
                    th scope="col" { (lang.say("fund-column-way")) }
                    th scope="col" { (lang.say("fund-column-now")) }
                    th.number scope="col" { (lang.say("fund-column-sum")) }
                }
            }
            tbody { @for flow in &case.flows { (flow_row(lang, flow)) } }
        }
    }
}

fn flow_row(lang: Lang, flow: &CaseFlow) -> Markup {
    let sign = match flow.state {
        "free" if flow.missing.is_empty() && flow.held_up_by.is_empty() => tick(),
        "free" | "unknown" => warning(),
        _ => html! {},
    };
    html! {
        tr {
            th scope="row" {
                (name(&flow.flow))
                @if let Some(last) = &flow.last {
                    small { (lang.tell("fund-case-last", args! { period: last.clone() })) }
                }
            }
            td { (actor(lang, &flow.from)) " → " (actor(lang, &flow.to)) }
            td {
                (sign) " " (phrase::word(lang, "fd-state", &flow.state.replace('_', "-")))
                @if !flow.sentence.is_empty() { small { (flow.sentence) } }
                @if !flow.missing.is_empty() && flow.needs > 0 {
                    small { (lang.tell("fund-case-missing", args! {
                        needs: flow.needs, evidence: row_of(lang, &flow.missing),
                    })) }
                }
                @if !flow.held_up_by.is_empty() {
                    small.bad { (lang.tell("fund-case-held", args! {
                        evidence: row_of(lang, &flow.held_up_by),
                    })) }
                }
                @if let Some(free) = flow.free_ms {
                    small { (lang.tell("fund-case-free", args! { day: lang.day(free) })) }
                }
            }
            td.number data-label=(lang.say("fund-column-sum")) {
                @match (&flow.payable, &flow.amount) {
                    (Some(payable), _) if flow.outward && flow.state == "free" => {
                        (phrase::money_short(lang, payable))
                    }
                    (_, Some(amount)) if flow.state == "free" => {
                        (phrase::money_short(lang, amount))
                    }
                    _ => span.note { "–" },
                }
            }
        }
    }
}

/// What each rule gives for this case, asked now.
fn rules(lang: Lang, case: &CaseView) -> Markup {
    html! {
        h2 { (lang.say("fund-case-rules")) }
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-rule")) }
                    th.number scope="col" { (lang.say("fund-gives")) }
                }
            }
            tbody {
                @for rule in &case.rules {
                    tr {
                        td {
                            (rule.sentence)
                            small.numbers {
                                @for (at, input) in rule.inputs.iter().enumerate() {
                                    @if at > 0 { " · " }
                                    (name(&input.name)) " " b { (number(lang, input)) }
                                }
                            }
                        }
                        td.number { b { (number(lang, &rule.gives)) } }
                    }
                }
            }
        }
    }
}
