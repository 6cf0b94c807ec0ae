//! Pages about funds: the verdict first, every fund and case in both languages, and the editor.

use super::fixture::TinyLedger;
use super::fixture::town::Town;
use super::{ask, check_html, get, links};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use std::sync::OnceLock;
use weal_app::pages::router;
use weal_services::funds::templates;

fn town() -> &'static Town {
    static TOWN: OnceLock<Town> = OnceLock::new();
    TOWN.get_or_init(Town::told)
}

fn told() -> Router {
    router(town().ledger.app())
}

fn fund(name: &str) -> String {
    town().funds[name].to_string()
}

/// What a reader sees between two marks of the page.
fn text(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').skip(1) {
        text.push_str(part.split_once('>').map_or("", |(_, words)| words));
    }
    text
}

async fn post(router: &Router, path: &str, form: &str) -> (StatusCode, String) {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post(path).header(header::CONTENT_TYPE, kind);
    let (status, _, html) = ask(router, request.body(Body::from(form.to_owned())).unwrap()).await;
    (status, html)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn every_fund_and_case_has_its_page_in_both_languages() {
    let router = told();
    let mut pages = vec!["/funds".to_owned(), "/funds?kind=pension".into(), "/charters/new".into()];
    for id in town().funds.values() {
        pages.extend(["", "/text", "/payments"].map(|part| format!("/funds/{id}{part}")));
    }
    for name in ["gift-escrow", "pension-account", "pension-shares", "project-milestones"] {
        pages.push(format!("/funds/{}/cases/0", fund(name)));
    }
    let (a, b) = (fund("pension-account"), fund("pension-shares"));
    pages.push(format!("/funds/compare?a={a}&b={b}"));
    pages.push("/funds/compare".into());
    for lang in ["en", "zh"] {
        for page in &pages {
            let path = format!("/{lang}{page}");
            let (status, _, html) = get(&router, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            check_html(&path, &html);
            let raw = ["fund-", "fd-", "act-charter"];
            let words = text(&html);
            for word in words.split_whitespace() {
                assert!(!raw.iter().any(|key| word.starts_with(key)), "{path} says {word}");
            }
        }
    }
}

#[tokio::test]
async fn the_first_sentence_is_whether_it_can_pay() {
    let router = told();
    for (name, words) in [
        (
            "ten-for-one",
            "This needs ever more joiners: with 100 people at the start it fails in round 8",
        ),
        ("pension-shares", "This cannot fail, but it can shrink"),
    ] {
        let (_, _, html) = get(&router, &format!("/en/funds/{}", fund(name))).await;
        let headline = html.find("<h1").unwrap();
        let after = text(html[headline..].split_once("</h1>").unwrap().1);
        let place = after.find(words).unwrap_or_else(|| panic!("{name}: {after:.400}"));
        assert!(place < 60, "{name}: the verdict comes after {place} characters");
    }
}

#[tokio::test]
async fn who_can_take_money_out_is_told_with_whose_word() {
    let router = told();
    let (_, _, html) = get(&router, &format!("/en/funds/{}", fund("gift-escrow"))).await;
    let words = text(&html);
    for told in [
        "receipt by recipient",
        "hold by court",
        "pay operator",
        "one of these must be shown",
        "1 of 1",
    ] {
        assert!(words.contains(told), "{told}");
    }
}

#[tokio::test]
async fn a_case_shows_what_is_owned_and_what_to_expect() {
    let router = told();
    let path = format!("/en/funds/{}/cases/0", fund("pension-account"));
    let (_, _, html) = get(&router, &path).await;
    let words = text(&html);
    for told in ["account", "1990", "At 60 (2050)", "If nobody joins any more", "a month"] {
        assert!(words.contains(told), "{told}");
    }
    let (status, _, _) = get(&router, &format!("/en/funds/{}/cases/99", fund("gift-escrow"))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_text_is_checked_without_a_script() {
    let router = told();
    let good = templates::find("gift-escrow").unwrap().text;
    let (status, html) =
        post(&router, "/en/charters/new", &format!("text={}", encoded(good))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("This text can be published."), "{html:.200}");
    let bad = good.replace("receipt by recipient\", by", "receipt by recipient\", bye");
    let (_, html) = post(&router, "/en/charters/new", &format!("text={}", encoded(&bad))).await;
    assert!(html.contains("This text cannot be published yet"));
    assert!(text(&html).contains("Line "), "the place of the fault");
    check_html("/en/charters/new", &html);
}

#[tokio::test]
async fn a_charter_is_no_organisation_and_is_found_as_a_fund() {
    let router = told();
    let (_, _, html) = get(&router, "/en/orgs?text=Ten").await;
    assert!(!html.contains("Ten for one"));
    let (_, _, html) = get(&router, "/en/search?q=Ten+for").await;
    assert!(links(&html).iter().any(|link| link.starts_with("/en/funds/")), "{:?}", links(&html));
}

#[tokio::test]
async fn a_book_without_funds_explains_what_they_are() {
    let router = router(TinyLedger::new().app());
    let (status, _, html) = get(&router, "/en/funds").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("What a charter is") && html.contains("/en/charters/new"));
}
