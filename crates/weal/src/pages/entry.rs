//! Entries of the book as sentences: the same words on every page and in the live stream.

use super::layout;
use super::phrase;
use super::words::{Lang, args};
use fluent_bundle::FluentArgs;
use maud::{Markup, html};
use weal_services::view::{Entry, Party};

/// What happened, in one sentence without marks.
pub(crate) fn sentence(lang: Lang, entry: &Entry) -> String {
    let keys = keys(entry);
    let args = values(lang, entry);
    let variant = other(entry).map(|other| {
        // A donor who is named has signed; one for whom a gift is kept need not.
        let donor = entry.act == "money.issue" && entry.signers.iter().any(|s| s.id == other.id);
        if donor { "from" } else { "other" }
    });
    let told = keys.iter().find_map(|key| {
        let full = variant.and_then(|variant| lang.try_tell(&format!("{key}.{variant}"), &args));
        full.or_else(|| lang.try_tell(key, &args))
    });
    told.unwrap_or_else(|| entry.act.clone())
}

/// The other side, unless it is the same: who speaks of himself does not name himself twice.
fn other(entry: &Entry) -> Option<&Party> {
    entry.other.as_ref().filter(|other| other.id.is_empty() || other.id != entry.actor.id)
}

/// Texts that may tell this entry, the most telling one first.
fn keys(entry: &Entry) -> Vec<String> {
    let act = entry.act.replace(['.', '_'], "-");
    let own = match entry.act.as_str() {
        "record.post" => Some(format!("record-{}", entry.what)),
        "record.respond" => Some(format!("response-{}", entry.what)),
        _ => None,
    };
    own.into_iter().chain([format!("act-{act}"), "act-unknown".to_owned()]).collect()
}

fn values(lang: Lang, entry: &Entry) -> FluentArgs<'static> {
    let other = entry.other.as_ref().map(|other| phrase::name(lang, other));
    let money = entry.money.as_ref().map(|money| phrase::money(lang, money));
    let item = entry.item.as_ref().map(|item| phrase::item(lang, item));
    args! {
        actor: phrase::name(lang, &entry.actor),
        other: other.unwrap_or_else(|| lang.say("party-unnamed")),
        goods: phrase::goods(lang, entry.item.as_ref(), entry.quantity),
        item: item.unwrap_or_else(|| lang.say("goods-several")),
        money: money.unwrap_or_else(|| lang.say("money-some")),
        act: entry.act.clone(),
    }
}

/// Words of the sender; codes among them in the reader's language.
pub(crate) fn words(lang: Lang, entry: &Entry) -> Option<String> {
    let text = entry.text.as_ref()?;
    Some(match entry.act.as_str() {
        "role.attest" | "role.revoke" => phrase::word(lang, "role", text),
        "mandate.grant" => {
            let acts = text.split(", ").map(|act| act_name(lang, act));
            acts.collect::<Vec<_>>().join(if lang == Lang::En { ", " } else { "、" })
        }
        _ => text.clone(),
    })
}

/// What a kind of entry is called.
pub(crate) fn act_name(lang: Lang, act: &str) -> String {
    let key = format!("name-{}", act.replace(['.', '_'], "-"));
    lang.try_tell(&key, &FluentArgs::new()).unwrap_or_else(|| act.to_owned())
}

/// Whether an entry brings goods or money into other hands, so that its evidence can be graded.
pub(crate) fn is_graded(entry: &Entry) -> bool {
    let ungraded = [
        "holding.consume",
        "holding.write_off",
        "holding.count",
        "holding.reserve",
        "holding.release",
        "money.pay",
    ];
    let moves = entry.act.starts_with("holding.") || entry.act.starts_with("money.");
    let statement = entry.act == "record.post" && other(entry).is_some();
    (moves && !ungraded.contains(&entry.act.as_str())) || statement
}

/// One entry as a line of a list; also what live pages are sent.
pub(crate) fn line(lang: Lang, entry: &Entry) -> Markup {
    html! {
        li.entry data-index=(entry.index) {
            (sign(entry))
            div {
                p.what { (sentence(lang, entry)) }
                @if let Some(words) = words(lang, entry) { p.words { (words) } }
                p.meta {
                    (phrase::time(entry.time_ms, &lang.moment(entry.time_ms)))
                    " · " (link(lang, entry)) " · " (signed_by(lang, entry))
                }
            }
        }
    }
}

/// The entry's number, linked to its page.
pub(crate) fn link(lang: Lang, entry: &Entry) -> Markup {
    let number = if entry.number.is_empty() {
        format!("#{}", super::words::group(entry.index))
    } else {
        entry.number.clone()
    };
    html! { a.number href={ "/" (lang.code()) "/records/" (entry.index) } { (number) } }
}

fn signed_by(lang: Lang, entry: &Entry) -> String {
    let count = entry.signers.len().max(1);
    let about_another = entry.act == "record.post" && other(entry).is_some();
    if entry.grade == 0 && about_another && count == 1 {
        return lang.say("entry-one-sided");
    }
    let meeting = ["holding.hand_over", "holding.resolve", "money.redeem"];
    if count == 2 && meeting.contains(&entry.act.as_str()) {
        return lang.say("entry-both-sides");
    }
    lang.tell("entry-signed", args! { count: count })
}

/// Names of all who signed, each with a tick.
pub(crate) fn signatures(lang: Lang, entry: &Entry) -> Markup {
    html! {
        @for party in &entry.signers {
            span.signature { (layout::tick()) " " (phrase::party(lang, party)) }
        }
    }
}

/// The sign beside an entry.
pub(crate) fn sign(entry: &Entry) -> Markup {
    let (class, icon) = look(entry);
    html! { span.sign.(class) { (icon) } }
}

/// The colour and form of its sign, by what it does to goods and people.
fn look(entry: &Entry) -> (&'static str, Markup) {
    let path = |path: &str| {
        html! {
            svg.icon width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
                path d=(path) fill="none" stroke="currentColor" stroke-width="2" {}
            }
        }
    };
    match (entry.act.as_str(), entry.what.as_str()) {
        ("holding.accept" | "holding.hand_over" | "holding.consume" | "money.redeem", _) => {
            ("good", layout::tick())
        }
        ("record.respond", "corroborate") => ("good", layout::tick()),
        ("record.post", "need") | ("holding.write_off", _) => ("bad", layout::warning()),
        ("record.respond", "dispute" | "hide") => ("bad", layout::warning()),
        ("holding.dispatch" | "money.pay", _) => ("moving", path("M1 7h11M8 3l4 4-4 4")),
        ("holding.mint" | "holding.reserve" | "money.issue", _) => {
            ("moving", path("M7 1.5v11M1.5 7h11"))
        }
        ("record.post", "pledge" | "offer") => ("moving", path("M7 1.5v11M1.5 7h11")),
        _ => ("plain", path("M4 7h6")),
    }
}
