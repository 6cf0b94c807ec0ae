//! A pension contract that was published for a blockchain in 2021 (`com.buaa.blockchain`,
//! `EisContract`), rewritten as a charter: each defect is refused, or stands in the dossier.
//!
//! Two of its defects cannot be written down at all and are held by the kernel: a balance that goes
//! below zero (`a_pot_pays_what_it_holds`) and an order that is carried out twice
//! (`a_month_is_paid_once`).
#![allow(clippy::unwrap_used)]

use weal_charter::dossier::{Finding, Nature, Weight};
use weal_charter::fault::Kind;
use weal_charter::{Fault, Proved};

/// The parts that are as they should be; `MONTHS`, the rules and the flow out are put in.
fn text(table: &str, rules: &str, flow: &str) -> String {
    format!(
        r#"charter(name = "Published pension", kind = "pension", money = "CNY", case = "member",
        last_year = 2100)
pot("account", per = "case")
role("office", proof = "credential:pension-office")
role("statistics", proof = "credential:statistics-office")
party("member", opens = True)
field("born", low = 1900, high = 2100)
field("years_worked", low = 0, high = 60, set_by = "office")
param("avg_wage", set_by = "statistics", low = 300000, high = 3000000, start = 700000)
{table}
def is_over(year):
    "At the end what is left is yours."
    return year > 2100
example(is_over(2101), True)
{rules}
flow("contribute", source = "outside", to = "account", by = ["member"], amount = "stated")
{flow}
flow("close", source = "account", to = "member", by = ["anyone"], when = is_over, amount = "all")
"#
    )
}

/// Payment months for ages 40 to 70, State Council 2005 no. 38.
const RIGHT: &str = "MONTHS = [233, 230, 226, 223, 220, 216, 212, 208, 204, 199, 195, 190, 185, 180, \
                     175, 170, 164, 158, 152, 145, 139, 132, 125, 117, 109, 101, 93, 84, 75, 65, 56]";
/// What the contract has for 60 and above.
const WRONG: &str = "MONTHS = [233, 230, 226, 223, 220, 216, 212, 208, 204, 199, 195, 190, 185, 180, \
                     175, 170, 164, 158, 152, 145, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70]";
const BY_AGE: &str = r#"
def pension(account, year, born):
    "Each month your account divided by the months that your age still draws."
    return account // MONTHS[min(max(year - born, 40), 70) - 40]
example(pension(13900000, 2026, 1966), 100000)
"#;
const MONTHLY: &str = r#"flow("pension", source = "account", to = "member", by = ["clock:month"],
     amount = pension)"#;

fn refused(table: &str, rules: &str, flow: &str) -> Fault {
    Proved::read(&text(table, rules, flow)).unwrap_err()
}

fn findings(table: &str, rules: &str, flow: &str) -> (Nature, Vec<Finding>) {
    let dossier = Proved::read(&text(table, rules, flow)).unwrap().dossier();
    (dossier.nature, dossier.findings)
}

#[test]
fn as_it_should_be_it_is_accepted_and_pays_shares_only() {
    let (nature, findings) = findings(RIGHT, BY_AGE, MONTHLY);
    assert_eq!(nature, Nature::Shares);
    assert!(findings.iter().all(|finding| finding.weight == Weight::Note), "{findings:?}");
}

#[test]
fn months_of_60_61_62_are_caught_by_the_example_that_states_the_law() {
    let fault = refused(WRONG, BY_AGE, MONTHLY);
    assert_eq!(fault.kind, Kind::Example);
    assert!(fault.reason.contains("231666, not 100000"), "{fault}");
}

#[test]
fn months_looked_up_by_years_worked_are_caught_by_the_proof() {
    let rules = BY_AGE.replace("account, year, born)", "account, years_worked)");
    let rules = rules.replace("min(max(year - born, 40), 70) - 40", "years_worked - 40");
    let rules = rules.replace("13900000, 2026, 1966", "13900000, 60");
    let fault = refused(RIGHT, &rules, MONTHLY);
    assert_eq!(fault.kind, Kind::Unproven);
    assert!(fault.reason.contains("place -40 to 20"), "{fault}");
    assert_eq!(fault.place.line, 18);
}

#[test]
fn a_wage_said_by_the_caller_cannot_be_written() {
    // In the contract whoever called `issue` handed in the wage and the index.
    let rules = r#"
def pension(wage, index_permille, years_worked):
    "A hundredth of the indexed wage for each year."
    return mul_div(wage, index_permille * years_worked, 100000)
example(pension(700000, 1000, 30), 210000)
"#;
    let fault = refused(RIGHT, rules, MONTHLY);
    assert_eq!(fault.kind, Kind::Name);
    assert!(fault.reason.starts_with("wage is no field"), "{fault}");
}

#[test]
fn an_amount_said_by_the_caller_needs_a_cap_and_is_an_alarm() {
    let stated = r#"flow("issue", source = "account", to = "member", by = ["office"],
     amount = "stated")"#;
    let fault = refused(RIGHT, "", stated);
    assert_eq!(fault.kind, Kind::Declaration);
    assert!(fault.reason.contains("only under a cap"), "{fault}");
    let capped = stated.replace("\"stated\"", "\"stated\", cap = 500000");
    let (nature, findings) = findings(RIGHT, "", &capped);
    assert_eq!(nature, Nature::Discretion);
    let alarm = findings.iter().find(|finding| finding.kind == "discretion").unwrap();
    assert_eq!((alarm.weight, alarm.about.as_str()), (Weight::Alarm, "issue"));
}

#[test]
fn the_clock_of_a_machine_cannot_be_asked() {
    let rules = BY_AGE.replace("year - born", "now() - born");
    let fault = refused(RIGHT, &rules, MONTHLY);
    assert_eq!(fault.kind, Kind::Name);
    assert!(fault.reason.contains("no rule now"), "{fault}");
}

#[test]
fn a_wage_moves_the_payment_only_within_its_bounds_and_the_dossier_says_how_far() {
    let rules = r#"
def pension(avg_wage, years_worked):
    "A hundredth of the average wage for each year."
    return mul_div(avg_wage, years_worked, 100)
example(pension(700000, 30), 210000)
"#;
    let dossier = Proved::read(&text(RIGHT, rules, MONTHLY)).unwrap().dossier();
    let effect = dossier.effects.iter().find(|e| e.parameter == "avg_wage").unwrap();
    assert_eq!((effect.at_low_minor, effect.at_high_minor), (180_000, 1_800_000));
    assert_eq!(effect.set_by, "statistics");
    assert_eq!(dossier.nature, Nature::Promises);
}

/// One keeper alone could recognise a builder's cousin as inspector; now it takes more than a third
/// of the keepers, and the dossier says so of every way that depends on it.
#[test]
fn the_dossier_names_the_keepers_behind_a_credential() {
    let project = include_str!("../../../charters/project-milestones.weal");
    let gift = include_str!("../../../charters/gift-escrow.weal");
    let found = |text: &str, kind: &str, code: &str| {
        let findings = Proved::read(text).unwrap().dossier().findings;
        let mut of_kind = findings.into_iter().filter(|finding| finding.kind == kind);
        of_kind.any(|finding| finding.sentence.contains(code) && finding.weight == Weight::Note)
    };
    assert!(found(project, "keepers_release", "building-inspector"));
    assert!(found(gift, "keepers_hold", "court"));
    assert!(!found(gift, "keepers_release", ""));
}
