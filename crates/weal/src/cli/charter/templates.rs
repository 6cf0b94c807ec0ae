//! The shipped charters: texts to begin with, and texts to be warned by.

use weal_services::funds::templates as shipped;

/// What each is for, those to begin with first.
const ABOUT: &[(&str, &str)] = &[
    ("gift-escrow", "a gift that is held until its receipt, and goes back without one"),
    ("project-milestones", "a project that pays by milestones, wages first"),
    ("receivable", "an invoice signed by its debtor, passed on in pieces"),
    ("mutual-relief", "members pay a little each month and help each other"),
    ("pension-account", "a pension from one's own account, with a floor"),
    ("pension-notional", "a pension by notional accounts that shrink with the fund"),
    ("pension-shares", "a pension by shares of a pool: it cannot fail, it can shrink"),
    ("deposit-interest", "a warning: fixed interest paid out of new deposits"),
    ("ten-for-one", "a warning: pay 1, get 10"),
];

/// All names, with what each text is for.
pub(super) fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
    let order = |name: &str| ABOUT.iter().position(|(known, _)| *known == name);
    let mut names: Vec<_> = shipped::TEMPLATES.iter().map(|template| template.name).collect();
    names.sort_by_key(|name| order(name).unwrap_or(usize::MAX));
    let about =
        |name: &str| ABOUT.iter().find(|(known, _)| *known == name).map(|(_, about)| *about);
    names.into_iter().map(move |name| (name, about(name).unwrap_or_default()))
}

/// The text of this name.
pub(crate) fn find(name: &str) -> Option<&'static str> {
    shipped::find(name.strip_suffix(".weal").unwrap_or(name)).map(|template| template.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_text_is_offered_with_what_it_is_for() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charters");
        let files = std::fs::read_dir(folder).unwrap().flatten();
        let files = files.filter(|file| file.path().extension().is_some_and(|e| e == "weal"));
        assert_eq!(files.count(), list().count());
        for (name, about) in list() {
            assert!(!about.is_empty(), "{name} is for nothing");
            assert!(weal_charter::Proved::read(find(name).unwrap()).is_ok(), "{name}");
        }
    }
}
