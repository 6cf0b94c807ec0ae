//! Organisations, people and facilities: what each said, holds and moved, and answers for.

use super::balance;
use super::entry;
use super::needs;
use super::phrase;
use super::query::{self, Ask, filled};
use super::records::fact;
use super::site::{Answer, Failure, Page, Place, ROWS, Site, Visit};
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::view::{self, Held, MandateLine, Party, PartyPage, Role, StockCount, Usage};

/// Rows of a list on somebody's page that are seen at once.
const SHOWN: usize = 10;
/// Further rows; the lists of needs and records have all.
const MOST: usize = 30;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    text: Option<String>,
    cursor: Option<String>,
}

/// `GET /{lang}/orgs`.
pub(crate) async fn list(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let (text, cursor) = (filled(wanted.text), filled(wanted.cursor));
    let started = cursor.is_some();
    let asked = text.clone();
    let parties =
        site.read(move |book| book.parties(asked.as_deref(), cursor.as_deref(), ROWS)).await?;
    let body = list_body(visit.lang, text.as_deref(), &parties, started);
    Ok(Page::moving(visit.lang.say("orgs-title"), Place::Orgs, body))
}

fn list_body(lang: Lang, text: Option<&str>, parties: &view::Page<Party>, started: bool) -> Markup {
    let address = format!("/orgs{}", query::write(&[("text", text)]));
    html! {
        div.lead {
            h1 { (lang.say("orgs-title")) }
            p.dek { (lang.say("orgs-dek")) }
        }
        form.filters action={ "/" (lang.code()) "/orgs" } {
            div.field.wide {
                label for="text" { (lang.say("orgs-name")) }
                input #text type="search" name="text" value=[text] autocomplete="off";
            }
            div.buttons { button.button { (lang.say("search-go")) } }
        }
        p { b { (lang.tell("orgs-count", args! { count: parties.total })) } }
        @if parties.items.is_empty() { p.empty { (lang.say("orgs-empty")) } }
        ul.parties {
            @for party in &parties.items {
                li {
                    (phrase::party(lang, party)) " "
                    span.tag { (phrase::word(lang, "kind", &party.kind)) }
                    small { (party.number) @for name in other_names(lang, party) { " · " (name) } }
                }
            }
        }
        (query::pager(lang, &address, parties.next.as_deref(), started))
    }
}

/// Names in other languages than the reader's.
fn other_names(lang: Lang, party: &Party) -> Vec<&String> {
    let shown = phrase::name(lang, party);
    let mut names: Vec<_> = std::iter::once(&party.name).chain(party.names.values()).collect();
    names.retain(|name| **name != shown && !name.is_empty());
    names.dedup();
    names
}

/// `GET /{lang}/orgs/{number}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(number): Path<String>,
) -> Answer {
    let found = site.read(move |book| book.party(&number)).await?.ok_or(Failure::Missing)?;
    let title = phrase::name(visit.lang, &found.party);
    let id = found.party.id.clone();
    let owns = site.desk(move |desk| match id.parse() {
        Ok(id) => desk.member(&id),
        Err(_) => Ok(None),
    });
    // Somebody who is in no fund, or a node without a state, has nothing to show here.
    let owns = owns.await.unwrap_or_default();
    let body = html! { (body(visit.lang, &found)) (super::funds_cases::of_party(&visit, &owns)) };
    Ok(Page::moving(title, Place::Orgs, body))
}

fn body(lang: Lang, page: &PartyPage) -> Markup {
    let party = &page.party;
    html! {
        div.lead {
            p.kicker {
                (party.number) " · " (phrase::word(lang, "kind", &party.kind))
                @if !page.place.is_empty() { " · " (page.place) }
            }
            h1 { (phrase::name(lang, party)) }
            p.dek { (summary(lang, page)) }
            @if party.kind == "charter" { p.more { (phrase::party(lang, party)) " →" } }
        }
        div.columns {
            div {
                @if !page.needs.is_empty() {
                    section {
                        h2 { (lang.say("org-needs")) }
                        (super::coverage::legend(lang))
                        (folded(lang, &page.needs, &|needs| needs::table(lang, needs, false)))
                    }
                }
                section {
                    h2 { (lang.say("org-holdings")) }
                    @if page.holdings.is_empty() { p.empty { (lang.say("org-no-holdings")) } }
                    (folded(lang, &page.holdings, &|lots| holdings(lang, lots)))
                }
                section {
                    h2 { (lang.say("org-differences")) }
                    @if page.differences.is_empty() {
                        p.empty { (lang.say("org-no-differences")) }
                    } @else {
                        (folded(lang, &page.differences, &|open| balance::differences(lang, open)))
                    }
                }
                @if !page.counts.is_empty() {
                    section {
                        h2 { (lang.say("org-counts")) }
                        p.note { (lang.say("org-counts-note")) }
                        (folded(lang, &page.counts, &|counts| stock_counts(lang, counts)))
                    }
                }
                section {
                    h2 { (lang.say("org-entries")) }
                    (folded(lang, &page.entries, &|entries| html! {
                        ol.entries.long { @for entry in entries { (entry::line(lang, entry)) } }
                    }))
                }
            }
            aside.panel aria-label=(lang.say("org-who")) { (identity(lang, page)) }
        }
    }
}

