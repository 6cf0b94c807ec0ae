//! Damage to a good receipt: each edit replaces one stretch of its bytes.
//!
//! An edit names the verdicts it may lead to, so that the vectors do not merely repeat what the
//! code under test says; edits at random places name none.

use crate::book::Random;
use crate::spans::{Kind, Span, spans};

/// One replacement in the bytes of a text.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) offset: usize,
    pub(crate) delete: usize,
    pub(crate) insert: String,
    /// How many times the insertion is written.
    pub(crate) times: usize,
    /// Verdicts that are right; none given means that any is.
    pub(crate) may_be: &'static [&'static str],
}

impl Edit {
    pub(crate) fn apply(&self, text: &str) -> Vec<u8> {
        let (head, tail) = text.as_bytes().split_at(self.offset);
        let insert = self.insert.repeat(self.times);
        [head, insert.as_bytes(), &tail[self.delete..]].concat()
    }
}

type Verdicts = &'static [&'static str];
const ANY: Verdicts = &[];
const GOOD: Verdicts = &["ok"];
const NOT_JSON: Verdicts = &["json"];
const MISSHAPEN: Verdicts = &["shape", "operation"];

/// Every kind of damage to this text.
pub(crate) fn damage(text: &str, seed: u64) -> Vec<Edit> {
    let random = Random::new(seed);
    let mut bench = Bench { text, spans: spans(text), random, edits: Vec::new() };
    bench.untouched();
    bench.digits();
    bench.base64();
    bench.numbers();
    bench.bytes();
    bench.space();
    bench.members();
    bench.elements();
    bench.kinds();
    bench.escapes();
    bench.depth();
    bench.positions();
    bench.ends();
    bench.edits
}

struct Bench<'a> {
    text: &'a str,
    spans: Vec<Span>,
    random: Random,
    edits: Vec<Edit>,
}

/// What a changed value of the right form must lead to.
fn changed(pointer: &str) -> Verdicts {
    match pointer.split('/').nth(1) {
        Some("network" | "genesis") => &["network"],
        Some("operation") => &["operation", "inclusion"],
        Some("index" | "inclusion") => &["inclusion"],
        Some("header") => &["header", "header-network", "header-digest"],
        // A quorum may be left when one signature is spoilt.
        Some("certificate") => &["certificate", "header-digest", "ok"],
        Some("state") => &["state"],
        Some("sets") => &["sets", "ok"],
        _ => &["shape"],
    }
}

/// What text that is not lower-case hex must lead to.
fn misspelt(pointer: &str) -> Verdicts {
    match pointer.split('/').nth(1) {
        Some("operation") => &["operation"],
        Some("header") => &["header"],
        Some("certificate") => &["certificate"],
        Some("sets") if !pointer.contains("validators") => &["sets"],
        _ => &["shape"],
    }
}

/// Members in the order in which an array gives them.
fn order(names: &[&str]) -> &'static [&'static str] {
    let has = |name| names.contains(&name);
    match () {
        () if has("payload") => &["payload", "payloadType", "signatures"],
        () if has("keyid") => &["keyid", "sig"],
        () if has("key") => &["key", "value", "proof"],
        () if has("path") => &["other", "path"],
        () if has("validators") => &["header", "certificate", "validators"],
        () => &["position", "value"],
    }
}

