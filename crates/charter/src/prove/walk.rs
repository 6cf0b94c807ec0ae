//! Walks through rules with ranges: both branches where both are possible, loops turn by turn.

use super::range::{Failure, Range};
use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::tree::{Expression, Operator, Program, Statement, Turns};

/// What is known at a place of a rule.
#[derive(Clone)]
struct Known {
    locals: Vec<Range>,
    /// The most steps so far.
    steps: u64,
}

impl Known {
    fn or(mut self, other: Known) -> Known {
        for (mine, theirs) in self.locals.iter_mut().zip(&other.locals) {
            *mine = mine.or(theirs);
        }
        self.steps = self.steps.max(other.steps);
        self
    }
}

fn either(a: Option<Known>, b: Option<Known>) -> Option<Known> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (a, b) => a.or(b),
    }
}

/// The results met so far, and the most steps to one of them.
#[derive(Default)]
struct Results(Option<(Range, u64)>);

pub(crate) struct Prover<'p> {
    program: &'p Program,
    work: u64,
}

impl<'p> Prover<'p> {
    pub(crate) fn new(program: &'p Program) -> Self {
        Prover { program, work: 0 }
    }

    /// What a rule gives for these inputs, and the most steps it takes.
    pub(crate) fn rule(&mut self, rule: usize, inputs: &[Range]) -> Result<(Range, u64)> {
        let start = Place { line: 1, column: 1 };
        let Some(rule) = self.program.rules.get(rule) else {
            return Err(Fault::new(Kind::Name, start, "there is no such rule"));
        };
        let mut locals = inputs.to_vec();
        locals.resize(rule.locals, Range::only(0));
        let mut results = Results::default();
        let known = Known { locals, steps: 0 };
        self.block(&rule.body, known, &mut results, rule.place)?;
        results
            .0
            .ok_or_else(|| Fault::new(Kind::Type, rule.place, "the rule ends without a result"))
    }

    /// The inputs for which a rule of one line says yes; nothing for other rules.
    pub(crate) fn assume(&mut self, rule: usize, inputs: Vec<Range>) -> Result<Option<Vec<Range>>> {
        let Some(rule) = self.program.rules.get(rule) else { return Ok(None) };
        let [Statement::Return(condition)] = &rule.body[..] else { return Ok(None) };
        let count = inputs.len();
        let known = Known { locals: inputs, steps: 0 };
        let yes = self.refine(condition, true, known)?;
        Ok(yes.map(|known| known.locals.into_iter().take(count).collect()))
    }

    fn step(&mut self, known: &mut Known, place: Place) -> Result<()> {
        known.steps = known.steps.saturating_add(1);
        self.work = self.work.saturating_add(1);
        if known.steps > limits::STEPS {
            let most = limits::STEPS;
            return Err(Fault::new(Kind::Steps, place, format!("may take over {most} steps")));
        }
        if self.work > limits::PROOF_STEPS {
            let reason = "the rules together are too long to be proved: shorten their loops";
            return Err(Fault::new(Kind::Steps, place, reason));
        }
        Ok(())
    }

    fn block(
        &mut self,
        statements: &[Statement],
        known: Known,
        results: &mut Results,
        place: Place,
    ) -> Result<Option<Known>> {
        let mut now = Some(known);
        for statement in statements {
            let Some(known) = now else { return Ok(None) };
            now = self.statement(statement, known, results, place)?;
        }
        Ok(now)
    }

    fn statement(
        &mut self,
        statement: &Statement,
        mut known: Known,
        results: &mut Results,
        place: Place,
    ) -> Result<Option<Known>> {
        self.step(&mut known, place)?;
        match statement {
            Statement::Set(local, value) => {
                let value = self.value(value, &mut known, place)?;
                if let Some(entry) = known.locals.get_mut(*local) {
                    *entry = value;
                }
                Ok(Some(known))
            }
            Statement::If(condition, yes, no) => {
                let (yes_known, no_known) = self.fork(condition, known, place)?;
                let yes = match yes_known {
                    Some(known) => self.block(yes, known, results, place)?,
                    None => None,
                };
                let no = match no_known {
                    Some(known) => self.block(no, known, results, place)?,
                    None => None,
                };
                Ok(either(yes, no))
            }
            Statement::For(local, turns, body, at) => match turns {
                Turns::Range(first, end) => {
                    let first = self.value(first, &mut known, *at)?;
                    let end = self.value(end, &mut known, *at)?;
                    self.range_turns((*local, first, end, *at), body, known, results)
                }
                Turns::Table(table) => {
                    self.table_turns((*local, *table, *at), body, known, results)
                }
            },
            Statement::Return(value) => {
                let value = self.value(value, &mut known, place)?;
                results.0 = Some(match results.0 {
                    Some((range, steps)) => (range.or(&value), steps.max(known.steps)),
                    None => (value, known.steps),
                });
                Ok(None)
            }
        }
    }

