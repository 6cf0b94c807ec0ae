//! The first page: how far what was asked for has arrived, what is scarce, what just happened.

use super::chart::{self, Series};
use super::coverage::{Met, legend};
use super::entry;
use super::phrase;
use super::query;
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{Lang, args, group};
use axum::extract::State;
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::view::{Day, Entry, ItemCoverage, Overview};

/// Classes of items shown before the list goes on at "Needs".
const ITEMS: usize = 12;
/// Entries shown; live pages keep as many.
const LATEST: usize = 8;

/// `GET /{lang}/`.
pub(crate) async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Answer {
    let overview = site.read(|book| book.overview()).await?;
    let newest = overview.latest.first().map(|entry| entry.index);
    let title = visit.lang.say("nav-overview");
    let page = Page::moving(title, Place::Overview, body(visit.lang, &overview));
    Ok(page.with_newest(newest))
}

fn body(lang: Lang, overview: &Overview) -> Markup {
    html! {
        div.lead {
            h1 { (headline(lang, overview)) }
            p.dek { (summary(lang, overview)) }
        }
        (figures(lang, overview))
        div.columns {
            section { (scarce(lang, &overview.items)) }
            section { (latest(lang, &overview.latest)) }
        }
        @if overview.days.len() > 1 {
            section { (opened_and_closed(lang, &overview.days)) }
        }
    }
}

fn headline(lang: Lang, overview: &Overview) -> String {
    let args = args! { percent: overview.mean_percent.unwrap_or(0), open: overview.open_needs };
    let nothing = overview.items.iter().all(|item| item.received.low == 0);
    let key = match overview {
        Overview { all_needs: 0, .. } => "headline-nothing",
        Overview { open_needs: 0, .. } => "headline-all-met",
        // Goods may have arrived all the same; so far nobody has signed for them.
        Overview { mean_percent: Some(0), .. } if nothing => "headline-unconfirmed",
        Overview { mean_percent: Some(_), .. } => "headline-percent",
        _ => "headline-no-numbers",
    };
    lang.tell(key, args)
}

fn summary(lang: Lang, overview: &Overview) -> String {
    if overview.all_needs == 0 {
        return lang.say("summary-nothing");
    }
    let counts = args! { open: overview.open_needs, all: overview.all_needs };
    let mut text = lang.tell("summary-open", counts);
    let scarcest = overview.items.iter().find(|item| item.percent.is_some());
    if let Some(ItemCoverage { item, percent: Some(percent), .. }) = scarcest {
        let args = args! { item: phrase::item(lang, item), percent: *percent };
        text += &lang.tell("summary-scarcest", args);
    }
    text
}

fn figures(lang: Lang, overview: &Overview) -> Markup {
    let given = overview.money_given.iter();
    let money: Vec<_> = given.map(|money| phrase::money_short(lang, money)).collect();
    let differences = args! { count: overview.differences_open };
    html! {
        dl.figures {
            div {
                dt { (lang.say("figure-open")) }
                dd {
                    b { (group(overview.open_needs)) }
                    span.bad[overview.critical_needs > 0] {
                        (lang.tell("figure-critical", args! { count: overview.critical_needs }))
                    }
                }
            }
            div {
                dt { (lang.say("figure-shipments")) }
                dd {
                    b { (group(overview.shipments_open)) }
                    span.doubt[overview.differences_open > 0] {
                        (lang.tell("figure-differences", differences))
                    }
                }
            }
            div {
                dt { (lang.say("figure-gifts")) }
                dd {
                    b { (group(overview.gifts)) }
                    span { (lang.tell("figure-needy", args! { count: overview.needy })) }
                }
            }
            div {
                dt { (lang.say("figure-money")) }
                dd {
                    b { (money.first().cloned().unwrap_or_else(|| lang.say("money-none"))) }
                    span { (money_note(lang, &money)) }
                }
            }
        }
    }
}

fn money_note(lang: Lang, money: &[String]) -> String {
    match money {
        [] | [_] => lang.say("figure-money-note"),
        [_, others @ ..] => lang.tell("figure-money-others", args! { others: others.join(" · ") }),
    }
}

