//! Whatever stands in the cells: what is planned, the book takes; what is not, the report tells.

use crate::folder::{BEDS, EVENTS, Folder, HOSPITALS, IN, LINES, NAMES, OUT, header};
use crate::ledger::ids;

const CELLS: &[&str] = &[
    "",
    "0",
    "1",
    "2",
    "18446744073709551616",
    "-3",
    "1.5",
    "H1",
    "H2",
    "甲市第一医院",
    "goggles",
    "mask",
    "coverall",
    "50套/件",
    "3*160",
    "999999999999*999999999999",
    "99999999999999999999只/件",
    "件",
    "只",
    "2020-01-28",
    "截至28日",
    "截至99日",
    "2020-01-28T01:20:31+08:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "hospital_added",
    "hospital_removed",
    "need_opened",
    "need_closed",
    "qty_changed",
    "spec_changed",
    "spec-n-per-pack",
    "unit-is-piece",
    "anonymous",
    "unlimited",
    "stated",
    "13812345678",
    "电话 027-85871234",
    "+44 20 7946 0958",
    "a\u{200b}b",
    "\u{7}",
    "\"",
    "\\",
    "{\"a\":1}",
    "=1+1",
    "🧤🧤🧤",
    "\u{3000}",
    "line\nbreak",
];

/// A small generator (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn cell(&mut self) -> String {
        match self.below(40) {
            0 => "长".repeat(self.below(5_000)),
            1 => "\"\\".repeat(self.below(2_500)),
            2 => "🧤".repeat(self.below(4_200)),
            _ => CELLS[self.below(CELLS.len())].to_owned(),
        }
    }

    /// Lines of cells that often, but not always, fit their columns.
    fn list(&mut self, file: &str) -> Vec<u8> {
        let columns = header(file).split(',').count();
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(header(file).split(',')).unwrap();
        for _ in 0..60 {
            let odd = self.below(30) == 0;
            let cells = if odd { self.below(20) + 1 } else { columns };
            let mut line: Vec<String> = (0..cells).map(|_| self.cell()).collect();
            self.make_likely(file, &mut line);
            writer.write_record(&line).unwrap();
        }
        writer.into_inner().unwrap()
    }

    /// Without some sense in the cells that are looked at first, no line would get any further.
    fn make_likely(&mut self, file: &str, line: &mut [String]) {
        let likely: &[(usize, &[&str])] = match file {
            EVENTS => &[
                (0, &["2020-01-28T01:20:31+08:00"]),
                (2, &["hospital_added", "need_opened", "need_closed", "qty_changed"]),
                (3, &["H1", "H2", "13812345678"]),
                (4, &["goggles", "mask"]),
            ],
            HOSPITALS | NAMES => &[(0, &["H1", "H2", "13812345678"])],
            IN => &[(1, &["2020-01-28"]), (11, &["mask", "coverall"]), (10, &["3", "7"])],
            OUT => &[(1, &["2020-01-28"]), (9, &["mask", "coverall"]), (8, &["3", "7"])],
            _ => &[],
        };
        for (at, words) in likely {
            if self.below(8) > 0
                && let Some(cell) = line.get_mut(*at)
            {
                *cell = words[self.below(words.len())].to_owned();
            }
        }
    }
}

#[test]
fn the_book_takes_whatever_is_planned() {
    let mut operations = 0;
    for seed in 1..=40 {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
        let files = [HOSPITALS, NAMES, EVENTS, LINES, BEDS, IN, OUT];
        let folder = files.iter().fold(Folder::new(), |folder, file| {
            let bytes = dice.list(file);
            folder.raw(file, &bytes)
        });
        let plan = folder.import();
        operations += plan.operations.len();
        let report = serde_json::to_string(&plan.report).unwrap();
        let told: String = plan
            .operations
            .iter()
            .map(|planned| String::from_utf8_lossy(planned.envelope.payload()).into_owned())
            .collect();
        for number in ["13812345678", "85871234", "7946 0958"] {
            let around = |text: &str| {
                let at = text.find(number)?;
                let near = text.get(..at)?.chars().rev().take(300).collect::<Vec<_>>();
                Some(near.into_iter().rev().collect::<String>())
            };
            assert_eq!(around(&told), None, "seed {seed} tells {number}");
            assert_eq!(around(&report), None, "seed {seed} reports {number}");
        }
        assert_eq!(ids(&plan), ids(&folder.plan()));
    }
    eprintln!("{operations} operations taken");
    assert!(operations > 4_000);
}
