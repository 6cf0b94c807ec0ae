//! A real node asks a real witness, shows what it signed, and goes on without one that will not.

use crate::fixture::TinyLedger;
use futures::executor::block_on;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_app::app::{App, Ledger as _};
use weal_app::serve::{self, Live};
use weal_app::solo;
use weal_app::witness::server::{Answer, Server, router};
use weal_app::witness::{Witness, asking};
use weal_kernel::Hash;
use weal_node::Pending;
use weal_proof::checkpoint::{Checkpoint, origin};
use weal_proof::keys::SecretKey;
use weal_proof::note::{SignedNote, VerifierKey};
use weal_services::book::Reader;
use weal_services::relief::scenario::Scenario;

fn key() -> SecretKey {
    SecretKey::from_seed([5; 32])
}

fn start(directory: &Path) -> (Arc<Live>, Reader) {
    serve::start(solo::config(directory, Duration::from_secs(5)).unwrap(), false).unwrap()
}

/// A node with sixty entries.
fn node(directory: &Path) -> (Arc<Live>, Reader) {
    solo::create(directory, "A book", &key()).unwrap();
    let (live, reader) = start(directory);
    let network = live.node().directory().network;
    let story = Scenario::new(1, network, serve::now()).prologue();
    let waiting = story.iter().take(60).map(|e| live.node().submit(&e.to_bytes()).unwrap().1);
    for pending in waiting.collect::<Vec<_>>() {
        if let Pending::Waiting(told) = pending {
            block_on(told).unwrap();
        }
    }
    (live, reader)
}

/// A witness of the log of this network.
fn witness(network: &Hash, directory: &Path) -> Arc<Server> {
    let log = VerifierKey::ed25519(&origin(network), key().public());
    let own = SecretKey::from_seed([6; 32]);
    Server::new("witness.example".into(), own, [log], directory.to_owned())
}

fn answering(server: &Arc<Server>, runtime: &tokio::runtime::Runtime) -> Witness {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = router(server.clone());
    runtime.spawn(async move { axum::serve(listener, service).await });
    Witness { key: server.vkey(), url }
}

/// Waits until the node shows so many cosignatures.
fn shown(live: &Live, count: usize) -> SignedNote {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let head = block_on(live.checkpoint()).unwrap();
        if head.cosignatures.len() == count {
            return SignedNote::from_bytes(head.note().unwrap().as_bytes()).unwrap();
        }
        assert!(Instant::now() < until, "{head:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_node_shows_what_its_witness_signed_also_after_it_forgot_all_about_it() {
    let (runtime, home) = (tokio::runtime::Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let (live, reader) = node(home.path());
    let network = live.node().directory().network;
    let memory = tempfile::tempdir().unwrap();
    let server = witness(&network, memory.path());
    let witness = answering(&server, &runtime);
    let thread = asking::start(&live, vec![witness.clone()]).unwrap();
    let note = shown(&live, 1);
    note.verify_cosignature(&server.vkey()).unwrap();
    assert_eq!(Checkpoint::from_text(&note.text).unwrap().size, 60);
    let page = runtime.block_on(async {
        let app = App::new(reader, live.clone());
        let router = weal_app::api::router(app);
        let request = axum::http::Request::get("/v1/network/checkpoint");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
        axum::body::to_bytes(response.into_body(), 100_000).await.unwrap()
    });
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
    assert_eq!((&page["witnesses"], &page["size"]), (&1.into(), &60.into()));
    assert_eq!(page["cosignatures"][0]["name"], "witness.example");
    drop(live);
    thread.join().unwrap();
    // The witness still knows the size, and tells a node that does not.
    std::fs::remove_dir_all(home.path().join("witness")).unwrap();
    let (live, _reader) = start(home.path());
    let thread = asking::start(&live, vec![witness]).unwrap();
    shown(&live, 1);
    drop(live);
    thread.join().unwrap();
    let (live, _reader) = start(home.path());
    shown(&live, 1);
}

#[test]
fn a_witness_that_knows_another_story_does_not_sign_and_the_node_goes_on() {
    let (runtime, home) = (tokio::runtime::Runtime::new().unwrap(), tempfile::tempdir().unwrap());
    let (live, _reader) = node(home.path());
    let network = live.node().directory().network;
    let memory = tempfile::tempdir().unwrap();
    let server = witness(&network, memory.path());
    let other = Checkpoint::new(&network, 60, Hash::of(&[b"another story"]));
    let name = format!("{}.checkpoint", Hash::of(&[other.origin.as_bytes()]));
    std::fs::write(memory.path().join(&name), other.to_text()).unwrap();
    let silent = Witness { key: server.vkey(), url: "http://127.0.0.1:9".into() };
    let thread = asking::start(&live, vec![answering(&server, &runtime), silent]).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(shown(&live, 0).signatures.len(), 1);
    let kept = std::fs::read_to_string(memory.path().join(&name)).unwrap();
    assert_eq!(kept, other.to_text(), "the witness forgets nothing");
    drop(live);
    thread.join().unwrap();
}

#[test]
fn what_a_witness_is_asked_is_read_by_it() {
    let ledger = TinyLedger::new();
    let memory = tempfile::tempdir().unwrap();
    let server = witness(&ledger.network(), memory.path());
    let head = block_on(ledger.checkpoint()).unwrap();
    let body = asking::request(0, &[], &head.note().unwrap());
    // The log's key is another one.
    assert_eq!(server.add_checkpoint(body.as_bytes(), 1), Answer::Unsigned);
}
