//! Runs rules: checked whole numbers, steps counted before the work is done.
//!
//! Every expression, condition, assignment and turn of a loop is one step, a call is two. There is
//! nothing to allocate: a rule has a fixed number of names, and tables do not change.

use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::number::{floor_div, floor_mod, mul_div};
use crate::tree::{Expression, Operator, Program, Statement, Turns};

/// A run of rules with what is left of its steps.
pub struct Run<'p> {
    program: &'p Program,
    steps: u64,
    /// The names of all rules that are at work, the innermost last.
    stack: Vec<i128>,
    base: usize,
}

/// An expression without inputs, and the steps it takes.
pub(crate) fn evaluate(
    program: &Program,
    expression: &Expression,
    place: Place,
) -> Result<(i128, u64)> {
    let mut run = Run { program, steps: 0, stack: Vec::new(), base: 0 };
    let value = run.value(expression, place)?;
    Ok((value, run.steps))
}

impl<'p> Run<'p> {
    /// A run of these rules that has taken no steps.
    pub fn new(program: &'p Program) -> Run<'p> {
        Run { program, steps: 0, stack: Vec::with_capacity(limits::LOCALS), base: 0 }
    }

    /// The steps of the last call.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Calls a rule. Answers are 0 and 1.
    pub fn call(&mut self, rule: usize, inputs: &[i128]) -> Result<i128> {
        self.steps = 0;
        self.stack.clear();
        self.stack.extend_from_slice(inputs);
        self.base = 0;
        self.body(rule, inputs.len(), Place { line: 1, column: 1 })
    }

    /// The inputs are the last entries of the stack.
    fn body(&mut self, rule: usize, inputs: usize, place: Place) -> Result<i128> {
        let Some(rule) = self.program.rules.get(rule).filter(|r| r.inputs.len() == inputs) else {
            return Err(Fault::new(Kind::Type, place, "this rule takes other inputs"));
        };
        let outer = self.base;
        self.base = self.stack.len().saturating_sub(inputs);
        self.stack.resize(self.base.saturating_add(rule.locals), 0);
        let result = self.block(&rule.body, rule.place)?;
        self.stack.truncate(self.base);
        self.base = outer;
        result.ok_or_else(|| Fault::new(Kind::Type, rule.place, "the rule ends without a result"))
    }

    fn step(&mut self, place: Place) -> Result<()> {
        self.steps = self.steps.saturating_add(1);
        if self.steps > limits::STEPS {
            let most = limits::STEPS;
            return Err(Fault::new(Kind::Steps, place, format!("more than {most} steps")));
        }
        Ok(())
    }

    fn set(&mut self, local: usize, value: i128) {
        if let Some(entry) = self.stack.get_mut(self.base.saturating_add(local)) {
            *entry = value;
        }
    }

    fn block(&mut self, statements: &[Statement], place: Place) -> Result<Option<i128>> {
        for statement in statements {
            self.step(place)?;
            match statement {
                Statement::Set(local, value) => {
                    let value = self.value(value, place)?;
                    self.set(*local, value);
                }
                Statement::If(condition, yes, no) => {
                    let branch = if self.value(condition, place)? != 0 { yes } else { no };
                    if let Some(result) = self.block(branch, place)? {
                        return Ok(Some(result));
                    }
                }
                Statement::For(local, turns, body, at) => {
                    if let Some(result) = self.turns(*local, turns, body, *at)? {
                        return Ok(Some(result));
                    }
                }
                Statement::Return(value) => return Ok(Some(self.value(value, place)?)),
            }
        }
        Ok(None)
    }

    fn turns(
        &mut self,
        local: usize,
        turns: &Turns,
        body: &[Statement],
        place: Place,
    ) -> Result<Option<i128>> {
        match turns {
            Turns::Range(first, end) => {
                let mut turn = self.value(first, place)?;
                let end = self.value(end, place)?;
                while turn < end {
                    self.step(place)?;
                    self.set(local, turn);
                    if let Some(result) = self.block(body, place)? {
                        return Ok(Some(result));
                    }
                    turn = turn.saturating_add(1);
                }
            }
            Turns::Table(table) => {
                let program = self.program;
                let entries = program.tables.get(*table).map_or(&[][..], |(_, entries)| entries);
                for entry in entries {
                    self.step(place)?;
                    self.set(local, *entry);
                    if let Some(result) = self.block(body, place)? {
                        return Ok(Some(result));
                    }
                }
            }
        }
        Ok(None)
    }

    fn value(&mut self, expression: &Expression, place: Place) -> Result<i128> {
        self.step(place)?;
        match expression {
            Expression::Constant(value) => Ok(*value),
            Expression::Local(local) => {
                Ok(self.stack.get(self.base.saturating_add(*local)).copied().unwrap_or_default())
            }
            Expression::Negative(inner, at) => {
                self.value(inner, *at)?.checked_neg().ok_or_else(|| overflow(*at))
            }
            Expression::Not(inner) => Ok(i128::from(self.value(inner, place)? == 0)),
            Expression::Binary(operator, both, at) => self.binary(*operator, both, *at),
            Expression::Choice(parts) => {
                let (condition, yes, no) = &**parts;
                let branch = if self.value(condition, place)? != 0 { yes } else { no };
                self.value(branch, place)
            }
            Expression::Index(table, inner, at) => {
                let index = self.value(inner, *at)?;
                self.entry(*table, index, *at)
            }
            Expression::Call(rule, values, at) => self.inner_call(*rule, values, *at),
            Expression::Smallest(values) => self.extreme(values, place, i128::min),
            Expression::Largest(values) => self.extreme(values, place, i128::max),
            Expression::Absolute(inner, at) => {
                self.value(inner, *at)?.checked_abs().ok_or_else(|| overflow(*at))
            }
            Expression::MulDiv(parts, rounding, at) => {
                let (a, b, c) = &**parts;
                let (a, b, c) = (self.value(a, *at)?, self.value(b, *at)?, self.value(c, *at)?);
                let fault = if c == 0 { zero } else { overflow };
                mul_div(a, b, c, *rounding).ok_or_else(|| fault(*at))
            }
        }
    }

    fn extreme(
        &mut self,
        values: &[Expression],
        place: Place,
        choose: fn(i128, i128) -> i128,
    ) -> Result<i128> {
        let mut best = None;
        for value in values {
            let value = self.value(value, place)?;
            best = Some(best.map_or(value, |best| choose(best, value)));
        }
        Ok(best.unwrap_or_default())
    }

    fn entry(&self, table: usize, index: i128, place: Place) -> Result<i128> {
        let entries = self.program.tables.get(table).map_or(&[][..], |(_, entries)| entries);
        let entry = usize::try_from(index).ok().and_then(|index| entries.get(index));
        entry.copied().ok_or_else(|| {
            let found = format!("place {index} of a table with {} entries", entries.len());
            Fault::new(Kind::Index, place, found)
        })
    }

    fn inner_call(&mut self, rule: usize, values: &[Expression], place: Place) -> Result<i128> {
        self.step(place)?;
        // Inputs are worked out before the stack grows, so that they see the caller's names.
        let first = self.stack.len();
        for value in values {
            let value = self.value(value, place)?;
            self.stack.push(value);
        }
        debug_assert_eq!(self.stack.len(), first.saturating_add(values.len()));
        self.body(rule, values.len(), place)
    }

    fn binary(
        &mut self,
        operator: Operator,
        both: &(Expression, Expression),
        at: Place,
    ) -> Result<i128> {
        let left = self.value(&both.0, at)?;
        match (operator, left) {
            (Operator::And, 0) => return Ok(0),
            (Operator::Or, 1) => return Ok(1),
            _ => {}
        }
        let right = self.value(&both.1, at)?;
        calculate(operator, left, right).ok_or_else(|| match operator {
            Operator::Divide | Operator::Rest if right == 0 => zero(at),
            _ => overflow(at),
        })
    }
}

/// One operator; nothing where the result is no number of 128 bits.
pub(crate) fn calculate(operator: Operator, left: i128, right: i128) -> Option<i128> {
    match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => floor_div(left, right),
        Operator::Rest => floor_mod(left, right),
        Operator::Equal => Some(i128::from(left == right)),
        Operator::Unequal => Some(i128::from(left != right)),
        Operator::Less => Some(i128::from(left < right)),
        Operator::LessOrEqual => Some(i128::from(left <= right)),
        Operator::Greater => Some(i128::from(left > right)),
        Operator::GreaterOrEqual => Some(i128::from(left >= right)),
        Operator::And => Some(left.min(right)),
        Operator::Or => Some(left.max(right)),
    }
}

fn overflow(place: Place) -> Fault {
    Fault::new(Kind::Overflow, place, "the number grows beyond 128 bits")
}

fn zero(place: Place) -> Fault {
    Fault::new(Kind::Zero, place, "a division by zero")
}
