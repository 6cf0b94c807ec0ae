//! The description is true: it equals the file checked in, and every path in it answers.

use super::{ask, first, reading, request, send};
use axum::Router;
use axum::body::Body;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Every operation described: path, method, description.
fn operations() -> Vec<(String, String, Value)> {
    let document = weal_app::api::document();
    let paths = document["paths"].as_object().unwrap().clone();
    let each = paths.into_iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().clone();
        methods.into_iter().map(move |(method, operation)| (path.clone(), method, operation))
    });
    each.collect()
}

/// The path with names of things that are in the book.
async fn filled(router: &Router, path: &str) -> String {
    let Some((before, rest)) = path.split_once('{') else { return path.to_owned() };
    let after = rest.split_once('}').unwrap().1;
    let name = match path {
        "/v1/needs/{number}" => first(router, "/v1/needs?limit=1", "number").await,
        "/v1/gifts/{code}/trace" => first(router, "/v1/gifts?limit=1", "number").await,
        "/v1/parties/{number}" => first(router, "/v1/parties?limit=1", "number").await,
        "/v1/blocks/{height}" => first(router, "/v1/blocks?limit=1", "height").await,
        "/v1/mirror/{from}" => "1".to_owned(),
        "/v1/principals/{id}/cases" => super::funds::town().id("ann").to_string(),
        _ if path.starts_with("/v1/funds/{") => {
            let fund = super::funds::town().funds["gift-escrow"].to_string();
            return path.replace("{number}", &fund).replace("{case}", "0");
        }
        _ if path.starts_with("/v1/records/{") => first(router, "/v1/records", "number").await,
        _ => first(router, "/v1/records?limit=1", "id").await,
    };
    format!("{before}{name}{after}")
}

/// The book that has what a path is about.
fn book_of(path: &str) -> Router {
    let is_fund = path.starts_with("/v1/funds") || path.starts_with("/v1/principals");
    if is_fund { super::funds::told() } else { reading() }
}

/// Parameters without which nothing is answered.
fn needed(path: &str) -> String {
    let known = match path {
        "/v1/search" => "q=mask",
        "/v1/state" => "key=network",
        "/v1/funds/compare" => {
            let funds = &super::funds::town().funds;
            return format!("a={}&b={}", funds["gift-escrow"], funds["receivable"]);
        }
        _ => "",
    };
    known.to_owned()
}

#[test]
fn the_description_equals_the_file_checked_in() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/openapi.json");
    let mut text = serde_json::to_string_pretty(&weal_app::api::document()).unwrap();
    text.push('\n');
    if std::env::var_os("WEAL_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(known == text, "spec/openapi.json differs: run this test with WEAL_BLESS=1");
}

#[test]
fn the_description_has_what_tools_ask_for() {
    let document = weal_app::api::document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["security"], serde_json::json!([]));
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert!(!document["servers"].as_array().unwrap().is_empty());
    let tags = document["tags"].as_array().unwrap();
    let tags: BTreeSet<_> = tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{path}");
        for tag in operation["tags"].as_array().unwrap() {
            assert!(tags.contains(tag.as_str().unwrap()), "{path}");
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('4')), "{method} {path}");
    }
}

#[tokio::test]
async fn every_path_that_is_described_answers() {
    for (path, method, _) in operations() {
        let router = book_of(&path);
        if method == "get" && path != "/v1/stream" {
            let uri = format!("{}?{}", filled(&router, &path).await, needed(&path));
            let reply = ask(&router, &uri).await;
            assert_eq!(reply.status, 200, "{uri}: {}", reply.text());
            let head = send(&router, request("HEAD", &uri, &[], Body::empty())).await;
            assert_eq!(head.status, 200, "{uri}");
        }
        if method == "post" {
            let reply = send(&router, request("POST", &path, &[], Body::empty())).await;
            reply.problem(415, "wrong-type");
        }
    }
}

#[tokio::test]
async fn every_parameter_that_is_described_is_read() {
    for (path, _, operation) in operations() {
        let router = book_of(&path);
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let uri = format!("{}?{name}=%00", filled(&router, &path).await);
            let problem = ask(&router, &uri).await.problem(400, "bad-query");
            let errors = problem["errors"].as_array().unwrap();
            let pointer = format!("/query/{name}");
            let error = errors.iter().find(|error| error["pointer"] == pointer).unwrap();
            assert_ne!(error["detail"], "unknown parameter", "{uri}");
        }
    }
}

#[tokio::test]
async fn the_description_is_served() {
    let router = reading();
    let served = ask(&router, "/v1/openapi.json").await.json();
    assert_eq!(served, weal_app::api::document());
}
