//! The ways of money in plain words: from where, to whom, how much, and on whose word.

use super::words::{any_of, money, once, short};
use weal_charter::Charter;
use weal_charter::model::{Actor, Amount, Flow, Once, Proof, Short, Source};

/// What is declared of a flow, in words: the same parts for every flow that has them.
pub(crate) fn parts(charter: &Charter, flow: &Flow) -> Vec<(&'static str, String)> {
    let shown = |numbers: &[usize]| {
        let names = numbers.iter().filter_map(|number| charter.evidence.get(*number));
        any_of(&names.map(|e| format!("{} ({})", e.name, who(charter, e.by))).collect::<Vec<_>>())
    };
    let by: Vec<String> = flow.by.iter().map(|by| who(charter, *by)).collect();
    let mut parts = vec![
        ("from", charter.source_name(flow.source).to_owned()),
        ("to", charter.target_name(flow.to).to_owned()),
        ("asked for by", any_of(&by)),
        ("amount", amount(charter, flow)),
    ];
    let mut add = |name, text: String| {
        if !text.is_empty() {
            parts.push((name, text));
        }
    };
    add("only if", flow.when.map_or_else(String::new, |rule| ruled(charter, rule)));
    add(
        "needs",
        match flow.evidence.len() {
            0 => String::new(),
            1 => shown(&flow.evidence),
            all => format!(
                "{} of {all}, by different principals: {}",
                flow.needs,
                shown(&flow.evidence)
            ),
        },
    );
    add("held up by", shown(&flow.stopped_by));
    let days = |days: u64| if days > 0 { format!("{days} days") } else { String::new() };
    add("waits", days(flow.wait_days));
    add(
        "how often",
        match flow.once {
            Once::Each => String::new(),
            often => format!("{} for each {}", once(often), charter.case),
        },
    );
    let cap = flow.cap.map(|cap| format!("{} a month", money(&charter.money, cap)));
    add("at most", cap.unwrap_or_default());
    if flow.short != Short::Refuse {
        add("if the pot is short", short(flow.short).to_owned());
    }
    add("the rest goes to", flow.rest_to.map_or("", |pot| charter.pot_name(pot)).to_owned());
    for (counter, rule) in &flow.counts {
        let name = charter.counters.get(*counter).map_or("", |counter| &counter.name);
        add("counts", format!("{name} by {}", ruled(charter, *rule)));
    }
    add("expected", flow.plan.map_or_else(String::new, |rule| ruled(charter, rule)));
    if flow.ends {
        add("ends", format!("the {}", charter.case));
    }
    parts
}

/// Who somebody is, and for roles how he is known.
pub(crate) fn who(charter: &Charter, actor: Actor) -> String {
    match actor {
        Actor::EachMonth => "the calendar, each month".to_owned(),
        Actor::EachYear => "the calendar, each year".to_owned(),
        Actor::Role(at) => match charter.roles.get(at).map(|role| (&role.name, &role.proof)) {
            Some((name, Proof::Credential(code))) => format!("{name} by credential {code}"),
            Some((name, Proof::Named)) => format!("{name} named at publishing"),
            None => String::new(),
        },
        other => charter.actor_name(other).to_owned(),
    }
}

fn amount(charter: &Charter, flow: &Flow) -> String {
    match (flow.amount, flow.source) {
        (Amount::Stated, Source::Outside) => "what the payer says".to_owned(),
        (Amount::Stated, _) => "WHATEVER THE ONE WHO ASKS SAYS".to_owned(),
        (Amount::All, _) => "all that is in the pot".to_owned(),
        (Amount::Rule(rule), _) => ruled(charter, rule),
    }
}

/// A rule's name with its sentence.
fn ruled(charter: &Charter, rule: usize) -> String {
    let rule = charter.program.rule(rule);
    rule.map_or_else(String::new, |rule| format!("{}: “{}”", rule.name, rule.sentence))
}
