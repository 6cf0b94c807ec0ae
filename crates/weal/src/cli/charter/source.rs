//! Where a text comes from: a file, stdin, the shipped texts, an address, or the book.

use super::super::args::Cli;
use super::super::client::Client;
use super::super::fund::book;
use super::super::output::{Exit, Failure};
use super::templates;
use std::io::Read as _;
use weal_charter::fault::Fault;
use weal_charter::{Proved, limits};
use weal_proof::Hash;
use weal_services::funds::Known;

/// A text and where it is from.
#[derive(Debug)]
pub(crate) struct Source {
    /// As it was named.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    /// The charter in the node's book, if it is from there.
    pub(crate) charter: Option<Hash>,
}

/// Reads the text that somebody named.
pub(crate) fn read(cli: &Cli, name: &str) -> Result<Source, Failure> {
    let source = |text: String, charter| Source { name: name.to_owned(), text, charter };
    if name == "-" || std::path::Path::new(name).is_file() {
        return Ok(source(file(name)?, None));
    }
    if name.starts_with("http://") || name.starts_with("https://") {
        let (text, charter) = fetch(name)?;
        return Ok(source(text, charter));
    }
    if let Some(text) = templates::find(name) {
        return Ok(source(text.to_owned(), None));
    }
    if name.contains('/') || name.ends_with(".weal") {
        return Err(Failure::new(Exit::NotFound, format!("there is no file {name}"))
            .help("begin one with `weal charter new --template gift-escrow gift.weal`"));
    }
    let client = Client::new(&cli.node);
    let known = book::id(&client, name).and_then(|id| book::text(&client, &id).map(|t| (t, id)));
    let (text, id) = known.map_err(|failure| match failure.exit {
        Exit::NoNode => Failure::new(Exit::NotFound, format!("there is no file {name}"))
            .help("name a file, one of `weal charter new`, or a charter of a node that runs"),
        _ => failure,
    })?;
    Ok(source(text, Some(id)))
}

/// A file, or stdin; no longer than a text may be.
pub(crate) fn file(name: &str) -> Result<String, Failure> {
    let most = u64::try_from(limits::TEXT_BYTES).unwrap_or(u64::MAX).saturating_mul(4);
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(Failure::error)?;
    } else {
        let fail = |e| Failure::new(Exit::NotFound, format!("{name}: {e}"));
        let open = std::fs::File::open(name).map_err(fail)?;
        open.take(most).read_to_end(&mut bytes).map_err(fail)?;
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::error(format!("{name} is not in UTF-8")).help("save it as UTF-8 without a mark")
    })
}

/// A text at an address: the text itself, or a page of a node about a charter.
fn fetch(address: &str) -> Result<(String, Option<Hash>), Failure> {
    let after = address.find("//").map_or(0, |at| at.saturating_add(2));
    let host = address.get(after..).and_then(|rest| rest.find('/'));
    let cut = host.map_or(address.len(), |at| after.saturating_add(at));
    let (base, path) = address.split_at(cut);
    let client = Client::new(base);
    let is_page = path.contains("/funds/") || path.contains("/charters/");
    let parts = path.split(['/', '?', '#']);
    let mut named = parts.filter(|part| {
        part.len() >= 8 && (part.bytes().all(|c| c.is_ascii_hexdigit()) || part.contains("R-"))
    });
    if let Some(name) = named.next().filter(|_| is_page) {
        let id = book::id(&client, name)?;
        return Ok((book::text(&client, &id)?, Some(id)));
    }
    let answer = client.get(if path.is_empty() { "/" } else { path }, &[])?;
    let text = answer.as_str().or_else(|| answer.get("text").and_then(|text| text.as_str()));
    let text = text.filter(|text| !text.trim_start().starts_with('<')).ok_or_else(|| {
        Failure::error(format!("{address} is no charter's text"))
            .help("name the text itself, or a fund's page such as https://…/funds/1a2b3c4d")
    })?;
    Ok((text.to_owned(), None))
}

impl Source {
    /// The charter, proved; or what is wrong with it.
    pub(crate) fn prove(&self) -> Result<Proved, Failure> {
        Proved::read(&self.text).map_err(|fault| self.failure(&fault))
    }

    /// As [`Source::prove`], with what the text alone tells.
    pub(crate) fn known(&self) -> Result<Known, Failure> {
        Known::read(&self.text).map_err(|fault| self.failure(&fault))
    }

    /// A fault as a failure with its place.
    fn failure(&self, fault: &Fault) -> Failure {
        let place = fault.place;
        let Source { name, .. } = self;
        let code = fault.kind.code();
        Failure::error(format!("{name}:{}:{}: {code}: {}", place.line, place.column, fault.reason))
            .help(format!("see all faults with `weal charter lint {name}`"))
    }
}
