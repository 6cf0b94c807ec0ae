//! Writing a charter: a text, what is wrong with it or what it promises, and how to publish it.
//!
//! Without a script the button sends the text and the answer is a page. With `charter.js` the same
//! page looks at the text while it is written, by `POST /v1/charters/check`.

use super::funds::{name, verdict};
use super::funds_parts::one_finding;
use super::funds_powers::tree;
use super::funds_rules::{lined, list};
use super::layout::{cross, tick};
use super::phrase;
use super::query::{Ask, filled};
use super::site::{Answer, Failure, Page, Place, Site, Visit};
use super::words::{Lang, args};
use axum::extract::{Form, State};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use weal_charter::limits::TEXT_BYTES;
use weal_services::funds::check::CheckView;
use weal_services::funds::templates::{self, TEMPLATES};

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    template: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    text: String,
}

/// `GET /{lang}/charters/new`.
pub(crate) async fn form(visit: Visit, Ask(wanted): Ask<Wanted>) -> Answer {
    let chosen = filled(wanted.template).unwrap_or_else(|| "gift-escrow".to_owned());
    let text = templates::find(&chosen).ok_or(Failure::Missing)?.text;
    Ok(page(&visit, &chosen, text, None))
}

/// `POST /{lang}/charters/new`: the same page with what was found.
pub(crate) async fn looked_at(
    State(site): State<Arc<Site>>,
    visit: Visit,
    written: Result<Form<Written>, axum::extract::rejection::FormRejection>,
) -> Answer {
    let Form(written) = written.map_err(|_| Failure::Address)?;
    // Forms send lines with a return before the end; the language knows none.
    let text = written.text.replace("\r\n", "\n");
    if text.len() > 2 * TEXT_BYTES {
        return Err(Failure::Address);
    }
    let found = site.app.checks.look(text.clone()).await;
    let found = found.map_err(|problem| Failure::Broken(problem.detail))?;
    Ok(page(&visit, "", &text, Some(&found)))
}

fn page(visit: &Visit, chosen: &str, text: &str, found: Option<&CheckView>) -> Page {
    let lang = visit.lang;
    let body = html! {
        div.lead {
            h1 { (lang.say("fund-new")) }
            p.dek { (lang.say("fund-new-dek")) }
        }
        form.filters action=(visit.href("/charters/new")) {
            div.field.wide {
                label for="template" { (lang.say("fund-template")) }
                select #template name="template" {
                    @if chosen.is_empty() {
                        option value="" selected { (lang.say("fund-template-own")) }
                    }
                    @for template in TEMPLATES {
                        option value=(template.name) selected[template.name == chosen] {
                            (phrase::word(lang, "fd-template", template.name))
                        }
                    }
                }
            }
            div.buttons { button.button { (lang.say("fund-template-take")) } }
        }
        div.writing {
            form method="post" action=(visit.href("/charters/new")) data-charter
                data-check="/v1/charters/check"
                data-good=(lang.say("fund-text-good")) data-working=(lang.say("fund-text-working"))
                data-failed=(lang.say("fund-text-unreachable"))
                data-place=(lang.tell("fund-place", args! { line: "{line}", column: "{column}" })) {
                label for="text" { (lang.say("fund-text")) }
                textarea #text name="text" rows="28" spellcheck="false" autocomplete="off"
                    autocapitalize="off" wrap="off" maxlength=(TEXT_BYTES) { "\n" (text) }
                p.note data-charter-now role="status" {}
                p { button.button { (lang.say("fund-check")) } }
            }
            div #found data-charter-found { (result(visit, text, found)) }
        }
        section.prose {
            h2 { (lang.say("fund-publish")) }
            p { (lang.say("fund-publish-note")) }
            pre tabindex="0" {
                code { "weal charter test my.weal\nweal charter publish my.weal --issuer bank" }
            }
        }
    };
    Page { moving: false, ..Page::moving(lang.say("fund-new"), Place::Editor, body) }
}

/// What is wrong, or what it promises.
fn result(visit: &Visit, text: &str, found: Option<&CheckView>) -> Markup {
    let lang = visit.lang;
    let Some(found) = found else {
        return html! { p.empty { (lang.say("fund-nothing-checked")) } };
    };
    if !found.faults.is_empty() {
        return faults(lang, text, found);
    }
    html! {
        h2 { (found.name) }
        p { (tick()) " " (lang.say("fund-text-good")) }
        @match &found.verdict {
            Some(of) => (verdict(lang, of)),
            None => p.note { (lang.say("fund-text-working")) },
        }
        (dossier(lang, found))
    }
}

fn faults(lang: Lang, text: &str, found: &CheckView) -> Markup {
    let lines: Vec<u32> = found.faults.iter().map(|fault| fault.line).collect();
    let around = lines.first().copied().unwrap_or(1);
    let skip = around.saturating_sub(4) as usize;
    let near: Vec<_> = text.lines().skip(skip).take(7).collect();
    let marked: Vec<u32> = lines.iter().map(|line| line.saturating_sub(skip as u32)).collect();
    html! {
        h2 { (lang.say("fund-text-bad")) }
        ul.shares {
            @for fault in &found.faults {
                li {
                    (cross()) " "
                    b { (lang.tell("fund-place", args! {
                        line: fault.line.to_string(), column: fault.column.to_string(),
                    })) }
                    ": " span lang="en" { (fault.reason) } " " span.meta { (fault.code) }
                }
            }
        }
        (lined(&near.join("\n"), &marked))
    }
}

fn dossier(lang: Lang, found: &CheckView) -> Markup {
    html! {
        h3 { (lang.say("fund-out")) }
        ul.answers {
            @for flow in found.flows.iter().filter(|flow| flow.outward) {
                @let by: Vec<_> = flow.by.iter().map(|by| super::funds::actor(lang, by)).collect();
                li {
                    b { (name(&flow.name)) } ": " (name(&flow.from)) " → " (name(&flow.to)) ", "
                    (super::funds::row_of(lang, &by))
                    @if !flow.evidence.is_empty() {
                        small { (lang.tell("fund-shown", args! {
                            needs: flow.needs,
                            evidence: super::funds::row_of(lang, &flow.evidence),
                        })) }
                    }
                }
            }
        }
        @if let Some(dossier) = &found.dossier {
            h3 { (lang.say("fund-findings")) }
            @if dossier.findings.is_empty() { p { (tick()) " " (lang.say("fund-no-findings")) } }
            ul.shares { @for finding in &dossier.findings { li { (one_finding(lang, finding)) } } }
            details {
                summary { (lang.say("fund-powers")) }
                (tree(lang, &dossier.powers))
            }
        }
        details {
            summary { (lang.say("fund-rules")) }
            (list(lang, &found.rules, ""))
        }
        p.note { (lang.say("fund-hash")) " " code.long { (found.text_hash) } }
    }
}
