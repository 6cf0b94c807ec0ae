//! Reads a text: constants, tables, rules and declarations, with every name known and every type
//! checked where it is read. `spec/charter.md` has the grammar.

mod expression;
mod height;
mod statement;

use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::run;
use crate::token::{Spot, Token, cut};
use crate::tree::{Expression, Program, Type};
use std::collections::BTreeMap;

/// Words of the language, of Python and of Starlark, which nothing else is named.
const WORDS: [&str; 49] = [
    "def", "if", "else", "elif", "for", "in", "return", "and", "or", "not", "True", "False",
    "while", "load", "lambda", "import", "range", "min", "max", "abs", "len", "mul_div", "None",
    "break", "continue", "pass", "is", "class", "try", "except", "finally", "raise", "with", "as",
    "yield", "global", "nonlocal", "del", "assert", "from", "async", "await", "print", "int",
    "bool", "list", "str", "all", "any",
];

/// A value in a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Number(i128),
    Answer(bool),
    Quote(String),
    Rule(usize),
    List(Vec<Value>),
}

/// A declaration: a call at the margin.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) values: Vec<(Value, Place)>,
    pub(crate) named: BTreeMap<String, (Value, Place)>,
}

/// A worked example: a rule, its inputs, and what must come out.
#[derive(Debug, Clone)]
pub struct Example {
    /// Where it stands.
    pub place: Place,
    /// The rule's number.
    pub rule: usize,
    /// The inputs.
    pub inputs: Vec<i128>,
    /// What must come out; answers are 0 and 1.
    pub result: i128,
}

/// A text that was read, before it is known whether its declarations make sense.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) program: Program,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) examples: Vec<Example>,
}

pub(crate) struct Parser {
    spots: Vec<Spot>,
    /// The word that comes next.
    at: usize,
    place: Place,
    depth: u32,
    reading: Reading,
    /// Operators of the expression that is being read: a row of them is a tall tree.
    operators: u32,
    /// The names inside the rule that is being read, its inputs first.
    locals: Vec<Local>,
    inputs: usize,
    /// The names that rules give to what they work out, and where.
    given: BTreeMap<String, Place>,
    /// How tall the tree of each rule is.
    heights: Vec<u32>,
    cells: usize,
    /// Steps taken for constants, entries of tables and the like.
    steps: u64,
}

/// A name inside a rule.
struct Local {
    name: String,
    kind: Type,
    /// Whether it surely has a value where the text has been read to.
    is_set: bool,
}

/// Reads a text.
pub(crate) fn read(text: &str) -> Result<Reading> {
    let mut parser = Parser {
        spots: cut(text)?,
        at: 0,
        place: Place { line: 1, column: 1 },
        depth: 0,
        reading: Reading::default(),
        operators: 0,
        locals: Vec::new(),
        inputs: 0,
        given: BTreeMap::new(),
        heights: Vec::new(),
        cells: 0,
        steps: 0,
    };
    while *parser.peek() != Token::End {
        parser.top()?;
    }
    parser.check_given()?;
    Ok(parser.reading)
}

impl Parser {
    fn peek(&mut self) -> &Token {
        match self.spots.get(self.at) {
            Some((token, place)) => {
                self.place = *place;
                token
            }
            None => &Token::End,
        }
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at = self.at.saturating_add(1);
        token
    }

    fn fault<T>(&self, kind: Kind, reason: impl Into<String>) -> Result<T> {
        Err(Fault::new(kind, self.place, reason))
    }

    fn at_sign(&mut self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    /// Whether this sign stands after the word that comes next.
    fn is_after(&self, sign: &str) -> bool {
        let after = self.spots.get(self.at.saturating_add(1));
        matches!(after, Some((Token::Sign(found), _)) if *found == sign)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.at_sign(sign);
        if found {
            self.next();
        }
        found
    }

    fn need_sign(&mut self, sign: &str) -> Result<()> {
        if self.take_sign(sign) {
            return Ok(());
        }
        let found = describe(self.peek());
        self.fault(Kind::Syntax, format!("expected {sign}, found {found}"))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(name) if name == word);
        if found {
            self.next();
        }
        found
    }

    fn need_line_end(&mut self) -> Result<()> {
        match self.peek() {
            Token::Newline => {
                self.next();
                Ok(())
            }
            other => {
                let found = describe(other);
                self.fault(Kind::Syntax, format!("expected the end of the line, found {found}"))
            }
        }
    }

    /// A name that is not a word of the language.
    fn name(&mut self) -> Result<String> {
        match self.peek().clone() {
            Token::Name(name) if WORDS.contains(&name.as_str()) => {
                self.fault(Kind::Name, format!("{name} is a word of the language, not a name"))
            }
            Token::Name(name) => {
                self.next();
                Ok(name)
            }
            other => {
                let found = describe(&other);
                self.fault(Kind::Syntax, format!("expected a name, found {found}"))
            }
        }
    }

