//! What Python says: one process for many texts.

use crate::Call;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What Python makes of a text.
#[derive(Debug)]
pub struct Answer {
    /// How many worked examples it has.
    pub examples: u64,
    /// Those that do not hold.
    pub failed: Vec<String>,
    /// What each call gives in Python as it is.
    pub plain: Vec<String>,
    /// What each call gives in a Python that keeps to 128 bits and takes no places from the end.
    pub strict: Vec<String>,
}

/// Asks about all texts in one process. The file for the questions must have a name of its own.
pub fn ask(texts: &[(String, Vec<Call>)], file: &Path) -> Result<Vec<Answer>, String> {
    let mut lines = String::new();
    for (text, calls) in texts {
        let inputs = |inputs: &[i128]| inputs.iter().map(i128::to_string).collect::<Vec<_>>();
        let calls: Vec<Value> =
            calls.iter().map(|(rule, numbers)| json!([rule, inputs(numbers)])).collect();
        lines.push_str(&json!({ "text": text, "calls": calls }).to_string());
        lines.push('\n');
    }
    std::fs::write(file, lines).map_err(|error| error.to_string())?;
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/ask.py");
    let output = Command::new("python3").arg(program).arg(file).output();
    let output = output.map_err(|error| format!("python3 is needed: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8_lossy(&output.stdout).lines().map(answer).collect()
}

fn answer(line: &str) -> Result<Answer, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let list = |key: &str| {
        let entries = value[key].as_array().into_iter().flatten();
        entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    Ok(Answer {
        examples: value["examples"].as_u64().unwrap_or_default(),
        failed: list("failed"),
        plain: list("plain"),
        strict: list("strict"),
    })
}
