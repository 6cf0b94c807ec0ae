//! Lives: annuities and insurances agree with published values, and a doubtful table is refused.

use crate::{female, male, near, number, reference, rows, say};
use std::collections::BTreeMap;
use weal_charter::actuary::annuity::{net_rate, rate_for_part};
use weal_charter::actuary::{ActuaryError, Basis, LifeTable, Reading, Scaled, Span};

/// The value of a kind as the reference files name it; nothing for an unknown kind.
fn value(table: &LifeTable, rate: Scaled, age: u32, kind: &str, years: u32) -> Option<Scaled> {
    let basis = Basis::new(table, rate).unwrap();
    let answer = match kind {
        "annuity_due_whole" => basis.annuity_due(age, Span::LIFE),
        "annuity_due_temp" => basis.annuity_due(age, Span::term(years)),
        "annuity_due_deferred" => basis.annuity_due(age, Span::after(years)),
        "annuity_immediate_whole" => basis.annuity_immediate(age, Span::LIFE),
        "annuity_immediate_temp" => basis.annuity_immediate(age, Span::term(years)),
        "annuity_immediate_deferred" => basis.annuity_immediate(age, Span::after(years)),
        "annuity_due_whole_monthly_UDD" => basis.annuity_due_in_parts(age, Span::LIFE, 12),
        "insurance_whole" => basis.insurance(age, Span::LIFE),
        "term_insurance" => basis.insurance(age, Span::term(years)),
        "pure_endowment" => basis.pure_endowment(age, years),
        "endowment" | "endowment_insurance" => basis.endowment(age, years),
        "curtate_expectation" => table.curtate_expectation(age),
        _ => return None,
    };
    Some(answer.unwrap())
}

/// Values of the 2007 tables computed by pylifecontingencies 0.5.0 (and, where they offer the kind,
/// by pyliferisk 1.12.0 and lifeActuary 1.3.2 to all digits shown): sex, return, age, kind, years.
const PUBLISHED_2007: &[(&str, &str, u32, &str, u32, &str)] = &[
    ("M", "0", 40, "term_insurance", 20, "0.1078042397"),
    ("M", "0", 80, "term_insurance", 20, "0.9842831534"),
    ("M", "0.01", 30, "annuity_immediate_whole", 0, "36.50705851"),
    ("M", "0.02", 67, "annuity_immediate_whole", 0, "12.57752517"),
    ("M", "0.03", 0, "annuity_immediate_whole", 0, "29.00556245"),
    ("M", "0.03", 65, "annuity_immediate_whole", 0, "12.33232378"),
    ("M", "0.03", 90, "annuity_immediate_whole", 0, "3.083079307"),
    ("M", "0.04", 62, "annuity_immediate_whole", 0, "12.29493615"),
    ("M", "0.06", 60, "annuity_immediate_whole", 0, "10.7364342"),
    ("F", "0", 20, "annuity_immediate_whole", 0, "60.70469677"),
    ("F", "0", 20, "curtate_expectation", 0, "60.70469677"),
    ("F", "0.01", 80, "pure_endowment", 10, "0.3995512406"),
    ("F", "0.04", 0, "pure_endowment", 10, "0.6703488134"),
    ("F", "0.06", 62, "pure_endowment", 10, "0.490768725"),
];

#[test]
fn annuities_of_2007_agree_with_published_values() {
    for (sex, rate, age, kind, years, expected) in PUBLISHED_2007 {
        let table = if *sex == "M" { male() } else { female() };
        let found = value(&table, number(rate), *age, kind, *years).unwrap();
        near(found, number(expected), "0.00000001", &format!("{sex} {rate} {age} {kind}"));
    }
}

#[test]
fn annuities_agree_with_reference_packages() {
    let Some(sample) = reference("annuities_sample.csv") else { return };
    let survivors = reference("lifetable_ssa_lx.csv").unwrap();
    let survivors = format!("# Social Security Administration, radix 100000\n{survivors}");
    let (mut compared, mut without_table) = (0, 0);
    let mut furthest = BTreeMap::new();
    for row in rows(&sample) {
        let Ok(table) = LifeTable::parse(&survivors, &row["table"], Reading::Survivors) else {
            without_table += 1;
            continue;
        };
        let (kind, age) = (row["kind"].as_str(), row["age"].parse().unwrap());
        let years = row["n"].parse().unwrap_or(0);
        let found = value(&table, number(&row["i"]), age, kind, years).expect("a known kind");
        // The packages differ among themselves by 10⁻⁶ for monthly payments.
        let tolerance = if row["k"] == "12" { "0.00001" } else { "0.00000001" };
        for package in ["p1_pylifecontingencies", "p2_pyliferisk", "p3_lifeActuary"] {
            if !row[package].is_empty() {
                let expected = number(&row[package]);
                near(found, expected, tolerance, &format!("{package} {row:?}"));
                let apart = found.max(expected).minus(found.min(expected)).unwrap();
                let largest = furthest.entry(row["k"].clone()).or_insert(apart);
                *largest = apart.max(*largest);
                compared += 1;
            }
        }
    }
    eprintln!("{compared} values compared, furthest apart by payments a year: {furthest:?}");
    say(&format!("{without_table} rows of a table that is not in the folder"));
    assert!(compared >= 120, "{compared}");
}

