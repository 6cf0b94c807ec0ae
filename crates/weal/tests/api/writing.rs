//! Writing: one door, safe to knock at twice; the rehearsal and the draft tell the truth.

use super::fixture::{Mood, START, TinyLedger};
use super::{Reply, ask, post, request, send};
use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use weal_app::api::limits;
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;
use weal_services::compose::Signer;

const DSSE: &str = "application/vnd.dsse+json";

fn world() -> (Arc<TinyLedger>, Router) {
    let ledger = TinyLedger::new();
    let router = weal_app::api::router(ledger.app());
    (ledger, router)
}

fn registration(network: Hash, seed: u8, name: &str) -> Envelope {
    let key = SecretKey::from_seed([seed; 32]);
    let act: Act = serde_json::from_value(json!({"principal.register": {"kind": "organisation",
        "name": name, "keys": {"keys": [key.public()], "threshold": 1}}}))
    .unwrap();
    let signer = Signer { network, actor: None, mandate: None, keys: vec![key] };
    signer.envelope(act, START, [seed; 16])
}

async fn submit(router: &Router, envelope: &Envelope, prefer: &str) -> Reply {
    let headers = [("content-type", DSSE), ("prefer", prefer)];
    let body = Body::from(envelope.to_bytes());
    send(router, request("POST", "/v1/operations", &headers, body)).await
}

#[tokio::test]
async fn an_operation_is_received_and_then_found_where_the_answer_said() {
    let (ledger, router) = world();
    let envelope = registration(ledger.network(), 1, "Union Hospital");
    let reply = submit(&router, &envelope, "").await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.json()["status"], "received");
    let place = reply.header("location").to_owned();
    assert_eq!(place, format!("/v1/operations/{}", envelope.id()));
    assert_eq!(ask(&router, &place).await.json()["index"], 0);
    let receipt = reply.json()["receipt"].as_str().unwrap().to_owned();
    assert_eq!(ask(&router, &receipt).await.status, 200);
}

#[tokio::test]
async fn who_waits_gets_the_place_and_who_repeats_gets_the_same() {
    let (ledger, router) = world();
    let envelope = registration(ledger.network(), 1, "Union Hospital");
    let reply = submit(&router, &envelope, "wait=5").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("preference-applied"), "wait=5");
    assert_eq!((&reply.json()["index"], &reply.json()["before"]), (&json!(0), &json!(false)));
    let again = submit(&router, &envelope, "").await;
    assert_eq!(again.status, 200);
    assert_eq!((&again.json()["index"], &again.json()["before"]), (&json!(0), &json!(true)));
}

#[tokio::test]
async fn a_long_wait_is_shortened_and_an_end_without_finality_is_said() {
    let (ledger, router) = world();
    ledger.set_mood(Mood::Dawdles);
    let envelope = registration(ledger.network(), 1, "Union Hospital");
    let reply = submit(&router, &envelope, "respond-async, wait=9000").await;
    assert_eq!(reply.header("preference-applied"), format!("wait={}", limits::WAIT_S));
    assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (202, &json!("received")));
    let place = reply.header("location").to_owned();
    ask(&router, &place).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_changed_byte_is_refused_with_the_rule_it_breaks() {
    let (ledger, router) = world();
    let mut envelope = registration(ledger.network(), 1, "Union Hospital");
    let stranger = SecretKey::from_seed([9; 32]);
    envelope.add(stranger.public(), SecretKey::from_seed([8; 32]).sign(&envelope.pae()));
    submit(&router, &envelope, "").await.problem(422, "SIGN-01");
    let other = registration(Hash::of(&[b"another book"]), 1, "Union Hospital");
    submit(&router, &other, "").await.problem(422, "SHAPE-06");
}

