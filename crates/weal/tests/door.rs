//! What the front door promises: whatever a crowd does at it, an honest user is answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "fixture/mod.rs"]
mod fixture;

use fixture::{Mood, TinyLedger};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use weal_app::door::{self, DoorLimits};

/// Nobody honest waits so long; a test that does has found a fault.
const PATIENCE: Duration = Duration::from_secs(20);
const SECOND: Duration = Duration::from_secs(1);

/// A node behind a door with these limits.
async fn open(mood: Mood, limits: DoorLimits) -> SocketAddr {
    let ledger = TinyLedger::new();
    ledger.set_mood(mood);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = weal_app::serve::router(ledger.app_with(limits.clone()));
    tokio::spawn(door::serve(listener, router, limits));
    address
}

/// A connection on which so much was sent.
async fn sent(to: SocketAddr, bytes: impl AsRef<[u8]>) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.unwrap();
    // A door that has refused already takes nothing more.
    let _ = stream.write_all(bytes.as_ref()).await;
    stream
}

/// All that comes on a connection until it ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // An end by force is an end, too.
    let read = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the connection neither ends nor tells anything");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to a request, which says for whom it is.
async fn ask(to: SocketAddr, method: &str, path: &str, from: &str) -> String {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {from}\r\nconnection: close\r\n\r\n"
    );
    rest(sent(to, head).await).await
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

async fn is_answered(to: SocketAddr, path: &str) {
    let answer = ask(to, "GET", path, "192.0.2.77").await;
    assert_eq!(status(&answer), 200, "{path}: {answer}");
}

/// The beginning of a post of which so many bytes are announced.
fn post(path: &str, kind: &str, announced: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {announced}\r\n\r\n"
    )
}

#[tokio::test]
async fn half_sent_requests_keep_no_honest_user_out() {
    let limits = DoorLimits { seats: 16, head: PATIENCE * 10, ..DoorLimits::default() };
    let door = open(Mood::Works, limits).await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(sent(door, "GET /v1/status HTTP/1.1\r\nhost: x\r\nx-a: ").await);
    }
    for _ in 0..20 {
        is_answered(door, "/v1/status").await;
    }
    drop(crowd);
    is_answered(door, "/en/").await;
}

#[tokio::test]
async fn a_request_that_is_worked_for_is_not_displaced() {
    let limits = DoorLimits { seats: 4, ..DoorLimits::default() };
    let door = open(Mood::Works, limits).await;
    let follower = "GET /v1/stream HTTP/1.1\r\nhost: x\r\naccept: application/jsonl\r\n\r\n";
    let mut follower = sent(door, follower).await;
    let mut begun = [0; 15];
    timeout(PATIENCE, follower.read_exact(&mut begun)).await.unwrap().unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    let mut crowd = Vec::new();
    for _ in 0..50 {
        crowd.push(sent(door, "GET / HTTP/1.1\r\n").await);
    }
    is_answered(door, "/v1/status").await;
    let mut buffer = [0; 1024];
    let end = timeout(SECOND, async { while follower.read(&mut buffer).await.unwrap() > 0 {} });
    assert!(end.await.is_err(), "the stream was cut off");
}

