//! Published lines of goods received and issued, as statements of a third party.

use super::items::Item;
use super::names::Names;
use super::packs::{Said, Unit};
use super::report::{FileReport, Packs, Wrong};
use super::table::{Form, Row, read};
use super::writer::{Body, Origin, Writer, fits, whole};
use super::{Progress, days};
use std::collections::BTreeMap;
use std::path::Path;
use time::Date;
use weal_kernel::holdings::op::DefinePack;
use weal_kernel::limits::{LONG_TEXT_CHARS, SHORT_TEXT_CHARS};
use weal_kernel::units::Quantity;
use weal_kernel::{Act, Hash};

/// The custodian of both lists, as it writes its name.
const CUSTODIAN: &str = "武汉市红十字会";

/// Goods received.
pub(crate) const IN: Form = Form {
    file: "wuhan_goods_in.csv",
    columns: &[
        "line_id",
        "received_on",
        "sheet",
        "row",
        "donor",
        "donor_kind",
        "donor_carried_down",
        "item",
        "specification",
        "unit",
        "qty",
        "category",
        "pieces_estimate",
        "pieces_how",
        "raw_qty_if_unparsed",
    ],
    numbering: &["line_id", "sheet", "row"],
};

/// Goods issued.
pub(crate) const OUT: Form = Form {
    file: "wuhan_goods_out.csv",
    columns: &[
        "line_id",
        "issued_on",
        "announcement",
        "row_in_announcement",
        "recipient",
        "item",
        "specification",
        "unit",
        "qty",
        "category",
        "pieces_estimate",
        "pieces_how",
        "raw_qty_if_unparsed",
    ],
    numbering: &["line_id", "row_in_announcement"],
};

/// One of the two lists.
struct List {
    form: &'static Form,
    schema: &'static str,
    date: &'static str,
    counterpart: &'static str,
    /// Columns that say where a line was published.
    source: [&'static str; 2],
}

const LISTS: [List; 2] = [
    List {
        form: &IN,
        schema: "stock-in",
        date: "received_on",
        counterpart: "donor",
        source: ["sheet", "row"],
    },
    List {
        form: &OUT,
        schema: "stock-out",
        date: "issued_on",
        counterpart: "recipient",
        source: ["announcement", "row_in_announcement"],
    },
];

/// Takes lines of goods in, defining packs as they are met.
pub(crate) struct Stock<'a, 'w> {
    pub(crate) writer: &'a mut Writer<'w>,
    pub(crate) names: &'a mut Names,
    packs: BTreeMap<[String; 4], (Hash, bool)>,
    pub(crate) counts: Packs,
}

impl<'a, 'w> Stock<'a, 'w> {
    pub(crate) fn new(writer: &'a mut Writer<'w>, names: &'a mut Names) -> Self {
        Stock { writer, names, packs: BTreeMap::new(), counts: Packs::default() }
    }

    /// Takes both lists in.
    pub(crate) fn run(
        &mut self,
        directory: &Path,
        reports: &mut [FileReport; 2],
        progress: &mut dyn FnMut(Progress),
    ) {
        for (list, report) in LISTS.iter().zip(reports) {
            let rows = read(directory, list.form, report);
            let mut last = None;
            for (at, row) in rows.iter().enumerate() {
                super::tick(progress, list.form.file, at, rows.len());
                match self.take(list, row, &mut last, report) {
                    Ok(()) => report.operations += 1,
                    Err((wrong, column)) => report.wrong(wrong, row.line, column, row.get(column)),
                }
            }
        }
    }

    fn take(
        &mut self,
        list: &List,
        row: &Row,
        last: &mut Option<Date>,
        report: &mut FileReport,
    ) -> Result<(), (Wrong, &'static str)> {
        if is_header(list, row) {
            return Err((Wrong::Header, "item"));
        }
        let (date, up_to) = read_date(row.get(list.date), *last).ok_or((Wrong::Date, list.date))?;
        *last = Some(date);
        let noon = days::noon(date).ok_or((Wrong::Date, list.date))?;
        let origin = row.origin(list.form.file);
        let item = self.writer.item(&origin, row.get("category"));
        let item = item.ok_or((Wrong::Item, "category"))?;
        for column in ["line_id", "item"] {
            if row.get(column).is_empty() {
                return Err((Wrong::Empty, column));
            }
        }
        let quantity = whole(row.get("qty"));
        let pack = quantity.and_then(|quantity| self.pack(row, item, quantity, report));
        if up_to {
            report.wrong(Wrong::UpTo, row.line, list.date, row.get(list.date));
        }
        let mut body = Body::new(row, report)
            .set("date", noon.0)
            .set("custodian", CUSTODIAN)
            .set("item", item.code)
            .required("line", "line_id", SHORT_TEXT_CHARS)
            .required("goods", "item", SHORT_TEXT_CHARS)
            .optional("specification", "specification", LONG_TEXT_CHARS)
            .optional("unit", "unit", SHORT_TEXT_CHARS);
        if up_to {
            body = body.optional("date_as_published", list.date, SHORT_TEXT_CHARS);
        }
        if let Some(pack) = pack {
            body = body.set("pack", pack.to_string());
        }
        body = match quantity {
            Some(quantity) => body.set("quantity", quantity),
            None => body,
        };
        let mut body = body.build();
        if quantity.is_none() {
            body.insert("unread".into(), unread(row, report).into());
        }
        self.counterpart(list, row, report, &mut body);
        let [place, number] = list.source.map(|column| row.get(column));
        let source = format!("{place}, {number}");
        if fits(&source, SHORT_TEXT_CHARS, row.line, list.source[0], report) {
            body.insert("source".into(), source.into());
        }
        self.writer.post(&origin, list.schema, body, Some(noon));
        Ok(())
    }