fn summary(lang: Lang, page: &PartyPage) -> String {
    let open = page.needs.iter().filter(|need| need.status != "closed").count();
    let args = args! {
        open: open, lots: page.holdings.len(), differences: page.differences.len(),
    };
    let key = if page.party.kind == "facility" { "org-summary-facility" } else { "org-summary" };
    lang.tell(key, args)
}

/// The first rows, and those that wait behind a click.
fn folded<T>(lang: Lang, rows: &[T], show: &dyn Fn(&[T]) -> Markup) -> Markup {
    let (first, further) = rows.split_at(rows.len().min(SHOWN));
    let further = further.get(..MOST.min(further.len())).unwrap_or_default();
    html! {
        @if !first.is_empty() { (show(first)) }
        @if !further.is_empty() {
            details {
                summary { (lang.tell("org-further", args! { count: further.len() })) }
                (show(further))
            }
        }
    }
}

fn holdings(lang: Lang, holdings: &[Held]) -> Markup {
    html! {
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("column-item")) }
                    th.number scope="col" { (lang.say("column-quantity")) }
                    th scope="col" { (lang.say("column-gift")) }
                    th scope="col" { (lang.say("column-expires")) }
                }
            }
            tbody { @for held in holdings { (held_row(lang, held)) } }
        }
    }
}

fn held_row(lang: Lang, held: &Held) -> Markup {
    html! {
        tr {
            th scope="row" {
                @match &held.item {
                    Some(item) => { (phrase::item_title(lang, item)) }
                    None => { (lang.say("money-some")) }
                }
            }
            td.number data-label=(lang.say("column-quantity")) { (quantity(lang, held)) }
            td data-label=(lang.say("column-gift")) {
                a href={ "/" (lang.code()) "/trace/" (held.lot) } { (held.lot) }
            }
            td data-label=(lang.say("column-expires")) {
                @match held.expires_ms {
                    Some(expires) => { (phrase::time(expires, &lang.day(expires))) }
                    None => { (lang.say("nobody-unmeasured")) }
                }
            }
        }
    }
}

fn quantity(lang: Lang, held: &Held) -> Markup {
    let Some(item) = &held.item else {
        let digits = weal_kernel::units::currency_digits(&held.unit);
        return html! { (phrase::minor(lang, held.quantity, digits, &held.unit)) };
    };
    html! {
        (phrase::count(lang, held.quantity, &held.unit))
        @if item.unit != held.unit { small { (phrase::amount(lang, held.base, &item.unit)) } }
    }
}

/// What lay on the shelf, beside what the book said.
fn stock_counts(lang: Lang, counts: &[StockCount]) -> Markup {
    html! {
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("column-item")) }
                    th.number scope="col" { (lang.say("count-shelf")) }
                    th.number scope="col" { (lang.say("count-book")) }
                    th scope="col" { (lang.say("count-result")) }
                    th scope="col" { (lang.say("count-when")) }
                }
            }
            tbody { @for count in counts { (count_row(lang, count)) } }
        }
    }
}

fn count_row(lang: Lang, count: &StockCount) -> Markup {
    let amount = |quantity| phrase::count(lang, quantity, &count.unit);
    let gap = count.book.abs_diff(count.counted);
    let key = if count.counted < count.book { "count-missing" } else { "count-surplus" };
    html! {
        tr {
            th scope="row" {
                (phrase::item_title(lang, &count.item))
                small { a href={ "/" (lang.code()) "/trace/" (count.lot) } { (count.lot) } }
            }
            td.number data-label=(lang.say("count-shelf")) { (amount(count.counted)) }
            td.number data-label=(lang.say("count-book")) { (amount(count.book)) }
            td data-label=(lang.say("count-result")) {
                @if gap == 0 {
                    span.tag.fine { (lang.say("verdict-consistent")) }
                } @else {
                    span.tag.high { (lang.tell(key, args! { amount: amount(gap) })) }
                }
            }
            td data-label=(lang.say("count-when")) {
                (phrase::time(count.time_ms, &lang.moment(count.time_ms)))
                small { a href={ "/" (lang.code()) "/records/" (count.number) } { (count.number) } }
            }
        }
    }
}

