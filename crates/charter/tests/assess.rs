//! Assessment: what a reader is told before paying in holds, and can be checked by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

#[path = "assess/classes.rs"]
mod classes;
#[path = "assess/faults.rs"]
mod faults;
#[path = "assess/money.rs"]
mod money;

use std::sync::OnceLock;
use weal_charter::Proved;
use weal_charter::assess::{Assessment, Situation, assess};

/// The texts that ship, and how many cases each is assessed with.
const NAMES: [(&str, u64); 9] = [
    ("deposit-interest", 1_000),
    ("gift-escrow", 1_000),
    ("mutual-relief", 1_000),
    ("pension-account", 1_000),
    ("pension-notional", 1_000),
    ("pension-shares", 1_000),
    ("project-milestones", 10),
    ("receivable", 1_000),
    ("ten-for-one", 100),
];

fn text(name: &str) -> String {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charters");
    std::fs::read_to_string(format!("{directory}/{name}.weal")).unwrap()
}

fn proved(text: &str) -> Proved {
    Proved::read(text).unwrap_or_else(|fault| panic!("{fault}"))
}

/// All texts that ship, assessed once for all tests.
fn all() -> &'static [(&'static str, Proved, Situation, Assessment)] {
    static ALL: OnceLock<Vec<(&str, Proved, Situation, Assessment)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let each = |(name, cases): &(&'static str, u64)| {
            let proved = proved(&text(name));
            let situation = Situation::typical(&proved, *cases).unwrap();
            let assessment = assess(&proved, &situation).unwrap();
            (*name, proved, situation, assessment)
        };
        NAMES.iter().map(each).collect()
    })
}

fn one(name: &str) -> &'static (&'static str, Proved, Situation, Assessment) {
    all().iter().find(|(known, ..)| *known == name).unwrap()
}

/// A fund whose rules fit on a page: each member gets 1 yuan a year until 2030.
const TINY: &str = r#"
charter(name = "Tiny", kind = "other", money = "CNY", case = "member", language = 1,
        review_days = 1, audits = 0, last_year = 2030)
pot("pool")
party("member", opens = True)
counter("years", high = 100)
def nothing():
    "Nobody need pay in."
    return 0
def one_year():
    "Each year counts as one."
    return 1
def is_running(year):
    "Until 2030."
    return year <= 2030
def pension():
    "1 yuan a year."
    return 100
def is_over(year):
    "After 2030."
    return year > 2030
def equal_share(pool, cases):
    "All get the same."
    return pool // max(cases, 1)
flow("give", source = "outside", to = "pool", by = ["member"], amount = "stated", plan = nothing)
flow("pension", source = "pool", to = "member", by = ["clock:year"], when = is_running,
     amount = pension, short = "part", counts = [["years", one_year]])
flow("close", source = "pool", to = "member", by = ["clock:year"], when = is_over,
     amount = equal_share, short = "part")
example(nothing(), 0)
example(one_year(), 1)
example(is_running(2030), True)
example(pension(), 100)
example(is_over(2031), True)
example(equal_share(10, 3), 3)
"#;

/// A fund of very old people: each gets 1 yuan a month as long as he lives.
const OLD: &str = r#"
charter(name = "Old", kind = "other", money = "CNY", case = "member", language = 1,
        review_days = 1, audits = 0, last_year = 2100)
pot("pool")
role("registry", proof = "credential:civil-registry")
party("member", opens = True)
party("heirs", many = True, set_by = "member")
field("born", low = 1900, high = 2100)
evidence("death by registry", by = "registry")
def pension():
    "1 yuan a month."
    return 100
def funeral(pool):
    "Heirs get 5 yuan, if the pool has them."
    return min(pool, 500)
def equal_share(pool, cases):
    "All get the same."
    return pool // max(cases, 1)
def is_over(year):
    "After 2100."
    return year > 2100
flow("give", source = "outside", to = "pool", by = ["anyone"], amount = "stated")
flow("pension", source = "pool", to = "member", by = ["clock:month"], amount = pension,
     short = "pro_rata")
flow("funeral", source = "pool", to = "heirs", by = ["anyone"], amount = funeral,
     evidence = ["death by registry"], ends = True)
flow("close", source = "pool", to = "member", by = ["clock:year"], when = is_over,
     amount = equal_share, short = "part")
people(born = "born", join_age = 25)
example(pension(), 100)
example(funeral(400), 400)
example(equal_share(10, 3), 3)
example(is_over(2101), True)
"#;

/// Who works pays for who does not: 1 yuan a month until 60, then 2 yuan a month.
const DUTY: &str = r#"
charter(name = "Duty", kind = "other", money = "CNY", case = "member", language = 1,
        review_days = 1, audits = 0, last_year = 2200)
pot("pool")
role("registry", proof = "credential:civil-registry")
party("member", opens = True)
party("heirs", many = True, set_by = "member")
field("born", low = 1900, high = 2200)
evidence("death by registry", by = "registry")
def dues(year, born):
    "1 yuan a month until 60."
    return 100 if year - born < 60 else 0
def is_old(year, born):
    "From 60."
    return year - born >= 60
def pension():
    "2 yuan a month."
    return 200
def no_funeral():
    "Heirs get nothing."
    return 0
def is_over(year):
    "After 2200."
    return year > 2200
def equal_share(pool, cases):
    "All get the same."
    return pool // max(cases, 1)
flow("pay", source = "outside", to = "pool", by = ["member"], amount = dues, once = "month",
     plan = dues)
flow("pension", source = "pool", to = "member", by = ["clock:month"], when = is_old,
     amount = pension, short = "pro_rata")
flow("funeral", source = "pool", to = "heirs", by = ["anyone"], amount = no_funeral,
     evidence = ["death by registry"], ends = True)
flow("close", source = "pool", to = "member", by = ["clock:year"], when = is_over,
     amount = equal_share, short = "part")
people(born = "born", join_age = 25, compulsory = True)
example(dues(2026, 1990), 100)
example(is_old(2026, 1966), True)
example(pension(), 200)
example(no_funeral(), 0)
example(is_over(2200), False)
example(equal_share(10, 3), 3)
"#;
