//! Texts that strict JSON accepts and refuses.

use serde::{Deserialize, Serialize};
use weal_proof::{hash, json};

/// `spec/vectors/json.json`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Texts {
    pub(crate) accepted: Vec<String>,
    pub(crate) refused: Vec<String>,
    /// Not UTF-8, so written in hex.
    pub(crate) refused_hex: Vec<String>,
}

const ACCEPTED: &[&str] = &[
    "{}",
    "[]",
    "\"\"",
    "0",
    "-1",
    "null",
    "true",
    "false",
    " \t\r\n[ ] \n",
    "9007199254740991",
    "-9007199254740991",
    "10",
    "[0,[0]]",
    "{\"a\":{\"a\":{\"a\":1}}}",
    "{\"\":0}",
    "{\"a\":1,\"A\":2,\"á\":3}",
    "{\"a\":1,\"a \":2}",
    "[{\"a\":1},{\"a\":1}]",
    "{\"é\":1,\"e\u{301}\":2}",
    "{\"__proto__\":1,\"constructor\":2,\"length\":3}",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude37\"",
    "\"\\uD83D\\uDE37\"",
    "\"\\ud83d\"",
    "\"\\ude37\\ud83d\"",
    "\"口罩 😷\"",
    "\"\u{7f}\u{80}\u{2028}\u{feff}\u{fffd}\"",
    "\"\u{10ffff}\"",
    "[null,true,false,\"null\"]",
    "{\"a\" :\t1 ,\n\"b\" : 2 }",
];

const REFUSED: &[&str] = &[
    "",
    " ",
    "\u{feff}{}",
    "{}{}",
    "{} x",
    "{},",
    "nul",
    "nullx",
    "True",
    "NaN",
    "Infinity",
    "undefined",
    "-",
    "+1",
    "-0",
    "00",
    "01",
    "-01",
    "1.0",
    "0.5",
    ".5",
    "1.",
    "1e3",
    "1E3",
    "0e0",
    "9007199254740992",
    "-9007199254740992",
    "99999999999999999999999999",
    "0x10",
    "1_000",
    "１",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1;2]",
    "[1,,2]",
    "(1)",
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,}",
    "{,}",
    "{\"a\"}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "[\"a\":1]",
    "{\"a\":1,\"a\":1}",
    "{\"a\":{\"b\":1,\"c\":2,\"b\":3}}",
    "{\"\":1,\"\":2}",
    "{\"\\u0061\":1}",
    "{\"a\\n\":1}",
    "{\"a\\\\\":1}",
    "\"",
    "\"a",
    "\"\\\"",
    "'a'",
    "\"\n\"",
    "\"\t\"",
    "\"\0\"",
    "\"\u{1f}\"",
    "\"\\x41\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u+123\"",
    "\"\\U0041\"",
    "\"\\\n\"",
    "\"\\'\"",
    "/**/1",
    "1//",
    "# 1",
    "\u{a0}1",
    "1\u{c}",
    "\u{b}1",
    "1\u{0}",
    "\u{2028}1",
    "1\u{1a}",
];

const REFUSED_HEX: &[&str] = &[
    "ff",
    "c3",
    "2280",
    "22c322",
    "22c0af22",
    "22c12222",
    "22e0808022",
    "22eda08022",
    "22edbfbf22",
    "22f080808022",
    "22f490808022",
    "22f88880808022",
    "feff007b007d",
    "fffe7b007d00",
    "227bff22",
    "7b22ff223a317d",
    "22e58f22",
];

/// The lists, with the limits of nesting.
pub(crate) fn texts() -> Texts {
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let most = weal_proof::limits::JSON_DEPTH;
    let mut texts = Texts {
        accepted: owned(ACCEPTED),
        refused: owned(REFUSED),
        refused_hex: owned(REFUSED_HEX),
    };
    texts.accepted.extend([lists(most), objects(most)]);
    texts.refused.extend([lists(most + 1), objects(most + 1), "[".repeat(3000)]);
    texts
}

/// The file.
pub(crate) fn to_text(texts: &Texts) -> String {
    serde_json::to_string_pretty(texts).unwrap() + "\n"
}

/// Runs the texts of a file through the code under test.
pub(crate) fn run(texts: &Texts) {
    for text in &texts.accepted {
        assert_eq!(json::check(text.as_bytes()), Ok(()), "{text:?}");
    }
    for text in &texts.refused {
        assert!(json::check(text.as_bytes()).is_err(), "{text:?}");
    }
    for text in &texts.refused_hex {
        assert!(json::check(&hash::from_hex(text).unwrap()).is_err(), "{text}");
    }
}
