//! Two funds side by side: verdicts first, then what differs, part by part and rule by rule.

use super::funds::{href, name, number, verdict};
use super::phrase;
use super::query::{Ask, filled};
use super::site::{Answer, Failure, Page, Place, Site, Visit};
use super::words::{Lang, args};
use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_services::funds::compare::{CompareView, Difference, RuleDifference};
use weal_services::funds::view::FundLine;

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    a: Option<String>,
    b: Option<String>,
}

/// `GET /{lang}/funds/compare`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Ask(wanted): Ask<Wanted>,
) -> Answer {
    let lang = visit.lang;
    let (a, b) = (filled(wanted.a), filled(wanted.b));
    let asked = a.clone().zip(b.clone());
    let read = move |desk: &weal_services::funds::Desk<'_>| {
        let found = match asked {
            Some((a, b)) => match (desk.fund(&a)?, desk.fund(&b)?) {
                (Some(a), Some(b)) => Some(desk.compare(&a, &b)?),
                _ => return Ok(None),
            },
            None => None,
        };
        Ok(Some((desk.funds()?, found)))
    };
    let (funds, found) = match (site.desk(read).await, a.is_some() && b.is_some()) {
        (Err(Failure::Missing), false) => (Vec::new(), None),
        (other, _) => other?,
    };
    let body = html! {
        div.lead {
            h1 { (lang.say("fund-compare")) }
            p.dek { (lang.say("fund-compare-dek")) }
        }
        (form(&visit, &funds, a.as_deref(), b.as_deref()))
        @if let Some(found) = &found { (side_by_side(&visit, found)) }
    };
    Ok(Page::moving(lang.say("fund-compare"), Place::Funds, body))
}

fn form(visit: &Visit, funds: &[FundLine], a: Option<&str>, b: Option<&str>) -> Markup {
    let lang = visit.lang;
    let choice = |field: &str, key: &str, chosen: Option<&str>| {
        html! {
            div.field.wide {
                label for=(field) { (lang.say(key)) }
                select id=(field) name=(field) required {
                    option value="" { (lang.say("fund-choose")) }
                    @for fund in funds {
                        @let is = chosen.is_some_and(|c| c == fund.number || c == fund.id);
                        option value=(fund.number) selected[is] {
                            (fund.name) " (" (fund.number) ")"
                        }
                    }
                }
            }
        }
    };
    html! {
        form.filters action=(visit.href("/funds/compare")) {
            (choice("a", "fund-first", a))
            (choice("b", "fund-second", b))
            div.buttons { button.button { (lang.say("fund-compare-go")) } }
        }
    }
}

fn side_by_side(visit: &Visit, found: &CompareView) -> Markup {
    let lang = visit.lang;
    html! {
        div.pair {
            @for fund in [&found.a, &found.b] {
                section {
                    h2 { a href=(href(visit, &fund.number)) { (fund.name) } }
                    @if let Some(of) = &fund.verdict { (verdict(lang, of)) }
                }
            }
        }
        @if found.same_text { p { b { (lang.say("fund-same-text")) } } }
        section {
            h2 { (lang.say("fund-differences")) }
            @if found.differences.is_empty() {
                p.empty { (lang.say("fund-no-differences")) }
            } @else {
                (differences(lang, found))
            }
        }
        section {
            h2 { (lang.say("fund-rule-differences")) }
            @if found.rules.is_empty() { p.empty { (lang.say("fund-no-differences")) } }
            @for rule in &found.rules { (one_rule(lang, found, rule)) }
            @if !found.same_rules.is_empty() {
                @let same: Vec<_> = found.same_rules.iter().map(|rule| name(rule)).collect();
                p.note { (lang.tell("fund-same-rules", args! {
                    rules: super::funds::row_of(lang, &same),
                })) }
            }
        }
    }
}

fn differences(lang: Lang, found: &CompareView) -> Markup {
    html! {
        table.list.cards.compared {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-part")) }
                    th scope="col" { (found.a.name) }
                    th scope="col" { (found.b.name) }
                }
            }
            tbody {
                @for difference in &found.differences { (difference_row(lang, found, difference)) }
            }
        }
    }
}

fn difference_row(lang: Lang, found: &CompareView, of: &Difference) -> Markup {
    let cell = |text: &Option<String>| match text {
        Some(text) if text.is_empty() => html! { span.note { "–" } },
        Some(text) => html! { (text) },
        None => html! { span.note { (lang.say("fund-not-there")) } },
    };
    html! {
        tr {
            th scope="row" {
                (phrase::word(lang, "fd-part", of.kind)) " " (name(&of.name))
                @if !of.part.is_empty() { small { (of.part) } }
            }
            td data-label=(found.a.name) { (cell(&of.a)) }
            td data-label=(found.b.name) { (cell(&of.b)) }
        }
    }
}

fn one_rule(lang: Lang, found: &CompareView, rule: &RuleDifference) -> Markup {
    let sides = [
        (&found.a.name, &rule.sentence_a, &rule.code_a),
        (&found.b.name, &rule.sentence_b, &rule.code_b),
    ];
    html! {
        article.compared-rule {
            h3 {
                (name(&rule.rule)) " " span.tag {
                    (phrase::word(lang, "fd-what", &rule.what.replace('_', "-")))
                }
            }
            div.pair {
                @for (title, sentence, code) in sides {
                    div {
                        p.kicker { (title) }
                        @match sentence {
                            Some(sentence) => p { (sentence) },
                            None => p.note { (lang.say("fund-not-there")) },
                        }
                        @if let Some(code) = code {
                            details {
                                summary { (lang.say("fund-code")) }
                                pre tabindex="0" { code { (code) } }
                            }
                        }
                    }
                }
            }
            @if !rule.sums.is_empty() { (sums(lang, found, rule)) }
        }
    }
}

fn sums(lang: Lang, found: &CompareView, rule: &RuleDifference) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(name(&rule.rule)) {
            table.plain.tried {
                thead {
                    tr {
                        @if let Some(first) = rule.sums.first() {
                            @for input in &first.inputs {
                                th.number scope="col" { (name(&input.name)) }
                            }
                        }
                        th.number scope="col" { (found.a.name) }
                        th.number scope="col" { (found.b.name) }
                    }
                }
                tbody {
                    @for sum in &rule.sums {
                        tr {
                            @for input in &sum.inputs { td.number { (number(lang, input)) } }
                            td.number { b { (number(lang, &sum.a)) } }
                            td.number { b { (number(lang, &sum.b)) } }
                        }
                    }
                }
            }
        }
    }
}