    /// Who gave or got the goods, and how sure the list is of it.
    fn counterpart(
        &mut self,
        list: &List,
        row: &Row,
        report: &mut FileReport,
        body: &mut serde_json::Map<String, serde_json::Value>,
    ) {
        let name = list.counterpart;
        if row.get(name).is_empty() {
            report.wrong(Wrong::Nobody, row.line, name, "");
            return;
        }
        let said = Body::new(row, report).required(name, name, SHORT_TEXT_CHARS).build();
        if list.schema == "stock-out" {
            let recipient = said.get(name).and_then(|name| name.as_str()).unwrap_or_default();
            self.names.used(recipient, OUT.file, row);
        }
        body.extend(said);
        if row.get("donor_kind") == "anonymous" {
            body.insert("anonymous".into(), true.into());
        }
        if row.get("donor_carried_down") == "1" {
            body.insert("carried_down".into(), true.into());
        }
    }

    /// The pack a line counts in; none where it counts in the item's own unit.
    fn pack(
        &mut self,
        row: &Row,
        item: &'static Item,
        quantity: u64,
        report: &mut FileReport,
    ) -> Option<Hash> {
        let said = Said {
            item,
            specification: row.get("specification"),
            unit: row.get("unit"),
            quantity: Some(quantity),
            estimate: row.get("pieces_estimate"),
            how: row.get("pieces_how"),
        };
        let contains = match said.unit() {
            Unit::One => return None,
            Unit::Holds(contains) => Some(contains),
            Unit::Unknown => None,
        };
        if contains.is_none() {
            self.counts.lines_unknown += 1;
            if said.estimated().is_some() {
                report.wrong(Wrong::Estimate, row.line, "specification", said.specification);
            } else if said.how == "unit-is-piece" {
                report.wrong(Wrong::NotAPiece, row.line, "unit", said.unit);
            }
        }
        Some(self.define(row, item, contains))
    }

    fn define(&mut self, row: &Row, item: &'static Item, contains: Option<u64>) -> Hash {
        let parts = [item.code, row.get("item"), row.get("specification"), row.get("unit")];
        let known = contains.is_some();
        let key = parts.map(str::to_owned);
        // Two lines that say the same of a pack may differ in their estimate: the pack is then
        // defined twice, once known and once not.
        let found = self.packs.get(&key).filter(|(_, was_known)| *was_known == known);
        if let Some((pack, _)) = found {
            return *pack;
        }
        let label = label(&parts);
        let contains = contains.map(Quantity);
        let act = Act::PackDefine(DefinePack { item: item.code.into(), label, contains });
        let line_key = format!("{}\u{1f}{:?}", parts.join("\u{1f}"), contains.map(|c| c.0));
        let origin = Origin { file: "packs", line: row.line, key: &line_key };
        let pack = self.writer.add(&origin, "pack", act);
        self.counts.defined += 1;
        self.counts.known += u64::from(known);
        self.counts.unknown += u64::from(!known);
        self.packs.insert(key, (pack, known));
        pack
    }
}

/// What people call a pack: goods, specification and unit as published, as far as the book takes
/// them.
fn label(parts: &[&str; 4]) -> String {
    let [_, goods, specification, unit] = parts;
    let unit = if unit.is_empty() { "unit not stated" } else { unit };
    let all = [*goods, *specification, unit];
    let taken = |part: &&&str| {
        !part.is_empty() && weal_kernel::text::check("/", part, SHORT_TEXT_CHARS).is_ok()
    };
    let label = all.iter().filter(taken).copied().collect::<Vec<_>>().join(" · ");
    match weal_kernel::text::check("/", &label, SHORT_TEXT_CHARS) {
        Ok(()) => label,
        Err(_) => "[left out]".to_owned(),
    }
}

fn is_header(list: &List, row: &Row) -> bool {
    let counterpart = ["接收单位", "捐赠单位", "捐赠方"].contains(&row.get(list.counterpart));
    counterpart && ["品名", "物资名称", "名称"].contains(&row.get("item"))
}

/// The day of a line, and whether the list says "up to" it.
fn read_date(cell: &str, last: Option<Date>) -> Option<(Date, bool)> {
    match days::day(cell) {
        Some(date) => Some((date, false)),
        None => Some((days::up_to(cell, last?)?, true)),
    }
}

/// What stands in the place of a quantity that cannot be read.
fn unread(row: &Row, report: &mut FileReport) -> String {
    let cells = [row.get("qty"), row.get("raw_qty_if_unparsed")];
    let text = cells.into_iter().find(|cell| !cell.is_empty()).unwrap_or("");
    report.wrong(Wrong::Unread, row.line, "qty", "");
    let taken = !text.is_empty() && fits(text, SHORT_TEXT_CHARS, row.line, "qty", report);
    if taken { text.to_owned() } else { "[empty]".to_owned() }
}
