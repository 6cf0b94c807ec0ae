//! Parts of a fund's page: what was said about it, where review stands, whom one has to trust.

use super::funds::{actor, name, row_of};
use super::layout::{cross, tick, warning};
use super::phrase;
use super::records::fact;
use super::site::Visit;
use super::words::{Lang, args, group};
use maud::{Markup, html};
use weal_proof::certificate::quorum;
use weal_services::funds::view::FundPage;
use weal_services::view::CharterEvent;

/// Events of the story that are seen at once.
const SHOWN: usize = 6;

/// What was said and done about the text.
pub(crate) fn story(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let (seen, more) = page.story.split_at(page.story.len().min(SHOWN));
    html! {
        h2 { (lang.say("fund-story")) }
        ol.entries.long { @for event in seen { (told(lang, event)) } }
        @if !more.is_empty() {
            details {
                summary { (lang.tell("fund-more", args! { count: more.len() })) }
                ol.entries.long { @for event in more { (told(lang, event)) } }
            }
        }
    }
}

fn told(lang: Lang, event: &CharterEvent) -> Markup {
    let (class, sign) = match event.kind.as_str() {
        "attest" | "lock" => ("good", tick()),
        "defect" | "withdraw" => ("bad", cross()),
        "question" | "brake" => ("doubt", warning()),
        _ => (
            "plain",
            html! { svg.icon width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
            path d="M4 7h6" fill="none" stroke="currentColor" stroke-width="2" {} } },
        ),
    };
    let interest = event.kind == "attest";
    html! {
        li.entry {
            span.sign.(class) { (sign) }
            div {
                p {
                    (phrase::party(lang, &event.by)) " "
                    (phrase::word(lang, "fd-event", &event.kind))
                }
                @if !event.text.is_empty() { p.words { (event.text) } }
                @if let Some(shown) = &event.shown {
                    p.words {
                        @if interest { (lang.say("fund-interest")) " " (shown) } @else {
                            code { (shown) }
                        }
                    }
                }
                p.meta {
                    (phrase::time(event.time_ms, &lang.moment(event.time_ms))) " · "
                    a.number href={ "/" (lang.code()) "/records/" (event.number) } {
                        (event.number)
                    }
                }
            }
        }
    }
}

/// Where it stands in review.
pub(crate) fn review(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let review = &page.review;
    let auditors = review.auditors.len() as u64;
    html! {
        h2 { (lang.say("fund-review")) }
        dl.facts {
            @let ends = phrase::time(review.ends_ms, &lang.day(review.ends_ms));
            (fact(&lang.say("fund-review-until"), &ends))
            (fact(&lang.say("fund-review-questions"), &html! { (group(review.questions)) }))
            (fact(&lang.say("fund-review-defects"), &html! {
                span.bad[review.defects > 0] { (group(review.defects)) }
            }))
            (fact(&lang.say("fund-review-auditors"), &html! {
                (lang.tell("fund-review-of", args! { count: auditors, needed: review.audits }))
                ul.answers {
                    @for auditor in &review.auditors { li { (phrase::party(lang, auditor)) } }
                }
            }))
            @if let Some(brake) = &page.brake {
                (fact(&lang.say("fund-brake"), &html! {
                    (lang.tell("fund-brake-words", args! {
                        by: actor(lang, &brake.by), days: brake.days, used: brake.used,
                        flows: row_of(lang, &brake.flows),
                    }))
                }))
            }
        }
    }
}

/// Whom one has to trust all the same.
pub(crate) fn trust(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let all = visit.status.validators;
    let issuer = phrase::party(lang, &page.fund.issuer);
    html! {
        h2 { (lang.say("fund-trust")) }
        p { (lang.say("fund-trust-note")) }
        ul.steps-list {
            li { (lang.tell("fund-trust-keepers", args! { all: all, enough: quorum(all) })) " "
                a href=(visit.href("/nodes")) { (lang.say("nodes-title")) } }
            li { (issuer) ": " (lang.say("fund-trust-issuer")) }
            @for role in &page.roles {
                li {
                    b { (name(&role.name)) } ": "
                    @match &role.credential {
                        Some(code) => (lang.tell("fund-trust-credential", args! {
                            code: phrase::word(lang, "role", code),
                        })),
                        None => {
                            (lang.say("fund-trust-named")) " "
                            @for holder in &role.holders { (phrase::party(lang, holder)) " " }
                        }
                    }
                }
            }
            li { (lang.say("fund-trust-facts")) }
        }
    }
}

/// What everybody sees of members, and what nobody does.
pub(crate) fn privacy(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let last = page.fund.all_cases.checked_sub(1);
    html! {
        h2 { (lang.say("fund-privacy")) }
        ul.steps-list {
            li { (lang.say("fund-privacy-1")) }
            li { (lang.say("fund-privacy-2")) }
            li { (lang.say("fund-privacy-3")) }
        }
        @if last.is_some() {
            @let journal = format!("/funds/{}/payments", page.fund.number);
            form.filters method="get" action=(visit.href(&journal)) {
                div.field {
                    label for="case" {
                        (lang.tell("fund-find-case", args! { word: page.fund.case.clone() }))
                    }
                    input #case type="number" name="case" min="0" max=[last] required;
                }
                div.buttons {
                    button.button name="open" value="1" { (lang.say("fund-open-case")) }
                }
            }
        }
    }
}
