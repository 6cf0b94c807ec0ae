//! A gift followed to its last hand: where it went, who signed, where it is now, what was lost.

use super::entry;
use super::phrase;
use super::query::{self, Ask, escape, filled};
use super::sankey;
use super::site::{Answer, Failure, Page, Place, ROWS, Site, Visit};
use super::verify;
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::codes;
use weal_services::view::{self, Entry, Share, Trace};

/// Steps told with all signatures; a gift that was split many times has hundreds.
const STEPS: usize = 60;
/// Lines about where it is now.
const SHARES: usize = 40;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    code: Option<String>,
    cursor: Option<String>,
}

/// `GET /{lang}/trace`: the form, and the newest gifts.
pub(crate) async fn form(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Response {
    match filled(wanted.code) {
        Some(code) => {
            let address = visit.href(&format!("/trace/{}", escape(&code)));
            Redirect::to(&address).into_response()
        }
        None => newest(&site, &visit, filled(wanted.cursor)).await.into_response(),
    }
}

async fn newest(site: &Site, visit: &Visit, cursor: Option<String>) -> Answer {
    let lang = visit.lang;
    let started = cursor.is_some();
    let gifts = site.read(move |book| book.gifts(cursor.as_deref(), ROWS)).await?;
    let body = html! {
        div.lead {
            h1 { (lang.say("trace-title")) }
            p.dek { (lang.say("trace-dek")) }
        }
        (code_form(lang, None))
        section {
            h2 { (lang.say("trace-newest")) }
            (gift_list(lang, &gifts))
            (query::pager(lang, "/trace", gifts.next.as_deref(), started))
        }
    };
    Ok(Page::moving(lang.say("trace-title"), Place::Trace, body))
}

fn code_form(lang: Lang, code: Option<&str>) -> Markup {
    html! {
        form.filters action={ "/" (lang.code()) "/trace" } {
            div.field.wide {
                label for="code" { (lang.say("trace-code")) }
                input #code name="code" value=[code] autocomplete="off" autocapitalize="characters"
                    spellcheck="false" placeholder="7KQM-2X4P-9D3F-H0W5";
            }
            div.buttons { button.button { (lang.say("trace-go")) } }
            p.note.hint { (lang.say("trace-code-note")) }
        }
    }
}

fn gift_list(lang: Lang, gifts: &view::Page<Entry>) -> Markup {
    html! {
        @if gifts.items.is_empty() {
            p.empty { (lang.say("trace-no-gifts")) }
        } @else {
            ol.entries.long {
                @for gift in &gifts.items {
                    li.entry {
                        (entry::sign(gift))
                        div {
                            p.what { a href={ "/" (lang.code()) "/trace/" (gift.number) } {
                                (entry::sentence(lang, gift))
                            } }
                            p.meta {
                                (phrase::time(gift.time_ms, &lang.moment(gift.time_ms)))
                                " · " (gift.number)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /{lang}/trace/{code}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let is_secret = codes::parse_claim(&code).is_some();
    let found = site.read(move |book| book.trace(&code)).await?.ok_or(Failure::Missing)?;
    if is_secret {
        // The donor's code does not stay in the address, where he would pass it on with the link.
        let address = visit.href(&format!("/trace/{}", found.number));
        return Ok(Redirect::to(&address).into_response());
    }
    let title = visit.lang.say("trace-headline");
    let page = Page::moving(title, Place::Trace, body(&visit, &found));
    Ok(page.with_check().into_response())
}

/// A quantity of the gift in its own unit.
fn of_gift(lang: Lang, trace: &Trace, quantity: u64) -> String {
    if trace.kind == "money" {
        return phrase::minor(lang, quantity, trace.digits, &trace.unit);
    }
    phrase::count(lang, quantity, &trace.unit)
}

fn body(visit: &Visit, trace: &Trace) -> Markup {
    let lang = visit.lang;
    html! {
        div.lead.with-code {
            div {
                h1 { (lang.say("trace-headline")) }
                p.dek { (story(lang, trace)) }
            }
            p.code { span { (lang.say("trace-number")) } b { (trace.number) } }
        }
        (figures(lang, trace))
        @if trace.trail_ends { p.doubt.trail { (lang.say("trace-trail-ends")) } }
        @if !trace.flows.is_empty() {
            section {
                h2 { (lang.say("trace-flow")) }
                p.note {
                    (lang.tell("trace-flow-note", args! { unit: phrase::unit(lang, &trace.unit, 2) }))
                }
                (sankey::draw(lang, &trace.nodes, &trace.flows, &|q| of_gift(lang, trace, q)))
            }
        }
        div.columns {
            section { (hands(lang, trace)) }
            div {
                section { (whereabouts(lang, trace)) }
                @if let Some(last) = trace.steps.last() {
                    (verify::panel(visit, last.index, last.height))
                }
            }
        }
    }
}

fn story(lang: Lang, trace: &Trace) -> String {
    let item = trace.item.as_ref().map(|item| phrase::item(lang, item)).unwrap_or_default();
    let named = !trace.donor.id.is_empty();
    let donor =
        if named { phrase::name(lang, &trace.donor) } else { lang.say("trace-donor-unnamed") };
    let args = args! {
        given: of_gift(lang, trace, trace.given),
        item: item,
        donor: donor,
        custodian: phrase::name(lang, &trace.custodian),
        day: lang.day(trace.given_ms),
        reached: of_gift(lang, trace, trace.reached),
        open: of_gift(lang, trace, trace.open),
        lost: of_gift(lang, trace, trace.lost),
    };
    let first = if trace.kind == "money" { "trace-story-money" } else { "trace-story-goods" };
    let mut keys = vec![first];
    keys.extend((trace.reached > 0).then_some("trace-story-reached"));
    keys.extend((trace.open > 0).then_some("trace-story-open"));
    keys.extend((trace.lost > 0).then_some("trace-story-lost"));
    let told = keys.into_iter().filter_map(|key| lang.try_tell(key, &args));
    told.collect::<Vec<_>>().join(if lang == Lang::En { " " } else { "" })
}

fn figures(lang: Lang, trace: &Trace) -> Markup {
    let share = |part: u64| part.saturating_mul(1_000) / trace.given.max(1);
    let percent = |part: u64| format!("{}.{}%", share(part) / 10, share(part) % 10);
    let unit = phrase::unit(lang, &trace.unit, trace.given);
    let money = trace.kind == "money";
    let given_note = if money { lang.moment(trace.given_ms) } else { format!("× {unit}") };
    let amount = |quantity: u64| {
        if money { of_gift(lang, trace, quantity) } else { group(quantity) }
    };
    let grade = lang.tell("grade", args! { grade: trace.grade });
    let meaning = phrase::grade_words(lang, trace.grade);
    let (open, lost) = (trace.open > 0 || trace.lost == 0, trace.lost > 0);
    html! {
        dl.figures {
            (figure(lang, "trace-given", &amount(trace.given), &given_note, ""))
            (figure(lang, "trace-reached", &amount(trace.reached), &percent(trace.reached), "good"))
            @if open {
                (figure(lang, "trace-open", &amount(trace.open), &percent(trace.open), ""))
            }
            @if lost {
                (figure(lang, "trace-lost", &amount(trace.lost), &percent(trace.lost), "bad"))
            }
            (figure(lang, "trace-evidence", &grade, &meaning, ""))
        }
    }
}

fn figure(lang: Lang, key: &str, value: &str, note: &str, class: &str) -> Markup {
    html! { div { dt { (lang.say(key)) } dd { b.(class) { (value) } span { (note) } } } }
}

fn hands(lang: Lang, trace: &Trace) -> Markup {
    html! {
        h2 { (lang.say("trace-hands")) }
        ol.hands {
            @for step in trace.steps.iter().take(STEPS) {
                li.(hand_class(step)) {
                    @let at = step.occurred_ms.unwrap_or(step.time_ms);
                    span.at { (phrase::time(at, &lang.moment(at))) }
                    div {
                        h3 { (entry::sentence(lang, step)) }
                        @if let Some(words) = entry::words(lang, step) { p.words { (words) } }
                        p.by {
                            (entry::signatures(lang, step))
                            @if entry::is_graded(step) { (phrase::grade(lang, step.grade)) }
                            (entry::link(lang, step))
                        }
                    }
                }
            }
        }
        @if let Some(further) = trace.steps.get(STEPS..).filter(|steps| !steps.is_empty()) {
            details {
                summary { (lang.tell("trace-further", args! { count: further.len() })) }
                ul.further {
                    @for step in further {
                        li { (entry::sentence(lang, step)) " " (entry::link(lang, step)) }
                    }
                }
            }
        }
    }
}

fn hand_class(step: &Entry) -> &'static str {
    match step.act.as_str() {
        "holding.consume" | "money.redeem" => "end",
        "holding.write_off" => "lost",
        _ => "hand",
    }
}

fn whereabouts(lang: Lang, trace: &Trace) -> Markup {
    html! {
        h2 { (lang.say("trace-now")) }
        @if trace.shares.is_empty() { p.empty { (lang.say("trace-nothing-left")) } }
        ul.shares {
            @for share in trace.shares.iter().take(SHARES) { (share_line(lang, trace, share)) }
        }
    }
}

fn share_line(lang: Lang, trace: &Trace, share: &Share) -> Markup {
    let quantity = if trace.kind == "money" && share.unit == trace.unit {
        phrase::minor(lang, share.quantity, trace.digits, &share.unit)
    } else {
        phrase::count(lang, share.quantity, &share.unit)
    };
    let packed = share.item.as_ref().filter(|item| item.unit != share.unit);
    html! {
        li.(share.state) {
            b { (quantity) }
            @if let Some(item) = share.item.as_ref().filter(|_| trace.kind == "money") {
                " " (phrase::item(lang, item))
            }
            @if let Some(item) = packed {
                " (" (phrase::amount(lang, share.base, &item.unit)) ")"
            }
            " " (phrase::word(lang, "share", &share.state)) " "
            (phrase::party(lang, &share.party))
            @if let Some(ward) = &share.ward { ", " (phrase::own_words(lang, ward)) }
            small {
                (lang.tell("share-since", args! { time: lang.moment(share.since_ms) }))
            }
        }
    }
}
