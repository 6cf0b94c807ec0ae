//! The pages keep their promises: every one answers in both languages, within limits, and safely.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "made-up data, known to be good")]

#[path = "../fixture/mod.rs"]
mod fixture;
mod funds;
mod nodes;
mod story;
mod stream;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use story::Story;
use tower::ServiceExt as _;

/// More than this is slow on a poor line, even compressed.
const MOST_BYTES: usize = 60_000;

/// Pages that need no number of anything.
const FIXED: &[&str] = &[
    "/",
    "/needs",
    "/needs?urgency=critical&open=1",
    "/needs?text=nothing",
    "/trace",
    "/orgs",
    "/orgs?text=hospital",
    "/records",
    "/records?act=holding.accept",
    "/blocks",
    "/nodes",
    "/balance",
    "/unresolved",
    "/verify",
    "/search",
    "/search?q=N95",
    "/about",
    "/docs",
    "/problems",
    "/funds",
    "/charters/new",
];

/// Lists whose first links lead to one page of each kind.
const LISTS: &[(&str, &str)] = &[
    ("/needs", "/needs/"),
    ("/trace", "/trace/"),
    ("/orgs", "/orgs/"),
    ("/records", "/records/"),
    ("/blocks", "/blocks/"),
    ("/docs", "/docs/"),
    ("/problems", "/problems/"),
];

fn story() -> &'static Arc<Story> {
    static STORY: OnceLock<Arc<Story>> = OnceLock::new();
    STORY.get_or_init(Story::told)
}

fn told() -> Router {
    weal_app::pages::router(story().app())
}

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let answer = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 10_000_000).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn get(router: &Router, path: &str) -> (StatusCode, HeaderMap, String) {
    ask(router, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn get_with(
    router: &Router,
    path: &str,
    name: header::HeaderName,
    value: &str,
) -> (StatusCode, HeaderMap, String) {
    ask(router, Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

/// Values of an attribute.
fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Links to this site, as a browser reads them.
fn links(html: &str) -> BTreeSet<String> {
    let own = values(html, "href").into_iter().filter(|link| link.starts_with('/'));
    own.map(|link| link.split('#').next().unwrap().replace("&amp;", "&")).collect()
}

/// Fixed pages and one of each kind that lists lead to, and the gifts of the showcase.
async fn all_pages(router: &Router) -> Vec<String> {
    let mut pages: Vec<String> = FIXED.iter().map(|path| (*path).to_owned()).collect();
    for (list, beginning) in LISTS {
        let (_, _, html) = get(router, &format!("/en{list}")).await;
        let found = links(&html).into_iter().filter_map(|link| {
            let path = link.strip_prefix("/en")?.to_owned();
            (path.starts_with(beginning) && path != *beginning).then_some(path)
        });
        pages.extend(found.take(3));
    }
    let showcase = &story().showcase;
    for gift in [showcase.goods_gift, showcase.money_gift] {
        pages.push(format!("/trace/{gift}"));
    }
    pages.push(format!("/needs/{}", showcase.need));
    pages.push(format!("/orgs/{}", showcase.hospital));
    pages
}

fn check_html(path: &str, html: &str) {
    assert!(html.len() <= MOST_BYTES, "{path} has {} bytes", html.len());
    assert_eq!(html.matches("<h1").count(), 1, "{path}: one headline");
    for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
        assert!(!html.contains(inline), "{path} holds {inline}");
    }
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"module\" src=\"/assets/"), "{path}: inline script");
    }
    let ids = values(html, "id");
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "{path}: ids are not unique: {ids:?}");
    for label in values(html, "for") {
        assert!(ids.contains(&label), "{path}: a label for {label}, which is not there");
    }
    assert!(!html.contains("FSI") && !html.contains('\u{2068}'), "{path}: isolation marks");
}

