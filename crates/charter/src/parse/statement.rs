//! Rules and what stands in them: assignments, choices, loops of known length, results.

use super::{Local, Parser, height};
use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;
use crate::token::Token;
use crate::tree::{Expression, Operator, Rule, Statement, Turns, Type};

/// What is known of a block besides its statements.
struct Block {
    statements: Vec<Statement>,
    /// Every way through it ends with a result.
    returns: bool,
}

impl Parser {
    /// `def name(inputs): "sentence" …`.
    pub(super) fn rule(&mut self) -> Result<()> {
        let place = self.place;
        self.next();
        let name = self.name()?;
        self.check_new(&name, place)?;
        if self.reading.program.rules.len() >= limits::RULES {
            let most = limits::RULES;
            return self.fault(Kind::Limit, format!("a text has at most {most} rules"));
        }
        let inputs = self.inputs()?;
        self.need_sign(":")?;
        self.need_line_end()?;
        self.need_indent()?;
        let sentence = match self.peek().clone() {
            Token::Quote(sentence) if !sentence.trim().is_empty() => sentence,
            _ => {
                let reason = "a rule begins with a sentence in quotes that says what it does";
                return self.fault(Kind::Declaration, reason);
            }
        };
        self.next();
        self.need_line_end()?;
        let mut gives = None;
        let block = self.statements(0, &mut gives)?;
        let last_line = self.place.line;
        let (true, Some(gives)) = (block.returns, gives) else {
            let found = format!("{name} does not end with a result on every way");
            return Err(Fault::new(Kind::Type, place, found));
        };
        let locals = std::mem::take(&mut self.locals).len();
        let body = block.statements;
        let height = height::of_block(&body, &self.heights);
        if height > limits::HEIGHT {
            let found = format!("{name} and the rules it calls stand too deep in each other");
            return Err(Fault::new(Kind::Limit, place, found));
        }
        self.heights.push(height);
        let rule = Rule { name, place, last_line, inputs, sentence, gives, locals, body };
        self.reading.program.rules.push(rule);
        Ok(())
    }

    fn inputs(&mut self) -> Result<Vec<String>> {
        let mut inputs: Vec<String> = Vec::new();
        self.locals.clear();
        self.need_sign("(")?;
        while !self.take_sign(")") {
            let name = self.name()?;
            if inputs.contains(&name) {
                return self.fault(Kind::Name, format!("{name} stands twice"));
            }
            self.new_local(&name, Type::Number)?;
            inputs.push(name);
            if self.at_sign("=") {
                return self.fault(Kind::Syntax, "inputs have no values of their own");
            }
            if !self.take_sign(",") {
                self.need_sign(")")?;
                break;
            }
        }
        self.inputs = inputs.len();
        Ok(inputs)
    }

    fn new_local(&mut self, name: &str, kind: Type) -> Result<usize> {
        self.check_new(name, self.place)?;
        if self.locals.len() >= limits::LOCALS {
            let most = limits::LOCALS;
            return self.fault(Kind::Limit, format!("a rule has at most {most} names"));
        }
        self.locals.push(Local { name: name.to_owned(), kind, is_set: true });
        Ok(self.locals.len().saturating_sub(1))
    }

    fn need_indent(&mut self) -> Result<()> {
        match self.peek() {
            Token::Indent => {
                self.next();
                Ok(())
            }
            _ => self.fault(Kind::Syntax, "expected a deeper line"),
        }
    }

    fn block(&mut self, depth: u32, gives: &mut Option<Type>) -> Result<Block> {
        self.need_sign(":")?;
        self.need_line_end()?;
        self.need_indent()?;
        self.statements(depth.saturating_add(1), gives)
    }

    fn statements(&mut self, depth: u32, gives: &mut Option<Type>) -> Result<Block> {
        if depth > limits::BLOCKS {
            let most = limits::BLOCKS;
            return self.fault(Kind::Limit, format!("more than {most} blocks in each other"));
        }
        let mut block = Block { statements: Vec::new(), returns: false };
        loop {
            match self.peek() {
                Token::Dedent => {
                    self.next();
                    return Ok(block);
                }
                Token::End => return Ok(block),
                _ if block.returns => {
                    return self.fault(Kind::Syntax, "nothing stands after the result");
                }
                _ => self.statement(depth, gives, &mut block)?,
            }
        }
    }

    fn statement(&mut self, depth: u32, gives: &mut Option<Type>, block: &mut Block) -> Result<()> {
        let token = self.peek().clone();
        let place = self.place;
        self.operators = 0;
        let Token::Name(word) = token else {
            return self.fault(Kind::Syntax, "expected a step of the rule");
        };
        match word.as_str() {
            "return" => {
                self.next();
                let (value, found) = self.expression()?;
                self.need_type(found, *gives.get_or_insert(found), place)?;
                self.need_line_end()?;
                block.statements.push(Statement::Return(value));
                block.returns = true;
            }
            "if" => {
                self.next();
                let (statement, returns) = self.branches(depth, gives)?;
                block.statements.push(statement);
                block.returns = returns;
            }
            "for" => {
                let statement = self.turns(depth, gives)?;
                block.statements.push(statement);
            }
            "while" => return self.fault(Kind::Syntax, "no while: write for … in range(…)"),
            "def" => return self.fault(Kind::Syntax, "a rule stands at the margin"),
            "load" | "import" | "from" => return self.fault(Kind::Syntax, "a text stands alone"),
            _ => block.statements.push(self.assignment()?),
        }
        Ok(())
    }

