//! The journal of a fund: every payment, the rule that decided it, and the numbers it was asked.

use super::funds::{actor, name, number};
use super::funds_page::kicker;
use super::phrase;
use super::query::Ask;
use super::site::{Answer, Page, Place, ROWS, Site, Visit};
use super::words::{Lang, args};
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::funds::payments::{PaymentView, PaymentsView};
use weal_services::funds::view::FundLine;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    case: Option<u64>,
    before: Option<u64>,
    /// The form for one's own case asks for its page.
    #[serde(default)]
    open: u8,
}

/// `GET /{lang}/funds/{number}/payments`.
pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(wanted): Path<String>,
    Ask(asked): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let (case, before) = (asked.case, asked.before);
    if let (Some(case), true) = (case, asked.open > 0) {
        return super::funds_case::show(State(site), visit, Path((wanted, case))).await;
    }
    let read = move |desk: &weal_services::funds::Desk<'_>| {
        let Some(fund) = desk.fund(&wanted)? else { return Ok(None) };
        Ok(Some((desk.line(&fund)?, desk.payments(&fund, case, before, ROWS)?)))
    };
    let (fund, payments) = site.desk(read).await?;
    let own = case.map(|case| format!("case={case}&")).unwrap_or_default();
    let path = format!("/funds/{}/payments", fund.number);
    let body = html! {
        div.lead {
            (kicker(&visit, &fund.number, &fund.name))
            h1 { (lang.say("fund-payments")) }
            p.dek {
                @match case {
                    Some(case) => (lang.tell("fund-payments-of", args! {
                        word: fund.case.clone(), case: case.to_string(),
                    })),
                    None => (lang.tell("fund-payments-count", args! { count: payments.total })),
                }
            }
        }
        (table(&visit, &fund, &payments))
        @if payments.next_before.is_some() || before.is_some() {
            nav.pager aria-label=(lang.say("pager-label")) {
                @if before.is_some() {
                    a href=(visit.href(&format!("{path}?{}", own.trim_end_matches('&')))) {
                        (lang.say("pager-first"))
                    }
                }
                @if let Some(next) = payments.next_before {
                    a.next rel="next" href=(visit.href(&format!("{path}?{own}before={next}"))) {
                        (lang.say("pager-next"))
                    }
                }
            }
        }
    };
    Ok(Page::moving(lang.say("fund-payments"), Place::Funds, body))
}

/// Payments as a table.
pub(crate) fn table(visit: &Visit, fund: &FundLine, payments: &PaymentsView) -> Markup {
    let lang = visit.lang;
    html! {
        @if payments.items.is_empty() { p.empty { (lang.say("fund-no-payments")) } } @else {
            table.list.cards.journal {
                thead {
                    tr {
                        th scope="col" { (lang.say("fund-column-payment")) }
                        th scope="col" { (lang.say("fund-column-way")) }
                        th.number scope="col" { (lang.say("fund-column-sum")) }
                        th scope="col" { (lang.say("fund-column-why")) }
                    }
                }
                tbody { @for payment in &payments.items { (row(visit, fund, payment)) } }
            }
        }
    }
}

fn row(visit: &Visit, fund: &FundLine, payment: &PaymentView) -> Markup {
    let lang = visit.lang;
    html! {
        tr {
            th scope="row" {
                (name(&payment.flow))
                small {
                    (phrase::time(payment.time_ms, &lang.day(payment.time_ms))) " · "
                    a.number href=(visit.href(&format!("/records/{}", payment.entry))) {
                        (payment.entry)
                    }
                }
                @if let Some(case) = payment.case {
                    small {
                        a href=(visit.href(&format!("/funds/{}/cases/{case}", fund.number))) {
                            (fund.case) " " (case)
                        }
                    }
                }
            }
            td {
                (actor(lang, &payment.from)) " → " (actor(lang, &payment.to))
                @for payee in &payment.payees {
                    small {
                        (phrase::party(lang, &payee.party))
                        @if payment.payees.len() > 1 {
                            ": " (phrase::money_short(lang, &payee.amount))
                        }
                    }
                }
            }
            td.number {
                (phrase::money_short(lang, &payment.amount))
                @if let Some(missed) = &payment.missed {
                    small.bad {
                        (lang.tell("fund-not-paid", args! {
                            money: phrase::money_short(lang, missed),
                        }))
                    }
                }
                @if let Some(rest) = &payment.rest {
                    small {
                        (lang.tell("fund-rest", args! { money: phrase::money_short(lang, rest) }))
                    }
                }
            }
            td { (reason(lang, payment)) }
        }
    }
}

/// The rule's sentence, and what it was asked with.
fn reason(lang: Lang, payment: &PaymentView) -> Markup {
    html! {
        @if payment.sentence.is_empty() {
            span.note {
                (lang.say(if payment.from == "outside" { "fund-as-stated" } else { "fund-as-all" }))
            }
        } @else { (payment.sentence) }
        @if !payment.numbers.is_empty() {
            small.numbers {
                @for (at, input) in payment.numbers.iter().enumerate() {
                    @if at > 0 { " · " }
                    (name(&input.name)) " " b { (number(lang, input)) }
                }
            }
        }
    }
}
