//! Short numbers and claim codes: what people read out over the telephone.
//!
//! A number is a letter, the place in the log and a check digit: `N-182137` is entry 18213. Every
//! copy of the book gives the same numbers. A claim code is a secret of 75 random bits that a donor
//! without an account keeps; the book holds only its hash.

use weal_proof::Hash;

/// Damm's quasigroup of order 10: it finds every wrong digit and every swap of neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: &str) -> u8 {
    digits.bytes().filter(u8::is_ascii_digit).fold(0u8, |row, digit| {
        let row = DAMM.get(usize::from(row));
        row.and_then(|row| row.get(usize::from(digit - b'0'))).copied().unwrap_or(0)
    })
}

/// The short number of the entry at this place: `N`eed, `G`ift, `P`arty, `S`hipment, `R`ecord...
pub fn number(letter: char, index: u64) -> String {
    format!("{letter}-{index}{}", damm(&index.to_string()))
}

/// The letter and the place in the log, if the check digit fits. Forgives case and spaces.
pub fn parse_number(text: &str) -> Option<(char, u64)> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut chars = text.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?.to_ascii_uppercase();
    let digits = chars.as_str().trim_start_matches('-');
    let plain =
        digits.len() >= 2 && digits.len() <= 20 && digits.bytes().all(|c| c.is_ascii_digit());
    if !plain || damm(digits) != 0 {
        return None;
    }
    let index = digits.get(..digits.len() - 1)?.parse().ok()?;
    Some((letter, index))
}

/// Crockford's base 32: no I, L, O, U to be misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_DIGITS: usize = 15;

/// A new claim code such as `7KQM-2X4P-9D3F-H0W5`; the last character checks the others.
pub fn claim_code(random: [u8; 15]) -> String {
    let values = random.map(|byte| usize::from(byte) % 32);
    let mut code: String = values.iter().map(|v| char::from(ALPHABET[*v])).collect();
    code.push(char::from(ALPHABET[check_value(&code)]));
    let groups: Vec<_> = code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

/// Weighted sum modulo 31, which finds any single wrong character and any swap.
fn check_value(code: &str) -> usize {
    let value = |c: u8| ALPHABET.iter().position(|a| *a == c).unwrap_or(0);
    let sum: usize = code.bytes().zip(1usize..).map(|(c, weight)| value(c) * weight).sum();
    sum % 31
}

/// The canonical form of a claim code, if it is one. Forgives case, hyphens, spaces, O, I and L.
pub fn parse_claim(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let plain = clean.len() == CODE_DIGITS + 1 && clean.bytes().all(|c| ALPHABET.contains(&c));
    let (code, check) = clean.split_at_checked(CODE_DIGITS)?;
    let fits = plain && check.bytes().next() == ALPHABET.get(check_value(code)).copied();
    fits.then_some(clean)
}

/// What the book holds instead of the code.
pub fn claim_hash(code: &str) -> Option<Hash> {
    parse_claim(code).map(|code| Hash::of(&[b"weal-claim-v1:", code.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_finds_wrong_digits_and_swaps() {
        for index in [0, 7, 18_213, 1_000_000] {
            let text = number('N', index);
            assert_eq!(parse_number(&text), Some(('N', index)));
            assert_eq!(parse_number(&text.to_lowercase()), Some(('N', index)));
            for at in 2..text.len() {
                for digit in b'0'..=b'9' {
                    let mut wrong = text.clone().into_bytes();
                    if wrong[at] != digit {
                        wrong[at] = digit;
                        assert_eq!(parse_number(std::str::from_utf8(&wrong).unwrap()), None);
                    }
                }
            }
        }
    }

    #[test]
    fn a_claim_code_survives_the_telephone_and_not_an_error() {
        let code = claim_code([7, 19, 255, 3, 8, 11, 64, 90, 33, 2, 1, 0, 5, 200, 17]);
        let hash = claim_hash(&code).unwrap();
        assert_eq!(claim_hash(&code.to_lowercase().replace('-', " ")), Some(hash));
        let wrong = code.replacen(code.chars().next().unwrap(), "Z", 1);
        assert_eq!(claim_hash(&wrong), None);
        assert_eq!(claim_hash("nonsense"), None);
    }
}