    fn assignment(&mut self) -> Result<Statement> {
        let name = self.name()?;
        let place = self.place;
        let signs = [
            ("+=", Operator::Add),
            ("-=", Operator::Subtract),
            ("*=", Operator::Multiply),
            ("//=", Operator::Divide),
        ];
        let mut found = None;
        for (sign, operator) in signs {
            if found.is_none() && self.take_sign(sign) {
                found = Some(operator);
            }
        }
        let known = self.locals.iter().position(|local| local.name == name);
        if known.is_some_and(|at| at < self.inputs) {
            let found = format!("{name} is an input, which stays what it is: take another name");
            return Err(Fault::new(Kind::Name, place, found));
        }
        self.given.entry(name.clone()).or_insert(place);
        let Some(operator) = found else {
            self.need_sign("=")?;
            let (value, kind) = self.expression()?;
            self.need_line_end()?;
            let at = match known {
                Some(at) => at,
                None => self.new_local(&name, kind)?,
            };
            if let Some(local) = self.locals.get_mut(at) {
                local.is_set = true;
            }
            let wanted = self.locals.get(at).map_or(kind, |local| local.kind);
            self.need_type(kind, wanted, place)?;
            return Ok(Statement::Set(at, value));
        };
        let Some(at) = known.filter(|at| self.locals.get(*at).is_some_and(|local| local.is_set))
        else {
            let found = format!("{name} has no value on every way to this place");
            return Err(Fault::new(Kind::Name, place, found));
        };
        let wanted = self.locals.get(at).map_or(Type::Number, |local| local.kind);
        self.need_type(wanted, Type::Number, place)?;
        let (value, kind) = self.expression()?;
        self.need_type(kind, Type::Number, place)?;
        self.need_line_end()?;
        let both = Box::new((Expression::Local(at), value));
        Ok(Statement::Set(at, Expression::Binary(operator, both, place)))
    }

    fn set_now(&self) -> Vec<bool> {
        self.locals.iter().map(|local| local.is_set).collect()
    }

    /// Only those names are set; names met since are not.
    fn restore(&mut self, set: &[bool]) {
        for (at, local) in self.locals.iter_mut().enumerate() {
            local.is_set = set.get(at).copied().unwrap_or(false);
        }
    }

    /// After `if`: the condition, the branches, and whether all of them return.
    fn branches(&mut self, depth: u32, gives: &mut Option<Type>) -> Result<(Statement, bool)> {
        let place = self.place;
        self.operators = 0;
        let (condition, found) = self.expression()?;
        self.need_type(found, Type::Answer, place)?;
        let before = self.set_now();
        let yes = self.block(depth, gives)?;
        let after_yes = self.set_now();
        self.restore(&before);
        let no = if self.take_word("elif") {
            self.deeper()?;
            let (inner, returns) = self.branches(depth, gives)?;
            self.depth = self.depth.saturating_sub(1);
            Block { statements: vec![inner], returns }
        } else if self.take_word("else") {
            self.block(depth, gives)?
        } else {
            Block { statements: Vec::new(), returns: false }
        };
        let after_no = self.set_now();
        let set: Vec<bool> = (0..self.locals.len())
            .map(|at| {
                let is = |set: &[bool]| set.get(at).copied().unwrap_or(false);
                (yes.returns || is(&after_yes)) && (no.returns || is(&after_no))
            })
            .collect();
        self.restore(&set);
        let returns = yes.returns && no.returns;
        Ok((Statement::If(condition, yes.statements, no.statements), returns))
    }

    /// `for name in range(…):` or `for name in TABLE:`.
    fn turns(&mut self, depth: u32, gives: &mut Option<Type>) -> Result<Statement> {
        let place = self.place;
        self.next();
        let name = self.name()?;
        if self.locals.iter().any(|local| local.name == name) {
            return self
                .fault(Kind::Name, format!("{name} is taken: a loop has a name of its own"));
        }
        if !self.take_word("in") {
            return self.fault(Kind::Syntax, "expected in");
        }
        self.given.entry(name.clone()).or_insert(self.place);
        let turns = self.through(place)?;
        let before = self.set_now();
        let at = self.new_local(&name, Type::Number)?;
        let body = self.block(depth, gives)?;
        self.restore(&before);
        // Python lets the name live on after the loop; here it ends, so that it is never stale.
        if let Some(local) = self.locals.get_mut(at) {
            local.name = format!("{name} of line {}", place.line);
        }
        Ok(Statement::For(at, turns, body.statements, place))
    }

    fn through(&mut self, place: Place) -> Result<Turns> {
        if !self.take_word("range") {
            let name = self.name()?;
            let table = self.reading.program.tables.iter().position(|(table, _)| *table == name);
            let Some(table) = table else {
                let found = "a loop goes through range(…) or a table";
                return Err(Fault::new(Kind::Type, place, found));
            };
            return Ok(Turns::Table(table));
        }
        self.need_sign("(")?;
        let (first, found) = self.expression()?;
        self.need_type(found, Type::Number, place)?;
        let turns = if self.take_sign(",") {
            let (second, found) = self.expression()?;
            self.need_type(found, Type::Number, place)?;
            Turns::Range(first, second)
        } else {
            Turns::Range(Expression::Constant(0), first)
        };
        self.need_sign(")")?;
        Ok(turns)
    }
}
