//! Live pages: what was missed, what comes, and what was missed for good.

use crate::story::Story;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use futures::StreamExt as _;
use std::time::Duration;
use tower::ServiceExt as _;

/// The text of a stream until it holds `wanted`, or what came within ten seconds.
async fn listen(router: &Router, path: &str, last: Option<&str>, wanted: &[&str]) -> String {
    let mut request = Request::get(path);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
    let mut text = String::new();
    let mut body = answer.into_body().into_data_stream();
    let read = async {
        while let Some(Ok(bytes)) = body.next().await {
            text.push_str(&String::from_utf8_lossy(&bytes));
            if wanted.iter().all(|wanted| text.contains(wanted)) {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), read).await;
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn new_entries_come_in_the_readers_language() {
    let story = Story::told();
    let router = weal_app::pages::router(story.app());
    let newest = story.app().reader.records(None, None, 1).unwrap().items[0].index;
    let teller = tokio::task::spawn_blocking(move || {
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(300));
            story.go_on();
        }
    });
    let next = format!("id: {}", newest + 1);
    let path = format!("/zh/stream?after={newest}");
    let text = listen(&router, &path, None, &[&next, "event: strip"]).await;
    teller.await.unwrap();
    assert!(text.contains("event: entry") && text.contains(&next), "{text}");
    assert!(text.contains("<li class=\"entry\""), "{text}");
    assert!(text.contains("区块") && text.contains("/zh/records/"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_comes_first_and_too_much_is_a_gap() {
    let story = Story::told();
    let router = weal_app::pages::router(story.app());
    let newest = story.app().reader.records(None, None, 1).unwrap().items[0].index;
    let seen = (newest - 3).to_string();
    let ids: Vec<_> = (newest - 2..=newest).map(|index| format!("id: {index}")).collect();
    let wanted: Vec<_> = ids.iter().map(String::as_str).collect();
    // The browser's own memory is newer than the address it was given.
    let text = listen(&router, "/en/stream?after=0", Some(&seen), &wanted).await;
    let places: Vec<_> = ids.iter().map(|id| text.find(id)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    assert!(!text.contains("event: gap"), "{text}");
    let text = listen(&router, "/en/stream?after=5", None, &["event: gap"]).await;
    assert!(text.contains("event: gap") && !text.contains("event: entry"), "{text}");
}
