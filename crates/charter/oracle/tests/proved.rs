//! What is proved of a rule holds: it never fails in the ranges that are declared, keeps to its
//! steps, and gives nothing outside the range it was proved to give.
#![allow(missing_docs, clippy::unwrap_used)]

use weal_charter::Proved;
use weal_charter::model::Amount;
use weal_charter::run::Run;
use weal_charter_oracle::writer::{Dice, Writer};

const TEXTS: u64 = 10_000;
const CALLS: usize = 60;

/// A number of the range, often near one of its ends or nought.
fn within(dice: &mut Dice, (low, high): (i128, i128)) -> i128 {
    let near = i128::try_from(dice.below(4)).unwrap();
    let number = match dice.below(5) {
        0 => low + near,
        1 => high - near,
        2 => near - 1,
        3 => low / 2 + high / 2 + near,
        _ => dice.number(),
    };
    number.clamp(low, high)
}

#[test]
fn what_is_proved_of_a_rule_that_chance_wrote_holds_for_numbers_that_chance_chose() {
    let (mut proved, mut calls, mut refused) = (0, 0, 0);
    for seed in 1..=TEXTS {
        let text = Writer::flow(seed);
        let Ok(found) = Proved::read(&text) else {
            refused += 1;
            continue;
        };
        proved += 1;
        let charter = &found.charter;
        let flow = charter.flow("some").unwrap();
        let facts = found.facts[flow].amount.as_ref().unwrap();
        let Amount::Rule(rule) = charter.flows[flow].amount else { continue };
        let inputs = charter.inputs(rule).unwrap();
        let (mut run, mut dice) = (Run::new(&charter.program), Dice::new(seed));
        for _ in 0..CALLS {
            let numbers: Vec<i128> =
                inputs.iter().map(|input| within(&mut dice, charter.range(*input))).collect();
            let result = run.call(rule, &numbers);
            let result = result.unwrap_or_else(|fault| panic!("{fault} {numbers:?}\n{text}"));
            let fits = (facts.low..=facts.high).contains(&result) && run.steps() <= facts.steps;
            let under = inputs
                .iter()
                .zip(&numbers)
                .all(|(input, number)| !facts.at_most.contains(input) || result <= *number);
            assert!(fits && under, "{numbers:?} {result} {} {facts:?}\n{text}", run.steps());
            calls += 1;
        }
    }
    println!("{proved} texts proved, {refused} refused, {calls} calls kept to what was proved");
    assert!(proved > 1_000, "{proved} proved, {refused} refused");
}
