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
    check_personal(place, text)
}

fn check_personal(place: &str, text: &str) -> Result<(), Refused> {
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
    if !fits || !code.bytes().all(allowed) {
        return Err(Refusal::BadCode.at(place, code));
    }
    check_personal(place, code)
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

/// Characters that are not seen: they steer, split or fill, and hide what a text says.
fn is_hidden(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    unseen || (c.is_control() && c != '\n')
}

/// Groups in which people write one telephone number, at the most.
const GROUPS: usize = 6;

/// A run of digits and what stands around it.
struct Run {
    digits: String,
    /// Whether nothing but a hyphen, a space or a bracket parts it from the run before.
    joined: bool,
    before: Option<char>,
    after: Option<char>,
}

/// The kind of personal number a text holds, if any.
pub fn personal_number(text: &str) -> Option<&'static str> {
    let runs = digit_runs(text);
    runs.iter().enumerate().find_map(|(at, run)| {
        let rest = runs.iter().skip(at.saturating_add(1)).take_while(|run| run.joined);
        let groups: Vec<&str> =
            [run].into_iter().chain(rest).take(GROUPS).map(|run| run.digits.as_str()).collect();
        if is_identity_number(run) {
            Some("an identity number")
        } else if is_mobile(&groups) {
            Some("a mobile telephone number")
        } else if is_landline(&groups) || (run.before == Some('+') && is_international(&groups)) {
            Some("a telephone number")
        } else {
            None
        }
    })
}

/// The character an ASCII keyboard has for it.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c),
        '\u{a0}' | '\u{3000}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c => c,
    }
}

fn digit_runs(text: &str) -> Vec<Run> {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut runs: Vec<Run> = Vec::new();
    let mut gap = String::new();
    let mut before = None;
    for part in chars.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        let text: String = part.iter().collect();
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            if let Some(last) = runs.last_mut() {
                last.after = part.first().copied();
            }
            before = part.last().copied();
            gap = text;
            continue;
        }
        let joints = gap.chars().all(|c| matches!(c, '-' | ' ' | ')'));
        let joined = (1..=2).contains(&gap.len()) && joints;
        runs.push(Run { digits: text, joined, before, after: None });
    }
    runs
}

/// A Chinese mobile number: in one piece, perhaps after the country's code, or as 3-4-4 or 3-8.
fn is_mobile(groups: &[&str]) -> bool {
    let mobile =
        |digits: &str| digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]);
    let national = |digits: &str| {
        let digits = digits.strip_prefix("00").unwrap_or(digits);
        mobile(digits.strip_prefix("86").unwrap_or(digits))
    };
    let mut lengths = groups.iter().map(|group| group.len());
    let whole = groups.first().is_some_and(|digits| national(digits));
    match (groups, (lengths.next(), lengths.next(), lengths.next())) {
        _ if whole => true,
        ([a, b, c, ..], (Some(3), Some(4), Some(4))) => mobile(&[*a, *b, *c].concat()),
        ([a, b, ..], (Some(3), Some(8), _)) => {
            let date = b.starts_with("19") || b.starts_with("20");
            !date && mobile(&[*a, *b].concat())
        }
        _ => false,
    }
}

/// A Chinese land line: an area code, then seven or eight digits in one or two groups.
fn is_landline(groups: &[&str]) -> bool {
    let [area, number, rest @ ..] = groups else { return false };
    let area_fits = (3..=4).contains(&area.len()) && area.starts_with('0');
    let halves = (3..=4).contains(&number.len()) && rest.first().is_some_and(|g| g.len() == 4);
    area_fits && ((7..=8).contains(&number.len()) || halves)
}

/// A number after a plus sign that is as long as the numbers of a country are (E.164).
fn is_international(groups: &[&str]) -> bool {
    let mut length = 0usize;
    groups.iter().any(|group| {
        length = length.saturating_add(group.len());
        (8..=15).contains(&length)
    })
}

/// A resident identity number: an area, a date of birth, a serial number and a check character
/// (GB 11643, ISO 7064 MOD 11-2).
fn is_identity_number(run: &Run) -> bool {
    let mut text = run.digits.clone();
    if text.len() == 17 && matches!(run.after, Some('x' | 'X')) {
        text.push('X');
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|n| n.parse::<u32>().ok());
    let born = [(6, 10, 1900..=2099), (10, 12, 1..=12), (12, 14, 1..=31)];
    let is_date = born
        .into_iter()
        .all(|(from, to, range)| number(from, to).is_some_and(|n| range.contains(&n)));
    if text.len() != 18 || !is_date {
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