#[tokio::test]
async fn heads_and_pauses_have_their_time() {
    let limits = DoorLimits { head: SECOND, idle: 2 * SECOND, ..DoorLimits::default() };
    let door = open(Mood::Works, limits).await;
    assert_eq!(rest(sent(door, "").await).await, "");
    assert_eq!(status(&rest(sent(door, "GET / HTTP/1.1\r\nhost:").await).await), 0);
    // It is answered, waits for a second request, and is closed.
    let kept = sent(door, "GET /v1/status HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(status(&rest(kept).await), 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_ends_and_so_does_one_that_drips() {
    let limits = DoorLimits { body_stall: SECOND, ..DoorLimits::default() };
    let door = open(Mood::Works, limits).await;
    let head = post("/v1/operations", "application/json", 60_000);
    let stuck = sent(door, format!("{head}{{")).await;
    let mut dripping = sent(door, &head).await;
    let stuck = tokio::spawn(rest(stuck));
    let mut answer = Vec::new();
    let drip = async {
        let mut buffer = [0; 4_096];
        loop {
            let byte = dripping.write_all(b" ").await;
            let read = timeout(SECOND / 10, dripping.read(&mut buffer)).await;
            match read {
                Ok(Ok(count)) if count > 0 => answer.extend_from_slice(&buffer[..count]),
                Err(_) if byte.is_ok() => continue,
                _ => break,
            }
        }
    };
    timeout(PATIENCE, drip).await.expect("it may drip for ever");
    for answer in [stuck.await.unwrap(), String::from_utf8(answer).unwrap()] {
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(answer.contains("too-slow"), "{answer}");
    }
}

#[tokio::test]
async fn bodies_without_their_last_byte_use_up_no_memory_that_others_need() {
    let limits = DoorLimits {
        bodies_bytes: 4 << 20,
        small_bodies_bytes: 1 << 20,
        body_stall: PATIENCE * 10,
        ..DoorLimits::default()
    };
    let door = open(Mood::Works, limits).await;
    let head = post("/v1/operations/batch", "application/jsonl", 1 << 20);
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + (1 << 20) - 1, b' ');
    let (mut held, mut refused) = (Vec::new(), String::new());
    for _ in 0..8 {
        let mut stream = sent(door, &bytes).await;
        let mut first = [0; 12];
        match timeout(SECOND, stream.read_exact(&mut first)).await {
            Err(_) => held.push(stream),
            Ok(_) => refused = String::from_utf8_lossy(&first).into_owned() + &rest(stream).await,
        }
    }
    assert_eq!(held.len(), 3, "each takes a megabyte, and one of four is for short ones");
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: ") && refused.contains("node-busy"), "{refused}");
    let short = post("/v1/operations", "application/json", 2) + "{}";
    let answer =
        tokio::spawn(rest(sent(door, short.replace("host: x", "connection: close")).await));
    let answer = answer.await.unwrap();
    assert!([400, 422].contains(&status(&answer)), "{answer}");
}

#[tokio::test]
async fn forms_of_pages_take_the_same_memory_and_end_when_they_stall() {
    let limits = DoorLimits {
        bodies_bytes: 2 << 20,
        small_bodies_bytes: 0,
        body_stall: 3 * SECOND,
        ..DoorLimits::default()
    };
    let door = open(Mood::Works, limits).await;
    let kind = "application/x-www-form-urlencoded";
    let mut bytes = post("/en/charters/new", kind, 2 << 20).into_bytes();
    bytes.resize(bytes.len() + (2 << 20) - 1, b'a');
    let first = tokio::spawn(rest(sent(door, &bytes).await));
    tokio::time::sleep(SECOND).await;
    let second = rest(sent(door, &bytes).await).await;
    assert_eq!(status(&second), 503, "{second}");
    let first = first.await.unwrap();
    assert_eq!(status(&first), 408, "{first}");
    let theme = "theme=dark&back=%2Fen%2F";
    let head = post("/prefs/theme", kind, theme.len()).replace("host: x", "connection: close");
    let answer = rest(sent(door, head + theme).await).await;
    assert!(status(&answer) == 303 && answer.contains("theme=dark"), "{answer}");
}

