//! Small phrases that many pages share: names, quantities with their units, money, grades.

use super::words::{Lang, args, group, group_digits};
use fluent_bundle::FluentArgs;
use maud::{Markup, html};
use weal_services::view::{Asked, Interval, ItemName, Need, Party};

/// The name of somebody, in the reader's language where he has one.
pub(crate) fn name(lang: Lang, party: &Party) -> String {
    let translated = party.names.get(lang.code()).unwrap_or(&party.name);
    if translated.trim().is_empty() { lang.say("party-unnamed") } else { translated.clone() }
}

/// The name of somebody, linked to his page if he has one.
pub(crate) fn party(lang: Lang, party: &Party) -> Markup {
    let name = name(lang, party);
    if party.number.is_empty() {
        return html! { (name) };
    }
    let folder = if party.kind == "charter" { "/funds/" } else { "/orgs/" };
    html! { a href={ "/" (lang.code()) (folder) (party.number) } { (name) } }
}

/// The name of an item; its code if nobody named it.
pub(crate) fn item(lang: Lang, item: &ItemName) -> String {
    let names = &item.names;
    let name = names.get(lang.code()).or_else(|| names.get("en")).or_else(|| names.values().next());
    name.cloned().unwrap_or_else(|| item.code.clone())
}

/// The name of an item at the beginning of a line.
pub(crate) fn item_title(lang: Lang, of: &ItemName) -> String {
    let name = item(lang, of);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The reader's part of words that somebody wrote in two languages: `七病区 / ward 7`.
pub(crate) fn own_words(lang: Lang, words: &str) -> &str {
    let han = |part: &str| part.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    match words.split_once(" / ") {
        Some((zh, en)) if han(zh) && !han(en) => match lang {
            Lang::En => en,
            Lang::Zh => zh,
        },
        _ => words,
    }
}

/// The name of an item after a count other than one. Chinese has no plural; English items are
/// named in singular, and a name that ends in `s` is one already.
fn items(lang: Lang, of: &ItemName, count: u64) -> String {
    let name = item(lang, of);
    let plain = name.chars().next_back().is_some_and(|c| c.is_ascii_lowercase() && c != 's');
    if lang == Lang::En && count != 1 && plain {
        let ending = if name.ends_with('x') || name.ends_with("sh") { "es" } else { "s" };
        return name + ending;
    }
    name
}

fn known_unit(lang: Lang, unit: &str, count: u64) -> Option<String> {
    lang.try_tell(&format!("unit-{unit}"), &args! { count: count })
}

/// The word for a unit after a count: `pieces`, `pair`; unknown ones as they are written.
pub(crate) fn unit(lang: Lang, unit: &str, count: u64) -> String {
    known_unit(lang, unit, count).unwrap_or_else(|| own_words(lang, unit).to_owned())
}

/// A quantity that may not be known exactly, without its unit.
pub(crate) fn interval(lang: Lang, quantity: Interval) -> String {
    match (quantity.low, quantity.high) {
        (low, Some(high)) if low == high => group(low),
        (0, Some(high)) => lang.tell("amount-at-most", args! { high: high }),
        (low, Some(high)) => lang.tell("amount-between", args! { low: low, high: high }),
        (0, None) => lang.say("amount-unknown"),
        (low, None) => lang.tell("amount-at-least", args! { low: low }),
    }
}

/// A quantity that may not be known exactly, with its unit: `between 100 and 200 pieces`.
pub(crate) fn amount(lang: Lang, quantity: Interval, code: &str) -> String {
    let count = quantity.high.unwrap_or(quantity.low.max(2));
    let number = interval(lang, quantity);
    match known_unit(lang, code, count) {
        Some(unit) => lang.tell("amount-of-unit", args! { number: number, unit: unit }),
        // The label of a pack, as somebody wrote it: not a word to put behind a number.
        None => {
            let label = own_words(lang, code).to_owned();
            lang.tell("amount-of-label", args! { number: number, unit: label })
        }
    }
}

/// An exact count with its unit.
pub(crate) fn count(lang: Lang, quantity: u64, code: &str) -> String {
    amount(lang, Interval::exactly(quantity), code)
}

/// Goods in a sentence: `40 pairs of gloves`, `an unknown number of packs of masks`.
pub(crate) fn goods(lang: Lang, of: Option<&ItemName>, quantity: Option<Interval>) -> String {
    match (of, quantity) {
        (None, _) => lang.say("goods-several"),
        (Some(of), None) => items(lang, of, 2),
        (Some(of), Some(Interval { low: 0, high: None })) => {
            lang.tell("goods-unknown", args! { item: items(lang, of, 2) })
        }
        (Some(of), Some(quantity)) => {
            let number = interval(lang, quantity);
            let count = quantity.high.unwrap_or(quantity.low);
            let unit = unit(lang, &of.unit, count);
            if of.unit == "piece" {
                let item = items(lang, of, count);
                return lang.tell("goods-pieces", args! { number: number, unit: unit, item: item });
            }
            lang.tell("goods-units", args! { number: number, unit: unit, item: item(lang, of) })
        }
    }
}

/// Money as people write it, from `48216300.00 CNY`.
pub(crate) fn money(lang: Lang, text: &str) -> String {
    let Some((number, currency)) = text.split_once(' ') else { return text.to_owned() };
    let number = group_digits(number);
    let key = if currency == "CNY" { "money-cny" } else { "money-other" };
    lang.tell(key, args! { number: number, currency: currency.to_owned() })
}

/// Money without the digits after the point, where these are zeros.
pub(crate) fn money_short(lang: Lang, text: &str) -> String {
    money(lang, &text.replace(".00 ", " "))
}

/// Minor units of a currency as money.
pub(crate) fn minor(lang: Lang, amount: u64, digits: u32, currency: &str) -> String {
    let unit = 10u64.pow(digits.min(18));
    let (whole, rest) = (amount / unit, amount % unit);
    let width = digits as usize;
    let number = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:0width$}") };
    money(lang, &format!("{number} {currency}"))
}