    fn range_turns(
        &mut self,
        (local, first, end, place): (usize, Range, Range, Place),
        body: &[Statement],
        known: Known,
        results: &mut Results,
    ) -> Result<Option<Known>> {
        let mut left = None;
        let mut now = Some(known);
        let mut turn = Range::between(first.low, first.high);
        while let Some(mut known) = now.take() {
            if turn.high >= end.low {
                left = either(left, Some(known.clone()));
            }
            let Some(inside) = turn.within(i128::MIN, end.high.saturating_sub(1)) else { break };
            self.step(&mut known, place)?;
            if let Some(entry) = known.locals.get_mut(local) {
                *entry = inside;
            }
            now = self.block(body, known, results, place)?;
            turn = Range::between(turn.low.saturating_add(1), turn.high.saturating_add(1));
        }
        Ok(left)
    }

    fn table_turns(
        &mut self,
        (local, table, place): (usize, usize, Place),
        body: &[Statement],
        known: Known,
        results: &mut Results,
    ) -> Result<Option<Known>> {
        let program = self.program;
        let entries = program.tables.get(table).map_or(&[][..], |(_, entries)| entries);
        let mut now = Some(known);
        for entry in entries {
            let Some(mut known) = now else { return Ok(None) };
            self.step(&mut known, place)?;
            if let Some(local) = known.locals.get_mut(local) {
                *local = Range::only(*entry);
            }
            now = self.block(body, known, results, place)?;
        }
        Ok(now)
    }

    /// What is known if a condition holds, and if it does not.
    fn fork(
        &mut self,
        condition: &Expression,
        mut known: Known,
        place: Place,
    ) -> Result<(Option<Known>, Option<Known>)> {
        let answer = self.value(condition, &mut known, place)?;
        let no = match answer.low {
            0 => self.refine(condition, false, known.clone())?,
            _ => None,
        };
        let yes = match answer.high {
            0 => None,
            _ => self.refine(condition, true, known)?,
        };
        Ok((yes, no))
    }

    /// What is known once a condition is known; nothing if that cannot be.
    fn refine(&mut self, condition: &Expression, yes: bool, known: Known) -> Result<Option<Known>> {
        match condition {
            Expression::Not(inner) => self.refine(inner, !yes, known),
            Expression::Local(local) => Ok(narrow(known, *local, i128::from(yes))),
            Expression::Binary(operator, both, at) => match operator {
                Operator::And | Operator::Or if (*operator == Operator::And) == yes => {
                    match self.refine(&both.0, yes, known)? {
                        Some(known) => self.refine(&both.1, yes, known),
                        None => Ok(None),
                    }
                }
                Operator::And | Operator::Or => Ok(Some(known)),
                _ => self.compare(condition, yes, known, *at),
            },
            _ => Ok(Some(known)),
        }
    }

    fn compare(
        &mut self,
        condition: &Expression,
        yes: bool,
        mut known: Known,
        place: Place,
    ) -> Result<Option<Known>> {
        let Expression::Binary(operator, both, _) = condition else { return Ok(Some(known)) };
        // Looked at again on a copy: the steps were counted when the condition was worked out.
        let mut copy = known.clone();
        let left = self.value(&both.0, &mut copy, place)?;
        let right = self.value(&both.1, &mut copy, place)?;
        let Some((mut left, mut right)) = ordered(*operator, yes, left, right) else {
            return Ok(None);
        };
        let less = matches!(
            (operator, yes),
            (Operator::Less | Operator::LessOrEqual, true)
                | (Operator::Greater | Operator::GreaterOrEqual, false)
        );
        let more = matches!(
            (operator, yes),
            (Operator::Greater | Operator::GreaterOrEqual, true)
                | (Operator::Less | Operator::LessOrEqual, false)
        );
        if less {
            Range::order(&mut left, &mut right);
        } else if more {
            Range::order(&mut right, &mut left);
        }
        for (side, range) in [(&both.0, left), (&both.1, right)] {
            if let Expression::Local(local) = side
                && let Some(entry) = known.locals.get_mut(*local)
            {
                *entry = range;
            }
        }
        Ok(Some(known))
    }

