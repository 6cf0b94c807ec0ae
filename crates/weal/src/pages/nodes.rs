//! Who keeps the book: who agrees, who is silent, who contradicted himself, and who may join.
//!
//! 1. The first sentence is the verdict; the second says who lacks and whether the book goes on.
//! 2. Then one row for each institution, the contradictions, the proposals, and what may fail.
//! 3. It is one node's own view, and says so.

use super::layout::{cross, tick, warning};
use super::phrase;
use super::proposals;
use super::records::{fact, head};
use super::site::{Answer, Page, Place, Site, Visit};
use super::words::{Lang, args, group};
use crate::app::{EvidenceLine, KeeperLine, Keeping};
use crate::serve::now;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_kernel::Hash;
use weal_kernel::units::UnixMillis;
use weal_node::Contradiction;
use weal_proof::certificate::quorum;
use weal_proof::keys::PublicKey;
use weal_services::view::BlockLine;

/// Blocks looked at for who proposed lately.
const LATELY: u32 = 100;

/// `GET /{lang}/nodes`.
pub(crate) async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Answer {
    let (blocks, mut asked) =
        site.read(|book| Ok((book.blocks(None, LATELY)?.items, book.proposals()?))).await?;
    if let Some(state) = site.app.ledger.state() {
        let now_ms = UnixMillis(visit.status.time_ms).0;
        asked.iter_mut().for_each(|proposal| proposal.judge(&state, now_ms));
    }
    let mut keeping = site.app.ledger.keeping();
    let own = keeping.own_key.clone();
    let place = |k: &KeeperLine| (k.key != own, k.web.is_empty(), k.web.clone());
    keeping.keepers.sort_by_key(place);
    let lang = visit.lang;
    let body = html! {
        (lead(&visit, &keeping))
        section {
            h2 { (lang.say("nodes-who")) }
            (table(&visit, &keeping, &blocks))
            (next(lang, &keeping))
        }
        section {
            h2 #evidence { (lang.say("nodes-evidence")) }
            (evidence(&visit, &keeping))
        }
        (proposals::sections(lang, &keeping, &asked))
        div.columns {
            section { (bounds(lang, &keeping)) }
            section { (limits(&visit, &keeping)) }
        }
    };
    Ok(Page::moving(lang.say("nodes-title"), Place::Nodes, body))
}

/// The keeper's name in the reader's language, where it has one.
pub(crate) fn name(lang: Lang, keeper: &KeeperLine) -> &str {
    phrase::own_words(lang, &keeper.name)
}

/// How many agree, as everywhere: on a mirror, how many signed.
fn lead(visit: &Visit, keeping: &Keeping) -> Markup {
    let (lang, status) = (visit.lang, &visit.status);
    let (all, agree) = (status.validators, status.agree);
    let values = || args! { agree: agree, all: all, height: status.indexed };
    let verdict = match keeping.role {
        "keeper" => lang.tell("nodes-verdict", values()),
        _ => lang.tell("nodes-verdict-signed", values()),
    };
    let goes_on = match (agree >= quorum(all), all) {
        (true, 0 | 1) => None,
        (true, _) if agree == all => None,
        (true, _) => Some(lang.tell("nodes-goes-on", args! { enough: quorum(all) })),
        (false, _) => Some(lang.tell("nodes-stands", args! { enough: quorum(all) })),
    };
    html! {
        div.lead {
            p.kicker { (lang.say("nodes-title")) }
            h1 { (verdict) }
            p.dek {
                @for keeper in &keeping.keepers {
                    @if let Some(lack) = lack(lang, keeper) { (lack) (lang.say("nodes-space")) }
                }
                @if let Some(words) = goes_on { (words) }
            }
        }
        @if keeping.role != "keeper" { (aside(lang, visit, keeping)) }
    }
}

/// What is wrong with an institution, in a sentence.
fn lack(lang: Lang, keeper: &KeeperLine) -> Option<String> {
    let name = name(lang, keeper).to_owned();
    match (keeper.state, keeper.heard_ms) {
        ("agrees" | "unheard", _) => None,
        ("contradicts", _) => Some(lang.tell("nodes-contradicts", args! { name: name })),
        (_, Some(heard)) => {
            Some(lang.tell("nodes-silent-for", args! { name: name, age: age(lang, heard) }))
        }
        (_, None) => Some(lang.tell("nodes-never-heard", args! { name: name })),
    }
}

/// What a node that does not vote says of itself.
fn aside(lang: Lang, visit: &Visit, keeping: &Keeping) -> Markup {
    let key = if keeping.role == "mirror" { "nodes-mirror" } else { "nodes-waiting" };
    html! {
        div.said-by {
            p { (lang.tell(key, args! { book: visit.status.name.clone() })) }
            @if let Some(trouble) = &keeping.trouble {
                p { b { (lang.say("nodes-trouble")) } " " (trouble) }
            }
        }
    }
}

