//! Funds by fixed rules: the list, and the words that all pages about funds share.
//!
//! 1. The class of a fund is told by a word, a sign and a colour, never by colour alone.
//! 2. What authors wrote stays as they wrote it; everything around it is in the reader's language.

use super::layout::{cross, tick, warning};
use super::phrase;
use super::query::{Ask, filled, write};
use super::site::{Answer, Failure, Page, Place, Site, Visit};
use super::words::{Lang, args, group, group_digits};
use crate::api::funds::at_desk;
use axum::extract::State;
use fluent_bundle::FluentArgs;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_charter::KINDS;
use weal_services::book::BookError;
use weal_services::funds::Desk;
use weal_services::funds::view::{FundLine, Named, Told, VerdictView};

/// How long verdicts are worked out for one list; the others are there when it is asked for again,
/// or when they are opened.
const JUDGING: Duration = Duration::from_millis(700);

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    kind: Option<String>,
}

impl Site {
    /// Asks about funds on a thread that may block.
    pub(crate) async fn desk<T, F>(self: &Arc<Self>, ask: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Desk<'_>) -> Result<Option<T>, BookError> + Send + 'static,
    {
        let app = self.app.clone();
        let found = self.read(move |reader| at_desk(&app, reader, ask)).await?;
        found.ok_or(Failure::Missing)
    }
}

/// `GET /{lang}/funds`.
pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let kind = filled(wanted.kind).filter(|kind| KINDS.contains(&kind.as_str()));
    let wanted = kind.clone();
    let read = move |desk: &Desk<'_>| {
        let mut lines = desk.funds()?;
        lines.retain(|line| wanted.as_ref().is_none_or(|kind| line.kind == *kind));
        let begun = Instant::now();
        for line in lines.iter_mut().filter(|line| line.verdict.is_none()) {
            if begun.elapsed() > JUDGING {
                break;
            }
            let fund = desk.fund(&line.id)?;
            line.verdict = fund.map(|fund| desk.judge(&fund).verdict());
        }
        Ok(Some(lines))
    };
    // A node that has no state yet has no funds either.
    let funds = match site.desk(read).await {
        Err(Failure::Missing) => Vec::new(),
        other => other?,
    };
    let body = html! {
        div.lead {
            h1 { (lang.say("fund-list-title")) }
            p.dek { (lang.say("fund-list-dek")) }
        }
        @if funds.is_empty() && kind.is_none() { (nothing(&visit)) } @else {
            (filter(&visit, kind.as_deref()))
            @if funds.is_empty() { p.empty { (lang.say("fund-list-none")) } } @else {
                (table(&visit, &funds))
            }
            p.more { a.button href=(visit.href("/charters/new")) { (lang.say("fund-new")) } }
        }
    };
    Ok(Page::moving(lang.say("fund-list-title"), Place::Funds, body))
}

/// What a charter is and how to publish one, where there is none.
fn nothing(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        p.empty { (lang.say("fund-list-empty")) }
        section.prose {
            h2 { (lang.say("fund-what")) }
            ul.steps-list {
                li { (lang.say("fund-what-1")) }
                li { (lang.say("fund-what-2")) }
                li { (lang.say("fund-what-3")) }
                li { (lang.say("fund-what-4")) }
            }
            h2 { (lang.say("fund-how")) }
            ol.steps-list {
                li { (lang.say("fund-how-1")) }
                li { (lang.say("fund-how-2")) }
                li { (lang.say("fund-how-3")) }
            }
            p { a.button href=(visit.href("/charters/new")) { (lang.say("fund-new")) } }
            pre tabindex="0" { code { "weal charter new --template gift-escrow gift.weal\n\
                weal charter test gift.weal\nweal charter publish gift.weal --issuer bank" } }
        }
    }
}

fn filter(visit: &Visit, chosen: Option<&str>) -> Markup {
    let lang = visit.lang;
    html! {
        nav.kinds aria-label=(lang.say("fund-filter")) {
            ul {
                li {
                    @let current = chosen.is_none().then_some("page");
                    a href=(visit.href("/funds")) aria-current=[current] {
                        (lang.say("fund-all-kinds"))
                    }
                }
                @for kind in KINDS {
                    @let current = (chosen == Some(kind)).then_some("page");
                    li {
                        a href=(visit.href(&format!("/funds{}", write(&[("kind", Some(kind))]))))
                            aria-current=[current] { (phrase::word(lang, "fd-kinds", kind)) }
                    }
                }
            }
        }
    }
}

fn table(visit: &Visit, funds: &[FundLine]) -> Markup {
    let lang = visit.lang;
    html! {
        table.list.cards.funds {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-fund")) }
                    th scope="col" { (lang.say("fund-column-verdict")) }
                    th.number scope="col" { (lang.say("fund-column-held")) }
                    th.number scope="col" { (lang.say("fund-column-cases")) }
                    th scope="col" { (lang.say("fund-column-stage")) }
                }
            }
            tbody { @for fund in funds { (row(visit, fund)) } }
        }
    }
}