    fn value(&mut self, expression: &Expression, known: &mut Known, place: Place) -> Result<Range> {
        self.step(known, place)?;
        let beyond = |at: Place| move || failed(Failure::Overflow, at);
        match expression {
            Expression::Constant(value) => Ok(Range::only(*value)),
            Expression::Local(local) => {
                Ok(known.locals.get(*local).copied().unwrap_or(Range::only(0)))
            }
            Expression::Negative(inner, at) => {
                self.value(inner, known, *at)?.negative().ok_or_else(beyond(*at))
            }
            Expression::Not(inner) => {
                let inner = self.value(inner, known, place)?;
                Ok(Range::between(
                    1i128.saturating_sub(inner.high),
                    1i128.saturating_sub(inner.low),
                ))
            }
            Expression::Binary(operator, both, at) => self.binary(*operator, both, known, *at),
            Expression::Choice(parts) => self.choice(parts, known, place),
            Expression::Index(table, inner, at) => {
                let index = self.value(inner, known, *at)?;
                self.entries(*table, &index, *at)
            }
            Expression::Call(rule, values, at) => self.call(*rule, values, known, *at),
            Expression::Smallest(values) => self.extreme(values, known, place, Range::smaller),
            Expression::Largest(values) => self.extreme(values, known, place, Range::larger),
            Expression::Absolute(inner, at) => {
                self.value(inner, known, *at)?.absolute().ok_or_else(beyond(*at))
            }
            Expression::MulDiv(parts, rounding, at) => {
                let a = self.value(&parts.0, known, *at)?;
                let b = self.value(&parts.1, known, *at)?;
                let c = self.value(&parts.2, known, *at)?;
                a.mul_div(&b, &c, *rounding).map_err(|failure| failed(failure, *at))
            }
        }
    }

    fn choice(
        &mut self,
        parts: &(Expression, Expression, Expression),
        known: &mut Known,
        place: Place,
    ) -> Result<Range> {
        let (condition, yes, no) = parts;
        let mut found: Option<(Range, u64)> = None;
        let (yes_known, no_known) = self.fork(condition, known.clone(), place)?;
        for (branch, branch_known) in [(yes, yes_known), (no, no_known)] {
            let Some(mut branch_known) = branch_known else { continue };
            let value = self.value(branch, &mut branch_known, place)?;
            found = Some(match found {
                Some((range, steps)) => (range.or(&value), steps.max(branch_known.steps)),
                None => (value, branch_known.steps),
            });
        }
        let (range, steps) = found.unwrap_or((Range::only(0), known.steps));
        known.steps = steps;
        Ok(range)
    }

    fn extreme(
        &mut self,
        values: &[Expression],
        known: &mut Known,
        place: Place,
        choose: fn(&Range, &Range) -> Range,
    ) -> Result<Range> {
        let mut best: Option<Range> = None;
        for value in values {
            let value = self.value(value, known, place)?;
            best = Some(best.map_or(value, |best| choose(&best, &value)));
        }
        Ok(best.unwrap_or(Range::only(0)))
    }

    fn entries(&self, table: usize, index: &Range, place: Place) -> Result<Range> {
        let entries = self.program.tables.get(table).map_or(&[][..], |(_, entries)| entries);
        let ends = (usize::try_from(index.low), usize::try_from(index.high));
        let chosen = match ends {
            (Ok(low), Ok(high)) => entries.get(low..=high).filter(|_| high < entries.len()),
            _ => None,
        };
        let Some((first, others)) = chosen.and_then(|chosen| chosen.split_first()) else {
            let (low, high, count) = (index.low, index.high, entries.len());
            let reason = format!("place {low} to {high} of a table with {count} entries");
            return Err(Fault::new(Kind::Index, place, reason));
        };
        let all =
            others.iter().fold(Range::only(*first), |all, entry| all.or(&Range::only(*entry)));
        Ok(all)
    }

    fn call(
        &mut self,
        rule: usize,
        values: &[Expression],
        known: &mut Known,
        place: Place,
    ) -> Result<Range> {
        self.step(known, place)?;
        let mut inputs = Vec::with_capacity(values.len());
        for value in values {
            inputs.push(self.value(value, known, place)?);
        }
        let (range, steps) = self.rule(rule, &inputs)?;
        known.steps = known.steps.saturating_add(steps);
        if known.steps > limits::STEPS {
            let most = limits::STEPS;
            return Err(Fault::new(Kind::Steps, place, format!("may take over {most} steps")));
        }
        Ok(range)
    }

