//! Lists as CSV (RFC 4180), for those who work in spreadsheets.

use weal_services::view::{Asked, Balance, Entry, Interval, Need, Unresolved};

/// A row of a table.
pub(super) trait Row {
    /// The first line.
    const HEAD: &'static [&'static str];
    /// The cells below it.
    fn cells(&self) -> Vec<Cell>;
}

/// What a cell holds.
pub(super) enum Cell {
    /// Words somebody wrote.
    Text(String),
    /// A number, or nothing where it is not known.
    Number(Option<u64>),
}

impl From<&String> for Cell {
    fn from(text: &String) -> Cell {
        Cell::Text(text.clone())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        Cell::Number(Some(number))
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Cell {
        Cell::Text(flag.to_string())
    }
}

/// All rows under their head.
pub(super) fn write<R: Row>(rows: &[R]) -> String {
    let mut text = R::HEAD.join(",");
    text.push_str("\r\n");
    for row in rows {
        let cells: Vec<_> = row.cells().iter().map(quoted).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front: anybody may write
/// into a public book, and nobody who opens the list shall run it.
fn quoted(cell: &Cell) -> String {
    let text = match cell {
        Cell::Number(number) => return number.map(|n| n.to_string()).unwrap_or_default(),
        Cell::Text(text) => text,
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.clone() };
    if text.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn interval(interval: &Interval) -> [Cell; 2] {
    [interval.low.into(), Cell::Number(interval.high)]
}

fn asked(asked: &Asked) -> [Cell; 2] {
    match asked {
        Asked::Stated { amount } => ["stated".into(), (*amount).into()],
        Asked::PerDay { amount } => ["per_day".into(), (*amount).into()],
        Asked::Unbounded => ["unbounded".into(), Cell::Number(None)],
        Asked::Unknown => ["unknown".into(), Cell::Number(None)],
    }
}

impl Row for Need {
    const HEAD: &'static [&'static str] = &[
        "number",
        "id",
        "item",
        "unit",
        "specification",
        "needy_number",
        "needy",
        "place",
        "one_sided",
        "urgency",
        "asked_kind",
        "asked",
        "derived",
        "received_low",
        "received_high",
        "on_the_way_low",
        "on_the_way_high",
        "percent",
        "status",
        "corroborated",
        "disputed",
        "stated_ms",
        "updated_ms",
    ];

    fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = vec![
            (&self.number).into(),
            (&self.id).into(),
            (&self.item.code).into(),
            (&self.item.unit).into(),
            self.specification.as_deref().unwrap_or_default().into(),
            (&self.needy.number).into(),
            (&self.needy.name).into(),
            (&self.place).into(),
            self.one_sided.into(),
            (&self.urgency).into(),
        ];
        cells.extend(asked(&self.asked));
        cells.push(Cell::Number(self.derived.as_ref().map(|derived| derived.amount)));
        cells.extend(interval(&self.coverage.received));
        cells.extend(interval(&self.coverage.on_the_way));
        cells.push(Cell::Number(self.coverage.percent.map(u64::from)));
        cells.push((&self.status).into());
        cells.extend([self.corroborated, self.disputed].map(Cell::from));
        cells.extend([self.stated_ms, self.updated_ms].map(Cell::from));
        cells
    }
}

impl Row for Entry {
    const HEAD: &'static [&'static str] = &[
        "index",
        "id",
        "number",
        "height",
        "time_ms",
        "occurred_ms",
        "act",
        "what",
        "actor_number",
        "actor",
        "other_number",
        "other",
        "item",
        "unit",
        "quantity_low",
        "quantity_high",
        "money",
        "text",
        "grade",
    ];

    fn cells(&self) -> Vec<Cell> {
        let other = self.other.clone().unwrap_or_default();
        let item = self.item.clone().unwrap_or_default();
        let (low, high) = self.quantity.map_or((None, None), |q| (Some(q.low), q.high));
        vec![
            self.index.into(),
            (&self.id).into(),
            (&self.number).into(),
            self.height.into(),
            self.time_ms.into(),
            Cell::Number(self.occurred_ms),
            (&self.act).into(),
            (&self.what).into(),
            (&self.actor.number).into(),
            (&self.actor.name).into(),
            (&other.number).into(),
            (&other.name).into(),
            (&item.code).into(),
            (&item.unit).into(),
            Cell::Number(low),
            Cell::Number(high),
            self.money.as_deref().unwrap_or_default().into(),
            self.text.as_deref().unwrap_or_default().into(),
            u64::from(self.grade).into(),
        ]
    }
}

impl Row for Balance {
    const HEAD: &'static [&'static str] = &[
        "custodian_number",
        "custodian",
        "item",
        "unit",
        "from",
        "to",
        "before_low",
        "before_high",
        "taken_in_low",
        "taken_in_high",
        "issued_low",
        "issued_high",
        "lines_in",
        "lines_out",
        "unknown_in",
        "unknown_out",
        "verdict",
        "short_by",
        "would_decide",
    ];

    fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = vec![
            (&self.custodian.number).into(),
            (&self.custodian.name).into(),
            (&self.item.code).into(),
            (&self.item.unit).into(),
            (&self.from).into(),
            (&self.to).into(),
        ];
        cells.extend(interval(&self.before));
        cells.extend(interval(&self.taken_in));
        cells.extend(interval(&self.issued));
        let counts = [self.lines_in, self.lines_out, self.unknown_in, self.unknown_out];
        cells.extend(counts.map(Cell::from));
        cells.push((&self.verdict).into());
        cells.push(self.short_by.into());
        cells.push(self.would_decide.join("; ").as_str().into());
        cells
    }
}

impl Row for Unresolved {
    const HEAD: &'static [&'static str] = &["name", "lines", "unknown_packs"];

    fn cells(&self) -> Vec<Cell> {
        vec![(&self.name).into(), self.lines.into(), self.unknown_packs.into()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_csv_wants_it_and_never_a_formula() {
        let cell = |text: &str| quoted(&Cell::from(text));
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"x\""), "\"say \"\"x\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("-1+1|cmd"), "'-1+1|cmd");
        assert_eq!(quoted(&Cell::Number(None)), "");
    }

    #[test]
    fn every_row_has_as_many_cells_as_its_head() {
        assert_eq!(Entry::default().cells().len(), Entry::HEAD.len());
        assert_eq!(Balance::default().cells().len(), Balance::HEAD.len());
        assert_eq!(Unresolved::default().cells().len(), Unresolved::HEAD.len());
    }
}
