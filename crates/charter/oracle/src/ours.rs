//! What this project says.

use crate::Call;
use weal_charter::Charter;
use weal_charter::fault::Kind;
use weal_charter::run::Run;
use weal_charter::tree::Type;

/// What each call gives: a number, True or False, or the kind of its error.
pub fn results(charter: &Charter, calls: &[Call]) -> Vec<String> {
    let mut run = Run::new(&charter.program);
    let result = |(rule, inputs): &Call| {
        let Some(number) = charter.program.find(rule) else { return format!("no rule {rule}") };
        let gives = charter.program.rule(number).map(|rule| rule.gives);
        match (run.call(number, inputs), gives) {
            (Ok(0), Some(Type::Answer)) => "False".to_owned(),
            (Ok(_), Some(Type::Answer)) => "True".to_owned(),
            (Ok(value), _) => value.to_string(),
            (Err(fault), _) => match fault.kind {
                Kind::Overflow => "overflow".to_owned(),
                Kind::Zero => "zero".to_owned(),
                Kind::Index => "index".to_owned(),
                Kind::Steps => "steps".to_owned(),
                _ => fault.to_string(),
            },
        }
    };
    calls.iter().map(result).collect()
}
