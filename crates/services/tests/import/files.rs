//! Files as they come: other line ends, marks, encodings, headers, and files cut off.

use crate::folder::{BEDS, Folder, HOSPITALS, IN, OUT, bodies, first, issue};
use weal_services::relief::import::FileStatus;

const HEADER: &str = "hospital,beds_open,beds_used,beds_free";

fn beds(bytes: &[u8]) -> Folder {
    Folder::new().raw(BEDS, bytes)
}

fn refused(folder: &Folder, words: &[&str]) {
    let plan = folder.import();
    let file = plan.report.file(BEDS).unwrap();
    assert_eq!(file.status, FileStatus::Refused);
    let advice = file.advice.as_ref().unwrap();
    assert!(words.iter().all(|word| advice.contains(word)), "{advice}");
    assert_eq!(plan.operations.len(), 0);
}

#[test]
fn marks_and_line_ends_of_other_systems_are_read() {
    let text = format!("\u{feff}{HEADER}\r\n甲医院,10,8,2\r\n\r\n乙医院,10,x,2\r\n");
    let plan = beds(text.as_bytes()).import();
    assert_eq!(bodies(&plan, "beds").len(), 1);
    assert_eq!(first(issue(&plan, BEDS, "bad-number")), (4, "beds_used", "x"));
}

#[test]
fn columns_may_stand_in_any_order_and_more_of_them_are_told_of() {
    let plan = beds("beds_free,hospital,mood,beds_used,beds_open\n2,甲医院,好,8,10\n".as_bytes());
    let plan = plan.import();
    assert_eq!(bodies(&plan, "beds")[0]["open"], 10);
    let advice = plan.report.file(BEDS).unwrap().advice.clone().unwrap();
    assert_eq!(advice, "Columns that are not used: mood.");
}

#[test]
fn a_wrong_header_is_refused_and_the_right_one_named() {
    refused(&beds(b"hospital;beds_open;beds_used;beds_free\nA;1;1;0\n"), &["beds_open", HEADER]);
    refused(&beds(b"hospital,beds_open,beds_used\nA,1,1\n"), &["beds_free", HEADER]);
    refused(&beds(b"\xff\xfeh\0o\0s\0"), &["UTF-16", "save it as CSV in UTF-8"]);
    refused(&beds(b"\xb5\xa5\xce\xbb,beds_open\n"), &["UTF-8"]);
    refused(&beds(b""), &["empty"]);
}

#[test]
fn a_bad_line_is_named_and_the_others_are_read() {
    let mut bytes = format!("{HEADER}\n甲医院,10,8,2\n").into_bytes();
    bytes.extend_from_slice(b"\xbc\xd7\xd2\xbd\xd4\xba,10,8,2\n");
    bytes.extend_from_slice("乙医院,10,8\n,1,1,1\n\"丙\n医院\",10,8,2\n丁医院,10".as_bytes());
    let plan = beds(&bytes).import();
    let names: Vec<_> = bodies(&plan, "beds").iter().map(|b| b["hospital"].clone()).collect();
    assert_eq!(names, ["甲医院", "丙 医院"]);
    assert_eq!(issue(&plan, BEDS, "not-utf8").examples[0].line, 3);
    assert_eq!(issue(&plan, BEDS, "empty").examples[0].line, 5);
    let lines: Vec<u64> = issue(&plan, BEDS, "cells").examples.iter().map(|e| e.line).collect();
    assert_eq!(lines, [4, 8]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_told_of() {
    let text = format!("{HEADER}\n甲医院,10,8,2\n\"乙医院,10,8,2\n丙医院,10,8,2\n");
    let plan = beds(text.as_bytes()).import();
    let advice = plan.report.file(BEDS).unwrap().advice.clone().unwrap();
    assert!(advice.contains("quotation mark"), "{advice}");
    assert_eq!(bodies(&plan, "beds").len(), 1);
}

#[test]
fn a_directory_in_the_place_of_a_file_is_refused() {
    let folder = beds(format!("{HEADER}\n甲医院,10,8,2\n").as_bytes());
    std::fs::create_dir(folder.0.path().join(OUT)).unwrap();
    let plan = folder.import();
    assert_eq!(plan.report.file(OUT).unwrap().status, FileStatus::Refused);
    assert_eq!(plan.report.file(IN).unwrap().status, FileStatus::Missing);
    assert_eq!(plan.report.file(HOSPITALS).unwrap().status, FileStatus::Missing);
    assert_eq!(bodies(&plan, "beds").len(), 1);
}
