//! Who has power over what, as a list within lists: from those who appoint down to what is paid.

use super::funds::{actor, name, row_of};
use super::phrase;
use super::site::Visit;
use super::words::{Lang, args};
use maud::{Markup, html};
use std::collections::BTreeMap;
use weal_services::funds::view::{FundPage, PowerView};

/// Offices within offices: more than this is a circle.
const DEPTH: usize = 6;

/// The section of a fund's page.
pub(crate) fn section(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    html! {
        h2 { (lang.say("fund-powers")) }
        @match &page.dossier {
            Some(dossier) => {
                p.note { (lang.say("fund-powers-note")) }
                (tree(lang, &dossier.powers))
            }
            None => p.empty { (lang.say("fund-no-dossier")) },
        }
    }
}

/// All powers; who is appointed stands below the one who appoints.
pub(crate) fn tree(lang: Lang, powers: &[PowerView]) -> Markup {
    let appointed: Vec<&str> =
        powers.iter().filter(|power| power.can == "appoint").map(|p| p.what.as_str()).collect();
    let mut roots: Vec<&str> = Vec::new();
    for power in powers {
        if !appointed.contains(&power.who.as_str()) && !roots.contains(&power.who.as_str()) {
            roots.push(&power.who);
        }
    }
    html! {
        ul.powers {
            @for root in roots { li { (branch(lang, powers, root, 0)) } }
        }
    }
}

fn branch(lang: Lang, powers: &[PowerView], who: &str, depth: usize) -> Markup {
    let own = powers.iter().filter(|power| power.who == who);
    let mut acts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut below: Vec<&str> = Vec::new();
    for power in own {
        if power.can == "appoint" && depth < DEPTH {
            below.push(&power.what);
            continue;
        }
        let whats = acts.entry(&power.can).or_default();
        let what = what(lang, &power.what);
        if !whats.contains(&what) {
            whats.push(what);
        }
    }
    html! {
        b { (holder(lang, who)) }
        @if !acts.is_empty() {
            ul {
                @for (can, whats) in &acts {
                    li {
                        (phrase::word(lang, "fd-can", &can.replace(' ', "-"))) " "
                        (row_of(lang, whats))
                    }
                }
            }
        }
        @if !below.is_empty() {
            ul {
                @for role in below {
                    li { (lang.say("fund-appoints")) " " (branch(lang, powers, role, depth + 1)) }
                }
            }
        }
    }
}

/// Who has a power, in the reader's language where it is nobody the author named.
fn holder(lang: Lang, who: &str) -> String {
    match who.strip_prefix(weal_charter::dossier::KEEPERS) {
        Some(code) => {
            lang.tell("fund-issuers-of", args! { code: phrase::word(lang, "role", code) })
        }
        None => match who {
            "the author, when publishing" => lang.say("fund-by-author"),
            "the issuer of the money" => lang.say("fund-by-issuer"),
            other => actor(lang, other),
        },
    }
}

fn what(lang: Lang, text: &str) -> String {
    match text {
        "every payment" => lang.say("fund-of-payments"),
        other => name(other),
    }
}
