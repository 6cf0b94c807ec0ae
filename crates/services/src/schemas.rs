//! The kinds of records that ship: the rules document a new network starts with.

use weal_kernel::Hash;
use weal_kernel::limits::{LONG_TEXT_CHARS, NAME_CHARS, SHORT_TEXT_CHARS};
use weal_kernel::schema::{Admission, Field, Kind, Rules, Schema, field, optional};

const COUNT_MAX: i64 = 1_000_000_000_000;

fn count() -> Kind {
    Kind::Whole { min: 0, max: COUNT_MAX }
}

fn positive() -> Kind {
    Kind::Whole { min: 1, max: COUNT_MAX }
}

fn name() -> Kind {
    Kind::Text(NAME_CHARS)
}

fn short() -> Kind {
    Kind::Text(SHORT_TEXT_CHARS)
}

fn long() -> Kind {
    Kind::Text(LONG_TEXT_CHARS)
}

fn choice(words: &[&str]) -> Kind {
    Kind::Choice(words.iter().map(|word| (*word).to_owned()).collect())
}

fn schema(name: &str, about: &str, fields: Vec<Field>) -> Schema {
    Schema { name: name.into(), about: about.into(), fields }
}

/// The rules document without rules by which newcomers come in.
pub fn rules() -> Rules {
    let schemas = vec![
        need(),
        facility(),
        schema(
            "alias",
            "Another name of a principal or facility; names are the silent corruption of lists.",
            vec![field("name", name()), field("of", Kind::Id)],
        ),
        statement("stock-in", "Goods a custodian is said to have received.", "donor"),
        statement("stock-out", "Goods a custodian is said to have issued.", "recipient"),
        schema(
            "beds",
            "Beds of a hospital on a day.",
            vec![
                field("hospital", name()),
                optional("facility", Kind::Id),
                field("open", count()),
                field("used", count()),
                field("free", count()),
                field("date", Kind::Time),
            ],
        ),
        schema(
            "offer",
            "Goods somebody would give.",
            vec![
                field("item", Kind::Code),
                field("quantity", positive()),
                optional("pack", Kind::Id),
                optional("specification", short()),
                optional("place", name()),
                optional("ready", Kind::Time),
                optional("expires", Kind::Time),
                optional("need", Kind::Id),
            ],
        ),
        schema(
            "pledge",
            "A promise to meet part of a need.",
            vec![
                field("need", Kind::Id),
                field("quantity", positive()),
                optional("by", Kind::Time),
            ],
        ),
        schema("question", "A question to be answered in public.", about_fields()),
        schema("answer", "An answer to a question.", about_fields()),
        schema(
            "note",
            "A plain statement.",
            vec![field("text", long()), optional("about", Kind::Id)],
        ),
    ];
    Rules { format: weal_kernel::schema::FORMAT.into(), schemas, admission: None }
}

/// Newcomers whom one institution brings in within a day where nobody chose otherwise: a country's
/// hospitals in one day, and a flood of accounts that adds some megabytes.
pub const NEWCOMERS_PER_DAY: u64 = 10_000;

/// The rules with this hash, of those that this program ships; else those of a book that is founded
/// now.
pub fn of(hash: &Hash) -> Rules {
    let earlier = rules();
    if earlier.hash() == *hash { earlier } else { founding() }
}

/// The rules of a book that is founded now.
pub fn founding() -> Rules {
    Rules { admission: Some(Admission { newcomers_per_day: NEWCOMERS_PER_DAY }), ..rules() }
}

fn about_fields() -> Vec<Field> {
    vec![field("about", Kind::Id), field("text", long())]
}

fn need() -> Schema {
    let quantity = vec![
        field("stated", Kind::Group(vec![field("amount", positive())])),
        field("per_day", Kind::Group(vec![field("amount", positive())])),
        field("unbounded", Kind::Group(Vec::new())),
        field("unknown", Kind::Group(vec![field("text", short())])),
    ];
    let basis = vec![
        field("beds", count()),
        field("days", Kind::Whole { min: 1, max: 365 }),
        field("use_per_1000_bed_days", count()),
        optional("on_hand", count()),
        field("source", short()),
    ];
    schema(
        "need",
        "What somebody asks for; without `facility` the author asks for himself.",
        vec![
            field("item", Kind::Code),
            field("quantity", Kind::OneOf(quantity)),
            optional("facility", Kind::Id),
            optional("specification", long()),
            optional("urgency", choice(&["critical", "high", "normal"])),
            optional("reason", short()),
            optional("needed_by", Kind::Time),
            optional("basis", Kind::Group(basis)),
            optional("place", name()),
            optional("source", short()),
        ],
    )
}

fn facility() -> Schema {
    schema(
        "facility",
        "A hospital, depot or shelter as described by somebody; it is not its own signature.",
        vec![
            field("name", name()),
            optional("names", Kind::Names),
            optional("city", name()),
            optional("district", name()),
            optional("address", short()),
            optional("listing", name()),
            optional("source", long()),
        ],
    )
}

/// One line of a published list of goods. The counterpart is left out where the list names nobody;
/// `carried_down` says that its cell was empty and was read from the line above.
fn statement(code: &str, about: &str, counterpart: &str) -> Schema {
    schema(
        code,
        about,
        vec![
            field("line", short()),
            field("date", Kind::Time),
            optional("date_as_published", short()),
            field("custodian", name()),
            optional(counterpart, short()),
            optional("anonymous", Kind::Flag),
            optional("carried_down", Kind::Flag),
            field("item", Kind::Code),
            field("goods", short()),
            optional("specification", long()),
            optional("unit", short()),
            optional("pack", Kind::Id),
            optional("quantity", count()),
            optional("unread", short()),
            optional("source", short()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_has_a_code_and_a_sentence() {
        for schema in rules().schemas {
            assert!(weal_kernel::text::check_code("/", &schema.name).is_ok(), "{}", schema.name);
            assert!(schema.about.ends_with('.'), "{}", schema.name);
        }
    }
}
