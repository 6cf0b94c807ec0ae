//! What cannot be assessed is refused with words, and nothing panics.

use crate::one;
use weal_charter::actuary::Scaled;
use weal_charter::assess::{AssessError, Scenario, Situation, assess, project};

/// What is spoilt, and how.
type Spoil = (&'static str, fn(&mut Situation));

/// Spoils a situation and gives what is said about it.
fn refused(spoil: impl Fn(&mut Situation)) -> AssessError {
    let (_, proved, situation, _) = one("pension-account");
    let mut situation = situation.clone();
    spoil(&mut situation);
    assess(proved, &situation).unwrap_err()
}

#[test]
fn nobody_is_no_situation() {
    assert_eq!(refused(|s| s.cells.clear()), AssessError::Empty);
    let none = refused(|s| s.cells.iter_mut().for_each(|cell| cell.count = 0));
    assert_eq!(none, AssessError::NoCases);
    assert_eq!(none.to_string(), "No cell holds a case; give at least one case.");
    let (_, proved, ..) = one("pension-account");
    assert_eq!(Situation::typical(proved, 0).unwrap_err(), AssessError::Empty);
}

#[test]
fn every_list_has_an_entry_for_each_declaration() {
    let spoils: [Spoil; 7] = [
        ("pots", |s| s.pots.push(0)),
        ("parameters", |s| s.parameters.clear()),
        ("fields of a cell", |s| s.cells[0].fields.clear()),
        ("counters of a cell", |s| s.cells[0].counters.push(0)),
        ("pots of a cell", |s| s.cells[0].pots.clear()),
        ("weights of a cell", |s| s.cells[0].weights.clear()),
        ("flows done in a cell", |s| s.cells[0].done_ever.clear()),
    ];
    for (list, spoil) in spoils {
        let AssessError::Length { what, .. } = refused(spoil) else { panic!("{list}") };
        assert_eq!(what, list);
    }
}

#[test]
fn every_number_lies_in_its_range() {
    let spoils: [Spoil; 7] = [
        ("year", |s| s.year = 10_000),
        ("month", |s| s.month = 12),
        ("avg_wage", |s| s.parameters[0] = 1),
        ("born", |s| s.cells[0].fields[0] = 1),
        ("paid_months", |s| s.cells[0].counters[0] = -1),
        ("account", |s| s.cells[0].pots[0] = u64::MAX),
        ("buffer", |s| s.cells[0].pots[1] = 1),
    ];
    for (number, spoil) in spoils {
        let AssessError::Range { what } = refused(spoil) else { panic!("{number}") };
        assert!(what.starts_with(number), "{what}");
    }
    let many = refused(|s| s.cells[0].count = u64::MAX);
    assert!(matches!(many, AssessError::TooMany { what: "cases", .. }));
}

#[test]
fn a_scenario_that_means_nothing_is_refused() {
    let (_, proved, situation, _) = one("pension-shares");
    let lost = Scaled::ZERO.minus(Scaled::ONE).unwrap();
    for scenario in [
        Scenario { asset_return: lost, ..Scenario::low() },
        Scenario { wage_growth: lost, ..Scenario::low() },
        Scenario { leaving: Scaled::count(2), ..Scenario::low() },
        Scenario { mortality: lost, ..Scenario::low() },
    ] {
        let refusal = project(proved, situation, &scenario).unwrap_err();
        assert!(matches!(refusal, AssessError::Range { .. }), "{refusal}");
    }
}