fn identity(lang: Lang, page: &PartyPage) -> Markup {
    let since = phrase::time(page.since_ms, &lang.day(page.since_ms));
    let names = other_names(lang, &page.party);
    html! {
        h2 { (lang.say("org-who")) }
        dl.facts.narrow {
            (fact(&lang.say("org-since"), &since))
            @if !names.is_empty() {
                (fact(&lang.say("org-names"), &html! {
                    @for name in names { span.line { (name) } }
                }))
            }
            @if !page.aliases.is_empty() {
                (fact(&lang.say("org-aliases"), &html! {
                    @for name in &page.aliases { span.line { (name) } }
                }))
            }
            @if page.party.kind == "facility" {
                (fact(&lang.say("org-keys"), &html! { (lang.say("org-no-keys")) }))
            } @else {
                (fact(&lang.say("org-keys"), &keys(lang, page)))
            }
        }
        h3 { (lang.say("org-roles")) }
        @if page.roles.is_empty() { p.empty { (lang.say("org-no-roles")) } }
        ul.roles { @for role in &page.roles { (role_line(lang, role)) } }
        (mandates(lang, "org-given", &page.given))
        (mandates(lang, "org-held", &page.held))
        @if page.hidings.all > 0 {
            p.note {
                (lang.tell("org-hidings", args! { all: page.hidings.all, now: page.hidings.now }))
            }
        }
    }
}

fn keys(lang: Lang, page: &PartyPage) -> Markup {
    let rule = args! { threshold: page.threshold, count: page.keys.len() };
    html! {
        (lang.tell("org-key-rule", rule))
        details {
            summary { (lang.say("org-show-keys")) }
            @for key in &page.keys { code.long.line { (key) } }
        }
    }
}

/// Who may act in whose name: what for, how much of it is used, until when, and whether it counts.
fn mandates(lang: Lang, title: &str, mandates: &[MandateLine]) -> Markup {
    if mandates.is_empty() {
        return html! {};
    }
    html! {
        h3 { (lang.say(title)) }
        ul.roles { @for mandate in mandates { (mandate_line(lang, mandate)) } }
    }
}

fn mandate_line(lang: Lang, mandate: &MandateLine) -> Markup {
    let state = format!("mandate-{}", mandate.state);
    let tag = if mandate.state == "live" { "tag" } else { "tag high" };
    let used = |key: &str, share: &Usage| match share.limit {
        Some(limit) => lang.tell(key, args! { used: share.used, limit: limit }),
        None => lang.tell("mandate-used", args! { used: share.used }),
    };
    html! {
        li {
            b { (phrase::party(lang, &mandate.principal)) " → " (phrase::party(lang, &mandate.holder)) }
            " " span class=(tag) { (lang.say(&state)) }
            small {
                (mandate.acts.join(", ")) " · "
                (used("mandate-operations", &mandate.operations))
                @if mandate.quantity.limit.is_some() {
                    " · " (used("mandate-quantity", &mandate.quantity))
                }
                @if mandate.amount_minor.limit.is_some() {
                    " · " (used("mandate-money", &mandate.amount_minor))
                }
                " · " (lang.tell("mandate-until", args! { day: lang.day(mandate.expires_ms) }))
            }
        }
    }
}

fn role_line(lang: Lang, role: &Role) -> Markup {
    let until = lang.day(role.expires_ms);
    html! {
        li {
            b { (phrase::word(lang, "role", &role.role)) }
            @if role.revoked { " " span.tag.high { (lang.say("role-revoked")) } }
            @if role.void { " " span.tag.high { (lang.say("mandate-void")) } }
            small {
                (lang.tell("role-issuer", args! { until: until })) " "
                (phrase::party(lang, &role.issuer))
            }
        }
    }
}

/// `GET /{lang}/unresolved`.
pub(crate) async fn unresolved(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let cursor = filled(wanted.cursor);
    let started = cursor.is_some();
    let names = site.read(move |book| book.unresolved(cursor.as_deref(), ROWS)).await?;
    let body = html! {
        div.lead {
            h1 { (lang.say("unresolved-title")) }
            p.dek { (lang.say("unresolved-dek")) }
        }
        p { b { (lang.tell("unresolved-count", args! { count: names.total })) } }
        @if names.items.is_empty() {
            p.empty { (lang.say("unresolved-empty")) }
        } @else {
            table.list.cards.slim {
                thead {
                    tr {
                        th scope="col" { (lang.say("unresolved-name")) }
                        th.number scope="col" { (lang.say("unresolved-lines")) }
                        th.number scope="col" { (lang.say("unresolved-packs")) }
                    }
                }
                tbody {
                    @for name in &names.items {
                        tr {
                            th scope="row" { (name.name) }
                            td.number data-label=(lang.say("unresolved-lines")) {
                                (group(name.lines))
                            }
                            td.number data-label=(lang.say("unresolved-packs")) {
                                (group(name.unknown_packs))
                            }
                        }
                    }
                }
            }
        }
        (query::pager(lang, "/unresolved", names.next.as_deref(), started))
    };
    Ok(Page::moving(lang.say("unresolved-title"), Place::Elsewhere, body))
}