fn row(visit: &Visit, fund: &FundLine) -> Markup {
    let lang = visit.lang;
    html! {
        tr {
            th scope="row" {
                a href=(href(visit, &fund.number)) { (fund.name) }
                small { (phrase::word(lang, "fd-kind", &fund.kind)) " · " (fund.number) }
            }
            td.judged {
                @match &fund.verdict {
                    Some(verdict) => {
                        (class_tag(lang, &verdict.class))
                        small { (told(lang, "fd-verdict", &verdict.verdict)) }
                    }
                    None => span.note { (lang.say("fund-not-asked")) },
                }
            }
            td.number data-label=(lang.say("fund-column-held")) {
                (phrase::money_short(lang, &fund.in_pots))
            }
            td.number data-label=(lang.say("fund-column-cases")) { (group(fund.open_cases)) }
            td data-label=(lang.say("fund-column-stage")) {
                (phrase::word(lang, "fd-stage", &fund.stage))
            }
        }
    }
}

/// The address of a fund's page.
pub(crate) fn href(visit: &Visit, number: &str) -> String {
    visit.href(&format!("/funds/{number}"))
}

/// How alarming a class is: `good`, `doubt` or `bad`.
pub(crate) fn tone(class: &str) -> &'static str {
    match class {
        "shares_only" | "funded" | "balanced_pay_as_you_go" => "good",
        "needs_ever_more_joiners" => "bad",
        _ => "doubt",
    }
}

/// The sign of a class.
pub(crate) fn sign(class: &str) -> Markup {
    match tone(class) {
        "good" => tick(),
        "bad" => cross(),
        _ => warning(),
    }
}

/// The class of a fund as a sign and a word.
pub(crate) fn class_tag(lang: Lang, class: &str) -> Markup {
    let look = match tone(class) {
        "good" => "tag fine",
        "bad" => "tag alarm",
        _ => "tag high",
    };
    html! { span class=(look) { (sign(class)) " " (phrase::word(lang, "fd-class", class)) } }
}

/// A sentence of an assessment in the reader's language; in English if nobody has put it in words.
pub(crate) fn told(lang: Lang, prefix: &str, told: &Told) -> String {
    let mut values = FluentArgs::new();
    for (name, number) in &told.numbers {
        let number = match number.as_str() {
            "-" => lang.say("fund-never"),
            year if name.ends_with("year") => year.to_owned(),
            other => group_digits(other),
        };
        values.set(name.clone(), number);
    }
    let key = format!("{prefix}-{}", told.key.replace('_', "-"));
    lang.try_tell(&key, &values).unwrap_or_else(|| told.sentence.clone())
}

/// The verdict, what is certain, and what both rest on.
pub(crate) fn verdict(lang: Lang, verdict: &VerdictView) -> Markup {
    let cases = verdict.cases;
    let basis = match verdict.as_of_height {
        Some(height) => lang.tell("fund-basis", args! { cases: cases, height: height }),
        None => lang.tell("fund-basis-typical", args! { cases: cases }),
    };
    html! {
        div.verdict.(tone(&verdict.class)) {
            p { (class_tag(lang, &verdict.class)) }
            p { strong { (told(lang, "fd-verdict", &verdict.verdict)) } }
            @if !verdict.closed_gate.key.is_empty() {
                p { (told(lang, "fd-gate", &verdict.closed_gate)) }
            }
            p.note { (basis) }
        }
    }
}

/// A number of a rule as people write it.
pub(crate) fn number(lang: Lang, named: &Named) -> String {
    match named.unit {
        "money" => phrase::money_short(lang, &named.shown),
        "answer" => phrase::word(lang, "fd-answer", &named.shown),
        "number" if !is_year(named) => group_digits(&named.shown),
        _ => named.shown.clone(),
    }
}

/// Years are not grouped: a field or input that names one holds a number of four digits.
fn is_year(named: &Named) -> bool {
    (named.name == "born" || named.name.contains("year")) && named.value.len() == 4
}

/// What authors call somebody who can do something; the calendar and everybody have our own words.
pub(crate) fn actor(lang: Lang, name: &str) -> String {
    match name {
        "anyone" => lang.say("fund-anyone"),
        "clock:month" => lang.say("fund-each-month"),
        "clock:year" => lang.say("fund-each-year"),
        "outside" => lang.say("fund-outside"),
        other => other.replace('_', " "),
    }
}

/// Words that somebody wrote in a text, without the underscores that programs need.
pub(crate) fn name(text: &str) -> String {
    text.replace('_', " ")
}

/// Words in a row.
pub(crate) fn row_of(lang: Lang, words: &[String]) -> String {
    words.join(if lang == Lang::En { ", " } else { "、" })
}
