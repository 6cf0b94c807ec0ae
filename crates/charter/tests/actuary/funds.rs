//! Funds: liabilities, failure, break-even, a closed gate, schemes that collapse, and chance.

use crate::{female, male, near, number};
use weal_charter::actuary::annuity::net_rate;
use weal_charter::actuary::fan::{Chance, Spread, fan};
use weal_charter::actuary::liability::{
    Cohort, accrued_liability, expected_payments, funding_ratio,
};
use weal_charter::actuary::limits::{PATHS_MAX, YEARS_MAX};
use weal_charter::actuary::projection::{
    FundYear, actuarial_balance, closed_gate, first_year_of_failure, present_value, project,
};
use weal_charter::actuary::scheme::Scheme;
use weal_charter::actuary::solve::{
    RETURN_LOW, break_even_growth, break_even_growth_of, break_even_return,
};
use weal_charter::actuary::{ActuaryError, Scaled};

/// Years alike.
fn years(count: usize, contributions: &str, payments: &str, rate: &str) -> Vec<FundYear> {
    let (contributions, payments) = (number(contributions), number(payments));
    vec![FundYear { contributions, newcomers: Scaled::ZERO, payments, rate: number(rate) }; count]
}

#[test]
fn what_is_owed_is_what_is_expected_to_be_paid() {
    let (men, women) = (male(), female());
    let cell = |table, age, members| {
        let pension = Scaled::whole(2_400_000).unwrap();
        Cohort { table, age, members, pension, pension_age: 63 }
    };
    let cohorts = [cell(&men, 40, 1_000), cell(&men, 63, 200), cell(&women, 80, 150_000)];
    let (rate, growth) = (number("0.04"), number("0.015"));
    let owed = accrued_liability(&cohorts, net_rate(rate, growth).unwrap()).unwrap();
    let payments = expected_payments(&cohorts, growth, 100).unwrap();
    let year = |due: &Scaled| FundYear { payments: *due, rate, ..FundYear::default() };
    let flows: Vec<_> = payments.iter().map(year).collect();
    let worth = present_value(&flows, |_, year| Ok(year.payments)).unwrap();
    let apart = worth.minus(owed).unwrap().over(owed).unwrap();
    near(apart, Scaled::ZERO, "0.000000000001", "liability and payments");
    // With exactly what is owed the fund pays for a century and ends with next to nothing.
    let little_more = owed.plus(Scaled::count(1)).unwrap();
    assert_eq!(first_year_of_failure(little_more, &flows), Ok(None));
    let too_little = owed.times(number("0.99")).unwrap();
    assert!(first_year_of_failure(too_little, &flows).unwrap().is_some());
    assert_eq!(funding_ratio(owed, owed), Ok(Some(Scaled::ONE)));
    assert_eq!(funding_ratio(owed, Scaled::ZERO), Ok(None));
    // And the return at which it just breaks even is the one it was valued at.
    let found = break_even_return(owed, &payments).unwrap().unwrap();
    near(found, rate, "0.00000000001", "break-even");
}

#[test]
fn a_fund_fails_in_the_first_year_it_cannot_pay_in_full() {
    let run = project(number("100"), &years(5, "10", "60", "0")).unwrap();
    assert_eq!(run.assets, [number("100"), number("50"), Scaled::ZERO]);
    assert_eq!(run.fails_in, Some(2), "in year 1 there is exactly enough");
    assert_eq!(run.share_paid_then, Some(Scaled::ratio(1, 6).unwrap()));
    let run = project(number("100"), &years(3, "10", "60", "0.1")).unwrap();
    assert_eq!(run.assets.last(), Some(&number("5.5")), "(100 + 10 − 60) · 1.1 = 55, then 5 · 1.1");
    assert_eq!(project(Scaled::ONE, &[]).unwrap().fails_in, None);
    let limit = usize::try_from(YEARS_MAX).unwrap();
    assert!(project(Scaled::ONE, &years(limit, "1", "1", "0")).is_ok());
    let beyond = project(Scaled::ONE, &years(limit + 1, "1", "1", "0"));
    assert!(matches!(beyond, Err(ActuaryError::TooMany { .. })));
}

#[test]
fn a_flat_fund_that_promises_two_percent_without_a_return_fails_only_in_year_51() {
    let mut flat = years(75, "1", "1.02", "0");
    flat[0].payments = Scaled::ZERO;
    assert_eq!(first_year_of_failure(Scaled::ZERO, &flat), Ok(Some(51)));
    let scheme = Scheme {
        promise: number("1.02"),
        fee: Scaled::ZERO,
        first_people: 100,
        people_max: 8_000_000_000,
    };
    let collapse = scheme.collapse_with_growth(Scaled::ONE).unwrap().unwrap();
    assert_eq!(collapse.round, 51);
}

