//! What may stand in a public text: readable, bounded, and without numbers that belong to a person.

use crate::limits;
use crate::refusal::{Refusal, Refused};
use std::collections::BTreeMap;

/// Accepts a public text of at most `chars` characters.
pub fn check(place: &str, text: &str, chars: usize) -> Result<(), Refused> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(Refusal::BadText.at(place, "the text is empty"));
    }
    if length > chars {
        return Err(Refusal::BadText.at(place, format!("{length} characters, {chars} allowed")));
    }
    if let Some(bad) = text.chars().find(|c| is_hidden(*c)) {
        return Err(Refusal::BadText.at(place, format!("character U+{:04X}", u32::from(bad))));
    }
    match personal_number(text) {
        Some(kind) => Err(Refusal::PersonalNumber.at(place, kind)),
        None => Ok(()),
    }
}

/// Accepts a text that may be left out.
pub fn check_optional(place: &str, text: Option<&String>, chars: usize) -> Result<(), Refused> {
    text.map_or(Ok(()), |text| check(place, text, chars))
}

/// Accepts a code of an item, a role, a category.
pub fn check_code(place: &str, code: &str) -> Result<(), Refused> {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
    let fits = (1..=limits::CODE_CHARS).contains(&code.len());
    if fits && code.bytes().all(allowed) {
        return Ok(());
    }
    Err(Refusal::BadCode.at(place, code.chars().take(limits::CODE_CHARS).collect::<String>()))
}

/// Accepts a name in several languages, keyed by language tags.
pub fn check_names(place: &str, names: &BTreeMap<String, String>) -> Result<(), Refused> {
    if names.len() > limits::LANGUAGES {
        return Err(Refusal::TooMany.at(place, names.len()));
    }
    for (language, name) in names {
        let place = format!("{place}/{language}");
        check_code(&place, &language.to_ascii_lowercase())?;
        check(&place, name, limits::NAME_CHARS)?;
    }
    Ok(())
}

fn is_hidden(c: char) -> bool {
    let steering = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    steering || (c.is_control() && c != '\n')
}

/// A run of digits, with the single character that joins it to the run before, if any.
struct Run {
    digits: String,
    joint: Option<char>,
    before: Option<char>,
    after: Option<char>,
}

/// The kind of personal number a text holds, if any.
pub fn personal_number(text: &str) -> Option<&'static str> {
    let runs = digit_runs(text);
    for (at, run) in runs.iter().enumerate() {
        let rest = runs.get(at..).unwrap_or_default();
        if is_identity_number(run) {
            return Some("an identity number");
        }
        let joined = joined_digits(rest);
        let mobile = |digits: &str| {
            digits.len() == 11
                && digits.starts_with('1')
                && digits.get(1..2).is_some_and(|c| ("3"..="9").contains(&c))
        };
        let grouped = joined.first().is_some_and(|g| g.len() == 3);
        if mobile(&run.digits) || (grouped && joined.len() == 3 && mobile(&joined.concat())) {
            return Some("a mobile telephone number");
        }
        let international: usize = joined.iter().map(String::len).sum();
        if run.before == Some('+') && (8..=15).contains(&international) {
            return Some("a telephone number");
        }
        if is_landline(&joined) {
            return Some("a telephone number");
        }
    }
    None
}

fn digit_runs(text: &str) -> Vec<Run> {
    let plain = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c).saturating_sub(0xff10).saturating_add(0x30)),
        c => Some(c),
    };
    let chars: Vec<char> = text.chars().filter_map(plain).collect();
    let mut runs: Vec<Run> = Vec::new();
    let mut end_of_last = None;
    let mut at = 0usize;
    while let Some(c) = chars.get(at).copied() {
        if !c.is_ascii_digit() {
            at = at.saturating_add(1);
            continue;
        }
        let digits: String =
            chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).copied().collect();
        let end = at.saturating_add(digits.len());
        let before = at.checked_sub(1).and_then(|i| chars.get(i).copied());
        let gap = end_of_last.and_then(|last: usize| at.checked_sub(last));
        let joint = before.filter(|c| gap == Some(1) && matches!(c, '-' | ' ' | '－'));
        runs.push(Run { digits, joint, before, after: chars.get(end).copied() });
        end_of_last = Some(end);
        at = end;
    }
    runs
}

/// The first run and those joined to it by single hyphens or spaces.
fn joined_digits(runs: &[Run]) -> Vec<String> {
    let follow = runs.iter().skip(1).take_while(|run| run.joint.is_some());
    runs.iter().take(1).chain(follow).map(|run| run.digits.clone()).collect()
}

fn is_landline(groups: &[String]) -> bool {
    let [area, number, ..] = groups else { return false };
    let area_fits = (3..=4).contains(&area.len()) && area.starts_with('0');
    area_fits && (7..=8).contains(&number.len()) && groups.len() == 2
}

/// A resident identity number: 17 digits and a check character (GB 11643, ISO 7064 MOD 11-2).
fn is_identity_number(run: &Run) -> bool {
    let mut text = run.digits.clone();
    if text.len() == 17 && matches!(run.after, Some('x' | 'X')) {
        text.push('X');
    }
    if text.len() != 18 {
        return false;
    }
    let sum = text.bytes().rev().zip(0u32..).fold(0u64, |sum, (c, place)| {
        let digit = if c == b'X' { 10 } else { u64::from(c.wrapping_sub(b'0')) };
        sum.saturating_add(digit.saturating_mul(2u64.saturating_pow(place) % 11))
    });
    sum % 11 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_belong_to_a_person_are_found() {
        let personal = [
            "call 13812345678 now",
            "手机13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "１３８１２３４５６７８",
            "+86 138 1234 5678",
            "+44 20 7946 0958",
            "027-85871234",
            "身份证11010519491231002X",
            "110105194912310038",
        ];
        for text in personal {
            assert!(personal_number(text).is_some(), "{text}");
        }
    }

    #[test]
    fn standards_quantities_and_dates_are_not() {
        let public = [
            "GB 19083-2010, 3M 1860/1870/9123",
            "YY/T 0969-2013",
            "80箱*100",
            "2020-02-15",
            "waybill SF1012345678901",
            "1000000 pieces",
            "lot 20200115-07",
            "50箱（*1000）",
        ];
        for text in public {
            assert_eq!(personal_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_measured_in_characters() {
        assert!(check("/a", &"口".repeat(10), 10).is_ok());
        assert!(check("/a", &"口".repeat(11), 10).is_err());
        assert!(check("/a", " ", 10).is_err());
        assert!(check("/a", "a\u{202e}b", 10).is_err());
    }
}
