//! Lists: filters, parts that fit together, and tables.

use super::fixture::{START, TinyLedger};
use super::{ask, ask_with, reading};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use weal_kernel::Act;
use weal_proof::keys::SecretKey;
use weal_services::compose::Signer;

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn act(value: Value) -> Act {
    serde_json::from_value(value).unwrap()
}

/// Adds an operation by somebody new.
fn register(ledger: &TinyLedger, seed: u8) {
    let key = SecretKey::from_seed([seed; 32]);
    let signer =
        Signer { network: ledger.network(), actor: None, mandate: None, keys: vec![key.clone()] };
    let act = act(json!({"principal.register": {"kind": "person", "name": "Somebody new",
        "keys": {"keys": [key.public()], "threshold": 1}}}));
    ledger.commit(&[signer.envelope(act, START, [seed; 16])]).unwrap();
}

#[tokio::test]
async fn the_parts_of_a_list_make_the_whole_even_while_the_book_grows() {
    let ledger = TinyLedger::with_story();
    let router = weal_app::api::router(ledger.app());
    let mut seeds = 100..;
    for path in ["/v1/needs?", "/v1/records?", "/v1/records?act=holding.accept&", "/v1/gifts?"] {
        let start = ask(&router, &format!("{path}limit=200")).await.json();
        let total = start["total"].as_u64().unwrap();
        let mut seen = BTreeSet::new();
        let mut cursor: Option<String> = None;
        for part in 0_u8.. {
            let more = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let reply = ask(&router, &format!("{path}limit=150{more}")).await;
            let list = reply.json();
            assert_eq!(list["total"], total, "{path}");
            for id in ids(&list) {
                assert!(seen.insert(id), "{path} tells an entry twice");
            }
            cursor = list["next"].as_str().map(str::to_owned);
            let linked = reply.header("link").contains("rel=\"next\"");
            assert_eq!(linked, cursor.is_some());
            if cursor.is_none() {
                break;
            }
            if part < 3 {
                register(&ledger, seeds.next().unwrap());
            }
        }
        assert_eq!(seen.len() as u64, total, "{path}");
    }
}

#[tokio::test]
async fn the_link_to_the_next_part_keeps_the_filter() {
    let router = reading();
    let reply = ask(&router, "/v1/records?act=record.post&limit=2").await;
    let link = reply.header("link").to_owned();
    let path = link.trim_start_matches('<').split('>').next().unwrap();
    let next = ask(&router, path).await.json();
    let acts = next["items"].as_array().unwrap().iter().map(|entry| entry["act"].as_str());
    assert!(acts.clone().count() == 2 && acts.flatten().all(|act| act == "record.post"), "{path}");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let router = reading();
    let next = ask(&router, "/v1/needs?limit=1&open=true").await.json()["next"].clone();
    let next = next.as_str().unwrap();
    for path in [
        format!("/v1/needs?cursor={next}"),
        format!("/v1/records?cursor={next}"),
        "/v1/needs?cursor=nonsense".to_owned(),
        "/v1/gifts?cursor=%F0%9F%98%B7".to_owned(),
    ] {
        let problem = ask(&router, &path).await.problem(400, "bad-cursor");
        assert_eq!(problem["errors"][0]["pointer"], "/query/cursor");
    }
}

#[tokio::test]
async fn a_filter_leaves_only_what_matches() {
    let router = reading();
    let all = ask(&router, "/v1/needs?limit=1").await.json()["total"].as_u64().unwrap();
    let open = ask(&router, "/v1/needs?limit=200&open=true&urgency=critical").await.json();
    assert!(open["total"].as_u64().unwrap() < all);
    for need in open["items"].as_array().unwrap() {
        assert_eq!(need["urgency"], "critical");
        assert_ne!(need["status"], "closed");
    }
}

#[tokio::test]
async fn every_list_says_which_block_it_describes() {
    let router = reading();
    let status = ask(&router, "/v1/status").await.json();
    for path in ["overview", "needs", "gifts", "records", "balances", "differences"] {
        let reply = ask(&router, &format!("/v1/{path}")).await;
        let as_of = &reply.json()["as_of"];
        assert_eq!(as_of["height"], status["indexed"], "{path}");
        assert_eq!(as_of["log_size"], status["log_size"], "{path}");
        assert_eq!(reply.header("as-of-height"), status["indexed"].to_string());
    }
}

#[tokio::test]
async fn a_list_is_a_table_for_those_who_want_one() {
    let router = reading();
    let csv = [("accept", "text/csv")];
    for path in ["needs?limit=200", "records?limit=200", "balances", "names/unresolved?limit=200"] {
        let path = format!("/v1/{path}");
        let list = ask(&router, &path).await;
        let table = ask_with(&router, &path, &csv).await;
        assert!(table.header("content-type").starts_with("text/csv"), "{path}");
        assert_ne!(table.header("etag"), list.header("etag"), "{path}");
        assert_eq!(table.header("link"), list.header("link"), "{path}");
        assert_eq!(table.header("vary"), "accept");
        let rows = rows(table.text());
        assert_eq!(rows.len(), list.json()["items"].as_array().unwrap().len() + 1, "{path}");
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{path}");
    }
}

/// Reads CSV as RFC 4180 says.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted);
    rows
}