    fn binary(
        &mut self,
        operator: Operator,
        both: &(Expression, Expression),
        known: &mut Known,
        at: Place,
    ) -> Result<Range> {
        if matches!(operator, Operator::And | Operator::Or) {
            return self.both_answers(operator, both, known, at);
        }
        let left = self.value(&both.0, known, at)?;
        let right = self.value(&both.1, known, at)?;
        let result = match operator {
            Operator::Add => left.plus(&right).ok_or(Failure::Overflow),
            Operator::Subtract => left.minus(&right).ok_or(Failure::Overflow),
            Operator::Multiply => left.times(&right).ok_or(Failure::Overflow),
            Operator::Divide => left.divided(&right),
            Operator::Rest => left.rest(&right),
            _ => Ok(answer(operator, &left, &right)),
        };
        result.map_err(|failure| failed(failure, at))
    }

    /// `and` and `or`: the second is looked at only where the first does not decide.
    fn both_answers(
        &mut self,
        operator: Operator,
        both: &(Expression, Expression),
        known: &mut Known,
        at: Place,
    ) -> Result<Range> {
        let goes_on = operator == Operator::And;
        let decided = Range::only(i128::from(!goes_on));
        let first = self.value(&both.0, known, at)?;
        let open = if goes_on { first.high != 0 } else { first.low == 0 };
        let further = match open {
            true => self.refine(&both.0, goes_on, known.clone())?,
            false => None,
        };
        let Some(mut further) = further else { return Ok(decided) };
        let second = self.value(&both.1, &mut further, at)?;
        known.steps = known.steps.max(further.steps);
        let surely = if goes_on { first.low != 0 } else { first.high == 0 };
        Ok(if surely { second } else { second.or(&decided) })
    }
}

fn narrow(mut known: Known, local: usize, value: i128) -> Option<Known> {
    let entry = known.locals.get_mut(local)?;
    *entry = entry.within(value, value)?;
    Some(known)
}

/// The two sides once the comparison is known; nothing if it cannot be so.
fn ordered(operator: Operator, yes: bool, a: Range, b: Range) -> Option<(Range, Range)> {
    use Operator as O;
    let (min, max) = (i128::MIN, i128::MAX);
    let (down, up) = (|n: i128| n.saturating_sub(1), |n: i128| n.saturating_add(1));
    match (operator, yes) {
        (O::Less, true) | (O::GreaterOrEqual, false) => {
            Some((a.within(min, down(b.high))?, b.within(up(a.low), max)?))
        }
        (O::LessOrEqual, true) | (O::Greater, false) => {
            Some((a.within(min, b.high)?, b.within(a.low, max)?))
        }
        (O::Greater, true) | (O::LessOrEqual, false) => {
            Some((a.within(up(b.low), max)?, b.within(min, down(a.high))?))
        }
        (O::GreaterOrEqual, true) | (O::Less, false) => {
            Some((a.within(b.low, max)?, b.within(min, a.high)?))
        }
        (O::Equal, true) | (O::Unequal, false) => {
            Some((a.within(b.low, b.high)?, b.within(a.low, a.high)?))
        }
        (O::Unequal, true) | (O::Equal, false) => Some((without(a, b)?, without(b, a)?)),
        _ => Some((a, b)),
    }
}

/// A range without a number at its end.
fn without(range: Range, other: Range) -> Option<Range> {
    if other.low != other.high {
        return Some(range);
    }
    let low = if range.low == other.low { range.low.saturating_add(1) } else { range.low };
    let high = if range.high == other.low { range.high.saturating_sub(1) } else { range.high };
    range.within(low, high)
}

fn answer(operator: Operator, a: &Range, b: &Range) -> Range {
    let same = a.low == a.high && b.low == b.high && a.low == b.low;
    let apart = a.high < b.low || b.high < a.low;
    let (surely, never) = match operator {
        Operator::Equal => (same, apart),
        Operator::Unequal => (apart, same),
        Operator::Less => (a.high < b.low, b.never_above(a)),
        Operator::LessOrEqual => (a.never_above(b), b.high < a.low),
        Operator::Greater => (b.high < a.low, a.never_above(b)),
        Operator::GreaterOrEqual => (b.never_above(a), a.high < b.low),
        _ => (false, false),
    };
    Range::between(i128::from(surely), i128::from(!never))
}

fn failed(failure: Failure, place: Place) -> Fault {
    match failure {
        Failure::Overflow => Fault::new(Kind::Overflow, place, "may grow beyond 128 bits"),
        Failure::Zero => Fault::new(Kind::Zero, place, "may divide by zero"),
    }
}
