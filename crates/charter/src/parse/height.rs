//! How tall the trees of a rule are, those of the rules it calls included: what a run and a proof
//! need of the stack. A text that passes the limit can be worked with on any thread of a node.

use crate::tree::{Expression, Statement, Turns};

/// The height of statements; `rules` are the heights of the rules above.
pub(super) fn of_block(statements: &[Statement], rules: &[u32]) -> u32 {
    let heights = statements.iter().map(|statement| match statement {
        Statement::Set(_, value) | Statement::Return(value) => of(value, rules),
        Statement::If(condition, yes, no) => {
            of(condition, rules).max(of_block(yes, rules)).max(of_block(no, rules))
        }
        Statement::For(_, Turns::Range(first, end), body, _) => {
            of(first, rules).max(of(end, rules)).max(of_block(body, rules))
        }
        Statement::For(_, Turns::Table(_), body, _) => of_block(body, rules),
    });
    heights.max().unwrap_or_default().saturating_add(1)
}

fn of(expression: &Expression, rules: &[u32]) -> u32 {
    let tallest = |values: &[Expression]| values.iter().map(|value| of(value, rules)).max();
    let inner = match expression {
        Expression::Constant(_) | Expression::Local(_) => 0,
        Expression::Negative(inner, _)
        | Expression::Not(inner)
        | Expression::Absolute(inner, _)
        | Expression::Index(_, inner, _) => of(inner, rules),
        Expression::Binary(_, both, _) => of(&both.0, rules).max(of(&both.1, rules)),
        Expression::Choice(parts) | Expression::MulDiv(parts, ..) => {
            of(&parts.0, rules).max(of(&parts.1, rules)).max(of(&parts.2, rules))
        }
        Expression::Smallest(values) | Expression::Largest(values) => {
            tallest(values).unwrap_or_default()
        }
        Expression::Call(rule, values, _) => {
            let called = rules.get(*rule).copied().unwrap_or_default();
            called.max(tallest(values).unwrap_or_default())
        }
    };
    inner.saturating_add(1)
}
