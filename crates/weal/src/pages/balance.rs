//! Does what came in cover what went out? By custodian and item, as intervals, with a verdict; and
//! the differences nobody has explained.

use super::phrase;
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{Lang, args};
use axum::extract::State;
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::view::{Balance, Difference};

/// Differences on the page; the API gives the rest.
const DIFFERENCES: u32 = 100;
/// Lines of one table on the page; the API gives the rest.
const LINES: usize = 40;

/// `GET /{lang}/balance`.
pub(crate) async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Answer {
    let lang = visit.lang;
    let (mut balances, open) =
        site.read(|book| Ok((book.balances()?, book.differences(DIFFERENCES)?))).await?;
    balances.sort_by_key(|balance| order(&balance.verdict));
    let body = html! {
        div.lead {
            h1 { (headline(lang, &balances)) }
            p.dek { (lang.say("balance-dek")) }
        }
        section {
            h2 { (lang.say("balance-title")) }
            p.note { (lang.say("balance-note")) }
            (tables(lang, &balances))
        }
        section {
            h2 #differences { (lang.say("differences-title")) }
            p.note { (lang.say("differences-note")) }
            @if open.is_empty() {
                p.empty { (lang.say("differences-empty")) }
            } @else {
                (differences(lang, &open))
            }
        }
    };
    Ok(Page::moving(lang.say("nav-balance"), Place::Balance, body))
}

/// Doubts first.
fn order(verdict: &str) -> u8 {
    match verdict {
        "short" => 0,
        "undecidable" => 1,
        _ => 2,
    }
}

fn headline(lang: Lang, balances: &[Balance]) -> String {
    let count = |verdict: &str| balances.iter().filter(|b| b.verdict == verdict).count();
    let (short, undecidable) = (count("short"), count("undecidable"));
    let args = args! {
        short: short, undecidable: undecidable, consistent: count("consistent"),
        all: balances.len(),
    };
    let key = match (balances.len(), short, undecidable) {
        (0, _, _) => "balance-nothing",
        (_, 0, 0) => "balance-all-consistent",
        (_, 0, _) => "balance-some-undecidable",
        _ => "balance-some-short",
    };
    lang.tell(key, args)
}

/// Doubtful lines are shown; those that are in order wait behind a click.
fn tables(lang: Lang, balances: &[Balance]) -> Markup {
    let consistent = balances.partition_point(|line| order(&line.verdict) < order("consistent"));
    let (doubtful, fine) = balances.split_at(consistent);
    html! {
        @if balances.is_empty() { p.empty { (lang.say("balance-empty")) } }
        @if !doubtful.is_empty() { (table(lang, doubtful)) }
        @if !fine.is_empty() {
            details {
                summary { (lang.tell("balance-fine", args! { count: fine.len() })) }
                (table(lang, fine))
            }
        }
    }
}

fn table(lang: Lang, lines: &[Balance]) -> Markup {
    html! {
        table.list.cards.balances {
            thead {
                tr {
                    th scope="col" { (lang.say("balance-verdict")) }
                    th scope="col" { (lang.say("balance-custodian")) }
                    th scope="col" { (lang.say("column-item")) }
                    th.number scope="col" { (lang.say("balance-in")) }
                    th.number scope="col" { (lang.say("balance-out")) }
                    th scope="col" { (lang.say("balance-decide")) }
                }
            }
            tbody { @for line in lines.iter().take(LINES) { (row(lang, line)) } }
        }
        @if lines.len() > LINES {
            p.note { (lang.tell("balance-more", args! { count: lines.len() - LINES })) }
        }
    }
}

fn row(lang: Lang, line: &Balance) -> Markup {
    let unit = &line.item.unit;
    let amount = |quantity| phrase::amount(lang, quantity, unit);
    let lines =
        |all: u64, unknown: u64| lang.tell("balance-lines", args! { count: all, unknown: unknown });
    html! {
        tr {
            td.verdict { (verdict(lang, line)) }
            th scope="row" {
                (phrase::party(lang, &line.custodian))
                small.period { (line.from) " – " (line.to) }
            }
            td data-label=(lang.say("column-item")) { (phrase::item_title(lang, &line.item)) }
            td.number data-label=(lang.say("balance-in")) {
                (amount(line.taken_in)) small { (lines(line.lines_in, line.unknown_in)) }
                @if line.before.high != Some(0) {
                    small { (lang.tell("balance-before", args! { amount: amount(line.before) })) }
                }
            }
            td.number data-label=(lang.say("balance-out")) {
                (amount(line.issued)) small { (lines(line.lines_out, line.unknown_out)) }
            }
            td data-label=(lang.say("balance-decide")) {
                @if line.would_decide.is_empty() {
                    (lang.say("nobody-unmeasured"))
                } @else {
                    @for pack in line.would_decide.iter().take(3) {
                        span.line { (pack_label(lang, pack)) }
                    }
                }
            }
        }
    }
}

/// `护目镜纸箱 / carton of goggles × 3` in the reader's language.
fn pack_label(lang: Lang, pack: &str) -> String {
    match pack.rsplit_once(" × ") {
        Some((label, lines)) => format!("{} × {lines}", phrase::own_words(lang, label)),
        None => phrase::own_words(lang, pack).to_owned(),
    }
}

fn verdict(lang: Lang, line: &Balance) -> Markup {
    let class = match line.verdict.as_str() {
        "consistent" => "tag fine",
        "short" => "tag critical",
        _ => "tag high",
    };
    html! {
        span class=(class) { (phrase::word(lang, "verdict", &line.verdict)) }
        @if line.verdict == "short" {
            small {
                (lang.tell("balance-short-by", args! {
                    amount: phrase::count(lang, line.short_by, &line.item.unit),
                }))
            }
        }
    }
}

/// Goods sent and not counted on arrival, with who answers for them.
pub(crate) fn differences(lang: Lang, open: &[Difference]) -> Markup {
    html! {
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (lang.say("column-item")) }
                    th.number scope="col" { (lang.say("column-quantity")) }
                    th scope="col" { (lang.say("difference-giver")) }
                    th scope="col" { (lang.say("difference-taker")) }
                    th scope="col" { (lang.say("difference-since")) }
                }
            }
            tbody {
                @for difference in open {
                    tr {
                        th scope="row" {
                            (phrase::item_title(lang, &difference.item))
                            small {
                                a href={ "/" (lang.code()) "/records/" (difference.shipment) } {
                                    (difference.shipment)
                                }
                                " "
                                @if difference.partly_accepted {
                                    span.tag.high { (lang.say("difference-partly")) }
                                } @else {
                                    span.tag { (lang.say("state-moving")) }
                                }
                            }
                        }
                        td.number data-label=(lang.say("column-quantity")) {
                            (phrase::count(lang, difference.quantity, &difference.unit))
                        }
                        td data-label=(lang.say("difference-giver")) {
                            (phrase::party(lang, &difference.giver))
                        }
                        td data-label=(lang.say("difference-taker")) {
                            (phrase::party(lang, &difference.taker))
                        }
                        td data-label=(lang.say("difference-since")) {
                            (phrase::time(difference.since_ms, &lang.moment(difference.since_ms)))
                        }
                    }
                }
            }
        }
    }
}
