//! Every failure is a problem: the same shape, a stable code, and a way out.

use super::fixture::{Mood, TinyLedger};
use super::{ask, ask_with, post, reading, request, send};
use axum::body::Body;
use axum::http::HeaderValue;
use serde_json::json;
use weal_app::api::{Fault, limits};
use weal_kernel::Refusal;

#[tokio::test]
async fn every_refusal_is_a_problem_with_a_page() {
    let ledger = TinyLedger::new();
    let router = weal_app::api::router(ledger.app());
    let book = ask(&router, "/v1/refusals").await.json();
    let rules = book["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Refusal::ALL.len());
    for (rule, listed) in Refusal::ALL.iter().zip(rules) {
        ledger.set_mood(Mood::Refuses(*rule));
        let reply = post(&router, "/v1/operations", "application/json", "{}").await;
        let problem = reply.problem(422, rule.code());
        assert_eq!(problem["title"], rule.sentence());
        assert_eq!(problem["remedy"], rule.remedy());
        assert_eq!(problem["place"], "/act");
        assert_eq!(problem["errors"], json!([{"pointer": "/act", "detail": "made up"}]));
        assert_eq!(problem["type"], listed["page"]);
    }
    let faults = book["faults"].as_array().unwrap();
    let listed: Vec<_> = faults.iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    assert_eq!(listed, Fault::ALL.iter().map(|fault| fault.code()).collect::<Vec<_>>());
}

#[tokio::test]
async fn every_page_that_a_problem_names_is_there() {
    let faces = weal_app::serve::router(super::story().app());
    let book = ask(&faces, "/v1/refusals").await.json();
    for line in book["rules"].as_array().unwrap().iter().chain(book["faults"].as_array().unwrap()) {
        let page = line["page"].as_str().unwrap();
        let reply = ask(&faces, &format!("/en{page}")).await;
        assert_eq!(reply.status, 200, "{page}");
        assert!(reply.text().contains(line["code"].as_str().unwrap()), "{page}");
    }
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_everywhere() {
    let router = reading();
    let document = weal_app::api::document();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let uri = path.replace("{number}", "1").replace("{height}", "1").replace("{id}", "1");
            let uri = uri.replace("{code}", "1").replace("{from}", "1").replace("{case}", "1");
            let uri = format!("{uri}?surprise=1");
            let reply = send(&router, request(&method.to_uppercase(), &uri, &[], Body::empty()));
            let problem = reply.await.problem(400, "bad-query");
            let errors = problem["errors"].as_array().unwrap();
            let surprise = json!({"pointer": "/query/surprise", "detail": "unknown parameter"});
            assert!(errors.contains(&surprise), "{method} {uri}: {problem}");
        }
    }
}

#[tokio::test]
async fn each_wrong_parameter_is_named() {
    let router = reading();
    let reply = ask(&router, "/v1/needs?limit=0&open=maybe&urgency=now&text=a&text=b").await;
    let errors = reply.problem(400, "bad-query")["errors"].clone();
    let pointers: Vec<_> = errors.as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, ["/query/urgency", "/query/open", "/query/text", "/query/limit"]);
    for wrong in ["limit=201", "limit=-1", "limit=1.5", "limit=", "at=9007199254740992"] {
        ask(&router, &format!("/v1/needs?{wrong}")).await.problem(400, "bad-query");
    }
    let long = "x".repeat(limits::QUERY_CHARS + 1);
    ask(&router, &format!("/v1/search?q={long}")).await.problem(400, "bad-query");
    ask(&router, "/v1/search").await.problem(400, "bad-query");
    assert_eq!(ask(&router, "/v1/needs?limit=5.0&text=").await.status, 200);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_a_problem() {
    let router = reading();
    for path in ["/v1", "/v1/", "/v1/nothing", "/v1/needs/", "/v1/needs/N-1/more"] {
        ask(&router, path).await.problem(404, "no-such-path");
    }
    for path in ["/v1/needs/N-1", "/v1/parties/nobody", "/v1/records/99999999", "/v1/blocks/9999"] {
        ask(&router, path).await.problem(404, "not-found");
    }
    ask(&router, &format!("/v1/operations/{}", "0".repeat(64))).await.problem(404, "not-found");
    ask(&router, "/v1/operations/ABC").await.problem(400, "bad-path");
    ask(&router, "/v1/blocks/-1").await.problem(400, "bad-path");
    ask(&router, "/v1/needs/%FF").await.problem(400, "bad-path");
    ask(&router, &format!("/v1/needs/{}", "N".repeat(81))).await.problem(400, "bad-path");
}

