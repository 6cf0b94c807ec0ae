//! Planted faults are found; all of them by `weal-sim canary`, the quick ones here.

use weal_sim::canary::{Plant, hunt};

fn is_found(name: &str) {
    let (_, plant, seeds) = Plant::ALL.iter().find(|(known, ..)| *known == name).unwrap();
    assert!(hunt(*plant, *seeds).is_some(), "{name} was not found in {seeds} seeds");
}

#[test]
fn a_wrong_state_root_is_found() {
    is_found("any-root");
}

#[test]
fn a_double_spend_is_found() {
    is_found("double-spend");
}

#[test]
fn an_operation_nobody_signed_is_found() {
    is_found("unsigned");
}

#[test]
fn a_dropped_block_is_found() {
    is_found("dropped-block");
}

#[test]
fn a_forgotten_answer_is_found() {
    is_found("forgotten-answer");
}

#[test]
fn a_disk_that_lies_is_found() {
    is_found("lying-disk");
}

#[test]
fn invented_goods_are_found() {
    is_found("invented-goods");
}

#[test]
fn an_operation_that_stays_in_a_pool_is_found() {
    is_found("stuck-in-pool");
}

#[test]
fn blocks_faster_than_the_heartbeat_in_silence_are_found() {
    is_found("hasty");
}

#[test]
fn a_refusal_that_is_never_told_is_found() {
    is_found("swallowed-refusal");
}