#[tokio::test]
async fn a_batch_answers_line_by_line_in_order() {
    let (ledger, router) = world();
    ledger.set_mood(Mood::Uneven);
    let mut lines = Vec::new();
    for seed in 0..60 {
        let envelope = registration(ledger.network(), seed, &format!("Depot {seed}"));
        lines.push(String::from_utf8(envelope.to_bytes()).unwrap());
        if seed % 10 == 3 {
            lines.push("{\"not\":\"an envelope\"}".into());
            lines.push(" ".into());
        }
    }
    let body = lines.join("\r\n");
    let reply = post(&router, "/v1/operations/batch", "application/jsonl", body).await;
    assert_eq!(reply.status, 200);
    let answers: Vec<Value> =
        reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sent: Vec<_> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(answers.len(), sent.len());
    for (at, (answer, sent)) in answers.iter().zip(sent).enumerate() {
        assert_eq!(answer["line"], at);
        match Envelope::from_bytes(sent.as_bytes()) {
            Ok(envelope) => {
                assert_eq!(answer["id"], envelope.id().to_string());
                assert_eq!(answer["status"], "received", "{answer}");
            }
            Err(_) => {
                assert_eq!(answer["status"], "not_taken");
                assert_eq!(answer["problem"]["code"], "SHAPE-01");
                assert_eq!(answer["problem"]["type"], "/problems/SHAPE-01");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_has_a_limit_and_one_long_line_spoils_only_itself() {
    let (ledger, router) = world();
    let path = "/v1/operations/batch";
    let many = "{}\n".repeat(limits::BATCH_OPERATIONS);
    let reply = post(&router, path, "application/jsonl", many.clone()).await;
    assert_eq!(reply.text().lines().count(), limits::BATCH_OPERATIONS);
    let more = format!("{many}{{}}");
    post(&router, path, "application/jsonl", more).await.problem(413, "too-long");
    let good = registration(ledger.network(), 1, "Depot");
    let long = "x".repeat(limits::OPERATION_BYTES + 1);
    let body = format!("{long}\n{}", String::from_utf8(good.to_bytes()).unwrap());
    let reply = post(&router, path, "application/jsonl", body).await;
    let answers: Vec<Value> =
        reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["problem"]["code"], "too-long");
    assert_eq!(answers[1]["status"], "received");
}

#[tokio::test]
async fn a_draft_is_signed_elsewhere_and_taken() {
    let (ledger, router) = world();
    let key = SecretKey::from_seed([5; 32]);
    let act = json!({"principal.register": {"kind": "person", "name": "Dr Li",
        "keys": {"keys": [key.public()], "threshold": 1}}});
    let body = json!({ "act": act }).to_string();
    let reply = post(&router, "/v1/drafts", "application/json", body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let draft = reply.json();
    assert_eq!(draft["sentence"], "Register the person \"Dr Li\" with key 6e7a1cdd….");
    let payload = draft["payload"].as_str().unwrap();
    let said: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(said["act"], act);
    assert_eq!(said["network"], ledger.network().to_string());
    let pae = STANDARD.decode(draft["pae_base64"].as_str().unwrap()).unwrap();
    assert_eq!(Hash::of(&[&pae]).to_string(), draft["id"].as_str().unwrap());
    let envelope = json!({
        "payload": STANDARD.encode(payload),
        "payloadType": "application/vnd.commonweal.operation+json",
        "signatures": [{"keyid": key.public(), "sig": STANDARD.encode(key.sign(&pae).0)}],
    });
    let judged = post(&router, "/v1/judge", "application/json", envelope.to_string()).await;
    assert_eq!(judged.json(), json!({"id": draft["id"], "allowed": true}));
    ask(&router, &format!("/v1/operations/{}", draft["id"].as_str().unwrap()))
        .await
        .problem(404, "not-found");
    let taken = post(&router, "/v1/operations", "application/json", envelope.to_string()).await;
    assert_eq!((taken.status.as_u16(), &taken.json()["id"]), (202, &draft["id"]));
}

#[tokio::test]
async fn two_drafts_of_the_same_act_are_two_operations() {
    let (_, router) = world();
    let actor = Hash::of(&[b"somebody"]).to_string();
    let body = json!({"actor": actor, "act": {"mandate.revoke": {"mandate": actor}}}).to_string();
    let one = post(&router, "/v1/drafts", "application/json", body.clone()).await.json();
    let two = post(&router, "/v1/drafts", "application/json", body).await.json();
    assert_ne!(one["id"], two["id"]);
}

#[tokio::test]
async fn a_draft_that_no_rule_could_allow_is_refused_at_once() {
    let (_, router) = world();
    let actor = Hash::of(&[b"somebody"]).to_string();
    let note = |text: &str| {
        json!({"actor": actor, "act": {"record.respond": {"record": actor, "kind": "dispute",
            "reason": text}}})
        .to_string()
    };
    let draft = |body: String| post(&router, "/v1/drafts", "application/json", body);
    let problem = draft(note("call 13812345678")).await.problem(422, "SHAPE-08");
    assert_eq!(problem["place"], "/act/record.respond/reason");
    draft(json!({"act": {"record.erase": {}}}).to_string()).await.problem(422, "SHAPE-03");
    draft(json!({"act": {"mandate.revoke": {"mandate": actor}}}).to_string())
        .await
        .problem(422, "PRIN-04");
}

#[tokio::test]
async fn the_rehearsal_says_no_as_the_door_would() {
    let (ledger, router) = world();
    let envelope = registration(ledger.network(), 1, "Union Hospital");
    ledger.commit(std::slice::from_ref(&envelope)).unwrap();
    let reply = post(&router, "/v1/judge", DSSE, envelope.to_bytes()).await;
    reply.problem(422, "TIME-03");
    post(&router, "/v1/judge", DSSE, "{}").await.problem(422, "SHAPE-01");
}
