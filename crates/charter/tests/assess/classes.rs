//! The class and the first sentence of each text that ships.

use crate::{DUTY, TINY, all, one, proved, text};
use weal_charter::actuary::Scaled;
use weal_charter::assess::{Class, Scenario, Situation, assess, project};

#[test]
fn each_text_that_ships_is_in_its_class() {
    let classes: Vec<_> = all().iter().map(|(name, _, _, found)| (*name, found.class)).collect();
    assert_eq!(
        classes,
        [
            ("deposit-interest", Class::NeedsEverMoreJoiners),
            ("gift-escrow", Class::SharesOnly),
            ("mutual-relief", Class::SharesOnly),
            ("pension-account", Class::AtRisk),
            ("pension-notional", Class::BalancedPayAsYouGo),
            ("pension-shares", Class::SharesOnly),
            ("project-milestones", Class::Funded),
            ("receivable", Class::SharesOnly),
            ("ten-for-one", Class::NeedsEverMoreJoiners),
        ]
    );
    for (name, class) in [("pension-shares", "shares_only"), ("pension-notional", "balanced")] {
        let verdict = &one(name).3.verdict;
        assert_eq!(verdict.key, class);
        assert!(verdict.sentence.starts_with("This cannot fail, but it can shrink:"));
    }
}

#[test]
fn ten_for_one_fails_in_round_eight_when_everybody_has_joined() {
    let (_, _, _, found) = one("ten-for-one");
    let rounds = found.rounds.as_ref().unwrap();
    assert_eq!((rounds.first_people, rounds.promise), (100, Scaled::count(10)));
    assert_eq!(rounds.fails_in_round, 8);
    assert_eq!(rounds.people_then, 8_000_000_000);
    let tenths_of_percent = rounds.pot_share.raw() / (Scaled::ONE.raw() / 1000);
    assert_eq!(tenths_of_percent, 87, "8.7 %");
    assert_eq!(rounds.rounds[7].joiners_needed, 1_000_000_000);
    assert_eq!(rounds.rounds[8].joiners_needed, 10_000_000_000, "more than there are");
    assert_eq!((rounds.rounds[8].year, rounds.rounds[8].month), (2026, 8));
    assert_eq!(found.verdict.key, "ever_more_joiners_rounds");
    assert_eq!(found.verdict.numbers["percent"], "8.7");
    assert_eq!(found.verdict.numbers["unpaid_percent"], "90");
    let start = "This needs ever more joiners: with 100 people at the start it fails in round 8,";
    assert!(found.verdict.sentence.starts_with(start), "{}", found.verdict.sentence);
    assert_eq!(found.measures.recovery.unwrap(), Scaled::ratio(1, 10).unwrap());
}

#[test]
fn a_scheme_is_known_by_what_its_rules_give_not_by_its_name() {
    let renamed = text("ten-for-one")
        .replace("Ten for one", "Savings for all")
        .replace("\"deposit\"", "\"pension\"")
        .replace("PROMISE = 10", "PROMISE = 2")
        .replace("example(promised(100), 1000)", "example(promised(100), 200)");
    let proved_text = proved(&renamed);
    let situation = Situation::typical(&proved_text, 100).unwrap();
    let found = assess(&proved_text, &situation).unwrap();
    assert_eq!(found.class, Class::NeedsEverMoreJoiners);
    let rounds = found.rounds.unwrap();
    assert_eq!(rounds.growth_needed, Scaled::count(2));
    assert!(rounds.fails_in_round > 20, "100 · 2ⁿ is 8 billion after 26 rounds");
    let fair = renamed
        .replace("PROMISE = 2", "PROMISE = 1")
        .replace("example(promised(100), 200)", "example(promised(100), 100)");
    let fair = proved(&fair);
    let found = assess(&fair, &Situation::typical(&fair, 100).unwrap()).unwrap();
    assert_eq!(found.class, Class::Funded, "who gets back what he paid needs nobody");
    assert!(found.rounds.is_none());
}