#[test]
fn the_tables_shipped_are_the_published_ones() {
    assert_eq!((male().q().len(), female().q().len()), (112, 114));
    assert!(male().source().contains("US Social Security Administration"));
    let alive = male().survival(0, 65).unwrap();
    near(alive, number("0.79684"), "0.00000000001", "79684 of 100000 men reach 65");
    let (Some(survivors), Some(deaths)) =
        (reference("lifetable_ssa_lx.csv"), reference("lifetable_ssa_qx.csv"))
    else {
        return;
    };
    // Two cells are written as 9.08e-05, which the reader refuses on purpose.
    let deaths = deaths.replace("9.084944229e-05", "0.00009084944229");
    let deaths = deaths.replace("9.085769666e-05", "0.00009085769666");
    for (shipped, column) in [(male(), "USSS2007M"), (female(), "USSS2007F")] {
        let from = |text: &str, reading| {
            LifeTable::parse(&format!("# SSA\n{text}"), column, reading).unwrap()
        };
        let exact = from(&survivors, Reading::Survivors);
        let rounded = from(&deaths, Reading::Probability);
        assert_eq!(shipped.q().len(), exact.q().len());
        for ((a, b), c) in shipped.q().iter().zip(exact.q()).zip(rounded.q()) {
            near(*a, *b, "0.0000000000005", column);
            near(*a, *c, "0.0000000001", column);
        }
    }
}

#[test]
fn values_of_one_life_fit_together() {
    let table = female();
    for rate in ["-0.02", "0", "0.00001", "0.03", "0.25"] {
        let rate = number(rate);
        let basis = Basis::new(&table, rate).unwrap();
        let discount = Scaled::ONE.over(Scaled::ONE.plus(rate).unwrap()).unwrap();
        for age in [0, 35, 64, 113] {
            let whole = basis.annuity_due(age, Span::LIFE).unwrap();
            let term = basis.annuity_due(age, Span::term(20)).unwrap();
            let later = basis.annuity_due(age, Span::after(20)).unwrap();
            near(term.plus(later).unwrap(), whole, "0", "term and deferred are the whole");
            let lost = Scaled::ONE.minus(discount).unwrap().times(whole).unwrap();
            let insured = basis.insurance(age, Span::LIFE).unwrap();
            near(insured, Scaled::ONE.minus(lost).unwrap(), "0.000000000001", "A = 1 - d ä");
            let yearly = basis.annuity_due_in_parts(age, Span::LIFE, 1).unwrap();
            near(yearly, whole, "0.000000000001", "one part a year is yearly");
            let paid_after = basis.annuity_immediate(age, Span::LIFE).unwrap();
            let one = whole.minus(paid_after).unwrap();
            near(one, Scaled::ONE, "0.000000000001", "due and immediate differ by one");
            let endowment = basis.endowment(age, 20).unwrap();
            let lost = Scaled::ONE.minus(discount).unwrap().times(term).unwrap();
            near(endowment, Scaled::ONE.minus(lost).unwrap(), "0.000000000001", "endowment");
        }
    }
}

#[test]
fn monthly_annuities_follow_the_textbook_for_even_deaths() {
    let table = male();
    let rate = number("0.04");
    let basis = Basis::new(&table, rate).unwrap();
    let monthly = rate_for_part(rate, 12).unwrap();
    let nominal = monthly.times_whole(12).unwrap();
    let up = Scaled::ONE.plus(monthly).unwrap();
    let nominal_discount = monthly.over(up).unwrap().times_whole(12).unwrap();
    let discount = rate.over(Scaled::ONE.plus(rate).unwrap()).unwrap();
    let both = nominal.times(nominal_discount).unwrap();
    let alpha = rate.times(discount).unwrap().over(both).unwrap();
    let beta = rate.minus(nominal).unwrap().over(both).unwrap();
    for age in [30, 60, 90, 111] {
        let yearly = basis.annuity_due(age, Span::LIFE).unwrap();
        let expected = alpha.times(yearly).unwrap().minus(beta).unwrap();
        let found = basis.annuity_due_in_parts(age, Span::LIFE, 12).unwrap();
        near(found, expected, "0.0000000001", "α ä - β");
    }
}

