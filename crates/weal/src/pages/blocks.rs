//! Blocks: when they were made, who signed, and what stands in them.

use super::entry;
use super::phrase;
use super::query::{self, Ask, filled};
use super::records::{fact, head};
use super::site::{Answer, Failure, Page, Place, ROWS, Site, Visit};
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::view::{BlockLine, Entry};

/// Entries shown of a large block.
const ENTRIES: usize = 100;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    cursor: Option<String>,
}

/// `GET /{lang}/blocks`.
pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let cursor = filled(wanted.cursor);
    let started = cursor.is_some();
    let blocks = site.read(move |book| book.blocks(cursor.as_deref(), ROWS)).await?;
    let all = visit.status.validators;
    let body = html! {
        div.lead {
            h1 { (lang.say("blocks-title")) }
            p.dek { (lang.say("blocks-dek")) }
        }
        @if blocks.items.is_empty() {
            p.empty { (lang.say("latest-empty")) }
        } @else {
            table.list.cards {
                thead {
                    tr {
                        th scope="col" { (lang.say("column-block")) }
                        th scope="col" { (lang.say("column-time")) }
                        th.number scope="col" { (lang.say("column-entries")) }
                        th scope="col" { (lang.say("column-signed")) }
                    }
                }
                tbody { @for block in &blocks.items { (row(lang, block, all)) } }
            }
        }
        (query::pager(lang, "/blocks", blocks.next.as_deref(), started))
    };
    Ok(Page::moving(lang.say("blocks-title"), Place::Elsewhere, body))
}

fn row(lang: Lang, block: &BlockLine, all: u64) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/" (lang.code()) "/blocks/" (block.height) } { (group(block.height)) }
            }
            td data-label=(lang.say("column-time")) {
                (phrase::time(block.time_ms, &lang.full_moment(block.time_ms)))
            }
            td.number data-label=(lang.say("column-entries")) { (group(block.entries)) }
            td data-label=(lang.say("column-signed")) { (signed(lang, block, all)) }
        }
    }
}

/// A block without a certificate of its own is final through a later one.
fn signed(lang: Lang, block: &BlockLine, all: u64) -> String {
    if block.signed == 0 {
        return lang.say("block-through-later");
    }
    lang.tell("strip-signed", args! { signed: block.signed, all: all })
}

/// `GET /{lang}/blocks/{height}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(height): Path<String>,
) -> Answer {
    let height: u64 = height.parse().map_err(|_| Failure::Missing)?;
    let (block, entries) =
        site.read(move |book| book.block(height)).await?.ok_or(Failure::Missing)?;
    let title = visit.lang.tell("strip-block", args! { height: height });
    let body = body(&visit, &title, &block, &entries);
    Ok(Page::still(title, Place::Elsewhere, body))
}

fn body(visit: &Visit, title: &str, block: &BlockLine, entries: &[Entry]) -> Markup {
    let lang = visit.lang;
    let made = lang.full_moment(block.time_ms);
    let code = |text: &str| html! { code.long { (text) } };
    html! {
        div.lead {
            h1 { (title) }
            p.dek {
                (lang.tell("block-summary", args! { count: block.entries, time: made }))
            }
        }
        section {
            h2 { (lang.say("block-entries")) }
            ol.entries.long {
                @for entry in entries.iter().take(ENTRIES) { (entry::line(lang, entry)) }
            }
            @if entries.is_empty() { p.empty { (lang.say("block-empty")) } }
        }
        section {
            h2 { (lang.say("block-proof")) }
            p.note { (lang.say("block-proof-note")) }
            dl.facts {
                (fact(&lang.say("column-signed"), &html! {
                    (signed(lang, block, visit.status.validators))
                }))
                (fact(&lang.say("block-proposer"), &html! { code { (head(&block.proposer)) } }))
                (fact(&lang.say("block-digest"), &code(&block.digest)))
                (fact(&lang.say("block-log-root"), &code(&block.log_root)))
                (fact(&lang.say("block-state-root"), &code(&block.state_root)))
            }
        }
    }
}
