//! Who keeps the book, as the pages tell it: who agrees, who is silent, who lies, who asks to join.

use crate::story::Story;
use crate::{check_html, get, get_with};
use axum::Router;
use axum::http::{StatusCode, header};
use std::sync::Arc;
use weal_app::app::{EvidenceLine, KeeperLine, Keeping, Ledger as _};
use weal_kernel::units::UnixMillis;
use weal_proof::Hash;
use weal_proof::keys::SecretKey;

const NAMES: [&str; 7] = [
    "Health Commission",
    "Red Cross",
    "红叶医院 / Maple Hospital",
    "Lakeside Clinic",
    "University",
    "Egret Logistics",
    "Evening News",
];

fn key(at: usize) -> String {
    SecretKey::from_seed([u8::try_from(at).unwrap() + 1; 32]).public().to_string()
}

/// Seven institutions that agree.
fn seven() -> Keeping {
    let now_ms = weal_app::serve::now().0;
    let keeper = |(at, name): (usize, &&str)| KeeperLine {
        name: (*name).into(),
        key: key(at),
        owner: key(at + 100),
        address: format!("node{at}.example.org:9000"),
        web: if at == 6 { String::new() } else { format!("https://book{at}.example.org") },
        state: "agrees",
        heard_ms: Some(now_ms),
    };
    Keeping {
        epoch: 3,
        epoch_blocks: 32,
        approval_percent: 67,
        needed_approvals: 5,
        keepers: NAMES.iter().enumerate().map(keeper).collect(),
        next: Vec::new(),
        own_key: key(0),
        role: "keeper",
        trouble: None,
        evidence: Vec::new(),
    }
}

/// The same book, with these institutions around it.
fn shown(keeping: Keeping) -> (Arc<Story>, Router) {
    let story = Story::untold();
    story.show(keeping);
    let router = weal_app::pages::router(story.app());
    (story, router)
}

/// The page without its tags, in this language.
async fn words(router: &Router, lang: &str) -> String {
    let path = format!("/{lang}/nodes");
    let (status, _, html) = get(router, &path).await;
    assert_eq!(status, StatusCode::OK);
    check_html(&path, &html);
    let mut text = String::new();
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, words)| words));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn where_all_agree_the_first_sentence_says_so() {
    let (_, router) = shown(seven());
    let text = words(&router, "en").await;
    holds(&text, &["7 of 7 institutions agree on block 0", "this node", "Maple Hospital"]);
    holds(&text, &["No institution has contradicted itself", "Nothing is asked"]);
    holds(&text, &["any 2 may fail or lie", "epoch 3, with blocks 96 to 127"]);
    assert!(!text.contains("红叶医院") && !text.contains("goes on: 5"), "{text}");
    holds(&words(&router, "zh").await, &["红叶医院", "7 家机构中有 7 家认同"]);
}

#[tokio::test]
async fn every_page_leads_to_the_same_page_elsewhere() {
    let (_, router) = shown(seven());
    let (_, _, html) = get(&router, "/zh/needs?open=1").await;
    assert!(html.contains("href=\"https://book3.example.org/zh/needs?open=1\""));
    assert!(!html.contains("https://book0.example.org"), "this is that institution");
    assert!(html.contains("href=\"/zh/nodes\">7 家机构中有 7 家认同"));
}

#[tokio::test]
async fn who_is_silent_is_named_and_the_book_goes_on() {
    let mut keeping = seven();
    keeping.keepers[3].state = "late";
    keeping.keepers[3].heard_ms = keeping.keepers[3].heard_ms.map(|ms| ms - 12 * 60_000);
    let (_, router) = shown(keeping);
    let text = words(&router, "en").await;
    holds(&text, &["6 of 7 institutions agree", "The book goes on: 5 are enough."]);
    holds(&text, &["Lakeside Clinic has not been heard for 12 minutes."]);
    holds(&words(&router, "zh").await, &["Lakeside Clinic已有12 分钟没有消息。"]);
}

