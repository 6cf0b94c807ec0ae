//! One page for each rule by which the book says no: what it means and what to do.

use super::site::{Answer, Failure, Page, Place, Visit};
use super::words::Lang;
use axum::extract::Path;
use maud::{Markup, html};
use weal_kernel::Refusal;

/// `GET /{lang}/problems`: the rule book.
pub(crate) async fn list(visit: Visit) -> Answer {
    let lang = visit.lang;
    let body = html! {
        div.lead {
            h1 { (lang.say("problems-title")) }
            p.dek { (lang.say("problems-dek")) }
        }
        dl.facts.rules {
            @for refusal in Refusal::ALL {
                div {
                    dt {
                        a href=(visit.href(&format!("/problems/{}", refusal.code()))) {
                            (refusal.code())
                        }
                    }
                    dd { (sentence(lang, *refusal)) }
                }
            }
        }
    };
    Ok(Page::still(lang.say("problems-title"), Place::Elsewhere, body))
}

/// `GET /{lang}/problems/{code}`.
pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Answer {
    let lang = visit.lang;
    let known = Refusal::ALL.iter().copied().find(|r| r.code().eq_ignore_ascii_case(&code));
    let refusal = known.ok_or(Failure::Missing)?;
    let body = html! {
        div.lead {
            p.kicker { (refusal.code()) }
            h1 { (sentence(lang, refusal)) }
        }
        section.prose { (what_to_do(lang, refusal)) }
        p { a href=(visit.href("/problems")) { (lang.say("problems-all")) } }
    };
    let title = format!("{}: {}", refusal.code(), sentence(lang, refusal));
    Ok(Page::still(title, Place::Elsewhere, body))
}

fn what_to_do(lang: Lang, refusal: Refusal) -> Markup {
    html! {
        h2 { (lang.say("problem-remedy")) }
        p { (remedy(lang, refusal)) }
        h2 { (lang.say("problem-meaning")) }
        p { (lang.say("problem-why")) }
    }
}

/// The rule in the reader's language; the rule book itself is in English.
pub(crate) fn sentence(lang: Lang, refusal: Refusal) -> String {
    translated(lang, refusal, "").unwrap_or_else(|| refusal.sentence().to_owned())
}

fn remedy(lang: Lang, refusal: Refusal) -> String {
    translated(lang, refusal, ".remedy").unwrap_or_else(|| refusal.remedy().to_owned())
}

fn translated(lang: Lang, refusal: Refusal, part: &str) -> Option<String> {
    let key = format!("rule-{}{part}", refusal.code());
    lang.try_tell(&key, &fluent_bundle::FluentArgs::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_told_in_chinese() {
        for refusal in Refusal::ALL {
            for part in ["", ".remedy"] {
                let told = translated(Lang::Zh, *refusal, part);
                assert!(told.is_some_and(|text| text.ends_with('。')), "{refusal}{part}");
            }
        }
    }
}
