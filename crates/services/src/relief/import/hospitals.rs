//! Hospitals as two lists describe them, and the facility records that say so.

use super::report::{FileReport, Wrong};
use super::table::{Form, Row, read};
use super::writer::{Body, Origin, Says, Writer};
use serde_json::{Map, json};
use std::collections::BTreeMap;
use std::path::Path;
use weal_kernel::Hash;
use weal_kernel::limits::{LONG_TEXT_CHARS, NAME_CHARS, SHORT_TEXT_CHARS};
use weal_kernel::units::UnixMillis;

/// Hospitals on the list now, with their addresses.
pub(crate) const LISTED: Form = Form {
    file: "hubei_hospitals.csv",
    columns: &["hospital_id", "city", "district", "name", "address", "source_url"],
    numbering: &[],
};

/// Every hospital that was ever on the list.
pub(crate) const EVER: Form = Form {
    file: "hubei_hospital_names_all_time.csv",
    columns: &["hospital_id", "city", "district", "name"],
    numbering: &[],
};

/// The hospitals of both lists, and what the book knows of them.
pub(crate) struct Hospitals {
    described: BTreeMap<String, Described>,
    /// What is said about the two lists.
    pub(crate) reports: [FileReport; 2],
    facilities: BTreeMap<String, Facility>,
}

struct Described {
    row: Row,
    file: &'static str,
    /// Whether the description has gone into a facility record.
    used: bool,
}

/// A facility record in the book.
struct Facility {
    record: Hash,
    name: String,
    listed: bool,
    withdrawn: bool,
}

/// What a line about a hospital comes to.
pub(crate) type Outcome = Result<(), Wrong>;

impl Hospitals {
    /// Reads both lists. The first line about a hospital counts, and the list of today before the
    /// list of all times.
    pub(crate) fn read(directory: &Path) -> Self {
        let mut described = BTreeMap::new();
        let mut reports = [FileReport::new(LISTED.file), FileReport::new(EVER.file)];
        for (form, report) in [&LISTED, &EVER].into_iter().zip(&mut reports) {
            for row in read(directory, form, report) {
                let (id, file) = (row.get("hospital_id").to_owned(), form.file);
                let named = !id.is_empty() && !row.get("name").is_empty();
                let known = described.get(&id).map(|known: &Described| known.file);
                match known {
                    _ if !named => report.wrong(Wrong::Empty, row.line, "hospital_id, name", &id),
                    Some(known) if known == form.file => {
                        report.wrong(Wrong::Twice, row.line, "hospital_id", &id);
                    }
                    Some(_) => report.used += 1,
                    None => {
                        report.used += 1;
                        described.insert(id, Described { row, file, used: false });
                    }
                }
            }
        }
        Hospitals { described, reports, facilities: BTreeMap::new() }
    }

    /// Whether there is any description at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.described.is_empty()
    }

    /// The facility record of a hospital that is or was on the list.
    pub(crate) fn record(&self, id: &str) -> Option<Hash> {
        self.facilities.get(id).map(|facility| facility.record)
    }

    /// Names of facilities with their records.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Hash)> {
        self.facilities.values().map(|facility| (facility.name.as_str(), facility.record))
    }

    fn body(&mut self, id: &str) -> Option<Map<String, serde_json::Value>> {
        let described = self.described.get_mut(id)?;
        described.used = true;
        let row = &described.row;
        let report = self.reports.iter_mut().find(|report| report.file == described.file)?;
        Some(
            Body::new(row, report)
                .required("name", "name", NAME_CHARS)
                .optional("city", "city", NAME_CHARS)
                .optional("district", "district", NAME_CHARS)
                .optional("address", "address", SHORT_TEXT_CHARS)
                .optional("listing", "hospital_id", NAME_CHARS)
                .optional("source", "source_url", LONG_TEXT_CHARS)
                .build(),
        )
    }

    fn post(
        &mut self,
        id: &str,
        writer: &mut Writer<'_>,
        origin: &Origin<'_>,
        occurred: Option<UnixMillis>,
    ) -> Outcome {
        let body = self.body(id).ok_or(Wrong::Unnamed)?;
        let name = body.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
        let record = writer.post(origin, "facility", body, occurred);
        let facility = Facility { record, name, listed: true, withdrawn: false };
        self.facilities.insert(id.to_owned(), facility);
        Ok(())
    }

    /// A hospital comes onto the list: described the first time, noted when it comes back.
    pub(crate) fn added(
        &mut self,
        id: &str,
        writer: &mut Writer<'_>,
        origin: &Origin<'_>,
        event: &Event<'_>,
    ) -> Outcome {
        match self.facilities.get_mut(id) {
            Some(facility) if facility.listed => Err(Wrong::Listed),
            Some(facility) if !facility.withdrawn => {
                facility.listed = true;
                let text = format!("Listed again, {}.", event.source);
                let body = json!({ "text": text, "about": facility.record });
                writer.post(origin, "note", super::members(body), Some(event.time));
                Ok(())
            }
            _ => self.post(id, writer, origin, Some(event.time)),
        }
    }

    /// A hospital leaves the list: noted while it comes back later, withdrawn at the end.
    pub(crate) fn removed(
        &mut self,
        id: &str,
        writer: &mut Writer<'_>,
        origin: &Origin<'_>,
        event: &Event<'_>,
    ) -> Outcome {
        let listed = self.facilities.get_mut(id).filter(|facility| facility.listed);
        let facility = listed.ok_or(Wrong::Unlisted)?;
        facility.listed = false;
        let text = format!("Taken off the list, {}.", event.source);
        if event.comes_back {
            let body = json!({ "text": text, "about": facility.record });
            writer.post(origin, "note", super::members(body), Some(event.time));
        } else {
            facility.withdrawn = true;
            writer.respond(origin, facility.record, Says::Withdraw(text), event.time);
        }
        Ok(())
    }

    /// Whether a hospital is on the list.
    pub(crate) fn is_listed(&self, id: &str) -> bool {
        self.facilities.get(id).is_some_and(|facility| facility.listed)
    }

    /// Posts the hospitals of today's list that no event has brought in.
    pub(crate) fn post_rest(&mut self, writer: &mut Writer<'_>) {
        let rest = self.described.iter().filter(|(_, d)| !d.used && d.file == LISTED.file);
        let mut rest: Vec<_> = rest.map(|(id, d)| (id.clone(), d.row.clone())).collect();
        rest.sort_by_key(|(_, row)| row.line);
        for (id, row) in rest {
            if self.post(&id, writer, &row.origin(LISTED.file), None).is_ok() {
                self.reports[0].used -= 1;
                self.reports[0].operations += 1;
            }
        }
    }
}

/// What an event about a hospital or need says of itself.
pub(crate) struct Event<'a> {
    pub(crate) time: UnixMillis,
    /// Where it stands, in words.
    pub(crate) source: &'a str,
    /// Whether a later event brings the hospital back.
    pub(crate) comes_back: bool,
}