#[tokio::test]
async fn with_too_few_the_book_stands_still() {
    let mut keeping = seven();
    for keeper in keeping.keepers.iter_mut().take(4).skip(1) {
        (keeper.state, keeper.heard_ms) = ("silent", None);
    }
    let (_, router) = shown(keeping);
    let text = words(&router, "en").await;
    holds(&text, &["4 of 7 institutions agree", "stands still until 5 agree"]);
    holds(&text, &["Red Cross has not been heard since this node started."]);
}

#[tokio::test]
async fn who_contradicts_himself_is_named_and_the_proof_can_be_taken_away() {
    let mut keeping = seven();
    keeping.keepers[5].state = "contradicts";
    let kind = "conflicting-notarize".into();
    let line = EvidenceLine { key: key(5), kind, epoch: 3, view: 17, votes: "00ff".into() };
    keeping.evidence.push(line);
    let (story, router) = shown(keeping);
    let text = words(&router, "en").await;
    holds(&text, &["Egret Logistics voted for two different blocks in one turn", "turn 17"]);
    let (_, _, html) = get(&router, "/en/nodes").await;
    let start = html.find("/evidence/").unwrap();
    let path = html[start..].split('"').next().unwrap();
    let (status, headers, file) = get(&router, path).await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    assert_eq!(path, format!("/evidence/{}.json", Hash::of(&[file.as_bytes()])));
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert_eq!(file["format"], "commonweal-contradiction-v1");
    assert_eq!((&file["votes"], &file["view"]), (&"00ff".into(), &17.into()));
    assert_eq!(file["network"], story.status().network.as_str());
    let (status, _, _) = get(&router, "/evidence/nothing.json").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_asks_to_join_is_told_with_the_answers() {
    let (story, router) = shown(seven());
    let now = UnixMillis(story.status().time_ms + 1);
    story.tell(|scenario| scenario.prologue());
    story.tell(|scenario| scenario.ask_to_join(now, &[]));
    let text = words(&router, "en").await;
    holds(&text, &["Qingchuan Bar Association asks to keep the book too", "open"]);
    holds(&text, &["0 approve, 5 are needed", "No answer yet: Health Commission, Red Cross"]);
    holds(&text, &["weal network approve R-"]);
}

#[tokio::test]
async fn what_is_decided_is_told_apart() {
    let story = Story::untold();
    story.tell(|scenario| scenario.prologue());
    let only = SecretKey::from_seed([7; 32]);
    let keepers = [only.public(); 2].map(|key| (key, only.clone()));
    let now = UnixMillis(story.status().time_ms + 1);
    story.tell(|scenario| scenario.ask_to_join(now, &keepers));
    let text = words(&weal_app::pages::router(story.app()), "en").await;
    holds(&text, &["Nothing is asked of the institutions now.", "One that is decided or over"]);
    holds(&text, &["Qingchuan approves", "approved"]);
}

#[tokio::test]
async fn a_mirror_says_what_it_is() {
    let mut keeping = seven();
    (keeping.role, keeping.own_key) = ("mirror", key(50));
    keeping.trouble = Some("nobody answers".into());
    for keeper in &mut keeping.keepers {
        (keeper.state, keeper.heard_ms) = ("unheard", None);
    }
    let (_, router) = shown(keeping);
    let text = words(&router, "en").await;
    holds(&text, &["This is a mirror of “Qingchuan”", "votes on nothing", "nobody answers"]);
    holds(&text, &["6 of 7 institutions signed the newest block here", "not heard from here"]);
}

#[tokio::test]
async fn a_page_is_sent_again_when_others_agree() {
    let (story, router) = shown(seven());
    let (_, headers, _) = get(&router, "/en/needs").await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let mut keeping = seven();
    keeping.keepers[3].state = "late";
    story.show(keeping);
    let (status, _, html) = get_with(&router, "/en/needs", header::IF_NONE_MATCH, &tag).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("6 of 7 institutions agree"));
}

#[tokio::test]
async fn monitoring_is_told_what_is_wrong() {
    let (story, _) = shown(seven());
    let router = weal_app::serve::router(story.app());
    let (status, headers, text) = get(&router, "/health").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "ok\n"));
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    *story.wrong.lock().unwrap() = Some("4 of 7 institutions were heard, 5 are needed".into());
    let (status, _, text) = get(&router, "/health").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text, "4 of 7 institutions were heard, 5 are needed\n");
}
