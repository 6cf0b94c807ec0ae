//! Pages for what went wrong: what, why, and what to do.

use super::query;
use super::site::{Failure, Page, Place, Visit};
use axum::http::Uri;
use axum::response::Redirect;
use maud::html;

/// Any address that is no page. One that only lacks its language, as on a label or in an answer
/// of the API, is completed.
pub(crate) async fn missing(visit: Visit, uri: Uri) -> Result<Redirect, Failure> {
    let first = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    if PLACES.contains(&first) {
        return Ok(Redirect::temporary(&visit.href(&visit.rest)));
    }
    Err(Failure::Missing)
}

/// First parts of the paths of all pages.
const PLACES: [&str; 12] = [
    "needs",
    "trace",
    "orgs",
    "unresolved",
    "records",
    "blocks",
    "balance",
    "verify",
    "search",
    "about",
    "docs",
    "problems",
];

/// The page of a failure.
pub(crate) fn page(visit: &Visit, failure: &Failure) -> Page {
    let lang = visit.lang;
    let key = match failure {
        Failure::Missing => "error-missing",
        Failure::Address => "error-address",
        // The busy page is made without this one; these are its words where it is not.
        Failure::Busy | Failure::Broken(_) => "error-broken",
    };
    let title = lang.say(key);
    let last = visit.rest.split('?').next().and_then(|path| path.rsplit('/').next());
    let looked_for = last.filter(|word| !word.is_empty() && !word.contains('%'));
    let body = html! {
        div.lead {
            p.kicker { (failure.status().as_u16()) }
            h1 { (title) }
            p.dek { (lang.say(&format!("{key}-why"))) }
        }
        ul.ways {
            @if let (Failure::Missing, Some(word)) = (failure, looked_for) {
                @let address = query::write(&[("q", Some(word))]);
                li { a href=(visit.href(&format!("/search{address}"))) {
                    (lang.tell("error-search", super::words::args! { word: word.to_owned() }))
                } }
            }
            li { a href=(visit.href("/")) { (lang.say("error-home")) } }
        }
    };
    Page::still(title, Place::Elsewhere, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Status;
    use crate::pages::site::Theme;
    use crate::pages::words::Lang;

    #[test]
    fn a_fault_on_our_side_is_told_without_its_inside() {
        let status = Status {
            network: String::new(),
            name: "Book".into(),
            height: 1,
            time_ms: 0,
            digest: String::new(),
            log_size: 0,
            log_root: String::new(),
            state_root: String::new(),
            validators: 1,
            agree: 1,
            signed: 1,
            indexed: 1,
            waiting: 0,
            oldest_wait_s: 0,
            demonstration: false,
        };
        let visit = Visit { lang: Lang::En, theme: Theme::Auto, rest: "/needs".into(), status };
        let failure = Failure::Broken("disk I/O error in /some/where".into());
        let html = page(&visit, &failure).body.into_string();
        assert!(html.contains("500") && html.contains("The book itself is safe"), "{html}");
        assert!(!html.contains("disk") && !html.contains("/some/where"), "{html}");
    }
}