#[test]
fn the_actuarial_balance_is_the_missing_contribution() {
    // Payments 12 and contributions 10 on wages of 100, at 3 %: 2 % of wages are missing.
    let flows = years(75, "10", "12", "0.03");
    let wages = vec![number("100"); 75];
    let balance = actuarial_balance(Scaled::ZERO, &flows, &wages).unwrap();
    near(balance, number("-0.02"), "0.00000000000001", "balance");
    let mended = years(75, "12", "12", "0.03");
    assert_eq!(actuarial_balance(Scaled::ZERO, &mended, &wages), Ok(Scaled::ZERO));
    let uneven = actuarial_balance(Scaled::ZERO, &flows, &wages[1..]);
    assert_eq!(uneven, Err(ActuaryError::LengthsDiffer));
}

#[test]
fn the_break_even_return_is_found_to_twelve_places() {
    let find = |assets: &str, payments: &[&str]| {
        let payments: Vec<_> = payments.iter().map(|payment| number(payment)).collect();
        break_even_return(number(assets), &payments).unwrap()
    };
    near(find("100", &["0", "110"]).unwrap(), number("0.1"), "0.000000000002", "one year");
    near(find("100", &["0", "0", "121"]).unwrap(), number("0.1"), "0.000000000002", "two years");
    near(find("100", &["0", "50"]).unwrap(), number("-0.5"), "0.000000000002", "a loss");
    assert_eq!(find("100", &["101"]), None, "nothing is earned before the first payment");
    assert_eq!(find("100", &["100"]), Some(RETURN_LOW));
    assert_eq!(find("0", &["0", "1"]), None);
    assert!(break_even_return(Scaled::ONE, &[number("-1")]).is_err());
}

#[test]
fn the_break_even_growth_is_that_of_the_payments() {
    let mut flows = years(40, "0", "0", "0");
    for (year, flow) in (0u32..).zip(&mut flows) {
        flow.payments = number("1.05").power(year).unwrap();
    }
    let bounds = (number("-0.5"), number("1"));
    let found = break_even_growth(Scaled::ZERO, Scaled::ONE, &flows, bounds).unwrap().unwrap();
    near(found, number("0.05"), "0.00000000001", "growth");
    let rich = break_even_growth(number("1000000"), Scaled::ONE, &flows, bounds).unwrap();
    assert_eq!(rich, Some(bounds.0));
    let narrow = (number("-0.5"), number("0.01"));
    assert_eq!(break_even_growth(Scaled::ZERO, Scaled::ONE, &flows, narrow), Ok(None));
    // Where each newcomer is promised twice the payment a year later, the inflow has to double;
    // over 30 years the first payment still in the pot lets it grow a little less.
    let doubled = break_even_growth_of(Scaled::ZERO, (Scaled::ZERO, number("2")), |growth| {
        let (mut inflow, mut due) = (Scaled::ONE, Scaled::ZERO);
        let mut flows = Vec::new();
        for _ in 0..30 {
            flows.push(FundYear { newcomers: inflow, payments: due, ..FundYear::default() });
            due = inflow.times_whole(2)?;
            inflow = inflow.times(Scaled::ONE.plus(growth)?)?;
        }
        Ok(flows)
    });
    near(doubled.unwrap().unwrap(), Scaled::ONE, "0.000001", "doubling");
}