#[tokio::test]
async fn every_page_answers_in_both_languages_and_keeps_the_rules() {
    let router = told();
    for page in all_pages(&router).await {
        for lang in ["en", "zh"] {
            let path = format!("/{lang}{page}");
            let (status, headers, html) = get(&router, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            check_html(&path, &html);
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
            assert_eq!(headers[header::CACHE_CONTROL], "no-cache", "{path}");
        }
    }
}

#[tokio::test]
async fn an_empty_book_has_every_page_too() {
    let router = weal_app::pages::router(fixture::TinyLedger::new().app());
    for page in FIXED {
        let path = format!("/zh{page}");
        let (status, _, html) = get(&router, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        check_html(&path, &html);
    }
}

#[tokio::test]
async fn every_link_leads_somewhere() {
    let router = told();
    let mut seen = BTreeSet::new();
    for page in all_pages(&router).await {
        let (_, _, html) = get(&router, &format!("/en{page}")).await;
        for link in links(&html) {
            // The API is another face; its own tests ask it.
            if link.starts_with("/v1/") || !seen.insert(link.clone()) {
                continue;
            }
            let (status, _, _) = get(&router, &link).await;
            assert_eq!(status, StatusCode::OK, "{page} links to {link}");
        }
    }
    assert!(seen.len() > 200, "only {} links were found", seen.len());
}

#[tokio::test]
async fn a_list_goes_on_where_it_stopped_and_keeps_its_filter() {
    let router = told();
    let (_, _, first) = get(&router, "/en/needs?urgency=critical").await;
    let next = links(&first).into_iter().find(|link| link.contains("cursor=")).unwrap();
    assert!(next.contains("urgency=critical"), "{next}");
    let (status, _, second) = get(&router, &next).await;
    assert_eq!(status, StatusCode::OK);
    let needs = |html: &str| {
        let found = links(html).into_iter().filter(|link| link.starts_with("/en/needs/"));
        found.collect::<BTreeSet<_>>()
    };
    assert!(needs(&first).is_disjoint(&needs(&second)));
    assert!(!needs(&second).is_empty());
}

#[tokio::test]
async fn what_is_not_there_has_a_page_in_style() {
    let router = told();
    for (path, expected) in [
        ("/en/nothing-here", StatusCode::NOT_FOUND),
        ("/zh/needs/N-1", StatusCode::NOT_FOUND),
        ("/en/trace/7KQM-2X4P-9D3F-H0W5", StatusCode::NOT_FOUND),
        ("/en/problems/HOLD-99", StatusCode::NOT_FOUND),
        ("/en/blocks/many", StatusCode::NOT_FOUND),
        ("/nothing-here", StatusCode::NOT_FOUND),
        ("/en/needs?cursor=made-up", StatusCode::BAD_REQUEST),
        ("/zh/records?cursor=%00", StatusCode::BAD_REQUEST),
    ] {
        let (status, headers, html) = get(&router, path).await;
        assert_eq!(status, expected, "{path}");
        check_html(path, &html);
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_reader_who_has_the_page_gets_it_once() {
    let router = told();
    let (_, headers, _) = get(&router, "/en/needs").await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let (status, headers, body) = get_with(&router, "/en/needs", header::IF_NONE_MATCH, &tag).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let (_, dark, html) = get_with(&router, "/en/needs", header::COOKIE, "theme=dark").await;
    assert_ne!(dark[header::ETAG], tag.as_str());
    assert!(html.contains("data-theme=\"dark\""));
    let (_, chinese, _) = get(&router, "/zh/needs").await;
    assert_ne!(chinese[header::ETAG], tag.as_str());
}

#[tokio::test]
async fn the_colours_are_chosen_without_scripts() {
    let router = told();
    let form = Request::post("/prefs/theme")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("theme=dark&back=%2Fzh%2Fneeds%3Fopen%3D1"))
        .unwrap();
    let (status, headers, _) = ask(&router, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(headers[header::LOCATION], "/zh/needs?open=1");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("theme=dark; Path=/;") && cookie.contains("HttpOnly"), "{cookie}");
}

#[tokio::test]
async fn the_first_visit_is_in_the_readers_language() {
    let router = told();
    for (accept, home) in [("zh-CN,zh;q=0.9", "/zh/"), ("fr,en;q=0.5", "/en/"), ("", "/en/")] {
        let (status, headers, _) = get_with(&router, "/", header::ACCEPT_LANGUAGE, accept).await;
        assert_eq!(status, StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(headers[header::LOCATION], home);
        assert_eq!(headers[header::VARY], "Accept-Language");
    }
    let (status, headers, _) = get(&router, "/zh").await;
    assert_eq!(
        (status, &headers[header::LOCATION]),
        (StatusCode::PERMANENT_REDIRECT, &"/zh/".parse().unwrap())
    );
}

#[tokio::test]
async fn a_donors_code_leads_to_the_gift_and_leaves_the_address() {
    let router = told();
    let code = story().showcase.goods_claim_code.to_lowercase().replace('-', "+");
    let (status, headers, _) = get(&router, &format!("/zh/trace?code={code}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let address = headers[header::LOCATION].to_str().unwrap().to_owned();
    let (status, headers, _) = get(&router, &address).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{address}");
    let address = headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(address.starts_with("/zh/trace/G-"), "{address}");
    assert_eq!(get(&router, &address).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_address_without_a_language_is_completed() {
    let router = told();
    let (status, headers, _) =
        get_with(&router, "/problems/HOLD-02?x=1", header::ACCEPT_LANGUAGE, "zh").await;
    assert_eq!(status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(headers[header::LOCATION], "/zh/problems/HOLD-02?x=1");
}

#[tokio::test]
async fn scripts_and_styles_are_kept_for_ever_at_a_path_of_their_content() {
    let router = told();
    let (_, _, html) = get(&router, "/en/verify").await;
    let assets: Vec<_> = values(&html, "href")
        .into_iter()
        .chain(values(&html, "src"))
        .filter(|link| link.starts_with("/assets/"))
        .collect();
    assert!(assets.iter().any(|path| path.ends_with("/verify-page.js")), "{assets:?}");
    for path in assets {
        let (status, headers, _) = get(&router, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        let caching = headers[header::CACHE_CONTROL].to_str().unwrap();
        assert!(caching.contains("immutable"), "{path}: {caching}");
    }
    let (status, headers, _) = get(&router, "/assets/0123456789abcdef/weal.css").await;
    assert_eq!(
        (status, &headers[header::CACHE_CONTROL]),
        (StatusCode::OK, &"no-cache".parse().unwrap())
    );
    let (status, _, _) = get(&router, "/assets/0123456789abcdef/..%2FCargo.toml").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let script = include_str!("../../../../web/live.js");
    assert!(script.len() < 3_000, "live.js has {} bytes", script.len());
}

#[tokio::test]
async fn what_people_wrote_is_never_markup() {
    let router = told();
    let (_, _, html) = get(&router, "/en/search?q=%3Cb%3E%22%27%3Cscript%3E").await;
    assert!(
        html.contains("&lt;b&gt;") && !html.contains("<script>"),
        "the query stands as it came"
    );
    let (_, _, html) = get(&router, "/en/needs?item=%22%3E%3Cimg%3E&text=%3Ci%3E").await;
    assert!(!html.contains("<img") && !html.contains("<i>"), "the filter stands as it came");
    let (_, _, html) = get(&router, "/en/%22onmouseover%3D%22x").await;
    assert!(!html.contains("\"onmouseover"), "the address stands as it came");
}