impl Bench<'_> {
    fn edit(&mut self, offset: usize, delete: usize, insert: impl Into<String>, may_be: Verdicts) {
        let insert = insert.into();
        self.edits.push(Edit { offset, delete, insert, times: 1, may_be });
    }

    /// Values that satisfy the condition.
    fn select(&self, wanted: impl Fn(&Span, &str) -> bool) -> Vec<Span> {
        self.spans.iter().filter(|span| wanted(span, self.text)).cloned().collect()
    }

    /// At most `count` of them, chosen without order.
    fn some(&mut self, mut from: Vec<Span>, count: usize) -> Vec<Span> {
        while from.len() > count {
            let at = self.random.below(from.len());
            from.swap_remove(at);
        }
        from
    }

    fn untouched(&mut self) {
        self.edit(0, 0, "", GOOD);
    }

    fn hex_texts(&mut self) -> Vec<Span> {
        let digits = |inner: &str| inner.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        let hex = |span: &Span, text: &str| {
            span.kind == Kind::Text
                && span.of(text).len() > 65
                && digits(span.of(text).trim_matches('"'))
        };
        let all = self.select(hex);
        let (long, short) = all.into_iter().partition(|span| span.end - span.start > 66);
        let mut chosen: Vec<Span> = long;
        chosen.extend(self.some(short, 5));
        chosen
    }

    fn digits(&mut self) {
        for span in self.hex_texts() {
            let length = span.end - span.start - 2;
            for _ in 0..if length > 64 { 6 } else { 1 } {
                let at = span.start + 1 + self.random.below(length);
                let old = char::from(self.text.as_bytes()[at]);
                let new = *self.random.pick(&['0', '5', '7', '8', 'a', 'c', 'f']);
                let new = if new == old { '1' } else { new };
                self.edit(at, 1, new, changed(&span.pointer));
                let stray = *self.random.pick(&['g', 'G', ' ', '-', 'ｆ']);
                self.edit(at, 1, stray, misspelt(&span.pointer));
            }
            let letter = span.of(self.text).find(|c: char| c.is_ascii_lowercase());
            if let Some(at) = letter.map(|at| at + span.start) {
                let upper = self.text[at..=at].to_uppercase();
                self.edit(at, 1, upper, misspelt(&span.pointer));
            }
            self.edit(span.start + 1, 0, "00", ANY);
            self.edit(span.end - 3, 2, "", ANY);
            self.edit(span.end - 2, 1, "", misspelt(&span.pointer));
        }
    }

    fn base64(&mut self) {
        let wanted = ["genesis", "payload", "sig"];
        for span in self.select(|span, _| wanted.contains(&span.name())) {
            let verdict = changed(&span.pointer);
            let length = span.end - span.start - 2;
            for _ in 0..2 {
                let at = span.start + 1 + self.random.below(length);
                for new in ["A", "-", "%", "\\n"] {
                    if &self.text[at..=at] != new {
                        self.edit(at, 1, new, verdict);
                    }
                }
            }
            let inner = &self.text[span.start + 1..span.end - 1];
            let last = span.start + inner.trim_end_matches('=').len();
            let next = char::from(self.text.as_bytes()[last] + 1);
            if next.is_ascii_alphanumeric() {
                self.edit(last, 1, next, verdict);
            }
            self.edit(span.end - 1, 0, "=", verdict);
            self.edit(span.end - 1, 0, "AAA=", verdict);
            self.edit(span.end - 2, 1, "", verdict);
            self.edit(span.start, span.end - span.start, "\"\"", verdict);
        }
    }

    fn numbers(&mut self) {
        let digits = |span: &Span, text: &str| {
            span.kind == Kind::Other && span.of(text).starts_with(|c: char| c.is_ascii_digit())
        };
        let all = self.select(digits);
        for span in self.some(all, 2) {
            let (at, length) = (span.start, span.end - span.start);
            let value: u64 = span.of(self.text).parse().unwrap();
            let others = [value + 1, value + 3, value ^ 64, value ^ 128];
            let other = *self.random.pick(&others);
            self.edit(at, length, other.to_string(), changed(&span.pointer));
            let wrong = ["-1", "256", "9007199254740991", "1000000"];
            let shape: Verdicts = &["shape", "inclusion"];
            for text in wrong {
                self.edit(at, length, text, shape);
            }
            for text in ["-0", "007", "1.0", "1e0", "1E2", "+1", "0x1", "9007199254740992", ".5"] {
                self.edit(at, length, text, NOT_JSON);
            }
            self.edit(at, length, format!("\"{value}\""), MISSHAPEN);
            self.edit(at, 0, "0", NOT_JSON);
            self.edit(at, 0, "-", &["json", "shape"]);
        }
    }

    fn bytes(&mut self) {
        let odd = ["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "9", "e", "A", "=", " ", "\0"];
        let more = ["\n", "\u{7f}", "é", "\u{2028}", "😷", "null", "\\u0000"];
        let all = [odd.as_slice(), &more].concat();
        for _ in 0..9 {
            let at = self.random.below(self.text.len());
            self.edit(at, 1, "", ANY);
            let insert = *self.random.pick(&all);
            let between = self.random.below(self.text.len());
            self.edit(between, 0, insert, ANY);
            let at = self.random.below(self.text.len());
            let insert = *self.random.pick(&all);
            self.edit(at, 1, insert, ANY);
            let at = self.random.below(self.text.len());
            let length = 1 + self.random.below(40);
            self.edit(at, length.min(self.text.len() - at), "", ANY);
        }
        for _ in 0..6 {
            let at = self.random.below(self.text.len());
            self.edit(at, self.text.len() - at, "", NOT_JSON);
        }
        // A letter outside ASCII has several bytes: to lose one of them is to lose UTF-8.
        let wide: Vec<_> = self.text.char_indices().filter(|(_, c)| !c.is_ascii()).collect();
        for _ in 0..wide.len().min(3) {
            let (at, letter) = *self.random.pick(&wide);
            let byte = self.random.below(letter.len_utf8());
            self.edit(at + byte, 1, "", NOT_JSON);
        }
    }

    fn space(&mut self) {
        let all = self.spans.clone();
        for span in self.some(all.clone(), 6) {
            let space = *self.random.pick(&[" ", "\n", "\t", "\r\n", "  \n\t"]);
            let at = *self.random.pick(&[span.first, span.start, span.end]);
            self.edit(at, 0, space, GOOD);
        }
        for span in self.some(all, 5) {
            let odd = ["\u{c}", "\u{b}", "\u{a0}", "\u{feff}", "\u{3000}", "\0", "/**/", "\u{85}"];
            let space = *self.random.pick(&odd);
            let at = *self.random.pick(&[span.first, span.start, span.end]);
            self.edit(at, 0, space, NOT_JSON);
        }
    }

    fn members(&mut self) {
        let members = self.select(|span, _| span.is_member());
        for span in self.some(members.clone(), 9) {
            let (first, length) = (span.first, span.end - span.first);
            let whole = &self.text[first..span.end];
            let neighbour = members.iter().find(|other| {
                let between = self.text.get(span.end..other.first).unwrap_or("x").trim();
                other.parent == span.parent && between == ","
            });
            match neighbour {
                Some(next) => {
                    let gone: Verdicts = &["shape", "operation", "state", "ok"];
                    self.edit(first, next.first - first, "", gone);
                    if next.end - first < 300 {
                        let swapped = format!("{},{whole}", &self.text[next.first..next.end]);
                        self.edit(first, next.end - first, swapped, GOOD);
                    }
                }
                None => self.edit(first, length, "", &["json", "shape"]),
            }
            if length < 300 {
                self.edit(first, 0, format!("{whole},"), NOT_JSON);
            }
            let (name, null) = (span.name(), format!("\"{}\":null,", span.name()));
            self.edit(first, 0, null, NOT_JSON);
            self.edit(first, name.len() + 2, format!("\"{name}_\""), MISSHAPEN);
            let escaped = format!("\"\\u{:04x}{}\"", name.as_bytes()[0], &name[1..]);
            self.edit(first, name.len() + 2, escaped, NOT_JSON);
            self.edit(first, name.len() + 2, name, NOT_JSON);
        }
        let objects = self.select(|span, _| span.kind == Kind::Object);
        for span in self.some(objects, 2) {
            for member in ["\"more\":1", "\"__proto__\":[]", "\"\":{}", "\"0\":null"] {
                self.edit(span.start + 1, 0, format!("{member},"), MISSHAPEN);
            }
        }
    }

    fn elements(&mut self) {
        let arrays = self.select(|span, _| span.kind == Kind::Array);
        for array in self.some(arrays, 3) {
            let inside: Vec<Span> = self.select(|span, _| span.parent == array.pointer);
            let none: Verdicts =
                &["ok", "shape", "operation", "inclusion", "state", "sets", "certificate"];
            self.edit(array.start, array.end - array.start, "[]", none);
            for text in ["null,", "0,", "\"\",", "[],", "{},"] {
                let refused: Verdicts = if inside.is_empty() { NOT_JSON } else { MISSHAPEN };
                self.edit(array.start + 1, 0, text, refused);
            }
            self.edit(array.end - 1, 0, ",", NOT_JSON);
            if !inside.is_empty() {
                self.edit(array.end - 1, 0, ",null", MISSHAPEN);
            }
            for pair in inside.windows(2).take(2) {
                let (one, two) = (&pair[0], &pair[1]);
                self.edit(one.first, two.first - one.first, "", ANY);
                if two.end - one.first < 400 {
                    let swapped = format!("{},{}", two.of(self.text), one.of(self.text));
                    self.edit(one.first, two.end - one.first, swapped, ANY);
                    let twice = format!("{},", one.of(self.text));
                    self.edit(one.first, 0, twice, ANY);
                }
            }
        }
    }

    fn kinds(&mut self) {
        let all = self.spans.clone();
        for span in self.some(all, 11) {
            let values =
                ["null", "true", "false", "0", "-7", "\"\"", "\"x\"", "[]", "{}", "", "[[]]"];
            let value = *self.random.pick(&values);
            self.edit(span.start, span.end - span.start, value, ANY);
            let wrong = ["nul", "True", "NaN", "undefined", "'x'", "1.5", "[,]", "{,}"];
            let value = *self.random.pick(&wrong);
            self.edit(span.start, span.end - span.start, value, NOT_JSON);
        }
    }

    fn escapes(&mut self) {
        let texts = self.select(|span, text| span.kind == Kind::Text && span.of(text).len() > 2);
        for span in self.some(texts, 6) {
            let inner = span.of(self.text).split(['"', '\\']).nth(1).unwrap_or_default();
            let start: Vec<_> = inner.char_indices().take(3).collect();
            let (from, letter) = *self.random.pick(&start);
            let (at, code) = (span.start + 1 + from, u32::from(letter));
            let escapes = [format!("\\u{code:04x}"), format!("\\u{code:04X}")];
            let escape = self.random.pick(&escapes).clone();
            self.edit(at, letter.len_utf8(), escape, GOOD);
            let lone = *self.random.pick(&["\\ud800", "\\udfff", "\\udc00\\ud800", "\\uD83Dx"]);
            self.edit(at, 0, lone, MISSHAPEN);
            let bad = ["\\x41", "\\u12 ", "\\u{41}", "\\ ", "\t", "\u{1f}", "\\U0041", "\\'", "\n"];
            let bad = *self.random.pick(&bad);
            self.edit(at, 0, bad, NOT_JSON);
        }
    }

    fn depth(&mut self) {
        let objects = self.select(|span, _| span.kind == Kind::Object);
        for span in self.some(objects, 3) {
            let level = 1 + span.pointer.matches('/').count();
            for (nested, verdict) in [(16 - level, MISSHAPEN), (17 - level, NOT_JSON)] {
                let member = format!("\"deep\":{}{},", "[".repeat(nested), "]".repeat(nested));
                self.edit(span.start + 1, 0, member, verdict);
            }
        }
    }

    fn positions(&mut self) {
        let objects = self.select(|span, _| span.kind == Kind::Object);
        for span in objects.into_iter().filter(|span| span.end - span.start < 900) {
            let inside = self.select(|inner, _| inner.parent == span.pointer && inner.is_member());
            let names: Vec<_> = inside.iter().map(Span::name).collect();
            let find = |name: &&str| inside.iter().find(|inner| inner.name() == *name);
            let value = |name| find(name).map_or("null", |inner| inner.of(self.text));
            let values: Vec<_> = order(&names).iter().map(value).collect();
            let (start, length) = (span.start, span.end - span.start);
            let (all, few) = (values.join(","), values[..values.len() - 1].join(","));
            self.edit(start, length, format!("[{all}]"), GOOD);
            self.edit(start, length, format!("[{all},null]"), MISSHAPEN);
            self.edit(start, length, format!("[{few}]"), MISSHAPEN);
        }
    }

    fn ends(&mut self) {
        let end = self.text.len();
        self.edit(0, 0, "\u{feff}", NOT_JSON);
        self.edit(0, 0, "\n", GOOD);
        self.edit(end, 0, "\r\n", GOOD);
        for text in ["{}", "\0", ",", "x", "]", "\u{1a}"] {
            self.edit(end, 0, text, NOT_JSON);
        }
        self.edit(0, 1, "", NOT_JSON);
        self.edit(0, 0, "[", NOT_JSON);
    }
}
