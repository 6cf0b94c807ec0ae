//! Hostile texts that are too large to store: each is built here, with the code and the line of
//! the fault that it must end in.

use weal_charter::limits::TEXT_BYTES;

/// A hostile text.
pub(crate) struct Attack {
    /// What it tries.
    pub(crate) name: String,
    /// The code of the fault it must end in.
    pub(crate) code: String,
    /// The line that is told.
    pub(crate) line: u32,
    /// The text.
    pub(crate) text: String,
}

const HEAD: &str = "charter(name = \"Trap\", kind = \"other\", money = \"CNY\", case = \"member\", \
                    last_year = 2100)\n";
const LIMIT: &str = "TEXT-02";

fn attack(name: &str, code: &str, line: u32, text: String) -> Attack {
    Attack { name: name.to_owned(), code: code.to_owned(), line, text }
}

/// A rule of one input with these lines.
fn rule(name: &str, lines: &str) -> String {
    format!("def {name}(x):\n    \"A rule.\"\n{lines}\n")
}

/// Pieces, one for each number.
fn row(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// All of them.
pub(crate) fn attacks() -> Vec<Attack> {
    let mut all = deep();
    all.extend(tall());
    all.extend(many());
    all.extend(long());
    all
}

/// Texts that want a stack to overflow by brackets, signs and blocks inside each other.
fn deep() -> Vec<Attack> {
    let around = |open: &str, inner: &str, close: &str, count: usize| {
        format!("X = {}{inner}{}", open.repeat(count), close.repeat(count))
    };
    let lists = format!("pot({}1{})", "[".repeat(10_000), "]".repeat(10_000));
    let elifs = row(800, |at| format!("    elif x == {at}:\n        return {at}\n"));
    let elifs = format!("    if x < 0:\n        return 0\n{elifs}    return 1");
    let blocks = row(250, |at| format!("{}if x > 0:\n", " ".repeat(at + 4)));
    vec![
        attack("20 kB of brackets", LIMIT, 1, around("(", "1", ")", 10_000)),
        attack("20 kB of minus", LIMIT, 1, around("-", "1", "", 20_000)),
        attack("5,000 times not", LIMIT, 1, around("not ", "True", "", 5_000)),
        attack("lists in lists", LIMIT, 1, lists),
        attack("calls in calls", LIMIT, 1, around("abs(", "1", ")", 8_000)),
        attack("2,500 choices", LIMIT, 1, around("1 if True else ", "1", "", 2_500)),
        attack("places in tables", LIMIT, 2, format!("T = [0]\n{}", around("T[", "0", "]", 9_000))),
        attack("800 elif", LIMIT, 83, rule("trap", &elifs)),
        attack("blocks in blocks", LIMIT, 12, rule("trap", &blocks)),
    ]
}

/// Texts whose brackets are few, and whose trees are tall all the same.
fn tall() -> Vec<Attack> {
    // Sums and products lean to the left: each pair of brackets holds a row of them.
    let mut leaning = "1".to_owned();
    for _ in 0..36 {
        leaning = format!("({leaning}{}{})", "*1".repeat(64), "+1".repeat(64));
    }
    // Each rule is as deep as one may be, and calls the one above it from its depth.
    let first = rule("r0", "    return x");
    let chain = |count: usize, open: &str, times: usize| {
        let rules = row(count, |at| {
            let (open, close) = (open.repeat(times), ")".repeat(times));
            rule(&format!("r{}", at + 1), &format!("    return {open}r{at}(x){close}"))
        });
        format!("{first}{rules}example(r{count}(1), 1)")
    };
    let sum = "1+".repeat(60);
    let sums = row(100, |at| rule(&format!("r{}", at + 1), &format!("    return r{at}(x)+{sum}1")));
    vec![
        attack("a sum of 20,000", LIMIT, 1, format!("X = 1{}", "+1".repeat(20_000))),
        attack("a row of 4,000 and", LIMIT, 1, format!("X = True{}", " and True".repeat(4_000))),
        attack("leaning sums", LIMIT, 1, format!("X = {leaning}")),
        attack("deep rules in a chain", LIMIT, 25, chain(100, "1+(", 30)),
        attack("deep calls in a chain", LIMIT, 25, chain(120, "abs(", 30)),
        attack("leaning rules in a chain", LIMIT, 16, format!("{first}{sums}")),
        attack("a chain one too tall", LIMIT, 382, chain(127, "", 0).replacen("x\n", "-x\n", 1)),
    ]
}

/// The tallest text that may be read: rules in a chain, the first of them as tall as one value may
/// be, and an example that goes all the way down.
pub(crate) fn tallest() -> String {
    let inner = format!("{}(x{}){}", "-(".repeat(19), "+1".repeat(64), ")".repeat(19));
    let first = rule("r0", &format!("    return {inner}"));
    let chain = row(84, |at| rule(&format!("r{}", at + 1), &format!("    return r{at}(x)")));
    let declared = "pot(\"pool\")\nparty(\"member\", opens = True)\n\
                    field(\"x\", low = 0, high = 9)\n";
    let flows = "flow(\"pay\", source = \"outside\", to = \"pool\", by = [\"anyone\"], \
                 amount = r85)\n\
                 flow(\"out\", source = \"pool\", to = \"member\", by = [\"anyone\"], \
                 amount = \"all\")\n";
    let last = rule("r85", "    return -r84(x)");
    let examples = row(85, |at| format!("example(r{at}(1), -65)\n"));
    format!("{HEAD}{declared}{first}{chain}{last}{flows}{examples}example(r85(1), 65)\n")
}

/// Texts with one too many of something.
fn many() -> Vec<Attack> {
    let rules = row(129, |at| rule(&format!("r{at}"), "    return x"));
    let names = row(64, |at| format!("    y{at} = x\n"));
    let inputs = row(65, |at| format!("x{at}, "));
    let pots = row(33, |at| format!("pot(\"pot{at}\")\n"));
    let examples = "example(trap(1), 1)\n".repeat(257);
    let roles = row(33, |at| format!("\"r{at}\", "));
    let two_tables = format!("A = [{}]\nB = [{}]", "1, ".repeat(8_000), "1, ".repeat(193));
    vec![
        attack("129 rules", LIMIT, 385, rules),
        attack("65 names", LIMIT, 66, rule("trap", &format!("{names}    return x"))),
        attack("65 inputs", LIMIT, 1, format!("def trap({inputs}):\n    \"A rule.\"\n")),
        attack("33 pots", LIMIT, 34, format!("{HEAD}{pots}")),
        attack("257 examples", LIMIT, 260, format!("{}{examples}", rule("trap", "    return x"))),
        attack("a list of 33", LIMIT, 1, format!("charter(opened_by = [{roles}])")),
        attack("8,193 entries", LIMIT, 2, two_tables),
        attack("a call of 65", LIMIT, 1, format!("X = min({})", "1, ".repeat(65))),
        attack("the least of 9", "TEXT-04", 1, format!("X = min({}1)", "1, ".repeat(8))),
    ]
}

/// Texts that are long, or whose work is.
fn long() -> Vec<Attack> {
    let turns = "    y = 0\n    for i in range(x):\n        y += i\n    return y";
    let entries = format!("{}X = [{}]", rule("trap", turns), "trap(900), ".repeat(3_000));
    let inputs = format!("{}{}", rule("trap", turns), "example(trap(trap(9)), 0)\n".repeat(250));
    let wide = format!("{}{}", rule("trap", turns), "example(trap(trap(900)), 0)\n".repeat(250));
    vec![
        attack("a byte too many", LIMIT, 1, "#".repeat(TEXT_BYTES + 1)),
        attack("bytes of nothing", "TEXT-05", 1, "#".repeat(TEXT_BYTES)),
        attack("empty lines", "TEXT-05", 1, "\n".repeat(TEXT_BYTES)),
        attack("a text of 501", LIMIT, 1, format!("pot(\"{}\")", "x".repeat(501))),
        attack("a name of 40,000", LIMIT, 1, format!("{} = 1", "x".repeat(40_000))),
        attack("a number of 40,000", "TEXT-06", 1, format!("X = {}", "9".repeat(40_000))),
        attack("3,000 works", "TEXT-09", 7, entries),
        attack("250 short inputs and no charter", "TEXT-05", 1, inputs),
        attack("250 long inputs", "TEXT-09", 18, wide),
        attack("30,000 brackets open", "TEXT-01", 1, "(".repeat(30_000)),
        attack("30,000 commas", "TEXT-01", 1, format!("pot({})", ",".repeat(30_000))),
    ]
}
