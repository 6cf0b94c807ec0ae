//! Writes rules by chance, from a seed: every operator, loop, choice, table, call and rounding of
//! the language, with numbers of all sizes on both sides of nought.
//!
//! A text that it writes can always be read: names have values where they are used, no value has
//! too many operators, and no rule works for long. Whether a rule fails, chance decides.

use crate::Call;

/// A generator of numbers that is the same everywhere (xorshift).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed that is not 0.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// Yes in so many of a hundred.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of them.
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or("")
    }

    /// A number as rules meet them: mostly small, sometimes as large as there are.
    pub fn number(&mut self) -> i128 {
        let bits = [3, 3, 6, 10, 14, 20, 30, 40, 50, 60, 63, 80, 100, 126, 127];
        let sizes = if self.percent(80) { 9 } else { bits.len() };
        let bits = bits[self.below(sizes)];
        let mut number = 0i128;
        for _ in 0..bits {
            number = number * 2 + i128::from(self.percent(50));
        }
        match self.below(100) {
            0 => i128::MIN,
            1 => i128::MAX,
            2..40 => -number,
            _ => number,
        }
    }
}

struct Known {
    name: String,
    inputs: usize,
    answers: bool,
    /// Steps that it takes, about, and calls inside each other.
    cost: usize,
    calls: usize,
}

/// What is being written.
pub struct Writer {
    dice: Dice,
    text: String,
    rules: Vec<Known>,
    /// Names inside the rule that have a value here.
    numbers: Vec<String>,
    answers: Vec<String>,
    inputs: usize,
    names: usize,
    turns: usize,
    cost: usize,
    calls: usize,
    operators: usize,
}

const HEAD: &str = "charter(name = \"Chance\", kind = \"other\", money = \"CNY\", \
                    case = \"case\", last_year = 2100)\npot(\"purse\")\n\
                    flow(\"pay\", source = \"outside\", to = \"purse\", by = [\"anyone\"], \
                    amount = \"stated\")\n\
                    MIDDLE = 60\nLARGE = 1000000000000000\nBELOW = -7\nYES = 3 > 2\n\
                    SHORT = [5]\nLONG = [195, -190, 0, 180, 175, 1000000000000, -1, 2, 3, 4, 7]\n";
const SIGNS: [&str; 9] = ["+", "-", "*", "//", "%", "+", "-", "*", "//"];
const ROUNDINGS: [&str; 5] = ["", ", \"half_even\"", ", \"half_up\"", ", \"floor\"", ", \"ceil\""];
/// An input with which each rule gives 7, so that each can have a worked example.
const EXAMPLE: i128 = 424_242;

impl Writer {
    fn new(seed: u64, rules: usize) -> Writer {
        let mut writer = Writer {
            dice: Dice::new(seed),
            text: HEAD.to_owned(),
            rules: Vec::new(),
            numbers: Vec::new(),
            answers: Vec::new(),
            inputs: 0,
            names: 0,
            turns: 1,
            cost: 0,
            calls: 0,
            operators: 0,
        };
        for _ in 0..rules {
            writer.rule();
        }
        writer
    }

    /// A text with so many rules, and so many calls of each.
    pub fn text(seed: u64, rules: usize, calls: usize) -> (String, Vec<Call>) {
        let mut asked = Vec::new();
        let Writer { mut dice, mut text, rules, .. } = Writer::new(seed, rules);
        for rule in &rules {
            let rest = ", 1".repeat(rule.inputs - 1);
            let result = if rule.answers { "True" } else { "7" };
            text.push_str(&format!("example({}({EXAMPLE}{rest}), {result})\n", rule.name));
            for _ in 0..calls {
                let inputs = (0..rule.inputs).map(|_| dice.number()).collect();
                asked.push((rule.name.clone(), inputs));
            }
        }
        (text, asked)
    }

    /// A text with a flow whose amount the last of its rules decides, over ranges of its inputs.
    pub fn flow(seed: u64) -> String {
        let Writer { mut dice, mut text, rules, .. } = Writer::new(seed, 3);
        for rule in &rules {
            let rest = ", 1".repeat(rule.inputs - 1);
            let result = if rule.answers { "True" } else { "7" };
            text.push_str(&format!("example({}({EXAMPLE}{rest}), {result})\n", rule.name));
        }
        let most: i128 = 1_000_000_000_000_000;
        for at in 0..4 {
            let (a, b) = (dice.number().clamp(-most, most), dice.number().clamp(-most, most));
            text.push_str(&format!("field(\"in{at}\", low = {}, high = {})\n", a.min(b), a.max(b)));
        }
        let last = rules.iter().rfind(|rule| !rule.answers).map_or("price", |rule| &rule.name);
        text.push_str("party(\"member\", opens = True)\n");
        let out = "source = \"purse\", to = \"member\", by = [\"anyone\"]";
        text.push_str(&format!("flow(\"some\", {out}, amount = {last})\n"));
        text.push_str(&format!("flow(\"rest\", {out}, amount = \"all\")\n"));
        text
    }