    /// A name that nothing else in the text has.
    fn check_new(&self, name: &str, place: Place) -> Result<()> {
        let reading = &self.reading;
        let taken = reading.program.constants.contains_key(name)
            || reading.program.find(name).is_some()
            || reading.program.tables.iter().any(|(table, _)| table == name)
            || crate::declare::NAMES.contains(&name);
        if taken {
            let found = format!("{name} is taken: one name means one thing in the whole text");
            return Err(Fault::new(Kind::Name, place, found));
        }
        Ok(())
    }

    /// A name inside a rule never looks like an input that it is not.
    fn check_given(&self) -> Result<()> {
        let names = self.reading.declarations.iter().filter_map(|declared| {
            match (declared.name.as_str(), declared.values.first()) {
                ("flow" | "evidence" | "role", _) => None,
                (_, Some((Value::Quote(name), _))) => Some(name.as_str()),
                _ => None,
            }
        });
        let sums: Vec<String> = names.clone().map(|name| format!("all_{name}")).collect();
        let always = ["stated", "day", "month", "year", "cases"];
        for name in names.chain(always).chain(sums.iter().map(String::as_str)) {
            if let Some(place) = self.given.get(name) {
                let found = format!("{name} is an input of rules, not a name inside one");
                return Err(Fault::new(Kind::Name, *place, found));
            }
        }
        Ok(())
    }

    /// One definition or declaration at the margin.
    fn top(&mut self) -> Result<()> {
        let token = self.peek().clone();
        let place = self.place;
        match token {
            Token::Name(word) if word == "def" => self.rule(),
            Token::Name(word) if word == "example" => self.example(place),
            Token::Name(word) if crate::declare::NAMES.contains(&word.as_str()) => {
                self.next();
                self.declaration(word, place)
            }
            Token::Name(word) if word == "while" || word == "for" || word == "if" => self
                .fault(Kind::Syntax, format!("{word} stands inside a rule, never at the margin")),
            Token::Name(_) => self.constant(),
            Token::Indent => self.fault(Kind::Syntax, "this line is indented without a block"),
            Token::Quote(_) => {
                self.next();
                self.need_line_end()
            }
            other => {
                let found = describe(&other);
                self.fault(Kind::Syntax, format!("expected a rule or a declaration, found {found}"))
            }
        }
    }

    /// `NAME = 5` or `NAME = [1, 2, 3]`.
    fn constant(&mut self) -> Result<()> {
        let name = self.name()?;
        let place = self.place;
        if self.at_sign("(") {
            let found = format!("{name} is no declaration; there are {:?}", crate::declare::NAMES);
            return Err(Fault::new(Kind::Name, place, found));
        }
        self.need_sign("=")?;
        self.check_new(&name, place)?;
        if self.at_sign("[") {
            let entries = self.numbers()?;
            self.need_line_end()?;
            self.reading.program.tables.push((name, entries));
            return Ok(());
        }
        let value = self.fixed()?;
        self.need_line_end()?;
        self.reading.program.constants.insert(name, value);
        Ok(())
    }

    /// An expression without inputs, worked out at once.
    fn fixed(&mut self) -> Result<(i128, Type)> {
        self.operators = 0;
        let (expression, kind) = self.expression()?;
        let place = self.place;
        let (value, steps) = run::evaluate(&self.reading.program, &expression, place)?;
        self.steps = self.steps.saturating_add(steps);
        if self.steps > limits::FIXED_STEPS {
            let most = limits::FIXED_STEPS;
            let reason = format!("constants take more than {most} steps together");
            return Err(Fault::new(Kind::Steps, place, reason));
        }
        Ok((value, kind))
    }

    /// `[1, 2, 3]`: the entries of a table.
    fn numbers(&mut self) -> Result<Vec<i128>> {
        self.need_sign("[")?;
        let mut entries = Vec::new();
        while !self.take_sign("]") {
            self.cells = self.cells.saturating_add(1);
            if self.cells > limits::CELLS {
                let most = limits::CELLS;
                return self.fault(Kind::Limit, format!("tables have at most {most} entries"));
            }
            match self.fixed()? {
                (entry, Type::Number) => entries.push(entry),
                _ => return self.fault(Kind::Type, "a table holds whole numbers only"),
            }
            if !self.take_sign(",") {
                self.need_sign("]")?;
                break;
            }
        }
        Ok(entries)
    }

    /// `name(value, …, key = value, …)`.
    fn declaration(&mut self, name: String, place: Place) -> Result<()> {
        let (mut values, mut named) = (Vec::new(), BTreeMap::new());
        self.need_sign("(")?;
        while !self.take_sign(")") {
            self.peek();
            let at = self.place;
            match self.key()? {
                Some(key) => {
                    let value = self.value()?;
                    if named.insert(key.clone(), (value, at)).is_some() {
                        return Err(Fault::new(
                            Kind::Declaration,
                            at,
                            format!("{key} stands twice"),
                        ));
                    }
                }
                None if named.is_empty() => values.push((self.value()?, at)),
                None => return self.fault(Kind::Syntax, "values without a name stand first"),
            }
            if !self.take_sign(",") {
                self.need_sign(")")?;
                break;
            }
        }
        self.need_line_end()?;
        self.reading.declarations.push(Declaration { name, place, values, named });
        Ok(())
    }