/// How long ago, in the largest fitting unit.
fn age(lang: Lang, heard_ms: u64) -> String {
    let seconds = now().0.saturating_sub(heard_ms) / 1000;
    match seconds {
        0..=119 => lang.tell("age-seconds", args! { count: seconds }),
        120..=7_199 => lang.tell("age-minutes", args! { count: seconds / 60 }),
        7_200..=172_799 => lang.tell("age-hours", args! { count: seconds / 3_600 }),
        _ => lang.tell("age-days", args! { count: seconds / 86_400 }),
    }
}

fn table(visit: &Visit, keeping: &Keeping, blocks: &[BlockLine]) -> Markup {
    let lang = visit.lang;
    let mut proposed = BTreeMap::new();
    for block in blocks {
        proposed.entry(block.proposer.as_str()).or_insert(block.height);
    }
    let count = blocks.len() as u64;
    html! {
        table.list.cards.nodes {
            thead {
                tr {
                    th scope="col" { (lang.say("column-institution")) }
                    th scope="col" { (lang.say("column-state")) }
                    th scope="col" { (lang.say("column-proposed")) }
                    th scope="col" { (lang.say("column-key")) }
                }
            }
            tbody {
                @for keeper in &keeping.keepers {
                    @let proposed = proposed.get(keeper.key.as_str()).copied();
                    (row(lang, keeping, keeper, (proposed, count)))
                }
            }
        }
    }
}

fn row(
    lang: Lang,
    keeping: &Keeping,
    keeper: &KeeperLine,
    (proposed, count): (Option<u64>, u64),
) -> Markup {
    let name = name(lang, keeper);
    html! {
        tr {
            th scope="row" {
                @if keeper.web.is_empty() { (name) } @else {
                    a href={ (keeper.web) "/" (lang.code()) "/nodes" } { (name) }
                }
                @if keeper.key == keeping.own_key { small { (lang.say("nodes-this")) } }
            }
            td {
                (state(lang, keeper))
                @if keeping.evidence.iter().any(|line| line.key == keeper.key) {
                    small { a href="#evidence" { (lang.say("nodes-accused")) } }
                }
            }
            td data-label=(lang.say("column-proposed")) {
                @match proposed {
                    Some(height) => {
                        a href={ "/" (lang.code()) "/blocks/" (height) } {
                            (lang.tell("strip-block", args! { height: height }))
                        }
                    }
                    None => span.note { (lang.tell("nodes-not-lately", args! { count: count })) },
                }
            }
            td.keys {
                details {
                    summary { code { (head(&keeper.key)) } }
                    dl.facts.narrow {
                        (fact(&lang.say("nodes-key"), &html! { code.long { (keeper.key) } }))
                        (fact(&lang.say("nodes-owner"), &html! { code.long { (keeper.owner) } }))
                        (fact(&lang.say("nodes-address"), &html! {
                            code.long { (keeper.address) }
                        }))
                    }
                }
            }
        }
    }
}

/// The state in a sign and words, and when it was last heard.
fn state(lang: Lang, keeper: &KeeperLine) -> Markup {
    let key = format!("keeper-state-{}", keeper.state);
    let sign = match keeper.state {
        "agrees" => tick(),
        "contradicts" => cross(),
        "unheard" => html! {},
        _ => warning(),
    };
    html! {
        span.state-word { (sign) " " b { (lang.say(&key)) } }
        @if let Some(heard) = keeper.heard_ms {
            @let ago = lang.tell("nodes-heard", args! { age: age(lang, heard) });
            small { (phrase::time(heard, &ago)) }
        }
    }
}

/// Who keeps the book from the next epoch on, if that changes.
fn next(lang: Lang, keeping: &Keeping) -> Markup {
    let keys = |list: &[KeeperLine]| list.iter().map(|k| k.key.clone()).collect::<Vec<_>>();
    let (now, then) = (keys(&keeping.keepers), keys(&keeping.next));
    let comes = |k: &&KeeperLine| !now.contains(&k.key);
    let goes = |k: &&KeeperLine| !then.contains(&k.key);
    let named = |k: &KeeperLine| args! { name: name(lang, k).to_owned() };
    let first = group((keeping.epoch + 1).saturating_mul(keeping.epoch_blocks));
    html! {
        @if !then.is_empty() {
            p.sentence { (lang.tell("nodes-next", args! { height: first })) }
            ul {
                @for keeper in keeping.next.iter().filter(comes) {
                    li { (lang.tell("nodes-joins", named(keeper))) }
                }
                @for keeper in keeping.keepers.iter().filter(goes) {
                    li { (lang.tell("nodes-leaves", named(keeper))) }
                }
            }
        }
    }
}