    fn rule(&mut self) {
        let name = format!("rule{}", self.rules.len());
        let inputs = 1 + self.dice.below(4);
        let answers = self.dice.percent(15);
        self.inputs = inputs;
        self.numbers = (0..inputs).map(|at| format!("in{at}")).collect();
        self.answers = Vec::new();
        (self.names, self.turns, self.cost, self.calls) = (0, 1, 5, 0);
        self.line(0, &format!("def {name}({}):", self.numbers.join(", ")));
        self.line(1, "\"Chance wrote this rule.\"");
        self.line(1, &format!("if in0 == {EXAMPLE}:"));
        self.line(2, if answers { "return True" } else { "return 7" });
        for _ in 0..1 + self.dice.below(4) {
            self.statement(1, answers);
        }
        self.give(1, answers);
        let (cost, calls) = (self.cost, self.calls);
        self.rules.push(Known { name, inputs, answers, cost, calls });
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.text.push_str(&"    ".repeat(depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn give(&mut self, depth: usize, answers: bool) {
        self.operators = 0;
        let value = if answers { self.answer(3) } else { self.number(4) };
        self.line(depth, &format!("return {value}"));
    }

    fn new_name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn statement(&mut self, depth: usize, answers: bool) {
        self.operators = 0;
        match self.dice.below(if depth > 3 { 5 } else { 9 }) {
            0 | 1 => {
                let (name, value) = (self.new_name(), self.number(3));
                self.line(depth, &format!("{name} = {value}"));
                self.numbers.push(name);
            }
            2 => {
                let (name, value) = (self.new_name(), self.answer(3));
                self.line(depth, &format!("{name} = {value}"));
                self.answers.push(name);
            }
            3 | 4 => self.change(depth),
            5 | 6 => self.choice(depth, answers),
            _ => self.turns(depth, answers),
        }
    }

    /// A name that has a value gets another.
    fn change(&mut self, depth: usize) {
        let own: Vec<String> =
            self.numbers.iter().filter(|name| name.starts_with('v')).cloned().collect();
        let value = self.number(3);
        match own.get(self.dice.below(own.len())) {
            Some(name) => {
                let sign = self.dice.one(&["=", "+=", "-=", "*=", "//="]);
                self.line(depth, &format!("{name} {sign} {value}"));
            }
            None => {
                let name = self.new_name();
                self.line(depth, &format!("{name} = {value}"));
                self.numbers.push(name);
            }
        }
    }

    fn choice(&mut self, depth: usize, answers: bool) {
        let condition = self.answer(3);
        self.line(depth, &format!("if {condition}:"));
        self.block(depth + 1, answers, 25);
        if self.dice.percent(30) {
            self.operators = 0;
            let condition = self.answer(2);
            self.line(depth, &format!("elif {condition}:"));
            self.block(depth + 1, answers, 25);
        }
        if self.dice.percent(50) {
            self.line(depth, "else:");
            // Without a result of its own: nothing may stand after a choice that always ends.
            self.block(depth + 1, answers, 0);
        }
    }

    fn turns(&mut self, depth: usize, answers: bool) {
        self.names += 1;
        let name = format!("i{}", self.names);
        let through = match self.dice.below(4) {
            0 => "LONG".to_owned(),
            1 => format!("range({})", self.dice.below(8)),
            2 => format!("range({} % 6)", self.number(2)),
            _ => format!("range(-{}, {} % 5)", self.dice.below(3), self.number(2)),
        };
        self.line(depth, &format!("for {name} in {through}:"));
        let before = self.turns;
        self.turns *= 11;
        self.numbers.push(name);
        self.block(depth + 1, answers, 25);
        self.numbers.pop();
        self.turns = before;
    }

    /// Some statements, whose names end with them, and in so many of a hundred a result.
    fn block(&mut self, depth: usize, answers: bool, results: usize) {
        let (numbers, yes) = (self.numbers.len(), self.answers.len());
        for _ in 0..1 + self.dice.below(2) {
            self.statement(depth, answers);
        }
        if self.dice.percent(results) {
            self.give(depth, answers);
        }
        self.numbers.truncate(numbers);
        self.answers.truncate(yes);
    }

    /// A number: the deeper, the simpler.
    fn number(&mut self, depth: usize) -> String {
        self.cost += self.turns;
        if depth == 0 || self.operators > 40 {
            return self.leaf();
        }
        self.operators += 1;
        let next = depth - 1;
        match self.dice.below(20) {
            0..4 => self.leaf(),
            4..11 => {
                let (a, sign, b) = (self.number(next), self.dice.one(&SIGNS), self.number(next));
                match (self.dice.percent(40), matches!(sign, "//" | "%") && self.dice.percent(90)) {
                    (true, _) => self.flat(sign),
                    (_, true) => format!("({a} {sign} max({b}, {}))", 1 + self.dice.below(9)),
                    _ => format!("({a} {sign} {b})"),
                }
            }
            11 => format!("-{}", self.number(next)),
            12 => format!("abs({})", self.number(next)),
            13 => {
                let more = if self.dice.percent(30) { ", MIDDLE" } else { "" };
                let name = self.dice.one(&["min", "max"]);
                format!("{name}({}, {}{more})", self.number(next), self.number(next))
            }
            14 => {
                let (yes, condition) = (self.number(next), self.answer(next));
                format!("({yes} if {condition} else {})", self.number(next))
            }
            15 | 16 => {
                let table = self.dice.one(&["LONG", "LONG", "LONG", "SHORT"]);
                let place = self.number(next);
                match self.dice.percent(95) {
                    true => format!("{table}[{place} % len({table})]"),
                    false => format!("{table}[{place}]"),
                }
            }
            17 => self.call(false).unwrap_or_else(|| self.leaf()),
            18 if self.dice.percent(60) => self.share(),
            _ => {
                let (a, b, c) = (self.number(next), self.number(next), self.number(next));
                let c = if self.dice.percent(90) { format!("max({c}, 2)") } else { c };
                format!("mul_div({a}, {b}, {c}{})", self.dice.one(&ROUNDINGS))
            }
        }
    }

    /// A part of a whole, as charters write it, or nearly so.
    fn share(&mut self) -> String {
        let (whole, mine, all) = (self.leaf(), self.leaf(), self.leaf());
        let rounding = self.dice.one(&ROUNDINGS);
        match self.dice.below(4) {
            0 => format!("mul_div({whole}, min({mine}, {all}), max({all}, 1){rounding})"),
            1 => format!("mul_div({whole}, min({mine}, 1000), 1000{rounding})"),
            2 => format!("({whole} - mul_div({whole}, {mine} % 1000, 1000{rounding}))"),
            _ => format!("min({whole} // max({all}, 1), {mine})"),
        }
    }

    /// A row without brackets, so that it is precedence that decides.
    fn flat(&mut self, sign: &str) -> String {
        let (a, b, c) = (self.leaf(), self.leaf(), self.leaf());
        let other = self.dice.one(&SIGNS);
        // A divisor below nought rounds the other way; one that is nought ends everything.
        let divisor = |name: String, sign: &str| match sign {
            "//" | "%" => format!("(-{name} if {name} < 0 else -3)"),
            _ => name,
        };
        let (b, c) = (divisor(b, sign), divisor(c, other));
        format!("({a} {sign} {b} {other} {c})")
    }

    fn leaf(&mut self) -> String {
        match self.dice.below(10) {
            0..6 => self.numbers.get(self.dice.below(self.numbers.len())).cloned(),
            6 => Some(self.dice.one(&["MIDDLE", "LARGE", "BELOW", "len(LONG)"]).to_owned()),
            7 => Some(self.dice.number().max(-i128::MAX).to_string()),
            _ => Some(self.dice.below(12).to_string()),
        }
        .unwrap_or_default()
    }

    /// Yes or no.
    fn answer(&mut self, depth: usize) -> String {
        if depth == 0 || self.operators > 40 {
            return match self.answers.get(self.dice.below(self.answers.len())) {
                Some(name) => name.clone(),
                None => self.dice.one(&["True", "False", "YES"]).to_owned(),
            };
        }
        self.operators += 1;
        let next = depth - 1;
        match self.dice.below(12) {
            0..6 => {
                let sign = self.dice.one(&["==", "!=", "<", "<=", ">", ">="]);
                format!("{} {sign} {}", self.number(next), self.number(next))
            }
            6 => format!("({} and {})", self.answer(next), self.answer(next)),
            7 => format!("({} or {})", self.answer(next), self.answer(next)),
            8 => format!("(not {})", self.answer(next)),
            9 => format!("(({}) {} ({}))", self.answer(next), self.dice.one(&["==", "!="]), {
                self.answer(next)
            }),
            10 => {
                let (yes, condition) = (self.answer(next), self.answer(next));
                format!("({yes} if {condition} else {})", self.answer(next))
            }
            _ => self.call(true).unwrap_or_else(|| "YES".to_owned()),
        }
    }

    /// A call of a rule above this one, if there is one that is not too much work.
    fn call(&mut self, answers: bool) -> Option<String> {
        let most = 1_000 / self.turns;
        let fit = |rule: &&Known| rule.answers == answers && rule.cost < most && rule.calls < 4;
        let fitting: Vec<&Known> = self.rules.iter().filter(fit).collect();
        let rule = fitting.get(self.dice.below(fitting.len()))?;
        let (name, inputs) = (rule.name.clone(), rule.inputs);
        self.cost += rule.cost * self.turns;
        self.calls = self.calls.max(rule.calls + 1);
        let values: Vec<String> = (0..inputs).map(|_| self.leaf()).collect();
        Some(format!("{name}({})", values.join(", ")))
    }
}
