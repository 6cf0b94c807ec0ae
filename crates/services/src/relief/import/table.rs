//! Reading a CSV file line by line: a bad line is named and left out, the others are read.

use super::report::{FileReport, FileStatus, Wrong};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use weal_kernel::Hash;

/// The largest file read at once: a thousand times what such lists have.
const FILE_BYTES: u64 = 256 << 20;

/// A file that can be imported, and the columns it must have, in any order.
pub(crate) struct Form {
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// Columns that only number the line: two lines that differ in nothing else are the same.
    pub(crate) numbering: &'static [&'static str],
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its number in the file; the header is line 1.
    pub(crate) line: u64,
    /// What names the line for ever: its content, and how many equal lines stand before it.
    pub(crate) key: String,
    columns: &'static [&'static str],
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column, without white space around it.
    pub(crate) fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| *name == column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

/// Reads the lines of a file; what cannot be read is in the report.
pub(crate) fn read(directory: &Path, form: &Form, report: &mut FileReport) -> Vec<Row> {
    match bytes(directory, form.file) {
        Ok(bytes) => rows(&bytes, form, report),
        Err((status, advice)) => {
            report.refuse(status, advice);
            Vec::new()
        }
    }
}

fn bytes(directory: &Path, file: &str) -> Result<Vec<u8>, (FileStatus, String)> {
    let path = directory.join(file);
    let missing = |advice: &str| (FileStatus::Missing, format!("{file} {advice}"));
    let refused = |advice: String| (FileStatus::Refused, format!("{file} {advice}"));
    let size = match std::fs::metadata(&path) {
        Ok(entry) if entry.is_file() => entry.len(),
        Ok(_) => return Err(refused("is not a file".into())),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return Err(missing("is not in the directory; put it there and import again"));
        }
        Err(e) => return Err(refused(format!("cannot be looked at: {e}"))),
    };
    if size == 0 {
        return Err(refused("is empty; fetch it again".into()));
    }
    if size > FILE_BYTES {
        let most = FILE_BYTES >> 20;
        return Err(refused(format!("is larger than {most} MiB; split it")));
    }
    let bytes = std::fs::read(&path).map_err(|e| refused(format!("cannot be read: {e}")))?;
    match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(refused("is UTF-16 text; save it as CSV in UTF-8".into()))
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(rest.to_vec()),
        _ => Ok(bytes),
    }
}

fn rows(bytes: &[u8], form: &Form, report: &mut FileReport) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let places = match header(&mut reader, form) {
        Ok((places, note)) => {
            report.advice = note;
            places
        }
        Err(advice) => {
            report.refuse(FileStatus::Refused, advice);
            return Vec::new();
        }
    };
    if bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        let advice = "A quotation mark is missing somewhere: lines may have run into one another.";
        report.advice = Some(advice.to_owned());
    }
    let width = reader.byte_headers().map_or(0, csv::ByteRecord::len);
    let mut rows = Vec::new();
    let mut seen: HashMap<Hash, u64> = HashMap::new();
    let mut record = csv::ByteRecord::new();
    let mut lines = Lines { bytes, byte: 0, line: 1 };
    while let Ok(true) = reader.read_byte_record(&mut record) {
        report.lines += 1;
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        match cells(&record, width, &places) {
            Ok(cells) => rows.push(row(form, line, cells, &mut seen, report)),
            Err(wrong) => {
                let found = record.iter().map(String::from_utf8_lossy).collect::<Vec<_>>();
                report.wrong(wrong, line, "", &found.join(","));
            }
        }
    }
    rows
}

/// Numbers lines as an editor does, whatever ends them.
struct Lines<'a> {
    bytes: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first byte at or after this place that does not end a line.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(c) = self.bytes.get(self.byte) {
            if self.byte >= byte && !matches!(c, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*c == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// Where each wanted column stands, and a note about columns that are not used.
fn header(
    reader: &mut csv::Reader<&[u8]>,
    form: &Form,
) -> Result<(Vec<usize>, Option<String>), String> {
    let wanted = form.columns.join(",");
    let names = reader.headers().map_err(|_| {
        format!("{} is not UTF-8 text; save it as CSV in UTF-8 with the header {wanted}", form.file)
    })?;
    let names: Vec<&str> = names.iter().map(str::trim).collect();
    let place = |column: &&str| names.iter().position(|name| name == column);
    let missing: Vec<&str> =
        form.columns.iter().copied().filter(|column| place(column).is_none()).collect();
    if !missing.is_empty() {
        let (file, missing) = (form.file, missing.join(", "));
        let found: String = names.join(",").chars().take(200).collect();
        return Err(format!(
            "{file} has no column {missing}: its first line is \"{found}\", not \"{wanted}\""
        ));
    }
    let extra: Vec<&str> =
        names.iter().copied().filter(|name| !form.columns.contains(name)).collect();
    let note = format!("Columns that are not used: {}.", extra.join(", "));
    let places = form.columns.iter().filter_map(place).collect();
    Ok((places, (!extra.is_empty()).then_some(note)))
}

fn cells(record: &csv::ByteRecord, width: usize, places: &[usize]) -> Result<Vec<String>, Wrong> {
    if record.len() != width {
        return Err(Wrong::Cells);
    }
    let text = |at: &usize| {
        let cell = record.get(*at).unwrap_or_default();
        std::str::from_utf8(cell).map(|cell| tidy(cell.trim())).map_err(|_| Wrong::Encoding)
    };
    places.iter().map(text).collect()
}

/// Tabs and line ends inside a cell become spaces: they say nothing and look like nothing.
fn tidy(cell: &str) -> String {
    let plain = |c: char| if matches!(c, '\t' | '\r' | '\n') { ' ' } else { c };
    cell.chars().map(plain).collect()
}

fn row(
    form: &Form,
    line: u64,
    cells: Vec<String>,
    seen: &mut HashMap<Hash, u64>,
    report: &mut FileReport,
) -> Row {
    let joined = cells.join("\u{1f}");
    let said = form.columns.iter().zip(&cells).filter(|(name, _)| !form.numbering.contains(name));
    let said: Vec<&str> = said.map(|(_, cell)| cell.as_str()).collect();
    let times = |seen: &mut HashMap<Hash, u64>, text: &str| {
        let count = seen.entry(Hash::of(&[text.as_bytes()])).or_default();
        *count += 1;
        *count
    };
    let exact = times(seen, &joined);
    let repeated = match form.numbering {
        [] => exact,
        _ => times(seen, &format!("said\u{1f}{}", said.join("\u{1f}"))),
    };
    if repeated > 1 {
        report.repeated += 1;
    }
    Row { line, key: format!("{joined}\u{1f}{exact}"), columns: form.columns, cells }
}
