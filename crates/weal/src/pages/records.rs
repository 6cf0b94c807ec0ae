//! The list of all entries, and the page of one: laid out first, the raw text one click away.

use super::entry;
use super::phrase;
use super::query::{self, Ask, filled};
use super::search;
use super::site::{Answer, Failure, Page, Place, ROWS, Site, Visit};
use super::verify;
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_kernel::Act;
use weal_services::view::{self, Entry, RecordPage};

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    act: Option<String>,
    cursor: Option<String>,
}

/// `GET /{lang}/records`.
pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let (act, cursor) = (filled(wanted.act), filled(wanted.cursor));
    let started = cursor.is_some();
    let asked = act.clone();
    let entries =
        site.read(move |book| book.records(asked.as_deref(), cursor.as_deref(), ROWS)).await?;
    let live = act.is_none() && !started;
    let newest = entries.items.first().filter(|_| live).map(|entry| entry.index);
    let body = list_body(visit.lang, act.as_deref(), &entries, started);
    let page = Page::moving(visit.lang.say("records-title"), Place::Records, body);
    Ok(page.with_newest(newest))
}

fn list_body(lang: Lang, act: Option<&str>, entries: &view::Page<Entry>, started: bool) -> Markup {
    let live = (act.is_none() && !started).then_some("entries");
    let address = format!("/records{}", query::write(&[("act", act)]));
    html! {
        div.lead {
            h1 { (lang.say("records-title")) }
            p.dek { (lang.say("records-dek")) }
        }
        form.filters action={ "/" (lang.code()) "/records" } {
            div.field {
                label for="act" { (lang.say("filter-act")) }
                select #act name="act" {
                    option value="" { (lang.say("filter-all")) }
                    @for name in Act::NAMES {
                        option value=(name) selected[act == Some(name)] {
                            (entry::act_name(lang, name))
                        }
                    }
                }
            }
            div.buttons { button.button { (lang.say("filter-apply")) } }
        }
        p { b { (lang.tell("records-count", args! { count: entries.total })) } }
        ol.entries.long data-live=[live] data-most=(ROWS) {
            @for entry in &entries.items { (entry::line(lang, entry)) }
        }
        @if entries.items.is_empty() { p.empty { (lang.say("latest-empty")) } }
        (query::pager(lang, &address, entries.next.as_deref(), started))
    }
}

/// `GET /{lang}/records/{number}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(number): Path<String>,
) -> Answer {
    let found = site.read(move |book| book.record(&number)).await?.ok_or(Failure::Missing)?;
    let title = entry::sentence(visit.lang, &found.entry);
    let page = Page::moving(title, Place::Records, body(&visit, &found));
    Ok(page.with_check())
}

fn body(visit: &Visit, page: &RecordPage) -> Markup {
    let lang = visit.lang;
    let entry = &page.entry;
    html! {
        div.lead {
            p.kicker {
                (entry.number) " · " (entry::act_name(lang, &entry.act))
                @if !entry.what.is_empty() { " · " (phrase::word(lang, "what", &entry.what)) }
            }
            h1 { (entry::sentence(lang, entry)) }
            @if let Some(words) = entry::words(lang, entry) { p.dek.words { (words) } }
            @if !matches!(page.status.as_str(), "" | "open") {
                p { span.tag.high { (phrase::word(lang, "status", &page.status)) } }
            }
        }
        div.columns {
            div {
                section { (facts(lang, page)) }
                section { (responses(lang, &page.responses)) }
                (hidings(lang, page))
                (raw(lang, page))
            }
            (verify::panel(visit, entry.index, entry.height))
        }
    }
}

fn facts(lang: Lang, page: &RecordPage) -> Markup {
    let entry = &page.entry;
    let block = lang.tell("strip-block", args! { height: entry.height });
    html! {
        h2 { (lang.say("record-facts")) }
        dl.facts {
            (fact(&lang.say("fact-actor"), &phrase::party(lang, &entry.actor)))
            @if let Some(other) = &entry.other {
                (fact(&lang.say("fact-other"), &phrase::party(lang, other)))
            }
            @if entry.item.is_some() {
                @let goods = phrase::goods(lang, entry.item.as_ref(), entry.quantity);
                (fact(&lang.say("fact-goods"), &html! { (goods) }))
            }
            @if let Some(money) = &entry.money {
                (fact(&lang.say("fact-money"), &html! { (phrase::money(lang, money)) }))
            }
            @if let Some(occurred) = entry.occurred_ms {
                @let words = lang.full_moment(occurred);
                (fact(&lang.say("fact-occurred"), &phrase::time(occurred, &words)))
            }
            @let words = lang.full_moment(entry.time_ms);
            (fact(&lang.say("fact-written"), &phrase::time(entry.time_ms, &words)))
            (fact(&lang.say("fact-place"), &html! {
                (lang.tell("record-place", args! { index: group(entry.index) })) " · "
                a href={ "/" (lang.code()) "/blocks/" (entry.height) } { (block) }
            }))
            @if entry::is_graded(entry) {
                (fact(&lang.say("fact-evidence"), &html! {
                    (phrase::grade(lang, entry.grade)) ": " (phrase::grade_words(lang, entry.grade))
                }))
            }
            @if !page.see.is_empty() {
                (fact(&lang.say("fact-see"), &html! {
                    a href={ "/" (lang.code()) (search::path(&page.see)) } { (lang.say("record-see")) }
                }))
            }
        }
        h3 { (lang.say("record-signatures")) }
        ul.signatures {
            @for signature in &page.signatures {
                li {
                    span.signature {
                        (super::layout::tick()) " " (phrase::party(lang, &signature.party))
                    }
                    code { (lang.tell("record-key", args! { key: head(&signature.key) })) }
                }
            }
        }
    }
}

/// One line of a list of facts.
pub(crate) fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// Enough of a key to compare it by eye.
pub(crate) fn head(key: &str) -> String {
    key.chars().take(12).collect::<String>() + "…"
}

fn responses(lang: Lang, responses: &[Entry]) -> Markup {
    html! {
        h2 { (lang.say("record-responses")) }
        @if responses.is_empty() {
            p.empty { (lang.say("record-no-responses")) }
        } @else {
            ol.entries.long { @for entry in responses { (entry::line(lang, entry)) } }
        }
    }
}

/// Every time the words were hidden: by whom, on what basis, and until when.
fn hidings(lang: Lang, page: &RecordPage) -> Markup {
    html! {
        @for hiding in &page.hidings {
            p.note {
                (phrase::party(lang, &hiding.by)) " "
                @if let Some(ended) = hiding.ended_ms {
                    (lang.tell("hiding-ended", args! { day: lang.day(ended) }))
                } @else {
                    (lang.tell("hiding-until", args! { day: lang.day(hiding.until_ms) }))
                }
                " " (hiding.basis)
            }
        }
    }
}

fn raw(lang: Lang, page: &RecordPage) -> Markup {
    if page.payload.is_empty() {
        return html! { p.note { (lang.say("record-hidden")) } };
    }
    html! {
        details.raw {
            summary { (lang.say("record-raw")) }
            p.note { (lang.say("record-raw-note")) }
            pre tabindex="0" { code { (indented(&page.payload)) } }
            dl.facts { (fact(&lang.say("fact-id"), &html! { code.long { (page.entry.id) } })) }
        }
    }
}

/// The signed text with line breaks for the eye; as it is, if it is no JSON.
fn indented(payload: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(payload);
    value.ok().and_then(|v| serde_json::to_string_pretty(&v).ok()).unwrap_or(payload.to_owned())
}
