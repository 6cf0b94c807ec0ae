//! Expressions: Python's precedence, but comparisons do not chain and types do not mix.

use super::{Parser, article, describe};
use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::number::Rounding;
use crate::token::Token;
use crate::tree::{Expression, Operator, Type};

/// Operators from the loosest to the tightest; `not` stands between the second and the third.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("//", Operator::Divide), ("%", Operator::Rest)],
];
const COMPARISON: usize = 2;

impl Parser {
    /// `a if condition else b`, or just `a`.
    pub(super) fn choice(&mut self) -> Result<(Expression, Type)> {
        let (yes, kind) = self.operators(0)?;
        if !self.take_word("if") {
            return Ok((yes, kind));
        }
        let place = self.place;
        let (condition, found) = self.operators(0)?;
        self.need_type(found, Type::Answer, place)?;
        if !self.take_word("else") {
            return self.fault(Kind::Syntax, "expected else: a choice has both sides");
        }
        let place = self.place;
        let (no, found) = self.expression()?;
        self.need_type(found, kind, place)?;
        Ok((Expression::Choice(Box::new((condition, yes, no))), kind))
    }

    fn operators(&mut self, level: usize) -> Result<(Expression, Type)> {
        let Some(operators) = LEVELS.get(level) else { return self.negative() };
        if level == COMPARISON && self.take_word("not") {
            self.deeper()?;
            let place = self.place;
            let (inner, found) = self.operators(level)?;
            self.depth = self.depth.saturating_sub(1);
            self.need_type(found, Type::Answer, place)?;
            return Ok((Expression::Not(Box::new(inner)), Type::Answer));
        }
        let next = level.saturating_add(1);
        let (mut left, mut kind) = self.operators(next)?;
        let mut row = 0u32;
        while let Some(operator) = self.operator(operators) {
            let place = self.place;
            row = row.saturating_add(1);
            self.operators = self.operators.saturating_add(1);
            if self.operators > limits::OPERATORS {
                let most = limits::OPERATORS;
                return self.fault(Kind::Limit, format!("more than {most} operators in a value"));
            }
            if level == COMPARISON && row > 1 {
                return self.fault(Kind::Syntax, "comparisons do not chain: write a < b and b < c");
            }
            self.next();
            let (right, found) = self.operators(next)?;
            kind = self.kind_of(operator, (kind, found), place)?;
            left = Expression::Binary(operator, Box::new((left, right)), place);
        }
        Ok((left, kind))
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let word = match self.peek() {
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Name(name) => name.clone(),
            _ => return None,
        };
        operators.iter().find(|(sign, _)| *sign == word).map(|(_, operator)| *operator)
    }

    fn kind_of(&self, operator: Operator, found: (Type, Type), place: Place) -> Result<Type> {
        use Operator as O;
        let (needed, gives) = match operator {
            O::Add | O::Subtract | O::Multiply | O::Divide | O::Rest => {
                (Type::Number, Type::Number)
            }
            O::Equal | O::Unequal => (found.0, Type::Answer),
            O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => {
                (Type::Number, Type::Answer)
            }
            O::And | O::Or => (Type::Answer, Type::Answer),
        };
        self.need_type(found.0, needed, place)?;
        self.need_type(found.1, needed, place)?;
        Ok(gives)
    }

    fn negative(&mut self) -> Result<(Expression, Type)> {
        if !self.at_sign("-") {
            return self.indexed();
        }
        self.peek();
        let place = self.place;
        self.next();
        self.deeper()?;
        let (inner, found) = self.negative()?;
        self.depth = self.depth.saturating_sub(1);
        self.need_type(found, Type::Number, place)?;
        Ok((Expression::Negative(Box::new(inner), place), Type::Number))
    }

    /// A value, or an entry of a table: `TABLE[3]`.
    fn indexed(&mut self) -> Result<(Expression, Type)> {
        let token = self.peek().clone();
        let place = self.place;
        let Token::Name(name) = token else { return self.atom() };
        let table = self.reading.program.tables.iter().position(|(table, _)| *table == name);
        let Some(table) = table else { return self.atom() };
        self.next();
        if !self.take_sign("[") {
            let found = format!("{name} is a table: take an entry of it, like {name}[0]");
            return Err(Fault::new(Kind::Type, place, found));
        }
        let at = self.place;
        let (inner, found) = self.expression()?;
        self.need_type(found, Type::Number, at)?;
        self.need_sign("]")?;
        Ok((Expression::Index(table, Box::new(inner), place), Type::Number))
    }

    fn atom(&mut self) -> Result<(Expression, Type)> {
        let token = self.peek().clone();
        let place = self.place;
        match token {
            Token::Int(number) => {
                self.next();
                Ok((Expression::Constant(number), Type::Number))
            }
            Token::Sign("(") => {
                self.next();
                let found = self.expression()?;
                self.need_sign(")")?;
                Ok(found)
            }
            Token::Name(word) if word == "True" || word == "False" => {
                self.next();
                Ok((Expression::Constant(i128::from(word == "True")), Type::Answer))
            }
            Token::Name(word) if word == "lambda" => {
                self.fault(Kind::Syntax, "a rule has a name: write def")
            }
            Token::Name(word) => {
                self.next();
                if self.at_sign("(") { self.call(&word, place) } else { self.named(&word, place) }
            }
            Token::Sign("[") => {
                self.fault(Kind::Type, "a table stands at the margin under a name: NAME = [1, 2]")
            }
            Token::Quote(_) => self.fault(Kind::Type, "rules know numbers, not texts"),
            other => {
                let found = describe(&other);
                self.fault(Kind::Syntax, format!("expected a value, found {found}"))
            }
        }
    }

