//! The list of needs: filter, most urgent first, 25 at a time.

use super::coverage::{Met, legend};
use super::phrase;
use super::query::{self, Ask, filled};
use super::site::{Answer, Page, Place, ROWS, Site, Visit};
use super::words::{Lang, args, group};
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::view::{self, ItemName, Need, NeedFilter};

/// What the filter form sends.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    item: Option<String>,
    place: Option<String>,
    urgency: Option<String>,
    open: Option<String>,
    text: Option<String>,
    cursor: Option<String>,
}

type Choices = (Vec<String>, Vec<ItemName>);

/// `GET /{lang}/needs`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let filter = wanted.filter();
    let (asked, cursor) = (filter.clone(), filled(wanted.cursor));
    let started = cursor.is_some();
    let (choices, needs) = site
        .read(move |book| {
            let needs = book.needs(&asked, cursor.as_deref(), ROWS)?;
            Ok((book.need_choices()?, needs))
        })
        .await?;
    let body = body(visit.lang, &filter, &choices, &needs, started);
    Ok(Page::moving(visit.lang.say("needs-title"), Place::Needs, body))
}

impl Wanted {
    fn filter(&self) -> NeedFilter {
        let take = |field: &Option<String>| filled(field.clone());
        NeedFilter {
            item: take(&self.item),
            place: take(&self.place),
            urgency: take(&self.urgency),
            open: self.open.is_some(),
            text: take(&self.text),
        }
    }
}

/// The address of the list with this filter.
fn address(filter: &NeedFilter) -> String {
    let fields = [
        ("item", filter.item.as_deref()),
        ("place", filter.place.as_deref()),
        ("urgency", filter.urgency.as_deref()),
        ("open", filter.open.then_some("1")),
        ("text", filter.text.as_deref()),
    ];
    format!("/needs{}", query::write(&fields))
}

fn body(
    lang: Lang,
    filter: &NeedFilter,
    choices: &Choices,
    needs: &view::Page<Need>,
    started: bool,
) -> Markup {
    html! {
        div.lead {
            h1 { (lang.say("needs-title")) }
            p.dek { (lang.say("needs-dek")) }
        }
        (form(lang, filter, choices))
        div.above-list {
            p { b { (lang.tell("needs-count", args! { count: needs.total })) } }
            (legend(lang))
        }
        @if needs.items.is_empty() {
            p.empty {
                (lang.say("needs-empty")) " "
                a href={ "/" (lang.code()) "/needs" } { (lang.say("filter-clear")) }
            }
        } @else {
            (table(lang, &needs.items, true))
        }
        (query::pager(lang, &address(filter), needs.next.as_deref(), started))
    }
}

fn form(lang: Lang, filter: &NeedFilter, (places, items): &Choices) -> Markup {
    let items: Vec<_> =
        items.iter().map(|item| (item.category.clone(), phrase::item_title(lang, item))).collect();
    let places: Vec<_> = places.iter().map(|place| (place.clone(), place.clone())).collect();
    let urgencies = ["critical", "high", "normal"]
        .map(|code| (code.to_owned(), phrase::word(lang, "urgency", code)));
    html! {
        form.filters action={ "/" (lang.code()) "/needs" } {
            (select(lang, "item", "column-item", &items, filter.item.as_deref()))
            (select(lang, "place", "column-place", &places, filter.place.as_deref()))
            (select(lang, "urgency", "column-urgency", &urgencies, filter.urgency.as_deref()))
            div.field {
                label for="text" { (lang.say("filter-text")) }
                input #text type="search" name="text" value=[filter.text.as_deref()]
                    autocomplete="off";
            }
            div.check {
                input #open type="checkbox" name="open" value="1" checked[filter.open];
                label for="open" { (lang.say("filter-open")) }
            }
            div.buttons {
                button.button { (lang.say("filter-apply")) }
                a href={ "/" (lang.code()) "/needs" } { (lang.say("filter-clear")) }
            }
        }
    }
}

fn select(
    lang: Lang,
    name: &str,
    label: &str,
    choices: &[(String, String)],
    chosen: Option<&str>,
) -> Markup {
    let listed = chosen.is_none_or(|chosen| choices.iter().any(|(code, _)| code == chosen));
    html! {
        div.field {
            label for=(name) { (lang.say(label)) }
            select id=(name) name=(name) {
                option value="" { (lang.say("filter-all")) }
                @for (code, words) in choices {
                    option value=(code) selected[chosen == Some(code)] { (words) }
                }
                @if let (false, Some(chosen)) = (listed, chosen) {
                    option value=(chosen) selected { (chosen) }
                }
            }
        }
    }
}

/// Needs as a table; on the page of the one who asks, without his name in every row.
pub(crate) fn table(lang: Lang, needs: &[Need], named: bool) -> Markup {
    html! {
        table.list.needs {
            thead {
                tr {
                    th scope="col" { (lang.say("column-urgency")) }
                    th scope="col" { (lang.say("column-need")) }
                    @if named { th scope="col" { (lang.say("column-needy")) } }
                    th scope="col" { (lang.say("column-covered")) }
                    th.number scope="col" { (lang.say("state-nobody")) }
                    th scope="col" { (lang.say("column-stated")) }
                }
            }
            tbody { @for need in needs { (row(lang, need, named)) } }
        }
    }
}

/// One need as a row, which becomes a card on a phone.
fn row(lang: Lang, need: &Need, named: bool) -> Markup {
    let met = Met::of(need);
    html! {
        tr {
            td.urgency { (phrase::urgency(lang, &need.urgency)) }
            th.what scope="row" {
                a href={ "/" (lang.code()) "/needs/" (need.number) } {
                    (phrase::item_title(lang, &need.item))
                }
                small { (need.number) }
            }
            @if named {
                td.needy {
                    (phrase::name(lang, &need.needy))
                    small {
                        (need.place)
                        @if need.one_sided { " " span.tag.said { (lang.say("need-one-sided")) } }
                    }
                }
            }
            td.covered { (covered(lang, need, met.as_ref())) }
            td.number.left data-label=(lang.say("state-nobody")) {
                @match &met {
                    Some(met) => { (group(met.nobody_yet())) }
                    None => { (lang.say("nobody-unmeasured")) }
                }
            }
            td.when data-label=(lang.say("column-stated")) {
                (phrase::time(need.stated_ms, &lang.moment(need.stated_ms)))
            }
        }
    }
}

fn covered(lang: Lang, need: &Need, met: Option<&Met>) -> Markup {
    let received = need.coverage.received;
    html! {
        @if let Some(met) = met {
            (met.bar(lang, 14))
            @let of = phrase::count(lang, met.bound, &need.item.unit);
            @let args = args! {
                percent: met.percent(), received: phrase::interval(lang, received), bound: of,
            };
            small { (lang.tell("covered-of", args)) }
        } @else {
            span.nobound { (phrase::asked(lang, need)) }
            @if received.low > 0 {
                @let amount = phrase::amount(lang, received, &need.item.unit);
                small { (lang.tell("scarce-received", args! { amount: amount })) }
            }
        }
    }
}
