//! What a node's book says of charters and cases, and who is who in it.

use super::super::args::Cli;
use super::super::client::{Client, path};
use super::super::keys;
use super::super::output::{Exit, Failure};
use serde::de::DeserializeOwned;
use serde_json::Value;
use weal_charter::Charter;
use weal_charter::model::Input;
use weal_kernel::charters::state::{Case, Entry, Moment, View};
use weal_kernel::state::keys as places;
use weal_proof::Hash;

/// A charter as the book has it.
pub(crate) struct Known {
    /// Its id.
    pub(crate) id: Hash,
    /// Its state.
    pub(crate) entry: Entry,
    /// Its text, read.
    pub(crate) charter: Charter,
}

/// An entry of the state; nothing if there is none.
pub(crate) fn state<T: DeserializeOwned>(
    client: &Client,
    key: String,
) -> Result<Option<T>, Failure> {
    let found = client.get("/v1/state", &[("key", key)])?;
    match found.pointer("/entry/value") {
        Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(Failure::error),
        _ => Ok(None),
    }
}

/// A charter's id by its number, its id, or the beginning of it.
pub(crate) fn id(client: &Client, name: &str) -> Result<Hash, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let short = (8..64).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_hexdigit());
    if !short {
        return client.resolve(name).map_err(|failure| match failure.exit {
            Exit::Usage => Failure::new(Exit::NotFound, format!("there is no charter {name}"))
                .help("name it by number such as R-182137 or by id; `weal fund list` has them"),
            _ => failure,
        });
    }
    let published = published(client, 1_000)?;
    let name = name.to_lowercase();
    let mut fitting = published.iter().filter(|(id, _)| id.to_string().starts_with(&name));
    match (fitting.next(), fitting.next()) {
        (Some((id, _)), None) => Ok(*id),
        (Some(_), Some(_)) => Err(Failure::usage(format!("several charters begin with {name}"))
            .help("write more of it; `weal fund list` has them")),
        _ => Err(Failure::new(Exit::NotFound, format!("no charter begins with {name}"))
            .help("`weal fund list` has them")),
    }
}

/// Charters, newest first: ids and numbers.
pub(crate) fn published(client: &Client, limit: u32) -> Result<Vec<(Hash, String)>, Failure> {
    let query = [("act", "charter.publish".to_owned())];
    let (rows, _) = client.list("/v1/records", &query, limit)?;
    let read = |row: &Value| {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        Some((text("id")?.parse().ok()?, text("number")?.to_owned()))
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// A charter's text.
pub(crate) fn text(client: &Client, id: &Hash) -> Result<String, Failure> {
    state(client, places::charter_text(id))?.ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("{id} is no charter"))
            .help("`weal fund list` has the charters of this book")
    })
}

/// A charter of the book.
pub(crate) fn find(client: &Client, name: &str) -> Result<Known, Failure> {
    let id = id(client, name)?;
    let text = text(client, &id)?;
    let charter = Charter::load(&text).map_err(Failure::error)?;
    let entry = state(client, places::charter(&id))?;
    let entry = entry.ok_or_else(|| Failure::error("the node has a text without its state"))?;
    Ok(Known { id, entry, charter })
}

/// Nothing is called so; this is what there is.
pub(crate) fn no_such(kind: &str, name: &str, names: impl Iterator<Item = String>) -> Failure {
    let names: Vec<_> = names.collect();
    let help = match names.is_empty() {
        true => format!("the text declares no {kind}"),
        false => format!("the text declares {}", names.join(", ")),
    };
    Failure::usage(format!("the text declares no {kind} called {name}")).help(help)
}

impl Known {
    /// A case.
    pub(crate) fn case(&self, client: &Client, number: u64) -> Result<Case, Failure> {
        state(client, places::case(&self.id, number))?.ok_or_else(|| {
            let Known { charter, entry, .. } = self;
            let found = format!("there is no {} {number} in {}", charter.case, charter.name);
            Failure::new(Exit::NotFound, found).help(match entry.cases {
                0 => "none was opened so far".to_owned(),
                many => format!("there are 0 to {}", many - 1),
            })
        })
    }

    /// What rules see now.
    pub(crate) fn value(&self, case: Option<&Case>, stated: u64, input: Input) -> i128 {
        let now = Moment::of(crate::serve::now());
        View { stated, ..self.entry.view(&self.charter, case, now) }.value(input)
    }

    /// A flow by its name.
    pub(crate) fn flow(&self, name: &str) -> Result<usize, Failure> {
        let names = self.charter.flows.iter().map(|flow| flow.name.clone());
        self.charter.flow(name).ok_or_else(|| no_such("flow", name, names))
    }

    /// What was paid to somebody who has not drawn it.
    pub(crate) fn due(&self, client: &Client, who: &Hash) -> Result<u64, Failure> {
        Ok(state(client, places::charter_due(&self.id, who))?.unwrap_or(0))
    }
}

/// Who somebody is: a number, an id, or a key of this machine by its name.
pub(crate) fn who(_: &Cli, client: &Client, text: &str) -> Result<Hash, Failure> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if weal_services::codes::parse_number(text).is_some() {
        return client.resolve(text);
    }
    let unknown = || {
        Failure::new(Exit::NotFound, format!("nobody here is called {text}"))
            .help("name a number such as R-42, an id, or a registered key of this machine")
    };
    let network = client.network()?;
    keys::principal(text, &network).ok().flatten().ok_or_else(unknown)
}

/// A principal's name for people: the book's, or the beginning of the id.
pub(crate) fn name(client: &Client, id: &Hash) -> String {
    let id = id.to_string();
    let short = id.get(..8).unwrap_or_default().to_owned();
    let page = client.get(&path("/v1/parties/", &id, ""), &[]).unwrap_or_default();
    match page.pointer("/party/name").and_then(Value::as_str) {
        Some(name) if !name.is_empty() => format!("{name} ({short})"),
        _ => short,
    }
}
