//! Rules in words beside their code, what they give for typical inputs, and the whole text.

use super::funds::{name, number};
use super::funds_page::kicker;
use super::phrase;
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{Lang, args};
use axum::extract::{Path, State};
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::funds::view::{FundPage, RuleView};

/// The section of a fund's page.
pub(crate) fn section(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let text = visit.href(&format!("/funds/{}/text", page.fund.number));
    html! {
        h2 #rules { (lang.say("fund-rules")) }
        p.note { (lang.say("fund-rules-note")) }
        (list(lang, &page.rules, &text))
    }
}

/// Each rule: the sentence; its code and its table on demand.
pub(crate) fn list(lang: Lang, rules: &[RuleView], text: &str) -> Markup {
    html! {
        ol.rules {
            @for rule in rules {
                li {
                    p.sentence { (rule.sentence) }
                    details {
                        summary { (lang.tell("fund-rule-open", args! { rule: name(&rule.name) })) }
                        pre tabindex="0" { code { (rule.code) } }
                        @if let (Some(low), Some(high)) = (&rule.low, &rule.high) {
                            p.note { (lang.tell("fund-rule-range", args! {
                                low: shown(lang, rule, low), high: shown(lang, rule, high),
                            })) }
                        }
                        (table(lang, rule))
                        @if !text.is_empty() {
                            p.meta {
                                a href={ (text) "#line-" (rule.line) } {
                                    (lang.tell("fund-rule-line", args! {
                                        line: rule.line.to_string(),
                                    }))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn shown(lang: Lang, rule: &RuleView, text: &str) -> String {
    match rule.gives {
        "money" => phrase::money_short(lang, text),
        _ => super::words::group_digits(text),
    }
}

/// What it gives, found by running it.
fn table(lang: Lang, rule: &RuleView) -> Markup {
    if rule.table.is_empty() || rule.inputs.is_empty() {
        return html! {};
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(lang.tell("fund-rule-table", args! {
            rule: name(&rule.name),
        })) {
            table.plain.tried {
                thead {
                    tr {
                        @for input in &rule.inputs { th.number scope="col" { (name(input)) } }
                        th.number scope="col" { (lang.say("fund-gives")) }
                    }
                }
                tbody {
                    @for row in &rule.table {
                        tr {
                            @for input in &row.inputs { td.number { (number(lang, input)) } }
                            td.number {
                                b { (number(lang, &row.gives)) }
                                @if row.is_example {
                                    span.hidden { " " (lang.say("fund-example")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /{lang}/funds/{number}/text`.
pub(crate) async fn text(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(wanted): Path<String>,
) -> Answer {
    let lang = visit.lang;
    let read = move |desk: &weal_services::funds::Desk<'_>| {
        let Some(fund) = desk.fund(&wanted)? else { return Ok(None) };
        Ok(Some((fund.row.number.clone(), fund.charter().name.clone(), fund.row.text)))
    };
    let (id, title, text) = site.desk(read).await?;
    let body = html! {
        div.lead {
            (kicker(&visit, &id, &title))
            h1 { (lang.say("fund-whole-text")) }
            p.dek { (lang.say("fund-text-note")) }
        }
        (lined(&text, &[]))
    };
    Ok(Page::still(title, Place::Funds, body))
}

/// A text with numbered lines; lines with faults are marked.
pub(crate) fn lined(text: &str, marked: &[u32]) -> Markup {
    html! {
        pre.lined tabindex="0" lang="en" {
            code {
                @for (at, line) in (1u32..).zip(text.lines()) {
                    @let is_marked = marked.contains(&at);
                    span.code-line.marked[is_marked] id={ "line-" (at) } { (line) "\n" }
                }
            }
        }
    }
}
