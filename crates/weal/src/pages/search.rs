//! The search box: any number, code, fingerprint or words.

use super::need;
use super::phrase;
use super::query::{Ask, filled};
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::args;
use axum::extract::State;
use maud::html;
use serde::Deserialize;
use std::sync::Arc;
use weal_services::book::{BookError, Reader};
use weal_services::view::{Hit, Need};

/// Hits on the page; more words find fewer.
const HITS: usize = 30;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    q: Option<String>,
}

/// The path of a page named by the book.
pub(crate) fn path(page: &str) -> String {
    match page.strip_prefix("parties/") {
        Some(number) => format!("/orgs/{number}"),
        None => format!("/{page}"),
    }
}

/// What a text leads to. Needs are read in full, so that they can be told in both languages.
fn find(book: &Reader, text: &str) -> Result<Vec<(Hit, Option<Need>)>, BookError> {
    let tell = |hit: Hit| {
        let need = match hit.page.strip_prefix("needs/") {
            Some(number) => book.need(number)?.map(|page| page.need),
            None => None,
        };
        Ok((hit, need))
    };
    book.search(text)?.into_iter().take(HITS).map(tell).collect()
}

/// `GET /{lang}/search`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let text = filled(wanted.q).unwrap_or_default();
    let asked = text.clone();
    let hits = match text.as_str() {
        "" => Vec::new(),
        _ => site.read(move |book| find(book, &asked)).await?,
    };
    let body = html! {
        div.lead {
            h1 { (lang.say("search-title")) }
            @if !text.is_empty() {
                p.dek {
                    (lang.tell("search-count", args! { count: hits.len(), text: text.clone() }))
                }
            }
        }
        form.filters action=(visit.href("/search")) {
            div.field.wide {
                label for="q" { (lang.say("search-label")) }
                input #q type="search" name="q" value=(text) autocomplete="off";
            }
            div.buttons { button.button { (lang.say("search-go")) } }
        }
        @if hits.is_empty() { p.note { (lang.say("search-hint")) } }
        ul.hits {
            @for (hit, need) in &hits {
                li {
                    @match need {
                        Some(need) => {
                            a href=(visit.href(&path(&hit.page))) { (need::headline(lang, need)) }
                            " " span.tag { (phrase::word(lang, "hit", &hit.kind)) }
                            small { (need.number) " · " (need.place) }
                        }
                        None => {
                            a href=(visit.href(&path(&hit.page))) { (hit.title) }
                            " " span.tag { (phrase::word(lang, "hit", &hit.kind)) }
                            small { (hit.detail) }
                        }
                    }
                }
            }
        }
    };
    Ok(Page::moving(lang.say("search-title"), Place::Elsewhere, body))
}
