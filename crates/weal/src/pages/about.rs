//! What this book is, what it proves and what it does not, said plainly.

use super::phrase;
use super::site::{Answer, Page, Place, Visit};
use super::verify::command;
use super::words::{Lang, args};
use maud::{Markup, html};

/// `GET /{lang}/about`.
pub(crate) async fn show(visit: Visit) -> Answer {
    let lang = visit.lang;
    let body = html! {
        div.lead {
            h1 { (lang.say("about-title")) }
            p.dek { (lang.say("about-dek")) }
        }
        div.prose {
            section { (paragraphs(lang, "about-what", 3)) }
            section { (proofs(lang)) }
            section { (grades(lang)) }
            section #check {
                (paragraphs(lang, "about-check", 2))
                (command("weal verify receipt.json"))
                p.note {
                    (lang.tell("about-network", args! { name: visit.status.name.clone() })) " "
                    code.long { (visit.status.network) }
                }
            }
            section { (paragraphs(lang, "about-privacy", 3)) }
            section { (paragraphs(lang, "about-numbers", 2)) }
        }
    };
    Ok(Page::still(lang.say("nav-about"), Place::Elsewhere, body))
}

/// A heading and the paragraphs under it, by numbered texts.
fn paragraphs(lang: Lang, key: &str, count: usize) -> Markup {
    html! {
        h2 { (lang.say(key)) }
        @for at in 1..=count { p { (lang.say(&format!("{key}-{at}"))) } }
    }
}

fn proofs(lang: Lang) -> Markup {
    let list = |key: &str, count: usize| {
        html! { ul { @for at in 1..=count { li { (lang.say(&format!("{key}-{at}"))) } } } }
    };
    html! {
        h2 { (lang.say("about-proves")) }
        (list("about-proves", 3))
        h2 { (lang.say("about-not")) }
        (list("about-not", 4))
    }
}

fn grades(lang: Lang) -> Markup {
    html! {
        h2 #grades { (lang.say("about-grades")) }
        p { (lang.say("about-grades-1")) }
        dl.facts {
            @for grade in 0..=phrase::BEST_GRADE {
                div {
                    dt { (lang.tell("grade", args! { grade: grade })) }
                    dd { (phrase::grade_words(lang, grade)) }
                }
            }
        }
        p.note { (lang.say("about-grades-2")) }
    }
}
