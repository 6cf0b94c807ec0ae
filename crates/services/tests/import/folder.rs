//! A directory of made-up lists, and the plan of importing it.

use crate::ledger::{Ledger, NOW, payload};
use serde_json::Value;
use weal_kernel::Act;
use weal_services::relief::import::{Issue, Plan, plan};

pub(crate) const HOSPITALS: &str = "hubei_hospitals.csv";
pub(crate) const NAMES: &str = "hubei_hospital_names_all_time.csv";
pub(crate) const EVENTS: &str = "hubei_need_events.csv";
pub(crate) const LINES: &str = "hubei_need_lines.csv";
pub(crate) const BEDS: &str = "wuhan_beds_2020-02-15.csv";
pub(crate) const IN: &str = "wuhan_goods_in.csv";
pub(crate) const OUT: &str = "wuhan_goods_out.csv";

pub(crate) fn header(file: &str) -> &'static str {
    match file {
        HOSPITALS => "hospital_id,city,district,name,address,source_url",
        NAMES => "hospital_id,city,district,name",
        EVENTS => "time,commit,event,hospital_id,item_code,old_qty,new_qty,specification",
        LINES => "hospital_id,item_code,qty,qty_kind,specification",
        BEDS => "hospital,beds_open,beds_used,beds_free",
        IN => {
            "line_id,received_on,sheet,row,donor,donor_kind,donor_carried_down,item,\
             specification,unit,qty,category,pieces_estimate,pieces_how,raw_qty_if_unparsed"
        }
        _ => {
            "line_id,issued_on,announcement,row_in_announcement,recipient,item,specification,\
             unit,qty,category,pieces_estimate,pieces_how,raw_qty_if_unparsed"
        }
    }
}

/// A directory that vanishes.
pub(crate) struct Folder(pub(crate) tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// A list with its usual header and these lines.
    pub(crate) fn list(self, file: &str, lines: &[&str]) -> Folder {
        let text = [&[header(file)], lines].concat().join("\n");
        self.raw(file, text.as_bytes())
    }

    pub(crate) fn raw(self, file: &str, bytes: &[u8]) -> Folder {
        std::fs::write(self.0.path().join(file), bytes).unwrap();
        self
    }

    /// Two hospitals, of which the second is no longer listed.
    pub(crate) fn hospitals(self) -> Folder {
        let one = "H1,甲市,东区,甲市第一医院,东街1号,https://example.org/1";
        self.list(HOSPITALS, &[one])
            .list(NAMES, &["H1,甲市,东区,甲市第一医院", "H2,乙市,西区,乙市医院"])
    }

    pub(crate) fn plan(&self) -> Plan {
        let ledger = Ledger::new();
        plan(self.0.path(), &ledger.importer, NOW, &mut |_| {}).unwrap()
    }

    /// Plans, and submits everything: the book takes it, and every line is accounted for.
    pub(crate) fn import(&self) -> Plan {
        let mut ledger = Ledger::new();
        let plan = plan(self.0.path(), &ledger.importer, NOW, &mut |_| {}).unwrap();
        for file in &plan.report.files {
            assert_eq!(file.lines, file.operations + file.used + file.skipped, "{file:#?}");
        }
        ledger.submit(&plan);
        plan
    }
}

/// Bodies of the records of this schema, in order.
pub(crate) fn bodies(plan: &Plan, schema: &str) -> Vec<Value> {
    let body = |act: Act| match act {
        Act::RecordPost(post) if post.schema == schema => Some(Value::Object(post.body)),
        _ => None,
    };
    plan.operations.iter().filter_map(|planned| body(payload(planned).act)).collect()
}

/// Acts by name, in order; records with their schema or kind.
pub(crate) fn acts(plan: &Plan) -> Vec<String> {
    let name = |act: Act| match act {
        Act::RecordPost(post) => post.schema,
        Act::RecordRespond(respond) => format!("{:?}", respond.kind).to_lowercase(),
        act => act.name().to_owned(),
    };
    plan.operations.iter().map(|planned| name(payload(planned).act)).collect()
}

/// An issue of a file.
pub(crate) fn issue<'a>(plan: &'a Plan, file: &str, code: &str) -> &'a Issue {
    let file = plan.report.file(file).unwrap();
    file.issues.get(code).unwrap_or_else(|| panic!("no {code} in {file:#?}"))
}

/// Line, column and finding of an issue's first example.
pub(crate) fn first(issue: &Issue) -> (u64, &str, &str) {
    let example = &issue.examples[0];
    (example.line, &example.column, &example.found)
}
