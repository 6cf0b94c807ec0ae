//! Proposed changes of who keeps the book: what is asked, who answered what, and how to answer.

use super::layout::{cross, tick};
use super::nodes;
use super::phrase;
use super::records::head;
use super::verify::command;
use super::words::{Lang, args};
use crate::app::{KeeperLine, Keeping};
use maud::{Markup, html};
use std::collections::BTreeMap;
use weal_services::view::{Proposal, ProposalAnswer};

/// Decided proposals shown; the others are in the records.
const DECIDED: usize = 10;

/// Open ones, then those that are over.
pub(crate) fn sections(lang: Lang, keeping: &Keeping, proposals: &[Proposal]) -> Markup {
    let is_open = |proposal: &&Proposal| proposal.outcome == "open";
    let (open, over): (Vec<_>, Vec<_>) = proposals.iter().partition(is_open);
    html! {
        section {
            h2 #proposals { (lang.say("proposals-title")) }
            p.note {
                (lang.tell("proposals-note", args! {
                    needed: keeping.needed_approvals, all: keeping.keepers.len() as u64,
                }))
            }
            @if open.is_empty() { p.empty { (lang.say("proposals-empty")) } }
            @for proposal in open { (one(lang, keeping, proposal)) }
            @if !over.is_empty() {
                details {
                    summary { (lang.tell("proposals-over", args! { count: over.len() as u64 })) }
                    @for proposal in over.into_iter().take(DECIDED) {
                        (one(lang, keeping, proposal))
                    }
                }
            }
        }
    }
}

/// The last answer of each keeper, by key: earlier ones count no more.
fn answers(proposal: &Proposal) -> BTreeMap<&str, &ProposalAnswer> {
    proposal.answers.iter().map(|answer| (answer.keeper.as_str(), answer)).collect()
}

fn one(lang: Lang, keeping: &Keeping, proposal: &Proposal) -> Markup {
    let answers = answers(proposal);
    let counts = |keeper: &&KeeperLine| answers.contains_key(keeper.key.as_str());
    let (answered, silent): (Vec<_>, Vec<_>) = keeping.keepers.iter().partition(counts);
    let of = |keeper: &KeeperLine| answers.get(keeper.key.as_str()).copied();
    let approved = answered.iter().filter(|k| of(k).is_some_and(|a| a.approves)).count() as u64;
    let open = proposal.outcome == "open";
    let class = match proposal.outcome.as_str() {
        "accepted" => "tag fine",
        "open" => "tag high",
        _ => "tag",
    };
    html! {
        div.proposal {
            h3 { (asked(lang, proposal)) }
            p {
                span class=(class) { (phrase::word(lang, "proposal", &proposal.outcome)) } " "
                (lang.tell("proposals-count", args! {
                    approved: approved, needed: keeping.needed_approvals,
                }))
            }
            p.meta {
                (phrase::party(lang, &proposal.by)) " · "
                (phrase::time(proposal.time_ms, &lang.full_moment(proposal.time_ms))) " · "
                a href={ "/" (lang.code()) "/records/" (proposal.number) } { (proposal.number) }
                @if open {
                    @let day = lang.day(proposal.expires_ms);
                    " · " (lang.tell("proposals-until", args! { day: day }))
                }
            }
            ul.answers {
                @for keeper in answered {
                    @if let Some(answer) = of(keeper) { li { (line(lang, keeper, answer)) } }
                }
                @if open && !silent.is_empty() {
                    li.note { (not_yet(lang, &silent)) }
                }
            }
            @if open { (how(lang, proposal)) }
        }
    }
}

/// What is asked, in a sentence.
fn asked(lang: Lang, proposal: &Proposal) -> String {
    let known = if proposal.name.is_empty() { head(&proposal.key) } else { proposal.name.clone() };
    let name = phrase::own_words(lang, &known).to_owned();
    lang.tell(&format!("asked-{}", proposal.kind), args! { name: name })
}

fn line(lang: Lang, keeper: &KeeperLine, answer: &ProposalAnswer) -> Markup {
    let name = nodes::name(lang, keeper).to_owned();
    let said = answer.reason.as_deref().map(|reason| phrase::own_words(lang, reason));
    html! {
        @if answer.approves {
            (tick()) " " (lang.tell("answer-approves", args! { name: name }))
        } @else {
            (cross()) " " (lang.tell("answer-declines", args! { name: name }))
        }
        @if let Some(said) = said { (lang.say("nodes-space")) q { (said) } }
        " " a href={ "/" (lang.code()) "/records/" (answer.number) } { (answer.number) }
    }
}

fn not_yet(lang: Lang, silent: &[&KeeperLine]) -> String {
    let names: Vec<_> = silent.iter().map(|keeper| nodes::name(lang, keeper)).collect();
    lang.tell("answers-missing", args! { names: names.join(&lang.say("answers-comma")) })
}

/// The commands with which a keeper answers.
fn how(lang: Lang, proposal: &Proposal) -> Markup {
    html! {
        details {
            summary { (lang.say("answer-how")) }
            p { (lang.say("answer-how-1")) }
            (command(&format!("weal network approve {}", proposal.number)))
            (command(&format!("weal network decline {} --reason \"...\"", proposal.number)))
        }
    }
}
