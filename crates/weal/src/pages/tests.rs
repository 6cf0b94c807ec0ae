//! The texts: both languages say the same things, every text is used, every act has a sentence.

use super::words::{Lang, sources};
use std::collections::BTreeSet;
use weal_kernel::Act;

/// Keys that stand in the texts of a language, with their attributes.
fn keys(lang: Lang) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut last = String::new();
    for line in sources(lang).into_iter().flat_map(str::lines) {
        let name = line.split(" =").next().unwrap_or_default();
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if let Some(attribute) = line.strip_prefix("    .") {
            keys.insert(format!("{last}.{}", attribute.split(" =").next().unwrap()));
        } else if line.contains(" =") && name.chars().all(letters) {
            assert!(keys.insert(name.to_owned()), "{name} stands twice in {}", lang.code());
            last = name.to_owned();
        }
    }
    // The rule book is in English itself, see `problems`.
    keys.retain(|key| !key.starts_with("rule-"));
    keys
}

#[test]
fn both_languages_have_the_same_texts() {
    let [en, zh] = Lang::ALL.map(keys);
    let only =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!(only(&en, &zh), Vec::<String>::new(), "only in English");
    assert_eq!(only(&zh, &en), Vec::<String>::new(), "only in Chinese");
    assert!(en.len() > 300);
}

/// Beginnings of keys that the code puts together from codes.
const PREFIXES: &[&str] = &[
    "act-",
    "record-",
    "response-",
    "name-",
    "what-",
    "unit-",
    "urgency-",
    "grade-",
    "status-",
    "theme-",
    "need-status-",
    "node-",
    "keeper-state-",
    "evidence-",
    "proposal-",
    "asked-",
    "share-",
    "kind-",
    "role-",
    "verdict-",
    "hit-",
    "verify-step-",
    "verify-error-",
    "mandate-",
    "verify-",
    "about-",
    "error-",
    "fd-",
];

/// The code of all pages.
fn code() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let code = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    code.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_text_is_used() {
    let code = code();
    let texts = Lang::ALL.map(|lang| sources(lang).concat()).concat();
    let used = |key: &str| {
        let name = key.split('.').next().unwrap();
        code.contains(&format!("\"{name}\""))
            || texts.contains(&format!("{{ {name} }}"))
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    };
    let unused: Vec<_> = keys(Lang::En).into_iter().filter(|key| !used(key)).collect();
    assert_eq!(unused, Vec::<String>::new());
}

#[test]
fn every_text_the_code_names_is_there() {
    let (code, known) = (code(), keys(Lang::En));
    for call in ["say(\"", "tell(\""] {
        for rest in code.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            let made = key.contains('{') || !key.contains('-');
            let short = known.contains(&format!("verify-{key}"));
            assert!(made || short || known.contains(key), "{key}");
        }
    }
}

#[test]
fn every_kind_of_entry_has_a_sentence_and_a_name() {
    let known = keys(Lang::En);
    for act in Act::NAMES {
        let act = act.replace(['.', '_'], "-");
        for key in [format!("act-{act}"), format!("name-{act}")] {
            assert!(known.contains(&key), "{key}");
        }
    }
    for schema in weal_services::schemas::rules().schemas {
        for key in [format!("record-{}", schema.name), format!("what-{}", schema.name)] {
            assert!(known.contains(&key), "{key}");
        }
    }
    for kind in ["corroborate", "dispute", "correct", "supersede", "withdraw", "hide", "show"] {
        for key in [format!("response-{kind}"), format!("what-{kind}")] {
            assert!(known.contains(&key), "{key}");
        }
    }
}