    /// `key =`, if that comes next.
    fn key(&mut self) -> Result<Option<String>> {
        let Token::Name(key) = self.peek().clone() else { return Ok(None) };
        if !self.is_after("=") {
            return Ok(None);
        }
        self.next();
        self.next();
        Ok(Some(key))
    }

    /// A value of a declaration.
    fn value(&mut self) -> Result<Value> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > limits::DEPTH {
            return self.fault(Kind::Limit, "lists stand too deep inside each other");
        }
        let value = match self.peek().clone() {
            Token::Quote(text) => {
                self.next();
                Value::Quote(text)
            }
            Token::Name(name) if self.reading.program.find(&name).is_some() => {
                if self.is_after("(") {
                    let (value, kind) = self.fixed()?;
                    of_type(value, kind)
                } else {
                    self.next();
                    Value::Rule(self.reading.program.find(&name).unwrap_or_default())
                }
            }
            Token::Sign("[") => self.list()?,
            _ => {
                let (value, kind) = self.fixed()?;
                of_type(value, kind)
            }
        };
        self.depth = self.depth.saturating_sub(1);
        Ok(value)
    }

    fn list(&mut self) -> Result<Value> {
        self.need_sign("[")?;
        let mut values = Vec::new();
        while !self.take_sign("]") {
            if values.len() >= limits::DECLARATIONS {
                let most = limits::DECLARATIONS;
                return self.fault(Kind::Limit, format!("a list here has at most {most} entries"));
            }
            values.push(self.value()?);
            if !self.take_sign(",") {
                self.need_sign("]")?;
                break;
            }
        }
        Ok(Value::List(values))
    }

    /// `example(rule(1, 2), 3)`.
    fn example(&mut self, place: Place) -> Result<()> {
        self.next();
        self.need_sign("(")?;
        let name = self.name()?;
        let Some(rule) = self.reading.program.find(&name) else {
            return self.fault(Kind::Name, format!("there is no rule {name} above this example"));
        };
        let mut inputs = Vec::new();
        self.need_sign("(")?;
        while !self.take_sign(")") {
            let (input, kind) = self.fixed()?;
            self.need_type(kind, Type::Number, place)?;
            inputs.push(input);
            if !self.take_sign(",") {
                self.need_sign(")")?;
                break;
            }
        }
        let (wanted, gives) = match self.reading.program.rule(rule) {
            Some(rule) => (rule.inputs.len(), rule.gives),
            None => (0, Type::Number),
        };
        if inputs.len() != wanted {
            let found = format!("{name} takes {wanted} values, not {}", inputs.len());
            return Err(Fault::new(Kind::Type, place, found));
        }
        self.need_sign(",")?;
        let (result, kind) = self.fixed()?;
        if kind != gives {
            return self.fault(Kind::Type, format!("{name} gives {}", article(gives)));
        }
        self.need_sign(")")?;
        self.need_line_end()?;
        if self.reading.examples.len() >= limits::EXAMPLES {
            return self.fault(Kind::Limit, "too many worked examples");
        }
        self.reading.examples.push(Example { place, rule, inputs, result });
        Ok(())
    }
}

fn of_type(value: i128, kind: Type) -> Value {
    match kind {
        Type::Number => Value::Number(value),
        Type::Answer => Value::Answer(value != 0),
    }
}

pub(crate) fn article(kind: Type) -> &'static str {
    match kind {
        Type::Number => "a whole number",
        Type::Answer => "yes or no",
    }
}

/// A word, as it is told to the author.
pub(crate) fn describe(token: &Token) -> String {
    match token {
        Token::Int(number) => number.to_string(),
        Token::Quote(_) => "a text in quotes".to_owned(),
        Token::Name(name) => name.clone(),
        Token::Sign(sign) => (*sign).to_owned(),
        Token::Newline => "the end of the line".to_owned(),
        Token::Indent => "a deeper line".to_owned(),
        Token::Dedent => "the end of the block".to_owned(),
        Token::End => "the end of the text".to_owned(),
    }
}

impl Parser {
    fn deeper(&mut self) -> Result<()> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > limits::DEPTH {
            let most = limits::DEPTH;
            return self.fault(Kind::Limit, format!("more than {most} expressions in each other"));
        }
        Ok(())
    }

    fn need_type(&self, found: Type, wanted: Type, place: Place) -> Result<()> {
        if found == wanted {
            return Ok(());
        }
        let reason = format!("expected {}, found {}", article(wanted), article(found));
        Err(Fault::new(Kind::Type, place, reason))
    }

    fn expression(&mut self) -> Result<(Expression, Type)> {
        self.deeper()?;
        let found = self.choice();
        self.depth = self.depth.saturating_sub(1);
        found
    }
}