#[test]
fn behind_a_closed_gate_assets_are_all_there_is() {
    let flows = years(10, "1000", "30", "0");
    let gate = closed_gate(number("100"), number("300"), &flows).unwrap();
    assert_eq!(gate.recovery, Scaled::ratio(1, 3).unwrap());
    assert_eq!(gate.empty_in, Some(3), "30, 30 and 30 are paid; 10 are left for the fourth");
    assert_eq!(gate.share_paid_then, Some(Scaled::ratio(1, 3).unwrap()));
    let own = |payments: &[&str]| {
        gate.own_share(&payments.iter().map(|payment| number(payment)).collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(own(&["2", "2", "2"]), Some(Scaled::ONE), "who is due early gets all");
    assert_eq!(own(&["0", "0", "0", "0", "5"]), Some(Scaled::ZERO), "who is due late nothing");
    near(own(&["0", "0", "3", "3"]).unwrap(), Scaled::ratio(2, 3).unwrap(), STEPS, "between");
    assert_eq!(own(&["0"]), None);
    // More assets never pay less, and never more than is promised.
    let mut before = Scaled::ZERO;
    for assets in 0..400 {
        let gate = closed_gate(Scaled::count(assets), number("300"), &flows).unwrap();
        assert!(gate.recovery >= before && gate.recovery <= Scaled::ONE);
        assert_eq!(gate.empty_in.is_none(), assets >= 300);
        before = gate.recovery;
    }
    assert_eq!(closed_gate(Scaled::ZERO, Scaled::ZERO, &[]).unwrap().recovery, Scaled::ONE);
}

/// A few steps of the last place.
const STEPS: &str = "0.000000000000005";

#[test]
fn a_scheme_that_gives_ten_for_one_fails_in_round_eight_of_all_mankind() {
    let mankind = 8_000_000_000;
    let (promise, fee) = (number("10"), Scaled::ZERO);
    let scheme = Scheme { promise, fee, first_people: 100, people_max: mankind };
    assert_eq!(scheme.growth_needed(), Ok(number("10")));
    assert_eq!(scheme.unpaid_share_of_chain(), Ok(number("0.9")));
    let collapse = scheme.collapse().unwrap().unwrap();
    assert_eq!(collapse.round, 8);
    near(collapse.pot_share, number("0.087"), "0.0005", "8.7 %");
    assert_eq!(collapse.people, mankind);
    assert_eq!(collapse.unpaid_people, 8_000_000_000 - 111_111_100);
    assert_eq!(scheme.collapse_with_growth(number("10")).unwrap(), Some(collapse));
    let with_fee = Scheme { fee: number("0.2"), ..scheme };
    assert_eq!(with_fee.growth_needed(), Ok(number("12.5")));
    assert!(with_fee.collapse().unwrap().unwrap().round <= 8);
    let honest = Scheme { promise: number("0.8"), fee: number("0.2"), ..scheme };
    assert_eq!(honest.collapse(), Ok(None), "every round pays for itself");
    assert_eq!(honest.unpaid_share_of_chain(), Ok(Scaled::ZERO));
    let slow = Scheme { promise: number("1.000001"), ..scheme };
    assert!(slow.collapse().unwrap().unwrap().round > 100_000, "slow, but it fails");
    let endless = Scheme { people_max: u64::MAX, ..slow };
    assert!(matches!(endless.collapse(), Err(ActuaryError::TooMany { .. })));
    assert!(Scheme { fee: Scaled::ONE, ..scheme }.collapse().is_err());
    assert!(Scheme { first_people: 0, ..scheme }.collapse().is_err());
}

/// A fund of one that only earns.
fn grow(chance: &Chance) -> Vec<Spread> {
    fan(chance, Scaled::ONE, |_, fund, rate| fund.times(Scaled::ONE.plus(rate)?)).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_fan_and_another_another() {
    let (mean, deviation) = (number("0.03"), number("0.1"));
    let chance = Chance { seed: [7; 32], paths: 1_000, years: 75, mean, deviation };
    let first = grow(&chance);
    assert_eq!(first, grow(&chance));
    assert_ne!(first, grow(&Chance { seed: [8; 32], ..chance }));
    // From a second implementation of the five steps, ChaCha8 included, in Python.
    assert_eq!(first[0].percentile_50.to_string(), "1.028021170170978");
    assert_eq!(first[74].percentile_5.to_string(), "1.493161558291034");
    assert_eq!(first[74].percentile_95.to_string(), "27.099536034334178");
}

#[test]
fn a_fan_spreads_as_the_normal_law_says() {
    let (mean, deviation) = (number("0.03"), number("0.1"));
    let chance = Chance { seed: [1; 32], paths: 10_000, years: 1, mean, deviation };
    let year = grow(&chance)[0];
    for (found, expected) in [
        (year.percentile_5, "0.8655"),
        (year.percentile_25, "0.9626"),
        (year.percentile_50, "1.03"),
        (year.percentile_75, "1.0974"),
        (year.percentile_95, "1.1945"),
    ] {
        near(found, number(expected), "0.005", expected);
    }
    let certain = grow(&Chance { deviation: Scaled::ZERO, paths: 3, years: 10, ..chance });
    assert_eq!(certain[9].percentile_5, certain[9].percentile_95);
    near(certain[9].percentile_50, number("1.03").power(10).unwrap(), STEPS, "compound");
    // Losses stop at everything.
    let wild = grow(&Chance { deviation: number("10"), ..chance });
    assert_eq!((wild[0].percentile_5, wild[0].paths_below_zero), (Scaled::ZERO, 0));
    let sinking = fan(&chance, Scaled::ONE, |_, fund, _| fund.minus(Scaled::count(2))).unwrap();
    assert_eq!(sinking[0].paths_below_zero, 10_000);
    let spread = |chance: &Chance| fan(chance, Scaled::ONE, |_, fund, _| Ok(fund));
    assert!(spread(&Chance { paths: PATHS_MAX + 1, ..chance }).is_err());
    assert!(spread(&Chance { paths: 0, ..chance }).is_err());
    assert!(spread(&Chance { paths: 1, years: YEARS_MAX, ..chance }).is_ok());
    assert!(spread(&Chance { paths: 1, years: YEARS_MAX + 1, ..chance }).is_err());
}
