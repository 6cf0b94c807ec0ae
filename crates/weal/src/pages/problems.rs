//! One page for each rule by which the book, or its API, says no: what it means and what to do.

use super::site::{Answer, Failure, Page, Place, Visit};
use super::words::Lang;
use crate::api::Fault;
use axum::extract::Path;
use maud::{Markup, html};
use weal_kernel::Refusal;

/// A way of saying no, with its words in English.
#[derive(Debug, Clone, Copy)]
struct Rule {
    code: &'static str,
    sentence: &'static str,
    remedy: &'static str,
    /// Whether it is a rule of the book; else one of this node's interface.
    of_book: bool,
}

/// Every rule of the book, then every fault of a request.
fn rules() -> impl Iterator<Item = Rule> {
    let book = Refusal::ALL.iter().map(|rule| Rule {
        code: rule.code(),
        sentence: rule.sentence(),
        remedy: rule.remedy(),
        of_book: true,
    });
    let requests = Fault::ALL.iter().map(|fault| Rule {
        code: fault.code(),
        sentence: fault.title(),
        remedy: fault.remedy(),
        of_book: false,
    });
    book.chain(requests)
}

impl Rule {
    /// The rule in the reader's language; the rule books themselves are in English.
    fn sentence(&self, lang: Lang) -> String {
        self.translated(lang, "").unwrap_or_else(|| self.sentence.to_owned())
    }

    fn remedy(&self, lang: Lang) -> String {
        self.translated(lang, ".remedy").unwrap_or_else(|| self.remedy.to_owned())
    }

    fn translated(&self, lang: Lang, part: &str) -> Option<String> {
        let key = format!("rule-{}{part}", self.code);
        lang.try_tell(&key, &fluent_bundle::FluentArgs::new())
    }
}

/// `GET /{lang}/problems`: the rule book.
pub(crate) async fn list(visit: Visit) -> Answer {
    let lang = visit.lang;
    let body = html! {
        div.lead {
            h1 { (lang.say("problems-title")) }
            p.dek { (lang.say("problems-dek")) }
        }
        section {
            h2 { (lang.say("problems-of-book")) }
            (table(&visit, rules().filter(|rule| rule.of_book)))
        }
        section {
            h2 { (lang.say("problems-of-requests")) }
            (table(&visit, rules().filter(|rule| !rule.of_book)))
        }
    };
    Ok(Page::still(lang.say("problems-title"), Place::Elsewhere, body))
}

fn table(visit: &Visit, rules: impl Iterator<Item = Rule>) -> Markup {
    html! {
        dl.facts {
            @for rule in rules {
                div {
                    dt {
                        a href=(visit.href(&format!("/problems/{}", rule.code))) { (rule.code) }
                    }
                    dd { (rule.sentence(visit.lang)) }
                }
            }
        }
    }
}

/// `GET /{lang}/problems/{code}`.
pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Answer {
    let lang = visit.lang;
    let known = rules().find(|rule| rule.code.eq_ignore_ascii_case(&code));
    let rule = known.ok_or(Failure::Missing)?;
    let meaning = if rule.of_book { "problem-why" } else { "problem-why-request" };
    let body = html! {
        div.lead {
            p.kicker { (rule.code) }
            h1 { (rule.sentence(lang)) }
        }
        section.prose {
            h2 { (lang.say("problem-remedy")) }
            p { (rule.remedy(lang)) }
            h2 { (lang.say("problem-meaning")) }
            p { (lang.say(meaning)) }
        }
        p { a href=(visit.href("/problems")) { (lang.say("problems-all")) } }
    };
    let title = format!("{}: {}", rule.code, rule.sentence(lang));
    Ok(Page::still(title, Place::Elsewhere, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_in_chinese() {
        for rule in rules() {
            for part in ["", ".remedy"] {
                let told = rule.translated(Lang::Zh, part);
                assert!(told.is_some_and(|text| text.ends_with('。')), "{}{part}", rule.code);
            }
        }
    }
}