#[test]
fn interest_out_of_the_money_of_others_needs_ever_more_joiners() {
    let (_, _, _, found) = one("deposit-interest");
    assert!(found.measures.promised_per_unit.unwrap() > Scaled::ONE);
    assert!(found.measures.break_even_growth.unwrap() > Scaled::ZERO);
    let [low, middle, high] = [0, 1, 2].map(|at| found.scenarios[at].fails_in.unwrap());
    assert!(low < middle && middle <= high && high <= 2060, "{low} {middle} {high}");
}

#[test]
fn more_money_in_the_pots_never_makes_the_class_worse() {
    let (_, proved, situation, _) = one("deposit-interest");
    let mut before = Class::NeedsEverMoreJoiners;
    for money in [0, 100_000_000, 10_000_000_000, 20_000_000_000, 100_000_000_000] {
        let mut richer = situation.clone();
        richer.pots[0] = money;
        let found = assess(proved, &richer).unwrap();
        assert!(found.class <= before, "{money}: {:?} after {before:?}", found.class);
        before = found.class;
    }
    assert_eq!(before, Class::Funded, "enough money for all promises is enough");
}

#[test]
fn money_outside_the_ledger_backs_no_promise() {
    let (_, proved, situation, _) = one("deposit-interest");
    let said = Situation { outside_assets_minor: 100_000_000_000, ..situation.clone() };
    let found = assess(proved, &said).unwrap();
    assert_eq!((found.class, &*found.verdict.key), (Class::NotAssessable, "outside_assets"));
    let little = Situation { outside_assets_minor: 1, ..situation.clone() };
    assert_eq!(assess(proved, &little).unwrap().class, Class::NeedsEverMoreJoiners);
}

#[test]
fn longer_lives_need_more_of_a_common_buffer() {
    let (_, proved, situation, _) = one("pension-account");
    let unpaid = |thousandths: i128| {
        let mortality = Scaled::ratio(thousandths, 1000).unwrap();
        let run = project(proved, situation, &Scenario { mortality, ..Scenario::low() }).unwrap();
        run.months.iter().map(|line| line.due_minor - line.paid_minor).sum::<i128>()
    };
    assert!(unpaid(800) > unpaid(1000) && unpaid(1000) > unpaid(1200));
}

#[test]
fn who_works_can_pay_for_who_does_not_only_where_joining_is_a_duty() {
    let assessed = |text: &str| {
        let proved = proved(text);
        assess(&proved, &Situation::typical(&proved, 1_000).unwrap()).unwrap()
    };
    let duty = assessed(DUTY);
    assert_eq!((duty.class, &*duty.verdict.key), (Class::PayAsYouGo, "pay_as_you_go"));
    assert_eq!(duty.measures.break_even_growth, Some(Scaled::ZERO));
    let free = assessed(&DUTY.replace(", compulsory = True", ""));
    assert_eq!(free.class, Class::NeedsEverMoreJoiners, "it promises more than is paid for it");
    assert!(free.measures.promised_per_unit.unwrap() > Scaled::ONE);
    let saved = proved(DUTY);
    let mut rich = Situation::typical(&saved, 1_000).unwrap();
    rich.pots[0] = 1_000_000_000;
    assert_eq!(assess(&saved, &rich).unwrap().class, Class::Funded, "all of it lies there");
}

#[test]
fn where_somebody_decides_nothing_can_be_assessed() {
    let decided = TINY.replace(
        "flow(\"close\"",
        "flow(\"grant\", source = \"pool\", to = \"member\", by = [\"member\"], \
         amount = \"stated\", cap = 100)\nflow(\"close\"",
    );
    let decided = proved(&decided);
    let found = assess(&decided, &Situation::typical(&decided, 10).unwrap()).unwrap();
    assert_eq!((found.class, &*found.verdict.key), (Class::NotAssessable, "discretion"));
}
