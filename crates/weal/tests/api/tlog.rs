//! The log is served as tiles that anybody can put together again, and no path but theirs is.

use super::fixture::{Mood, TinyLedger};
use super::{ask, ask_with, reading, story};
use axum::Router;
use weal_app::app::Ledger as _;
use weal_proof::Hash;
use weal_proof::checkpoint::{Checkpoint, origin};
use weal_proof::log::{Frontier, leaf_hash};
use weal_proof::note::{SignedNote, VerifierKey};
use weal_proof::tile::{entries_path, tile_path, width_of};

const FOR_EVER: &str = "public, max-age=31536000, immutable";

async fn checkpoint(router: &Router) -> Checkpoint {
    let reply = ask(router, "/log/checkpoint").await;
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-cache");
    let vkey = ask(router, "/log/keeper.vkey").await;
    let key: VerifierKey = vkey.text().trim_end().parse().unwrap();
    assert_eq!(key.name, origin(&story().network()));
    let note = SignedNote::from_bytes(&reply.body).unwrap();
    note.verify_ed25519(&key).unwrap();
    Checkpoint::from_text(&note.text).unwrap()
}

async fn hashes(router: &Router, level: u8, index: u64, width: u16) -> Vec<Hash> {
    let path = tile_path(level, index, width).unwrap();
    let reply = ask(router, &format!("/log/{path}")).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    let caching = if width == 256 { FOR_EVER } else { "no-cache" };
    assert_eq!(reply.header("cache-control"), caching, "{path}");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.body.len(), usize::from(width) * 32, "{path}");
    reply.body.chunks(32).map(|hash| Hash(hash.try_into().unwrap())).collect()
}

async fn leaves(router: &Router, index: u64, width: u16) -> Vec<Hash> {
    let path = entries_path(index, width).unwrap();
    let reply = ask(router, &format!("/log/{path}")).await;
    assert_eq!(reply.status, 200, "{path}");
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    let (mut rest, mut leaves) = (reply.body.as_slice(), Vec::new());
    while let Some((length, tail)) = rest.split_first_chunk::<2>() {
        let (entry, tail) = tail.split_at(usize::from(u16::from_be_bytes(*length)));
        leaves.push(leaf_hash(entry));
        rest = tail;
    }
    assert!(rest.is_empty() && leaves.len() == usize::from(width), "{path}");
    leaves
}

#[tokio::test]
async fn entries_and_tiles_make_the_head_that_was_signed() {
    let router = reading();
    let checkpoint = checkpoint(&router).await;
    let (mut tree, mut roots) = (Frontier::default(), Vec::new());
    for index in 0..checkpoint.size.div_ceil(256) {
        let width = width_of(0, index, checkpoint.size).unwrap();
        let leaves = leaves(&router, index, width).await;
        assert_eq!(hashes(&router, 0, index, width).await, leaves);
        let mut tile = Frontier::default();
        for leaf in leaves {
            tree.push(leaf);
            tile.push(leaf);
        }
        roots.extend((width == 256).then(|| tile.root()));
    }
    assert!(
        roots.len() > 1 && !checkpoint.size.is_multiple_of(256),
        "the story has both kinds of tiles"
    );
    assert_eq!(tree.root(), checkpoint.root);
    assert_eq!(hashes(&router, 1, 0, roots.len() as u16).await, roots);
    let shown = ask(&router, "/v1/network/checkpoint").await.json();
    assert_eq!(shown["size"], checkpoint.size);
    assert_eq!(shown["root"], checkpoint.root.to_string());
    assert_eq!(shown["witnesses"], 0);
    assert_eq!(shown["note"], ask(&router, "/log/checkpoint").await.text());
}

#[tokio::test]
async fn a_partial_tile_is_there_as_long_as_the_log_is_so_long() {
    let router = reading();
    let full = hashes(&router, 0, 0, 256).await;
    for width in [1, 7, 255] {
        assert_eq!(hashes(&router, 0, 0, width).await, full[..usize::from(width)]);
        assert_eq!(leaves(&router, 0, width).await, full[..usize::from(width)]);
    }
    let size = checkpoint(&router).await.size;
    let (last, width) = (size / 256, (size % 256) as u16);
    for path in [
        tile_path(0, last, width + 1).unwrap(),
        tile_path(0, last, 256).unwrap(),
        tile_path(0, last + 1, 1).unwrap(),
        tile_path(2, 0, 1).unwrap(),
        tile_path(63, 0, 1).unwrap(),
        tile_path(0, u64::MAX, 256).unwrap(),
        tile_path(63, u64::MAX, 255).unwrap(),
        entries_path(last, width + 1).unwrap(),
        entries_path(u64::MAX, 256).unwrap(),
    ] {
        ask(&router, &format!("/log/{path}")).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_tile_has_one_path() {
    let router = reading();
    let long = format!("/log/tile/0/{}007", "x000/".repeat(1_000));
    for path in [
        "/log/tile/0/0",
        "/log/tile/0/0000",
        "/log/tile/00/000",
        "/log/tile/+0/000",
        "/log/tile/64/000",
        "/log/tile/256/000",
        "/log/tile/0/x000/000",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/07",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p/65537",
        "/log/tile/0/%30%30%30",
        "/log/tile/entries/%30%30%30",
        "/log/tile/0/../0/000",
        "/log/tile/0/..%2f000",
        "/log/tile/0/000%00",
        "/log/tile/0/x%EF%BC%90%EF%BC%90%EF%BC%91/000",
        "/log/tile/data/000",
        "/log/tile/entries/x018/x446/x744/x073/x709/x551/616",
        "/log/tile/0/x018/x446/x744/x073/x709/x551/616",
        &long,
    ] {
        ask(&router, path).await.problem(404, "not-found");
    }
    for path in ["/log", "/log/", "/log/tile", "/log/tile/0", "/log/tile/0/", "/log/checkpoint/"] {
        assert_eq!(ask(&router, path).await.status, 404, "{path}");
    }
    for path in ["/log/checkpoint?a=1", "/log/tile/0/000?a", "/log/tile/entries/000?at=1"] {
        ask(&router, path).await.problem(400, "bad-query");
    }
}

#[tokio::test]
async fn a_full_tile_is_not_sent_twice() {
    let router = reading();
    for path in ["/log/tile/0/000", "/log/tile/entries/000", "/log/checkpoint"] {
        let tag = ask(&router, path).await.header("etag").to_owned();
        let again = ask_with(&router, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn what_is_damaged_is_not_served_and_only_the_log_learns_where() {
    let ledger = TinyLedger::with_story();
    let router = weal_app::api::router(ledger.app());
    ledger.set_mood(Mood::Damaged);
    for path in ["/log/tile/0/000", "/log/tile/entries/000"] {
        let reply = ask(&router, path).await;
        let problem = reply.problem(500, "damaged");
        assert_eq!(problem["title"], "This node's own files are damaged.");
        assert!(!reply.text().contains("/secret/place"));
    }
    assert!(ledger.checkpoint().await.is_ok());
}