    fn named(&mut self, name: &str, place: Place) -> Result<(Expression, Type)> {
        if let Some(at) = self.locals.iter().position(|local| local.name == name) {
            let local = self.locals.get(at);
            if !local.is_some_and(|local| local.is_set) {
                let found = format!("{name} has no value on every way to this place");
                return Err(Fault::new(Kind::Name, place, found));
            }
            let kind = local.map_or(Type::Number, |local| local.kind);
            return Ok((Expression::Local(at), kind));
        }
        if let Some((value, kind)) = self.reading.program.constants.get(name) {
            return Ok((Expression::Constant(*value), *kind));
        }
        let reason = if self.reading.program.find(name).is_some() {
            format!("{name} is a rule: call it, like {name}(…)")
        } else {
            format!("there is no {name} here")
        };
        Err(Fault::new(Kind::Name, place, reason))
    }

    fn call(&mut self, name: &str, place: Place) -> Result<(Expression, Type)> {
        if name == "len" {
            return self.length();
        }
        let mut values = Vec::new();
        let mut rounding = None;
        self.need_sign("(")?;
        while !self.take_sign(")") {
            if values.len() >= limits::LOCALS {
                return self.fault(Kind::Limit, "too many values in one call");
            }
            if name == "mul_div" && values.len() == 3 && rounding.is_none() {
                rounding = Some(self.rounding()?);
            } else {
                self.peek();
                let at = self.place;
                let (value, found) = self.expression()?;
                self.need_type(found, Type::Number, at)?;
                values.push(value);
            }
            if !self.take_sign(",") {
                self.need_sign(")")?;
                break;
            }
        }
        self.built_in(name, values, rounding.unwrap_or_default(), place)
    }

    fn built_in(
        &mut self,
        name: &str,
        values: Vec<Expression>,
        rounding: Rounding,
        place: Place,
    ) -> Result<(Expression, Type)> {
        let count = values.len();
        let wrong = |wanted: &str| {
            let found = format!("{name} takes {wanted}, not {count}");
            Err(Fault::new(Kind::Type, place, found))
        };
        let number = |expression| Ok((expression, Type::Number));
        match (name, count) {
            ("min", 2..=8) => number(Expression::Smallest(values)),
            ("max", 2..=8) => number(Expression::Largest(values)),
            ("min" | "max", _) => wrong("2 to 8 values"),
            ("abs", 1) => match values.into_iter().next() {
                Some(value) => number(Expression::Absolute(Box::new(value), place)),
                None => wrong("one value"),
            },
            ("abs", _) => wrong("one value"),
            ("mul_div", 3) => match <[Expression; 3]>::try_from(values) {
                Ok([a, b, c]) => number(Expression::MulDiv(Box::new((a, b, c)), rounding, place)),
                Err(_) => wrong("3 values and a rounding"),
            },
            ("mul_div", _) => wrong("3 values and a rounding"),
            _ => self.own_rule(name, values, place),
        }
    }

    fn own_rule(
        &mut self,
        name: &str,
        values: Vec<Expression>,
        place: Place,
    ) -> Result<(Expression, Type)> {
        let Some(number) = self.reading.program.find(name) else {
            let found =
                format!("there is no rule {name} above this line; a rule never calls itself");
            return Err(Fault::new(Kind::Name, place, found));
        };
        let rule = self.reading.program.rule(number);
        let wanted = rule.map_or(0, |rule| rule.inputs.len());
        if wanted != values.len() {
            let found = format!("{name} takes {wanted} values, not {}", values.len());
            return Err(Fault::new(Kind::Type, place, found));
        }
        let gives = rule.map_or(Type::Number, |rule| rule.gives);
        Ok((Expression::Call(number, values, place), gives))
    }

    /// `len(TABLE)`: a constant.
    fn length(&mut self) -> Result<(Expression, Type)> {
        self.need_sign("(")?;
        let name = self.name()?;
        let table = self.reading.program.tables.iter().find(|(table, _)| *table == name);
        let Some(length) = table.and_then(|(_, entries)| i128::try_from(entries.len()).ok()) else {
            return self.fault(Kind::Type, format!("{name} is no table; len takes {}", "a table"));
        };
        self.need_sign(")")?;
        Ok((Expression::Constant(length), Type::Number))
    }

    fn rounding(&mut self) -> Result<Rounding> {
        let found = match self.next() {
            Token::Quote(word) => word,
            _ => String::new(),
        };
        match found.as_str() {
            "half_even" => Ok(Rounding::HalfEven),
            "half_up" => Ok(Rounding::HalfUp),
            "floor" => Ok(Rounding::Floor),
            "ceil" => Ok(Rounding::Ceil),
            _ => {
                let gives = article(Type::Number);
                let names = "\"half_even\", \"half_up\", \"floor\" or \"ceil\"";
                self.fault(Kind::Type, format!("mul_div gives {gives} rounded {names}"))
            }
        }
    }
}