/// Contradictions, with what they mean and the file to take away.
fn evidence(visit: &Visit, keeping: &Keeping) -> Markup {
    let lang = visit.lang;
    html! {
        @if keeping.evidence.is_empty() {
            p.empty { (lang.say("nodes-no-evidence")) }
        } @else {
            p.note { (lang.say("nodes-evidence-note")) }
            ul.shares {
                @for line in &keeping.evidence { li { (contradiction(visit, keeping, line)) } }
            }
        }
    }
}

fn contradiction(visit: &Visit, keeping: &Keeping, line: &EvidenceLine) -> Markup {
    let lang = visit.lang;
    let known = keeping.keepers.iter().find(|keeper| keeper.key == line.key);
    let who = known.map_or_else(|| head(&line.key), |keeper| name(lang, keeper).to_owned());
    let file = file(&visit.status.network, line);
    html! {
        p.sentence {
            (cross()) " "
            (lang.tell(&format!("evidence-{}", line.kind), args! { name: who }))
        }
        p.meta {
            (lang.tell("evidence-where", args! { epoch: line.epoch, view: line.view }))
            @if let Some((name, _)) = &file {
                " · "
                a href={ "/evidence/" (name) } download=(name) { (lang.say("evidence-file")) }
            }
        }
        @if let Some((_, text)) = &file {
            details {
                summary { (lang.say("evidence-text")) }
                pre tabindex="0" { code.long { (text) } }
            }
        }
    }
}

/// The text that a node keeps of it, and its name: the hash of it, so that damage shows.
fn file(network: &str, line: &EvidenceLine) -> Option<(String, String)> {
    let contradiction = Contradiction {
        format: "commonweal-contradiction-v1".into(),
        network: network.parse().ok()?,
        kind: line.kind.clone(),
        validator: PublicKey(line.key.parse::<Hash>().ok()?.0),
        epoch: line.epoch,
        view: line.view,
        votes: line.votes.clone(),
    };
    let text = serde_json::to_string_pretty(&contradiction).ok()?;
    Some((format!("{}.json", Hash::of(&[text.as_bytes()])), text))
}

/// `GET /evidence/{name}`: one contradiction, to take away.
pub(crate) async fn take_away(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    let network = site.app.ledger.status().network;
    let evidence = site.app.ledger.keeping().evidence;
    let mut files = evidence.iter().filter_map(|line| file(&network, line));
    let Some((_, text)) = files.find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// How many may fail or lie, and when institutions come and go.
fn bounds(lang: Lang, keeping: &Keeping) -> Markup {
    let all = keeping.keepers.len() as u64;
    let values = || {
        let (enough, faulty) = (quorum(all), all.saturating_sub(quorum(all)));
        args! { all: all, enough: enough, faulty: faulty, more: faulty + 1 }
    };
    let first = keeping.epoch.saturating_mul(keeping.epoch_blocks);
    let last = first.saturating_add(keeping.epoch_blocks).saturating_sub(1);
    let epoch = args! {
        epoch: keeping.epoch, first: first, last: last, count: keeping.epoch_blocks,
    };
    html! {
        h2 { (lang.say("nodes-bounds")) }
        @if all > 3 {
            p { (lang.tell("nodes-bounds-fail", values())) }
            p { (lang.tell("nodes-bounds-silent", values())) }
            p { (lang.tell("nodes-bounds-lie", values())) }
        } @else if all > 1 {
            p { (lang.tell("nodes-bounds-few", values())) }
        } @else {
            p { (lang.say("nodes-bounds-alone")) }
        }
        p { (lang.tell("nodes-epoch", epoch)) }
    }
}

/// What one node's view cannot show, and where the other views are.
fn limits(visit: &Visit, keeping: &Keeping) -> Markup {
    let lang = visit.lang;
    let others = || {
        let other = |k: &&KeeperLine| k.key != keeping.own_key && !k.web.is_empty();
        keeping.keepers.iter().filter(other)
    };
    html! {
        h2 { (lang.say("nodes-limits")) }
        p { (lang.say("nodes-limits-1")) }
        p { (lang.say("nodes-limits-2")) }
        @if others().next().is_some() {
            ul.further {
                @for keeper in others() {
                    li {
                        a href={ (keeper.web) "/" (lang.code()) "/nodes" } { (name(lang, keeper)) }
                    }
                }
            }
        }
        p.note {
            (lang.say("nodes-machines")) " "
            code { "GET /v1/network" } " · " code { "GET /health" }
        }
    }
}