#[test]
fn the_spread_of_an_annuity_is_that_of_the_textbook() {
    let table = male();
    let rate = number("0.03");
    let basis = Basis::new(&table, rate).unwrap();
    let double = Scaled::ONE.plus(rate).unwrap().power(2).unwrap().minus(Scaled::ONE).unwrap();
    let second = Basis::new(&table, double).unwrap().insurance(65, Span::LIFE).unwrap();
    let first = basis.insurance(65, Span::LIFE).unwrap();
    let discount = rate.over(Scaled::ONE.plus(rate).unwrap()).unwrap();
    let expected = second.minus(first.power(2).unwrap()).unwrap();
    let expected = expected.over(discount.power(2).unwrap()).unwrap();
    let found = basis.annuity_variance(65).unwrap();
    near(found, expected, "0.0000000001", "(²A - A²)/d²");
    let (few, many) = (basis.loading(65, 100, number("2")), basis.loading(65, 10_000, number("2")));
    near(few.unwrap(), many.unwrap().times_whole(10).unwrap(), "0.000000000001", "√N");
    assert!(Basis::new(&table, Scaled::ZERO).unwrap().annuity_variance(65).unwrap() > found);
}

#[test]
fn longer_lives_cost_more_and_a_net_rate_replaces_growth() {
    let basis = |table: &LifeTable| {
        Basis::new(table, number("0.02")).unwrap().annuity_due(65, Span::LIFE).unwrap()
    };
    let (high, low) = (male().with_mortality(number("1.2")), male().with_mortality(number("0.8")));
    let (high, low) = (high.unwrap(), low.unwrap());
    assert!(basis(&high) < basis(&male()) && basis(&male()) < basis(&low));
    assert!(high.q().iter().all(|q| *q <= Scaled::ONE));
    assert_eq!(low.q().last(), Some(&Scaled::ONE));
    assert!(low.source().ends_with("mortality times 0.8"));
    near(net_rate(number("0.05"), number("0.05")).unwrap(), Scaled::ZERO, "0", "equal");
    near(net_rate(number("0.0506"), number("0.03")).unwrap(), number("0.02"), "0", "2 %");
}

#[test]
fn a_table_that_cannot_be_trusted_is_refused_with_its_line() {
    let read = |text: &str, reading| LifeTable::parse(text, "q", reading).unwrap_err();
    let at = |text: &str| match read(text, Reading::Probability) {
        ActuaryError::Line { line, .. } => line,
        other => panic!("{other}"),
    };
    assert_eq!(read("age,q\n0,1", Reading::Probability), ActuaryError::NoSource);
    assert_eq!(read("#  \nage,q\n0,1", Reading::Probability), ActuaryError::NoSource);
    assert_eq!(at("# somebody"), 1);
    assert_eq!(at("# somebody\nyear,q\n0,1"), 2);
    assert_eq!(at("# somebody\nage,p\n0,1"), 2);
    assert_eq!(at("# somebody\nage,q\n"), 2);
    assert_eq!(at("# somebody\nage,q\n0,0.1\n2,1"), 4);
    assert_eq!(at("# somebody\nage,q\n0,0.1\n1,1.1"), 4);
    assert_eq!(at("# somebody\nage,q\n0,-0.1\n1,1"), 3);
    assert_eq!(at("# somebody\nage,q\n0,0,1\n1"), 4);
    assert_eq!(at("# somebody\nage,q\n0,0.1\n1,0.2"), 4);
    assert_eq!(at("# somebody\nage,q\n0,1e-3\n1,1"), 3);
    assert_eq!(at("# somebody\nage,q\n0,0.1\n1,\n2,1"), 5);
    assert_eq!(at("# somebody\nage,q\n130,0.1\n131,1"), 4, "131 is above the highest age");
    assert!(LifeTable::parse("# s\nage,q\n129,0.1\n130,1", "q", Reading::Probability).is_ok());
    let rising = read("# somebody\nage,q\n0,5\n1,6", Reading::Survivors);
    assert!(rising.to_string().starts_with("Line 4 of the life table: there are more"));
    let long = format!("# s\nage,q\n{}", "#\n".repeat(40_000));
    assert!(matches!(read(&long, Reading::Probability), ActuaryError::TooMany { .. }));
    let basis = male();
    let basis = Basis::new(&basis, Scaled::ZERO).unwrap();
    let beyond = basis.annuity_due(112, Span::LIFE);
    assert_eq!(beyond, Err(ActuaryError::Age { age: 112 }));
    assert!(basis.annuity_due(60, Span::term(200)).is_ok());
    assert!(basis.annuity_due(60, Span::term(201)).is_err());
    assert!(basis.annuity_due_in_parts(60, Span::LIFE, 366).is_ok());
    assert!(basis.annuity_due_in_parts(60, Span::LIFE, 367).is_err());
    assert!(Basis::new(&male(), number("-1")).is_err());
}