/// What was asked for, in words.
pub(crate) fn asked(lang: Lang, need: &Need) -> String {
    match &need.asked {
        Asked::Stated { amount } => count(lang, *amount, &need.item.unit),
        Asked::PerDay { amount } => {
            lang.tell("asked-per-day", args! { amount: count(lang, *amount, &need.item.unit) })
        }
        Asked::Unbounded => lang.say("asked-unbounded"),
        Asked::Unknown => lang.say("asked-unknown"),
    }
}

/// What the need is measured against: the number stated, or the one derived.
pub(crate) fn bound(need: &Need) -> Option<u64> {
    match &need.asked {
        Asked::Stated { amount } => Some(*amount),
        _ => need.derived.as_ref().map(|derivation| derivation.amount),
    }
}

/// A coloured word for how urgent something is.
pub(crate) fn urgency(lang: Lang, urgency: &str) -> Markup {
    let (key, class) = match urgency {
        "critical" => ("urgency-critical", "tag critical"),
        "high" => ("urgency-high", "tag high"),
        _ => ("urgency-normal", "tag"),
    };
    html! { span class=(class) { (lang.say(key)) } }
}

/// The highest evidence grade there is.
pub(crate) const BEST_GRADE: u8 = 3;

/// The evidence grade of an entry.
pub(crate) fn grade(lang: Lang, grade: u8) -> Markup {
    html! {
        span.grade title=(grade_words(lang, grade)) {
            (lang.tell("grade", args! { grade: grade }))
        }
    }
}

/// What an evidence grade means.
pub(crate) fn grade_words(lang: Lang, grade: u8) -> String {
    lang.say(&format!("grade-{}", grade.min(BEST_GRADE)))
}

/// A code such as `facility` in words, from texts named `prefix-code`.
pub(crate) fn word(lang: Lang, prefix: &str, code: &str) -> String {
    let key = format!("{prefix}-{code}");
    lang.try_tell(&key, &FluentArgs::new()).unwrap_or_else(|| code.to_owned())
}

/// A time for people, with the exact one for machines.
pub(crate) fn time(ms: u64, words: &str) -> Markup {
    html! { time datetime=(super::words::iso_time(ms)) { (words) } }
}