fn scarce(lang: Lang, items: &[ItemCoverage]) -> Markup {
    html! {
        h2 { (lang.say("scarce-title")) }
        p.note {
            (lang.say("scarce-note"))
            @if items.iter().any(|item| item.stated_issued.high != Some(0)) {
                " " (lang.say("scarce-note-stated"))
            }
        }
        @if items.is_empty() {
            p.empty { (lang.say("scarce-empty")) }
        } @else {
            (legend(lang))
            table.bars {
                thead.hidden {
                    tr {
                        th scope="col" { (lang.say("column-item")) }
                        th scope="col" { (lang.say("column-covered")) }
                        th scope="col" { (lang.say("state-received")) }
                    }
                }
                tbody {
                    @for item in items.iter().take(ITEMS) { (scarce_row(lang, item)) }
                }
            }
        }
        p.more { a href={ "/" (lang.code()) "/needs" } { (lang.say("scarce-all")) } }
    }
}

fn scarce_row(lang: Lang, item: &ItemCoverage) -> Markup {
    let filter = query::write(&[("item", Some(&item.item.category)), ("open", Some("1"))]);
    let met = Met {
        bound: item.asked,
        received: item.received,
        on_the_way: item.on_the_way,
        reserved: item.reserved,
        percent: item.percent,
    };
    html! {
        tr {
            th scope="row" {
                a href={ "/" (lang.code()) "/needs" (filter) } { (phrase::item_title(lang, &item.item)) }
            }
            @if item.asked > 0 {
                td { (met.bar(lang, 20)) (scarce_notes(lang, item)) }
                td.number { (item.percent.unwrap_or(0)) "%" }
            } @else {
                td colspan="2" {
                    p.nobound { (lang.say("scarce-unbounded")) }
                    (scarce_notes(lang, item))
                }
            }
        }
    }
}

/// What the bar cannot show: needs without a number, and what others say was issued.
fn scarce_notes(lang: Lang, item: &ItemCoverage) -> Markup {
    let amount = |quantity| args! { amount: phrase::amount(lang, quantity, &item.item.unit) };
    let mut notes = Vec::new();
    if item.asked == 0 && item.received.low > 0 {
        notes.push(lang.tell("scarce-received", amount(item.received)));
    }
    if item.unbounded > 0 && item.asked > 0 {
        notes.push(lang.tell("scarce-also-unbounded", args! { count: item.unbounded }));
    }
    if item.stated_issued.high != Some(0) {
        notes.push(lang.tell("scarce-stated", amount(item.stated_issued)));
    }
    html! {
        @if !notes.is_empty() { small { (notes.join(" · ")) } }
    }
}

fn latest(lang: Lang, entries: &[Entry]) -> Markup {
    html! {
        h2 { (lang.say("latest-title")) }
        ol.entries data-live="entries" data-most=(LATEST) {
            @for entry in entries.iter().take(LATEST) { (entry::line(lang, entry)) }
        }
        @if entries.is_empty() { p.empty { (lang.say("latest-empty")) } }
        p.more { a href={ "/" (lang.code()) "/records" } { (lang.say("latest-all")) } }
    }
}

fn opened_and_closed(lang: Lang, days: &[Day]) -> Markup {
    let dates: Vec<_> = days.iter().map(|day| day.date.clone()).collect();
    let values = |value: fn(&Day) -> u64| days.iter().map(value).collect();
    let label = |key| lang.say(key);
    let series = [
        Series { class: "opened", label: label("days-opened"), values: values(|day| day.opened) },
        Series { class: "closed", label: label("days-closed"), values: values(|day| day.closed) },
    ];
    let (opened, closed) = days.last().map_or((0, 0), |day| (day.opened, day.closed));
    let words = lang.tell("days-words", args! { opened: opened, closed: closed });
    html! {
        h2 { (lang.say("days-title")) }
        p.note { (words) }
        (chart::lines(lang, &dates, &series, &words))
        details.as-table {
            summary { (lang.say("show-table")) }
            table.plain {
                thead {
                    tr {
                        th scope="col" { (lang.say("column-day")) }
                        th.number scope="col" { (label("days-opened")) }
                        th.number scope="col" { (label("days-closed")) }
                    }
                }
                tbody {
                    @for day in days {
                        tr {
                            th scope="row" { (day.date) }
                            td.number { (group(day.opened)) }
                            td.number { (group(day.closed)) }
                        }
                    }
                }
            }
        }
    }
}
