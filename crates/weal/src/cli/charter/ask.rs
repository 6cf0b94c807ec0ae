//! `weal charter run`: one rule, asked with these inputs.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure, pretty};
use super::{source, words};
use serde_json::json;
use weal_charter::Charter;
use weal_charter::run::Run;

/// Runs the command.
pub(super) fn run(cli: &Cli, name: &str, rule: &str, values: &[String]) -> Result<(), Failure> {
    let proved = source::read(cli, name)?.prove()?;
    let charter = &proved.charter;
    let asked = Asked::read(charter, rule, values)?;
    let mut run = Run::new(&charter.program);
    let gives = run.call(asked.rule, &asked.inputs).map_err(|fault| {
        Failure::error(fault).help("the rule is proved for what the text declares, not for these")
    })?;
    let outside = asked.outside(charter);
    if cli.output != Format::Table {
        let inputs: Vec<_> = asked.inputs.iter().map(ToString::to_string).collect();
        return output::line(&pretty(&json!({
            "rule": rule,
            "sentence": charter.program.rule(asked.rule).map(|rule| &rule.sentence),
            "inputs": inputs,
            "gives": gives.to_string(),
            "gives_words": words::result(charter, asked.rule, gives),
            "steps": run.steps(),
            "outside_of_what_is_declared": outside,
        })));
    }
    for line in outside {
        output::note(&format!("note: {line}"));
    }
    let told = words::result(charter, asked.rule, gives);
    let told = if told == gives.to_string() { told } else { format!("{gives}, that is {told}") };
    output::line(&format!("{rule}({}) = {told}", asked.told(charter)))?;
    if !cli.quiet {
        let sentence = charter.program.rule(asked.rule).map(|rule| rule.sentence.as_str());
        output::note(&format!("“{}” {} steps", sentence.unwrap_or_default(), run.steps()));
    }
    Ok(())
}

/// A rule with its inputs in order.
pub(super) struct Asked {
    pub(super) rule: usize,
    pub(super) inputs: Vec<i128>,
}

impl Asked {
    /// Reads values in order, or by name in any order.
    pub(super) fn read(charter: &Charter, rule: &str, values: &[String]) -> Result<Asked, Failure> {
        let names = charter.program.rules.iter().map(|rule| rule.name.as_str());
        let number = charter.program.find(rule).ok_or_else(|| {
            let names: Vec<_> = names.collect();
            Failure::usage(format!("there is no rule {rule}"))
                .help(format!("there are {}", names.join(", ")))
        })?;
        let wanted = charter.program.rule(number).map(|rule| rule.inputs.clone());
        let wanted = wanted.unwrap_or_default();
        let mut inputs: Vec<Option<i128>> = vec![None; wanted.len()];
        for (place, text) in values.iter().enumerate() {
            let (place, text) = match text.split_once('=') {
                None => (place, text.as_str()),
                Some((name, text)) => {
                    let place = wanted.iter().position(|known| known == name);
                    (place.ok_or_else(|| wrong_inputs(rule, &wanted))?, text)
                }
            };
            let entry = inputs.get_mut(place).ok_or_else(|| wrong_inputs(rule, &wanted))?;
            if entry.replace(words::number(text, &charter.money)?).is_some() {
                return Err(wrong_inputs(rule, &wanted));
            }
        }
        let inputs: Option<Vec<i128>> = inputs.into_iter().collect();
        let inputs = inputs.ok_or_else(|| wrong_inputs(rule, &wanted))?;
        Ok(Asked { rule: number, inputs })
    }

    fn told(&self, charter: &Charter) -> String {
        let declared = charter.inputs(self.rule);
        let told = self.inputs.iter().enumerate().map(|(place, number)| {
            let input = declared.and_then(|inputs| inputs.get(place)).copied();
            words::value(charter, input, *number)
        });
        told.collect::<Vec<_>>().join(", ")
    }

    /// Inputs that the book would never ask with.
    fn outside(&self, charter: &Charter) -> Vec<String> {
        let Some(declared) = charter.inputs(self.rule) else { return Vec::new() };
        let names = charter.program.rule(self.rule).map(|rule| rule.inputs.as_slice());
        let names = names.unwrap_or_default();
        let mut lines = Vec::new();
        for ((input, number), name) in declared.iter().zip(&self.inputs).zip(names) {
            let (low, high) = charter.range(*input);
            if !(low..=high).contains(number) {
                lines.push(format!("{name} = {number} is outside of {low} to {high}"));
            }
        }
        lines
    }
}

fn wrong_inputs(rule: &str, wanted: &[String]) -> Failure {
    let found = match wanted.len() {
        0 => format!("{rule} takes no inputs"),
        1 => format!("{rule} takes one input: {}", wanted.join(", ")),
        many => format!("{rule} takes {many} inputs: {}", wanted.join(", ")),
    };
    let named: Vec<_> = wanted.iter().map(|name| format!("{name}=…")).collect();
    Failure::usage(found).help(format!("give them in this order, or as {}", named.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::find;

    fn asked(values: &[&str]) -> Result<Vec<i128>, String> {
        let charter = Charter::read(find("gift-escrow").unwrap()).unwrap();
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        Asked::read(&charter, "recipient_part", &values)
            .map(|asked| asked.inputs)
            .map_err(|failure| failure.message)
    }

    #[test]
    fn inputs_come_in_order_or_by_name() {
        assert_eq!(asked(&["1000.00", "30"]), Ok(vec![100_000, 30]));
        assert_eq!(asked(&["operator_permille=30", "held=1000.00"]), Ok(vec![100_000, 30]));
        let wrong = Err("recipient_part takes 2 inputs: held, operator_permille".to_owned());
        for values in [&["1"][..], &["1", "2", "3"], &["held=1", "held=2"], &["hold=1", "2"]] {
            assert_eq!(asked(values), wrong, "{values:?}");
        }
    }
}
