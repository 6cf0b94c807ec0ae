//! What the API tells about funds: verdict, payments with their numbers, cases, and a text's check.

use super::fixture::town::Town;
use super::{ask, request, send};
use axum::Router;
use axum::body::Body;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use weal_services::funds::templates;

/// A town with funds that no test writes to.
pub(super) fn town() -> &'static Town {
    static TOWN: OnceLock<Town> = OnceLock::new();
    TOWN.get_or_init(Town::told)
}

/// A router over its book.
pub(super) fn told() -> Router {
    weal_app::api::router(town().ledger.app())
}

async fn read(path: &str) -> Value {
    let reply = ask(&told(), path).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

fn fund(name: &str) -> String {
    format!("/v1/funds/{}", town().funds[name])
}

async fn check(text: &str) -> Value {
    let kind = [("content-type", "application/json")];
    let body = Body::from(json!({ "text": text }).to_string());
    let reply = send(&told(), request("POST", "/v1/charters/check", &kind, body)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn a_fund_says_what_class_it_is_in_and_what_it_holds() {
    let ten = read(&fund("ten-for-one")).await;
    assert_eq!(ten["fund"]["verdict"]["class"], "needs_ever_more_joiners");
    assert_eq!(ten["dossier"]["findings"][0]["kind"], "seniority");
    assert_eq!(ten["flows"][1]["missed"], 3);
    let shares = read(&fund("pension-shares")).await;
    assert_eq!(shares["fund"]["verdict"]["class"], "shares_only");
    assert_eq!(shares["fund"]["stage"], "running");
    let list = read("/v1/funds").await;
    assert_eq!(list["items"].as_array().unwrap().len(), town().funds.len());
    let number = shares["fund"]["number"].as_str().unwrap();
    assert_eq!(read(&format!("/v1/funds/{number}")).await["fund"]["id"], shares["fund"]["id"]);
}

#[tokio::test]
async fn pots_are_what_came_in_less_what_went_out() {
    let cents = |money: &Value| -> i64 {
        let number = money.as_str().unwrap().split(' ').next().unwrap();
        number.replace('.', "").parse().unwrap()
    };
    for name in town().funds.keys() {
        let found = read(&fund(name)).await;
        let mut sum = 0;
        for flow in found["flows"].as_array().unwrap() {
            let moved = cents(&flow["moved"]);
            sum += if flow["from"] == "outside" { moved } else { 0 };
            sum -= if flow["outward"] == true { moved } else { 0 };
        }
        assert_eq!(cents(&found["fund"]["in_pots"]), sum, "{name}");
    }
}

#[tokio::test]
async fn every_payment_tells_the_numbers_that_decided_it() {
    let path = format!("{}/payments?case=0", fund("gift-escrow"));
    let found = read(&path).await;
    let release = &found["items"][0];
    assert_eq!(release["flow"], "release");
    assert_eq!(release["amount"], "490.00 CNY");
    assert_eq!(release["rest"], "10.00 CNY");
    assert_eq!(release["payees"][0]["party"]["name"], "Nanpu Central Hospital");
    let numbers = release["numbers"].as_array().unwrap();
    assert_eq!(
        numbers[0],
        json!({
            "name": "held", "value": "50000", "unit": "money", "shown": "500.00 CNY",
        })
    );
    assert_eq!(numbers[1]["value"], "20");
    let all = format!("{}/payments?limit=5", fund("pension-account"));
    let first = read(&all).await;
    let next = first["next_before"].as_u64().unwrap();
    let second = read(&format!("{all}&before={next}")).await;
    assert_eq!(second["items"][0]["nth"].as_u64().unwrap() + 1, next);
}

#[tokio::test]
async fn a_case_tells_what_waits_and_what_each_rule_gives() {
    let held = read(&format!("{}/cases/1", fund("gift-escrow"))).await;
    let release = held["flows"].as_array().unwrap().iter().find(|f| f["flow"] == "release");
    assert_eq!(release.unwrap()["held_up_by"], json!(["hold by court"]));
    assert_eq!(held["pots"][0]["shown"], "1200.00 CNY");
    let outlook = read(&format!("{}/cases/0/outlook", fund("pension-account"))).await;
    assert_eq!(outlook["born"], 1990);
    assert_eq!(outlook["leave"][0]["amount"], "7980.00 CNY");
    assert_eq!(outlook["heirs"][0]["amount"], "8400.00 CNY");
    assert_eq!(outlook["scenarios"].as_array().unwrap().len(), 4);
    let own = read(&format!("/v1/principals/{}/cases", town().id("ann"))).await;
    assert!(own["cases"].as_array().unwrap().len() >= 4, "{own}");
}

#[tokio::test]
async fn a_text_is_checked_within_a_second_and_names_the_place_of_a_fault() {
    for template in templates::TEMPLATES {
        let begun = Instant::now();
        let found = check(template.text).await;
        assert_eq!(found["faults"], json!([]), "{}", template.name);
        assert!(found["rules"].as_array().is_some_and(|rules| !rules.is_empty()));
        assert!(begun.elapsed() < Duration::from_secs(3), "{}", template.name);
    }
    let text = templates::find("gift-escrow").unwrap().text;
    let line = text.lines().position(|line| line.starts_with("pot(\"held\"")).unwrap() + 1;
    let found = check(&text.replace("pot(\"held\"", "pott(\"held\"")).await;
    assert_eq!(found["faults"][0]["line"], line, "{found}");
    assert!(found["faults"][0]["column"].as_u64().unwrap() >= 1);
    assert_eq!(found["dossier"], Value::Null);
}

#[tokio::test]
async fn two_funds_are_compared_rule_by_rule() {
    let (a, b) = (town().funds["pension-account"], town().funds["pension-shares"]);
    let found = read(&format!("/v1/funds/compare?a={a}&b={b}")).await;
    let rules = found["rules"].as_array().unwrap();
    let what = |name: &str| rules.iter().find(|rule| rule["rule"] == name).map(|r| &r["what"]);
    assert_eq!(what("floor_gap"), Some(&json!("only_a")));
    assert_eq!(what("bought"), Some(&json!("only_b")));
    assert_eq!(found["same_rules"], json!(["age_in"]));
}