#[tokio::test]
async fn a_method_that_is_not_answered_is_a_problem() {
    let router = reading();
    for (method, path, allowed) in
        [("DELETE", "/v1/needs", "GET,HEAD"), ("GET", "/v1/drafts", "POST")]
    {
        let reply = send(&router, request(method, path, &[], Body::empty())).await;
        reply.problem(405, "wrong-method");
        assert_eq!(reply.header("allow"), allowed);
    }
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let router = reading();
    let huge = vec![b' '; limits::OPERATION_BYTES + 1];
    for path in ["/v1/operations", "/v1/judge", "/v1/drafts"] {
        post(&router, path, "application/json", huge.clone()).await.problem(413, "too-long");
        let parts = huge.chunks(1000).map(|part| Ok::<_, std::io::Error>(part.to_vec()));
        let unmeasured = Body::from_stream(futures::stream::iter(parts.collect::<Vec<_>>()));
        post(&router, path, "application/json", unmeasured).await.problem(413, "too-long");
    }
    let batch = vec![b'\n'; limits::BATCH_BYTES + 1];
    post(&router, "/v1/operations/batch", "application/jsonl", batch)
        .await
        .problem(413, "too-long");
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let router = reading();
    for kind in ["text/plain", "application/jsonl", "application/x-www-form-urlencoded"] {
        let reply = post(&router, "/v1/operations", kind, "{}").await;
        let problem = reply.problem(415, "wrong-type");
        assert_eq!(problem["errors"][0]["pointer"], "/header/content-type");
    }
    for kind in ["application/json; charset=utf-8", "application/vnd.dsse+json"] {
        post(&router, "/v1/operations", kind, "{}").await.problem(422, "SHAPE-01");
    }
}

#[tokio::test]
async fn who_asks_too_much_is_told_when_to_come_back() {
    let router = reading();
    let mut served: u32 = 0;
    let refused = loop {
        let reply = ask(&router, "/v1/needs/x?limit=1").await;
        if reply.status == 429 {
            break reply;
        }
        served += 1;
        assert!(served < limits::READ_RATE.burst * 20, "nobody is stopped");
    };
    assert!(served >= limits::READ_RATE.burst, "{served}");
    refused.problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.header("ratelimit-policy").starts_with("\"reads\";q=1000"));
    let writes = post(&router, "/v1/operations", "application/json", "{}").await;
    writes.problem(422, "SHAPE-01");
}

#[tokio::test]
async fn a_busy_or_stopped_node_says_when_to_try_again_and_keeps_its_secrets() {
    let ledger = TinyLedger::new();
    let router = weal_app::api::router(ledger.app());
    for (mood, status, code, retry) in [
        (Mood::SenderBusy, 429, "sender-busy", "7"),
        (Mood::NodeBusy, 503, "node-busy", "3"),
        (Mood::Stopped, 503, "stopped", "30"),
    ] {
        ledger.set_mood(mood);
        let reply = post(&router, "/v1/operations", "application/json", "{}").await;
        reply.problem(status, code);
        assert_eq!(reply.header("retry-after"), retry);
        assert!(!reply.text().contains("secret"));
    }
}

#[tokio::test]
async fn strange_words_are_searched_for_and_not_obeyed() {
    let router = reading();
    for words in ["%22", "a%22b", "*", "NEAR(a%20b)", "a%20OR", "%27;DROP", "口罩", "-", "a:b"] {
        for path in ["search?q=", "needs?text=", "parties?text=", "needs?item="] {
            let reply = ask(&router, &format!("/v1/{path}{words}")).await;
            assert_eq!(reply.status, 200, "{path}{words}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn scripts_on_any_site_may_read_and_hand_in_but_never_with_cookies() {
    let router = reading();
    let asks = [
        ("origin", "https://example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type, prefer"),
    ];
    for path in ["/v1/operations", "/v1/drafts", "/v1/judge", "/v1/needs"] {
        let reply = send(&router, request("OPTIONS", path, &asks, Body::empty())).await;
        assert_eq!(reply.status, 204, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert!(reply.header("access-control-allow-methods").contains("POST"));
        assert!(reply.header("access-control-allow-headers").contains("content-type"));
        assert_eq!(reply.headers.get("access-control-allow-credentials"), None);
    }
    for path in ["/v1/status", "/v1/nothing"] {
        let reply = ask_with(&router, path, &[("origin", "https://example.com")]).await;
        assert_eq!(reply.headers["access-control-allow-origin"], HeaderValue::from_static("*"));
        assert_eq!(reply.headers.get("set-cookie"), None);
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_problem_with_its_place() {
    let router = reading();
    let unknown = "0".repeat(64);
    for (body, place) in [
        (String::new(), "/"),
        ("[]".to_owned(), "/"),
        (r#"{"act":{"a":{}},"more":1}"#.to_owned(), "/"),
        (r#"{"act":{},"act":{}}"#.to_owned(), "/"),
        (format!(r#"{{"actor":"{unknown}X","act":{{}}}}"#), "/actor"),
    ] {
        let reply = post(&router, "/v1/drafts", "application/json", body.clone()).await;
        let problem = reply.problem(400, "bad-body");
        assert_eq!(problem["errors"][0]["pointer"], place, "{body}");
    }
}
