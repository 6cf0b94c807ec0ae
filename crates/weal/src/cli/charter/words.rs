//! Numbers of charters as people write them: money, dates, months, yes and no.

use super::super::output::{Failure, group};
use weal_charter::Charter;
use weal_charter::model::{Input, Once, Short};
use weal_charter::tree::Type;
use weal_kernel::units::currency_digits;
use weal_services::funds;

const DAY_S: i64 = 86_400;

/// Minor units as money: `1,234.50 CNY`.
pub(crate) fn money(currency: &str, minor: i128) -> String {
    let digits = usize::try_from(currency_digits(currency)).unwrap_or(0);
    let text = format!("{:0>width$}", minor.unsigned_abs(), width = digits.saturating_add(1));
    let (whole, rest) = text.split_at(text.len().saturating_sub(digits));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), group);
    let point = if digits > 0 { "." } else { "" };
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{whole}{point}{rest} {currency}")
}

/// A month counted from the year 0: `2026-08`.
pub(crate) fn month(month: i128) -> String {
    u32::try_from(month).map(funds::month).unwrap_or_default()
}

/// An input's value as people write it.
pub(crate) fn value(charter: &Charter, input: Option<Input>, value: i128) -> String {
    let name = |at: usize| charter.fields.get(at).map_or("", |field| &field.name);
    match input {
        Some(Input::Pot(_) | Input::Party(_) | Input::Stated) => money(&charter.money, value),
        Some(Input::Day) => funds::day(value).unwrap_or_else(|| value.to_string()),
        Some(Input::Field(at)) if name(at).ends_with("_day") => {
            funds::day(value).unwrap_or_else(|| value.to_string())
        }
        Some(Input::Month) => month(value),
        _ => value.to_string(),
    }
}

/// What a rule gives, as people write it.
pub(crate) fn result(charter: &Charter, rule: usize, value: i128) -> String {
    match charter.gives(rule) {
        Type::Answer if value == 0 => "no".to_owned(),
        Type::Answer => "yes".to_owned(),
        Type::Number if charter.is_sum(rule) => money(&charter.money, value),
        Type::Number => value.to_string(),
    }
}

/// A number as people write it: `12`, `-3`, `1200.50` in the charter's money, `2026-08-11`, `yes`.
pub(crate) fn number(text: &str, currency: &str) -> Result<i128, Failure> {
    let wrong = || {
        Failure::usage(format!("{text} is no number"))
            .help("write 12, a sum of money with all its digits such as 12.50, or 2026-08-11")
    };
    let plain = text.replace(['_', ','], "");
    if let Ok(number) = plain.parse() {
        return Ok(number);
    }
    if let Some((whole, rest)) = plain.split_once('.') {
        let digits = usize::try_from(currency_digits(currency)).unwrap_or(0);
        let all_digits = rest.bytes().all(|c| c.is_ascii_digit());
        if digits == 0 || rest.len() != digits || !all_digits {
            return Err(wrong());
        }
        return format!("{whole}{rest}").parse().map_err(|_| wrong());
    }
    match text {
        "yes" | "True" => return Ok(1),
        "no" | "False" => return Ok(0),
        _ => {}
    }
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let date = time::Date::parse(text, &format).map_err(|_| wrong())?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Ok(i128::from(seconds.div_euclid(DAY_S)))
}

/// As [`number`], for what the book carries.
pub(crate) fn small(text: &str, currency: &str) -> Result<i64, Failure> {
    let number = number(text, currency)?;
    i64::try_from(number).map_err(|_| Failure::usage(format!("{text} is too large")))
}

/// Minor units above zero, from `1200.50`, or from `120050` where nobody writes a point.
pub(crate) fn minor(text: &str, currency: &str) -> Result<u64, Failure> {
    let digits = currency_digits(currency);
    if digits > 0 && !text.contains('.') {
        let zeros = "0".repeat(usize::try_from(digits).unwrap_or(0));
        return Err(Failure::usage(format!("{text} is no sum of {currency}"))
            .help(format!("write it with all its digits, such as {text}.{zeros}")));
    }
    let wrong = || Failure::usage(format!("{text} is no sum of money above zero"));
    u64::try_from(number(text, currency)?).ok().filter(|minor| *minor > 0).ok_or_else(wrong)
}

/// How often, in words.
pub(crate) fn once(once: Once) -> &'static str {
    match once {
        Once::Each => "as often as asked",
        Once::Month => "once a month",
        Once::Year => "once a year",
        Once::Ever => "once",
    }
}

/// What happens when the pot has less, in words.
pub(crate) fn short(short: Short) -> &'static str {
    match short {
        Short::Refuse => "nothing is paid",
        Short::Part => "what is there is paid",
        Short::ProRata => "all get the same share",
        Short::Queue => "the first are paid first, the others wait",
    }
}

/// Words in a list: `a`, `a or b`, `a, b or c`.
pub(crate) fn any_of(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// A text in lines of at most so many characters, each after this margin.
pub(crate) fn fold(text: &str, margin: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let room = lines.last().map_or(0, |line| line.chars().count());
        let needed = word.chars().count().saturating_add(1);
        if room > 0 && room.saturating_add(needed) > columns {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.into_iter().map(|line| format!("{margin}{line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, found) in [
            ("12", 12),
            ("-3", -3),
            ("1200.50", 120_050),
            ("1,200.50", 120_050),
            ("2026-08-11", 20_676),
            ("1970-01-01", 0),
            ("yes", 1),
        ] {
            assert_eq!(number(text, "CNY").ok(), Some(found), "{text}");
        }
        for text in ["", "12.5", "1.2.3", "2026-13-01", "ten", "1e3"] {
            assert!(number(text, "CNY").is_err(), "{text}");
        }
        assert!(number("12.50", "JPY").is_err());
    }

    #[test]
    fn money_and_dates_are_written_as_people_read_them() {
        assert_eq!(money("CNY", 123_456_700), "1,234,567.00 CNY");
        assert_eq!(money("CNY", -5), "-0.05 CNY");
        assert_eq!(money("JPY", 1200), "1,200 JPY");
        assert_eq!(month(2026 * 12 + 7), "2026-08");
    }

    #[test]
    fn a_sum_without_its_digits_is_asked_for_again() {
        assert_eq!(minor("12.50", "CNY").ok(), Some(1250));
        assert_eq!(minor("12", "JPY").ok(), Some(12));
        let failure = minor("12", "CNY").unwrap_err();
        assert_eq!(failure.help.as_deref(), Some("write it with all its digits, such as 12.00"));
        assert!(minor("0.00", "CNY").is_err());
    }

    #[test]
    fn long_sentences_are_folded_at_words() {
        assert_eq!(fold("aa bb cc", "  ", 5), ["  aa bb", "  cc"]);
        assert_eq!(any_of(&["a".into(), "b".into(), "c".into()]), "a, b or c");
    }
}