#[tokio::test]
async fn answers_that_nobody_reads_end_and_hold_up_nobody() {
    let limits = DoorLimits {
        answer_stall: SECOND,
        long_answers: 4,
        long_answers_per_address: 2,
        ..DoorLimits::default()
    };
    let door = open(Mood::Endless, limits).await;
    let request = "GET /v1/mirror/1 HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.1\r\n\r\n";
    let mut unread = Vec::new();
    for _ in 0..2 {
        let mut stream = sent(door, request).await;
        let mut first = [0; 12];
        timeout(PATIENCE, stream.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        unread.push(stream);
    }
    let third = ask(door, "GET", "/v1/mirror/1", "192.0.2.1").await;
    assert_eq!(status(&third), 503, "{third}");
    assert!(third.contains("retry-after: ") && third.contains("node-busy"), "{third}");
    is_answered(door, "/v1/status").await;
    let other = ask(door, "GET", "/v1/mirror/1", "192.0.2.2").await;
    assert!(status(&other) == 200 && other.len() > 8 << 20, "{} bytes", other.len());
    let again = async {
        while status(&ask(door, "HEAD", "/v1/mirror/1", "192.0.2.1").await) != 200 {
            tokio::time::sleep(SECOND / 5).await;
        }
    };
    timeout(PATIENCE, again).await.expect("their turns never come back");
}

#[tokio::test]
async fn ready_answers_take_no_more_memory_than_there_is_for_them() {
    let limits = DoorLimits { answers_bytes: 4_096, ..DoorLimits::default() };
    let door = open(Mood::Works, limits).await;
    for (path, coding) in [("/v1/openapi.json", "identity"), ("/v1/openapi.json", "gzip")] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\naccept-encoding: {coding}\r\nconnection: close\r\n\r\n"
        );
        let answer = rest(sent(door, head).await).await;
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("retry-after: "), "{answer}");
    }
    is_answered(door, "/v1/status").await;
}

#[tokio::test]
async fn beyond_its_threads_and_places_a_node_says_that_it_is_busy() {
    let limits = DoorLimits {
        work_at_once: 0,
        work_waiting: 2,
        work_patience: SECOND,
        ..DoorLimits::default()
    };
    let door = open(Mood::Works, limits).await;
    let paths = ["/en/needs", "/zh/search?q=a+b", "/v1/needs", "/en/records"];
    let asked: Vec<_> = (0..40)
        .map(|n| tokio::spawn(async move { ask(door, "GET", paths[n % 4], "192.0.2.1").await }))
        .collect();
    for answer in asked {
        let answer = answer.await.unwrap();
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("retry-after: ") && answer.contains("node-busy"), "{answer}");
    }
    let page = ask(door, "GET", "/en/needs", "192.0.2.1").await;
    assert!(page.contains("Please try again") && page.contains("请数秒后重试"), "{page}");
}

#[tokio::test]
async fn pages_and_the_api_count_in_one_bucket() {
    let door = open(Mood::Works, DoorLimits::default()).await;
    let mut stream = TcpStream::connect(door).await.unwrap();
    let mut buffer = [0; 4_096];
    let mut refused = [false; 2];
    // A bucket fills again meanwhile, so both are asked in turn until both were refused.
    for number in 0..8_000 {
        let path = ["/en/nowhere", "/v1/nowhere"][number % 2];
        let head = format!("HEAD {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.9\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let count = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
        refused[number % 2] |= status(&String::from_utf8_lossy(&buffer[..count])) == 429;
        if refused == [true; 2] {
            assert!(number >= 1_000, "a thousand may be saved up");
            break;
        }
    }
    assert_eq!(refused, [true; 2], "pages and the API are not counted together");
    is_answered(door, "/v1/status").await;
}

#[tokio::test]
async fn one_address_does_not_take_all_seats_of_the_live_pages() {
    let door = open(Mood::Works, DoorLimits::default()).await;
    let listen = |from: &str| {
        format!("GET /en/stream HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {from}\r\n\r\n")
    };
    let (mut open, mut first) = (Vec::new(), [0; 12]);
    for _ in 0..64 {
        let mut stream = sent(door, listen("192.0.2.1")).await;
        timeout(PATIENCE, stream.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        open.push(stream);
    }
    for (from, expected) in [("192.0.2.1", b"HTTP/1.1 429"), ("192.0.2.2", b"HTTP/1.1 200")] {
        let mut stream = sent(door, listen(from)).await;
        timeout(PATIENCE, stream.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, expected, "{from}");
    }
}
