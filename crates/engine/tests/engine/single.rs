//! One validator alone, without any network.

use crate::toy::{Habits, Toy, alone, assert_chain, key, network, texts};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_engine::start;
use weal_proof::certificate::Certificate;

const LONG: Duration = Duration::from_secs(600);

#[test]
fn a_text_becomes_final_and_its_certificate_proves_it() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), LONG), toy.clone()).unwrap();
    toy.say("ten boxes of masks");
    let taken = toy.wait_for("ten boxes of masks");
    let header = &taken.block.header;
    let bytes = taken.certificate.unwrap();
    let certificate = Certificate::from_bytes(&bytes).unwrap();
    assert_eq!(certificate.digest, header.digest());
    assert_eq!(certificate.to_bytes(), bytes);
    assert_eq!(certificate.verify(&network(), &[key(1).public()]), Ok(1));
    assert!(certificate.verify(&header.digest(), &[key(1).public()]).is_err());

    assert_eq!(engine.block_blocking(header.height), Some(taken.block.clone()));
    assert_eq!(engine.certificate_blocking(header.height), Some(bytes));
    assert_eq!(engine.block_blocking(header.height + 1), None);
    assert_eq!(engine.certificate_blocking(0), None);
    assert_eq!(engine.failed(), None);
    engine.stop();
    assert_eq!(engine.block_blocking(header.height), None);
    assert_eq!(engine.failed(), None);
}

#[test]
fn silence_makes_an_empty_block_at_every_heartbeat() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), Duration::from_millis(100)), toy.clone()).unwrap();
    let taken = toy.wait_height(5);
    assert!(taken.iter().all(|taken| texts(&taken.block).is_empty()));
    for pair in taken.windows(2) {
        let silence = pair[1].block.header.time_ms - pair[0].block.header.time_ms;
        assert!(silence >= 100, "{silence} ms");
    }
    assert_chain(&taken);
    engine.stop();
}

#[test]
fn a_text_said_in_silence_is_final_within_milliseconds() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), LONG), toy.clone()).unwrap();
    let mut latencies = Vec::new();
    for number in 0..100 {
        let text = format!("text {number}");
        let said = Instant::now();
        toy.say(&text);
        latencies.push(toy.wait_for(&text).at - said);
        std::thread::sleep(Duration::from_millis(10));
    }
    latencies.sort();
    println!(
        "idle latency: p50 {:?}, p90 {:?}, max {:?}",
        latencies[50], latencies[90], latencies[99]
    );
    // One text, one block: waking at once must not make empty blocks.
    assert_eq!(toy.taken().len(), 100);
    // A busy machine is slower; a lost wake-up would take minutes.
    assert!(latencies[50] < Duration::from_millis(100), "{:?}", latencies[50]);
    engine.stop();
}

#[test]
fn a_ledger_that_forgets_open_states_is_led_to_them_again() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::with(Habits { forgetful: true, ..Habits::default() }));
    let engine = start(alone(directory.path(), Duration::from_millis(20)), toy.clone()).unwrap();
    for number in 0..20 {
        toy.say(&format!("text {number}"));
        toy.wait_for(&format!("text {number}"));
    }
    assert!(toy.forgotten() > 0);
    assert_chain(&toy.taken());
    assert_eq!(engine.failed(), None);
    engine.stop();
}
