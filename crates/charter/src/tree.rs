//! A text that was read: rules as trees with every name resolved and every type checked.

use crate::fault::Place;
use crate::number::Rounding;
use std::collections::BTreeMap;

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A whole number.
    Number,
    /// Yes or no; kept as 1 or 0.
    Answer,
}

/// Two numbers into one, or two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Rest,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

/// An expression. Answers are numbers 0 and 1.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Constant(i128),
    Local(usize),
    Negative(Box<Expression>, Place),
    Not(Box<Expression>),
    Binary(Operator, Box<(Expression, Expression)>, Place),
    /// The condition, the value if yes, the value if no.
    Choice(Box<(Expression, Expression, Expression)>),
    /// A table and the place in it.
    Index(usize, Box<Expression>, Place),
    Call(usize, Vec<Expression>, Place),
    Smallest(Vec<Expression>),
    Largest(Vec<Expression>),
    Absolute(Box<Expression>, Place),
    MulDiv(Box<(Expression, Expression, Expression)>, Rounding, Place),
}

/// What a loop goes through.
#[derive(Debug, Clone)]
pub(crate) enum Turns {
    /// From the first number up to, not including, the second.
    Range(Expression, Expression),
    /// The entries of a table.
    Table(usize),
}

/// A step of a rule.
#[derive(Debug, Clone)]
pub(crate) enum Statement {
    Set(usize, Expression),
    If(Expression, Vec<Statement>, Vec<Statement>),
    For(usize, Turns, Vec<Statement>, Place),
    Return(Expression),
}

/// A rule: a pure function of whole numbers.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub place: Place,
    /// The last line of it.
    pub last_line: u32,
    /// Its inputs by name.
    pub inputs: Vec<String>,
    /// The sentence that says it in words.
    pub sentence: String,
    /// What it gives.
    pub gives: Type,
    pub(crate) locals: usize,
    pub(crate) body: Vec<Statement>,
}

/// The rules of a text, each of which may call those before it.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// The rules, in the order of the text.
    pub rules: Vec<Rule>,
    /// Constants by name; in rules they are replaced by what they are.
    pub constants: BTreeMap<String, (i128, Type)>,
    /// Tables of numbers by name.
    pub tables: Vec<(String, Vec<i128>)>,
}

impl Program {
    /// The number of the rule with this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.rules.iter().position(|rule| rule.name == name)
    }

    /// A rule by its number.
    pub fn rule(&self, number: usize) -> Option<&Rule> {
        self.rules.get(number)
    }
}
