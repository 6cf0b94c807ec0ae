//! One fund: the verdict first, then the sentence that needs no assumption, then everything else.

use super::funds::{self, verdict};
use super::funds_cases;
use super::funds_chart;
use super::funds_journal;
use super::funds_parts as parts;
use super::funds_powers;
use super::funds_review;
use super::funds_rules;
use super::phrase;
use super::records::fact;
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::funds::payments::PaymentsView;
use weal_services::funds::view::FundPage;

/// Payments seen at once.
const SHOWN: u32 = 8;

/// `GET /{lang}/funds/{number}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(number): Path<String>,
) -> Answer {
    let read = move |desk: &weal_services::funds::Desk<'_>| {
        let Some(fund) = desk.fund(&number)? else { return Ok(None) };
        Ok(Some((desk.page(&fund)?, desk.payments(&fund, None, None, SHOWN)?)))
    };
    let (page, payments) = site.desk(read).await?;
    let title = page.fund.name.clone();
    Ok(Page::moving(title, Place::Funds, body(&visit, &page, &payments)))
}

fn body(visit: &Visit, page: &FundPage, payments: &PaymentsView) -> Markup {
    let lang = visit.lang;
    let fund = &page.fund;
    html! {
        div.lead {
            p.kicker {
                (phrase::word(lang, "fd-kind", &fund.kind)) " · " (fund.number) " · "
                (phrase::word(lang, "fd-stage", &fund.stage))
            }
            h1 { (fund.name) }
        }
        @if let Some(found) = &fund.verdict { (verdict(lang, found)) }
        (parts::stage_note(visit, page))
        (figures(visit, page))
        div.columns {
            section {
                @match &page.assessment {
                    Some(found) => (funds_chart::section(visit, found, &fund.currency)),
                    None => p.empty { (lang.say("fund-no-assessment")) },
                }
            }
            section { (parts::why(visit, page)) }
        }
        section {
            h2 #out { (lang.say("fund-out")) }
            p.note { (lang.say("fund-out-note")) }
            (parts::outflows(visit, page))
        }
        section { (parts::findings(visit, page)) }
        section { (funds_powers::section(visit, page)) }
        section { (funds_rules::section(visit, page)) }
        section { (parts::movements(visit, page)) }
        @if !page.newest_cases.is_empty() { section { (funds_cases::newest(visit, page)) } }
        section {
            h2 #payments { (lang.say("fund-payments")) }
            (funds_journal::table(visit, fund, payments))
            @if payments.next_before.is_some() {
                p.more {
                    a href=(visit.href(&format!("/funds/{}/payments", fund.number))) {
                        (lang.tell("fund-payments-all", args! { count: payments.total }))
                    }
                }
            }
        }
        @if !page.parameters.is_empty() { section { (parts::parameters(visit, page)) } }
        div.columns {
            section { (funds_review::story(visit, page)) }
            section { (funds_review::review(visit, page)) }
        }
        div.columns {
            section { (funds_review::trust(visit, page)) }
            section { (funds_review::privacy(visit, page)) }
        }
        (paper(visit, page))
    }
}

fn figures(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let fund = &page.fund;
    let missed: u64 = page.flows.iter().map(|flow| flow.missed).sum();
    html! {
        dl.figures {
            div {
                dt { (lang.say("fund-held")) }
                dd {
                    b { (phrase::money_short(lang, &fund.in_pots)) }
                    span { (lang.tell("fund-claims-on", args! {
                        issuer: phrase::name(lang, &fund.issuer),
                    })) }
                }
            }
            div {
                dt { (lang.say("fund-due")) }
                dd {
                    b { (phrase::money_short(lang, &fund.due)) }
                    span { (lang.say("fund-due-note")) }
                }
            }
            div {
                dt { (lang.say("fund-open")) }
                dd {
                    b { (group(fund.open_cases)) }
                    span {
                        (lang.tell("fund-open-note", args! {
                            all: fund.all_cases, word: fund.case.clone(),
                        }))
                    }
                }
            }
            div {
                dt { (lang.say("fund-paid")) }
                dd {
                    b { (group(fund.payments)) }
                    span.bad[missed > 0] { (lang.tell("fund-missed", args! { count: missed })) }
                }
            }
        }
    }
}

/// Text, hash, number, and the proof.
fn paper(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let fund = &page.fund;
    let entry = visit.href(&format!("/records/{}", fund.number));
    let text = visit.href(&format!("/funds/{}/text", fund.number));
    html! {
        section.panel {
            h2 { (lang.say("fund-paper")) }
            p { (lang.say("fund-paper-note")) }
            dl.facts {
                (fact(&lang.say("fund-whole-text"), &html! {
                    a href=(text) {
                        (lang.tell("fund-lines", args! { count: page.text.lines().count() }))
                    }
                }))
                (fact(&lang.say("fund-hash"), &html! { code.long { (fund.text_hash) } }))
                (fact(&lang.say("fund-author"), &phrase::party(lang, &fund.author)))
                (fact(&lang.say("fund-published"), &phrase::time(
                    fund.published_ms, &lang.full_moment(fund.published_ms))))
                @if let Some(locked) = fund.locked_ms {
                    @let day = phrase::time(locked, &lang.full_moment(locked));
                    (fact(&lang.say("fund-locked"), &day))
                }
                (fact(&lang.say("fund-proof"), &html! {
                    a href=(entry) { (lang.say("fund-proof-link")) }
                }))
                (fact(&lang.say("fund-compare"), &html! {
                    a href=(visit.href(&format!("/funds/compare?a={}", fund.number))) {
                        (lang.say("fund-compare-link"))
                    }
                }))
                (fact(&lang.say("fund-machines"), &html! {
                    code.long { "GET /v1/funds/" (fund.number) }
                }))
            }
        }
    }
}

/// Links from other pages about a fund back to it.
pub(crate) fn kicker(visit: &Visit, number: &str, name: &str) -> Markup {
    html! {
        p.kicker { a href=(funds::href(visit, number)) { (name) } " · " (number) }
    }
}
