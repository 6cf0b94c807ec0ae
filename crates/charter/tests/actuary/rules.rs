//! Rules known from the world: the American trust fund, the Swedish balance, the Chinese pension.

use crate::{near, number, reference, rows};
use weal_charter::actuary::balance::{balance_ratio, brake, contribution_asset, damped};
use weal_charter::actuary::china::{
    BasicPension, PAYMENT_MONTHS, PAYMENT_MONTHS_FIRST_AGE, PensionRounding, payment_months,
};
use weal_charter::actuary::trust_fund::{
    PayrollYear, SOCIAL_SECURITY_GROWTH, assets_by_year, depletion_year,
};
use weal_charter::actuary::{ActuaryError, Scaled};

#[test]
fn the_american_trust_fund_runs_dry_when_its_actuaries_say() {
    let Some(text) = reference("s5_ssa_tables.csv") else { return };
    let percent = |text: &str| number(text).over(Scaled::count(100)).unwrap();
    for (run, expected) in
        [("run298_TR2025", 2035), ("run358_TR2025", 2035), ("run181_TR2024", 2034)]
    {
        let rows: Vec<_> = rows(&text).into_iter().filter(|row| row["run"] == run).collect();
        let years: Vec<_> = rows
            .iter()
            .map(|row| PayrollYear {
                year: row["year"].parse().unwrap(),
                cost_rate: percent(&row["cost_rate"]),
                income_rate: percent(&row["income_rate"]),
            })
            .collect();
        let first = percent(&rows[0]["trust_fund_ratio_pct"]);
        let found = depletion_year(first, SOCIAL_SECURITY_GROWTH, &years).unwrap();
        assert_eq!(found, Some(expected), "{run}");
        // The path between is near too: within three points of the published ratio.
        let path = assets_by_year(first, SOCIAL_SECURITY_GROWTH, &years).unwrap();
        for ((row, year), assets) in rows.iter().zip(&years).zip(path) {
            let ratio = assets.over(year.cost_rate).unwrap();
            if !row["trust_fund_ratio_pct"].is_empty() {
                near(ratio, percent(&row["trust_fund_ratio_pct"]), "0.03", &format!("{row:?}"));
            }
        }
    }
}

#[test]
fn a_trust_fund_that_earns_its_cost_is_never_depleted() {
    let years: Vec<_> = (2025..2100)
        .map(|year| PayrollYear { year, cost_rate: number("0.15"), income_rate: number("0.15") })
        .collect();
    assert_eq!(depletion_year(number("1.69"), SOCIAL_SECURITY_GROWTH, &years), Ok(None));
    let first = PayrollYear { year: 2025, cost_rate: number("0.15"), income_rate: Scaled::ZERO };
    assert_eq!(depletion_year(number("0.9"), SOCIAL_SECURITY_GROWTH, &[first]), Ok(Some(2025)));
}

#[test]
fn the_swedish_balance_ratio_is_the_published_one() {
    // Assets and liability in billions of kronor, as in the press of the Orange Reports.
    for (assets, liability, published) in
        [("7014", "6996", "1.0026"), ("7183", "7426", "0.9673"), ("10588", "9782", "1.0824")]
    {
        let ratio = balance_ratio(number(assets), Scaled::ZERO, number(liability)).unwrap();
        near(ratio, number(published), "0.00005", published);
    }
    let asset = contribution_asset(number("200"), number("32")).unwrap();
    let ratio = balance_ratio(asset, number("783"), number("7426")).unwrap();
    assert_eq!(brake(ratio), ratio);
    assert_eq!(brake(number("1.0026")), Scaled::ONE);
    assert_eq!(damped(number("0.97")), Ok(number("0.99")));
    assert!(balance_ratio(asset, Scaled::ZERO, Scaled::ZERO).is_err());
}

#[test]
fn chinese_pensions_agree_to_the_last_fen_in_each_way_to_round() {
    let Some(text) = reference("china_benefit_sample.csv") else { return };
    let mut compared = 0;
    for row in rows(&text) {
        let pension = BasicPension {
            average_wage_minor: row["avg_wage_fen"].parse().unwrap(),
            index_permille: row["index_permille"].parse().unwrap(),
            months_paid: row["months"].parse().unwrap(),
            age: row["age"].parse().unwrap(),
            balance_minor: row["balance_fen"].parse().unwrap(),
        };
        for (way, column) in [
            (PensionRounding::ExactHalfEven, "exact_half_even"),
            (PensionRounding::ExactHalfUp, "exact_half_up"),
            (PensionRounding::HalfEvenPerPart, "half_even_per_part"),
            (PensionRounding::FloorEachStep, "floor_each_step"),
        ] {
            assert_eq!(Ok(row[column].parse().unwrap()), pension.monthly_minor(way), "{row:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 160);
}

#[test]
fn a_chinese_pension_is_base_and_account() {
    let pension = BasicPension {
        average_wage_minor: 712_345,
        index_permille: 1373,
        months_paid: 181,
        age: 60,
        balance_minor: 15_000_001,
    };
    assert_eq!(pension.monthly_minor(PensionRounding::ExactHalfEven), Ok(235_398));
    assert_eq!(pension.monthly_minor(PensionRounding::FloorEachStep), Ok(235_396));
    let young = BasicPension { age: 39, ..pension };
    let refused = Err(ActuaryError::Age { age: 39 });
    assert_eq!(young.monthly_minor(PensionRounding::ExactHalfUp), refused);
    let huge = BasicPension { average_wage_minor: u64::MAX, index_permille: u32::MAX, ..pension };
    let huge = BasicPension { months_paid: u32::MAX, ..huge };
    assert_eq!(huge.monthly_minor(PensionRounding::ExactHalfEven), Err(ActuaryError::Overflow));
}

#[test]
fn the_payment_months_are_those_of_the_state_council_and_not_of_wrong_copies() {
    let copied = |changes: &[(u32, u16)]| {
        let mut copy = PAYMENT_MONTHS;
        for (age, months) in changes {
            copy[(age - PAYMENT_MONTHS_FIRST_AGE) as usize] = *months;
        }
        copy
    };
    let counted_up: Vec<_> = (60..=70u16).map(|age| (u32::from(age), age)).collect();
    for wrong in
        [vec![(47, 207)], vec![(66, 94), (67, 87), (68, 80), (69, 73), (70, 67)], counted_up]
    {
        assert_ne!(copied(&wrong), PAYMENT_MONTHS, "{wrong:?}");
    }
    assert!(PAYMENT_MONTHS.is_sorted_by(|earlier, later| earlier > later));
    assert!(payment_months(39).is_err() && payment_months(71).is_err());
    assert_eq!((payment_months(40), payment_months(60)), (Ok(233), Ok(139)));
    assert_eq!((payment_months(47), payment_months(70)), (Ok(208), Ok(56)));
    let Some(text) = reference("s4_china_divisors.csv") else { return };
    let published: Vec<u16> =
        rows(&text).iter().map(|row| row["months"].parse().unwrap()).collect();
    assert_eq!(published, PAYMENT_MONTHS);
}
