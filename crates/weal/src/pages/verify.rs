//! Checking a receipt in the reader's own browser, with code that shares nothing with this node.

use super::site::{Answer, Page, Place, Visit};
use super::words::args;
use maud::{Markup, html};

/// `GET /{lang}/verify`.
pub(crate) async fn show(visit: Visit) -> Answer {
    let lang = visit.lang;
    let body = html! {
        div.lead {
            h1 { (lang.say("verify-title")) }
            p.dek { (lang.say("verify-dek")) }
        }
        div.columns {
            (checker(&visit, None, &html! {
                div.field {
                    label for="receipt-file" { (lang.say("verify-file")) }
                    input #receipt-file type="file" accept=".json,application/json"
                        data-verify-file;
                }
                div.field {
                    label for="receipt-text" { (lang.say("verify-text")) }
                    textarea #receipt-text rows="8" spellcheck="false" autocomplete="off"
                        data-verify-text {}
                }
            }))
            section {
                h2 { (lang.say("verify-how")) }
                ol.steps-list {
                    @for step in STEPS { li { (lang.say(&format!("verify-step-{step}"))) } }
                }
                p.note { (lang.say("verify-own")) }
                (command("weal verify receipt.json"))
            }
        }
    };
    Ok(Page::still(lang.say("verify-title"), Place::Verify, body).with_check())
}

/// Steps of the check, as the verifiers call them.
const STEPS: [&str; 7] =
    ["genesis", "header", "sets", "certificate", "inclusion", "signatures", "state"];

/// The panel beside an entry: its receipt, and the check.
pub(crate) fn panel(visit: &Visit, index: u64, height: u64) -> Markup {
    let lang = visit.lang;
    let receipt = format!("/v1/records/{index}/receipt");
    html! {
        aside.panel aria-label=(lang.say("check-title")) {
            h2 { (lang.say("check-title")) }
            p { (lang.tell("check-words", args! { height: height })) }
            (checker(visit, Some(&receipt), &html! {}))
            p {
                a href=(receipt) download={ "receipt-" (index) ".json" } {
                    (lang.say("check-download"))
                }
            }
            p.note { (lang.say("verify-own")) }
            (command(&format!("weal verify receipt-{index}.json")))
        }
    }
}

/// The part that the script brings to life; without it the command line does the same.
fn checker(visit: &Visit, receipt: Option<&str>, fields: &Markup) -> Markup {
    let lang = visit.lang;
    let say = |name: &str| lang.say(&format!("verify-{name}"));
    let step = |name: &str| say(&format!("step-{name}"));
    let error = |name: &str| say(&format!("error-{name}"));
    html! {
        section.checker data-verify aria-label=(lang.say("check-run"))
            data-receipt-url=[receipt] data-network=(visit.status.network)
            data-ok=(say("ok")) data-failed=(say("failed")) data-running=(say("running"))
            data-unreachable=(say("unreachable")) data-other-network=(say("other-network"))
            data-good=(lang.tell("verify-good", placeholders()))
            data-bad=(lang.tell("verify-bad", placeholders()))
            data-step-genesis=(step("genesis")) data-step-header=(step("header"))
            data-step-sets=(step("sets"))
            data-step-certificate=(step("certificate")) data-step-inclusion=(step("inclusion"))
            data-step-signatures=(step("signatures")) data-step-state=(step("state"))
            data-error-json=(error("json")) data-error-shape=(error("json"))
            data-error-network=(error("genesis")) data-error-genesis=(error("genesis"))
            data-error-header=(error("header")) data-error-header-network=(error("header"))
            data-error-header-digest=(error("header"))
            data-error-sets=(error("sets")) data-error-validators=(error("sets"))
            data-error-certificate=(error("certificate"))
            data-error-epoch=(error("certificate"))
            data-error-operation=(error("inclusion")) data-error-inclusion=(error("inclusion"))
            data-error-signature=(error("signature")) data-error-state=(error("state"))
            data-error-unsupported=(error("unsupported")) {
            (fields)
            p { button.button type="button" data-verify-run hidden { (lang.say("check-run")) } }
            output data-verify-out role="status" {}
            noscript { p.note { (lang.say("check-noscript")) } }
        }
    }
}

/// Values that the script fills in, written as it finds them.
fn placeholders() -> fluent_bundle::FluentArgs<'static> {
    args! {
        index: "{index}",
        signed: "{signed}",
        committee: "{committee}",
        set: "{set}",
        reason: "{reason}",
    }
}

/// A command to type; it can be scrolled by keyboard where it is too wide.
pub(crate) fn command(command: &str) -> Markup {
    html! { pre.command tabindex="0" { code { (command) } } }
}
