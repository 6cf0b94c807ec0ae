//! What a signature under an act about a charter means.

use super::{id, list, money_lines, optional, quote};
use weal_kernel::Act;
use weal_kernel::charters::op::{Open, Publish, Remark, Review, Share, Trigger};
use weal_proof::Hash;

/// The words, if the act is about a charter.
pub(super) fn words(act: &Act) -> Option<String> {
    text(act).or_else(|| case_or_money(act))
}

/// A text's life: published, reviewed, locked, its parameters and its brake.
fn text(act: &Act) -> Option<String> {
    Some(match act {
        Act::CharterPublish(act) => publish(act),
        Act::CharterReview(act) => review(act),
        Act::CharterAttest(act) => format!(
            "stand for the text {} of charter {}, having looked at {}, with this interest: {}",
            id(&act.text),
            id(&act.charter),
            quote(&act.scope),
            quote(&act.interest)
        ),
        Act::CharterLock(act) => {
            format!("lock charter {}, so that it takes money and never changes", id(&act.charter))
        }
        Act::CharterWithdraw(act) => {
            format!("take back charter {}, because {}", id(&act.charter), quote(&act.reason))
        }
        Act::CharterSet(act) => format!(
            "set {} = {} in charter {}, as published in {}",
            quote(&act.parameter),
            act.value,
            id(&act.charter),
            quote(&act.source)
        ),
        Act::CharterBrake(act) => format!(
            "delay {} of charter {} by {} days, because {}",
            quote(&act.flow),
            id(&act.charter),
            act.days,
            quote(&act.reason)
        ),
        _ => return None,
    })
}

/// What is done in a case, or with money.
fn case_or_money(act: &Act) -> Option<String> {
    Some(match act {
        Act::CharterOpen(act) => open(act),
        Act::CharterState(act) => format!(
            "state {} = {} for case {} of charter {}",
            quote(&act.field),
            act.value,
            act.case,
            id(&act.charter)
        ),
        Act::CharterName(act) => format!(
            "name as {} of case {} of charter {}: {}",
            quote(&act.party),
            act.case,
            id(&act.charter),
            shares(&act.people)
        ),
        Act::CharterPass(act) => format!(
            "pass {} of your part as {} in case {} of charter {} on to {}{}",
            act.weight,
            quote(&act.party),
            act.case,
            id(&act.charter),
            id(&act.to),
            match act.price.is_empty() {
                true => ", for nothing".to_owned(),
                false => format!(", who pays you {}", money_lines(&act.price)),
            }
        ),
        Act::CharterVouch(act) => format!(
            "{} {} for case {} of charter {}{}",
            if act.retract { "take back" } else { "show" },
            quote(&act.evidence),
            act.case,
            id(&act.charter),
            optional(act.document.as_ref(), |document| format!(", with document {}", id(document)))
        ),
        Act::CharterPay(act) => format!(
            "pay {} into charter {} as {}{}",
            money_lines(&act.lines),
            id(&act.charter),
            quote(&act.flow),
            case(act.case)
        ),
        Act::CharterTrigger(act) => trigger(act),
        Act::CharterRun(act) => {
            format!("carry out what the calendar has brought due in charter {}", id(&act.charter))
        }
        Act::CharterDraw(act) => format!(
            "take {} that charter {} paid you{}{}",
            minor(act.amount_minor).unwrap_or("all".to_owned()),
            id(&act.charter),
            optional(act.to.as_ref(), |to| format!(", and give it to {}", id(to))),
            optional(act.into.as_ref(), |into| format!(
                ", and pay it into charter {} as {}{}",
                id(&into.charter),
                quote(&into.flow),
                case(into.case)
            ))
        ),
        _ => return None,
    })
}

fn minor(amount: Option<u64>) -> Option<String> {
    amount.map(|minor| format!("{minor} minor units"))
}

fn case(case: Option<u64>) -> String {
    optional(case, |case| format!(", for case {case}"))
}

fn shares(shares: &[Share]) -> String {
    let lines: Vec<_> = shares
        .iter()
        .map(|share| format!("{} with weight {}", id(&share.principal), share.weight))
        .collect();
    if lines.is_empty() { "nobody".to_owned() } else { list(&lines) }
}

fn publish(act: &Publish) -> String {
    let name = weal_charter::Charter::load(&act.text).map(|charter| charter.name);
    let roles: Vec<_> = act
        .roles
        .iter()
        .map(|(role, holders)| {
            let holders: Vec<_> = holders.iter().map(id).collect();
            format!("{} as {}", list(&holders), quote(role))
        })
        .collect();
    format!(
        "publish the charter {}, of {} characters with hash {}, which keeps claims on {}{}",
        quote(&name.unwrap_or_default()),
        act.text.chars().count(),
        id(&Hash::of(&[act.text.as_bytes()])),
        id(&act.issuer),
        if roles.is_empty() { String::new() } else { format!(", with {}", list(&roles)) }
    )
}

fn review(act: &Review) -> String {
    let charter = id(&act.charter);
    match &act.remark {
        Remark::Question { text } => format!("ask about charter {charter}: {}", quote(text)),
        Remark::Answer { to, text } => {
            format!("answer remark {} about charter {charter}: {}", id(to), quote(text))
        }
        Remark::Defect { text, rule, inputs, gives } => {
            let inputs: Vec<_> = inputs.iter().map(ToString::to_string).collect();
            format!(
                "show a defect of charter {charter}: {}({}) gives {gives}; {}",
                quote(rule),
                inputs.join(", "),
                quote(text)
            )
        }
    }
}

fn open(act: &Open) -> String {
    let fields: Vec<_> =
        act.fields.iter().map(|(name, value)| format!("{} = {value}", quote(name))).collect();
    let parties: Vec<_> = act
        .parties
        .iter()
        .map(|(party, people)| format!("{} as {}", shares(people), quote(party)))
        .collect();
    let with = |words: &[String], lead: &str| match words.is_empty() {
        true => String::new(),
        false => format!("{lead}{}", list(words)),
    };
    format!(
        "open a case of charter {}{}{}{}",
        id(&act.charter),
        with(&fields, ", stating "),
        with(&parties, ", with "),
        optional(act.reference.as_ref(), |text| format!(", backed by document {}", quote(text)))
    )
}

fn trigger(act: &Trigger) -> String {
    format!(
        "ask charter {} for {}{}{}",
        id(&act.charter),
        quote(&act.flow),
        case(act.case),
        optional(minor(act.amount_minor), |minor| format!(", of {minor}"))
    )
}
