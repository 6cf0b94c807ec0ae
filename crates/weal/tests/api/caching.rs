//! Caching is honest: what may change is asked for again, what never changes is kept.

use super::fixture::TinyLedger;
use super::{ask, ask_with, first, reading, request, send};
use axum::body::Body;
use weal_proof::Receipt;
use weal_services::relief::scenario::Scenario;

#[tokio::test]
async fn an_unchanged_view_is_not_sent_again() {
    let ledger = TinyLedger::with_story();
    let router = weal_app::api::router(ledger.app());
    for path in ["/v1/needs?limit=3", "/v1/overview", "/v1/status", "/v1/refusals", "/v1/blocks/1"]
    {
        let reply = ask(&router, path).await;
        let tag = reply.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        assert_eq!(reply.header("cache-control"), "no-cache", "{path}");
        let known = format!("\"other\", {tag}");
        let again = ask_with(&router, path, &[("if-none-match", &known)]).await;
        assert_eq!(again.status, 304, "{path}");
        assert!(again.body.is_empty() && again.header("etag") == tag, "{path}");
    }
}

#[tokio::test]
async fn a_view_has_another_tag_after_another_block_and_another_query() {
    let ledger = TinyLedger::new();
    let router = weal_app::api::router(ledger.app());
    let mut scenario = Scenario::new(1, ledger.network(), super::fixture::START);
    let story = scenario.prologue();
    let before = ask(&router, "/v1/records").await;
    ledger.commit(&story[..1]).unwrap();
    let known = before.header("etag").to_owned();
    let after = ask_with(&router, "/v1/records", &[("if-none-match", &known)]).await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), known);
    let narrower = ask(&router, "/v1/records?limit=1").await;
    assert_ne!(narrower.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn a_view_of_another_block_is_refused_and_not_made_up() {
    let router = reading();
    let height = ask(&router, "/v1/status").await.json()["indexed"].as_u64().unwrap();
    let need = first(&router, "/v1/needs?limit=1", "number").await;
    for path in ["needs".to_owned(), "overview".to_owned(), format!("needs/{need}")] {
        let at = |height: u64| format!("/v1/{path}?at={height}");
        assert_eq!(ask(&router, &at(height)).await.status, 200, "{path}");
        ask(&router, &at(height - 1)).await.problem(410, "gone");
        ask(&router, &at(height + 1)).await.problem(404, "not-yet");
    }
}

#[tokio::test]
async fn a_receipt_checks_and_may_be_kept_for_ever() {
    let router = reading();
    let id = first(&router, "/v1/records?limit=1", "id").await;
    let number = first(&router, "/v1/records?limit=1", "number").await;
    let index = first(&router, "/v1/records?limit=1", "index").await;
    for path in [
        format!("/v1/operations/{id}/receipt"),
        format!("/v1/records/{number}/receipt"),
        format!("/v1/records/{index}/receipt?at=1"),
        format!("/v1/records/{id}/receipt"),
    ] {
        let reply = ask(&router, &path).await;
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
        let proven = Receipt::from_bytes(&reply.body).unwrap().check().unwrap();
        assert_eq!(proven.operation.to_string(), id, "{path}");
        let tag = reply.header("etag").to_owned();
        let again = ask_with(&router, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "{path}");
    }
}

#[tokio::test]
async fn a_receipt_proves_state_entries_and_their_absence_too() {
    let router = reading();
    let id = first(&router, "/v1/records?limit=1", "id").await;
    let path = format!("/v1/operations/{id}/receipt?state=operation/{id}&state=item/no-such-item");
    let reply = ask(&router, &path).await;
    assert_eq!(reply.header("cache-control"), "no-cache");
    let receipt = Receipt::from_bytes(&reply.body).unwrap();
    receipt.check().unwrap();
    assert!(receipt.state[0].value.is_some() && receipt.state[1].value.is_none());
    let many = "&state=a".repeat(65);
    ask(&router, &format!("/v1/operations/{id}/receipt?{many}")).await.problem(400, "bad-query");
}

#[tokio::test]
async fn a_place_in_the_log_and_its_text_are_found_by_id() {
    let router = reading();
    let id = first(&router, "/v1/records?act=record.post&limit=1", "id").await;
    let place = ask(&router, &format!("/v1/operations/{id}")).await;
    assert!(place.header("cache-control").contains("immutable"));
    assert_eq!(place.json()["status"], "final");
    let index = place.json()["index"].to_string();
    let payload = ask(&router, &format!("/v1/records/{index}/payload")).await;
    let kind = "application/vnd.commonweal.operation+json";
    assert_eq!(payload.header("content-type"), kind);
    let envelope = weal_proof::Envelope::unsigned(payload.body.clone());
    assert_eq!(envelope.id().to_string(), id);
}

#[tokio::test]
async fn words_that_a_legal_authority_hid_are_not_shown() {
    let router = reading();
    let mut path = "/v1/records?act=record.respond&limit=200".to_owned();
    let number = loop {
        let reply = ask(&router, &path).await;
        let entries = reply.json()["items"].as_array().unwrap().clone();
        if let Some(hides) = entries.iter().find(|entry| entry["what"] == "hide") {
            break hides["number"].as_str().unwrap().to_owned();
        }
        let next = reply.header("link").strip_prefix('<').expect("the story hides something");
        path = next.split('>').next().unwrap().to_owned();
    };
    let payload = ask(&router, &format!("/v1/records/{number}/payload")).await.json();
    let hidden = payload["act"]["record.respond"]["record"].as_str().unwrap();
    ask(&router, &format!("/v1/records/{hidden}/payload")).await.problem(451, "hidden");
    let page = ask(&router, &format!("/v1/records/{hidden}")).await.json();
    assert_eq!((&page["status"], &page["payload"]), (&"hidden".into(), &"".into()));
}

#[tokio::test]
async fn a_slow_telephone_gets_compressed_bytes_under_a_tag_of_their_own() {
    let router = reading();
    let plain = ask(&router, "/v1/needs?limit=200").await;
    let coded = ask_with(&router, "/v1/needs?limit=200", &[("accept-encoding", "gzip")]).await;
    assert_eq!(coded.header("content-encoding"), "gzip");
    assert!(coded.body.len() * 4 < plain.body.len());
    assert_ne!(coded.header("etag"), plain.header("etag"));
    let vary: Vec<_> = coded.headers.get_all("vary").iter().collect();
    assert!(vary.iter().any(|value| *value == "accept-encoding"), "{vary:?}");
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let router = reading();
    let get = ask(&router, "/v1/needs").await;
    let head = send(&router, request("HEAD", "/v1/needs", &[], Body::empty())).await;
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert!(head.body.is_empty());
}
