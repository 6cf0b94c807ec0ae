//! Beds of hospitals on the day in the file's name.

use super::days;
use super::names::Names;
use super::report::{FileReport, Wrong};
use super::table::{Form, Row, read};
use super::writer::{Body, Writer, whole};
use std::path::Path;
use weal_kernel::limits::NAME_CHARS;
use weal_kernel::units::UnixMillis;

/// The list.
pub(crate) const BEDS: Form = Form {
    file: "wuhan_beds_2020-02-15.csv",
    columns: &["hospital", "beds_open", "beds_used", "beds_free"],
    numbering: &[],
};

/// Takes the list in.
pub(crate) fn run(
    directory: &Path,
    writer: &mut Writer<'_>,
    names: &mut Names,
    report: &mut FileReport,
) {
    let day = BEDS.file.trim_end_matches(".csv").get("wuhan_beds_".len()..);
    let Some(noon) = day.and_then(days::day).and_then(days::noon) else { return };
    for row in read(directory, &BEDS, report) {
        match take(&row, writer, names, (noon, report)) {
            Ok(()) => report.operations += 1,
            Err((wrong, column)) => report.wrong(wrong, row.line, column, row.get(column)),
        }
    }
}

fn take(
    row: &Row,
    writer: &mut Writer<'_>,
    names: &mut Names,
    (noon, report): (UnixMillis, &mut FileReport),
) -> Result<(), (Wrong, &'static str)> {
    if row.get("hospital").is_empty() {
        return Err((Wrong::Empty, "hospital"));
    }
    let mut body =
        Body::new(row, report).required("hospital", "hospital", NAME_CHARS).set("date", noon.0);
    for (member, column) in [("open", "beds_open"), ("used", "beds_used"), ("free", "beds_free")] {
        body = body.set(member, whole(row.get(column)).ok_or((Wrong::Number, column))?);
    }
    let mut body = body.build();
    let name = body.get("hospital").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
    names.used(&name, BEDS.file, row);
    if let Some(facility) = names.facility(&name) {
        body.insert("facility".into(), facility.to_string().into());
    }
    writer.post(&row.origin(BEDS.file), "beds", body, Some(noon));
    Ok(())
}
