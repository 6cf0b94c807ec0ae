//! What Starlark says.

use crate::Call;
use starlark::environment::{Globals, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};
use starlark::values::list::ListRef;
use std::fmt::Write;

const STUBS: &str = include_str!("../python/weal_stubs.py");

/// What Starlark makes of a text: how many worked examples it has, those that do not hold, and what
/// each call gives, the calls being such as give something.
pub fn ask(text: &str, calls: &[Call]) -> Result<(usize, Vec<String>, Vec<String>), String> {
    let mut asked = "[".to_owned();
    for (rule, inputs) in calls {
        let inputs: Vec<String> = inputs.iter().map(i128::to_string).collect();
        let _ = write!(asked, "str({rule}({})), ", inputs.join(", "));
    }
    asked.push(']');
    Module::with_temp_heap(|module| {
        let mut evaluator = Evaluator::new(&module);
        let globals = Globals::standard();
        for (name, source) in [("stubs", STUBS), ("text", text)] {
            let tree = AstModule::parse(name, source.to_owned(), &Dialect::Standard)?;
            evaluator.eval_module(tree, &globals)?;
        }
        let mut list = |source: &str| {
            let tree = AstModule::parse("question", source.to_owned(), &Dialect::Standard)?;
            let found = evaluator.eval_module(tree, &globals)?;
            let entries = ListRef::from_value(found).into_iter().flat_map(ListRef::iter);
            starlark::Result::Ok(entries.map(|entry| entry.to_str()).collect::<Vec<String>>())
        };
        starlark::Result::Ok((list("CHECKED")?.len(), list("FAILED")?, list(&asked)?))
    })
    .map_err(|error| error.to_string())
}
