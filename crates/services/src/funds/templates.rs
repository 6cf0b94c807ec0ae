//! The shipped charters, carried by every program: texts to begin with, and texts to be warned by.

/// A shipped text.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// The whole text.
    pub text: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            name: $name,
            text: include_str!(concat!("../../../../charters/", $name, ".weal")),
        }
    };
}

/// All of them, those to begin with first.
pub const TEMPLATES: &[Template] = &[
    template!("gift-escrow"),
    template!("mutual-relief"),
    template!("pension-account"),
    template!("pension-shares"),
    template!("pension-notional"),
    template!("project-milestones"),
    template!("receivable"),
    template!("deposit-interest"),
    template!("ten-for-one"),
];

/// The text of this name.
pub fn find(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}
