//! One need: what is asked, how far it is met, who did what about it, and how to help.

use super::coverage::{Met, legend};
use super::entry;
use super::phrase;
use super::records::fact;
use super::site::{Answer, Failure, Page, Place, Site, Visit};
use super::verify::command;
use super::words::{Lang, args, group};
use axum::extract::{Path, State};
use maud::{Markup, html};
use std::sync::Arc;
use weal_services::view::{Asked, Derivation, Interval, Need, NeedPage};

/// `GET /{lang}/needs/{number}`.
pub(crate) async fn show(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(number): Path<String>,
) -> Answer {
    let found = site.read(move |book| book.need(&number)).await?.ok_or(Failure::Missing)?;
    let title = headline(visit.lang, &found.need);
    Ok(Page::moving(title, Place::Needs, body(visit.lang, &found)))
}

fn headline(lang: Lang, need: &Need) -> String {
    let quantity = match need.asked {
        Asked::Stated { amount } => Some(Interval::exactly(amount)),
        _ => None,
    };
    let goods = phrase::goods(lang, Some(&need.item), quantity);
    let key = if need.one_sided { "need-headline-said" } else { "need-headline" };
    lang.tell(key, args! { needy: phrase::name(lang, &need.needy), goods: goods })
}

fn body(lang: Lang, page: &NeedPage) -> Markup {
    let need = &page.need;
    html! {
        div.lead {
            p.kicker {
                (need.number) " · " (phrase::urgency(lang, &need.urgency)) " · "
                (phrase::word(lang, "need-status", &need.status))
                @if !need.place.is_empty() { " · " (need.place) }
            }
            h1 { (headline(lang, need)) }
            @if let Some(reason) = &page.reason { p.dek { (reason) } }
        }
        @if need.one_sided {
            p.said-by {
                strong { (lang.say("need-said-title")) } " "
                (lang.tell("need-said", args! { author: phrase::name(lang, &need.stated_by) }))
            }
        }
        section { h2 { (lang.say("need-coverage")) } (coverage(lang, need)) }
        div.columns {
            div {
                section { h2 { (lang.say("need-facts")) } (facts(lang, need)) }
                section {
                    h2 { (lang.say("need-history")) }
                    ol.entries.long { @for entry in &page.history { (entry::line(lang, entry)) } }
                }
            }
            (offer(lang, need))
        }
    }
}

fn coverage(lang: Lang, need: &Need) -> Markup {
    let coverage = &need.coverage;
    let unit = &need.item.unit;
    let amount = |quantity: Interval| phrase::amount(lang, quantity, unit);
    let dispute = coverage.in_dispute;
    html! {
        @if let Some(met) = Met::of(need) {
            p.sentence {
                (lang.tell("need-covered", args! {
                    received: amount(coverage.received),
                    bound: phrase::count(lang, met.bound, unit),
                    percent: met.percent(),
                    nobody: met.nobody_yet(),
                    left: phrase::count(lang, met.nobody_yet(), unit),
                }))
            }
            (met.bar(lang, 28))
            div.below-bar { (legend(lang)) }
        } @else {
            p.sentence {
                (lang.tell("need-unmeasured", args! { received: amount(coverage.received) }))
            }
        }
        @if dispute.low > 0 || dispute.high != Some(0) {
            p.doubt { (lang.tell("need-dispute", args! { amount: amount(dispute) })) }
        }
    }
}

fn facts(lang: Lang, need: &Need) -> Markup {
    let amount = |quantity: Interval| phrase::amount(lang, quantity, &need.item.unit);
    let stated = phrase::time(need.stated_ms, &lang.full_moment(need.stated_ms));
    let changed = phrase::time(need.updated_ms, &lang.full_moment(need.updated_ms));
    let coverage = &need.coverage;
    html! {
        dl.facts {
            (fact(&lang.say("need-asked"), &html! { (phrase::asked(lang, need)) }))
            @if let Some(derivation) = &need.derived {
                (fact(&lang.say("need-derived"), &derived(lang, need, derivation)))
            }
            @if let Some(specification) = &need.specification {
                (fact(&lang.say("need-specification"), &html! { (specification) }))
            }
            (fact(&lang.say("state-received"), &html! { (amount(coverage.received)) }))
            (fact(&lang.say("state-moving"), &html! { (amount(coverage.on_the_way)) }))
            (fact(&lang.say("state-promised"), &html! { (amount(coverage.reserved)) }))
            (fact(&lang.say("column-needy"), &phrase::party(lang, &need.needy)))
            (fact(&lang.say("need-stated-by"), &phrase::party(lang, &need.stated_by)))
            (fact(&lang.say("column-stated"), &stated))
            (fact(&lang.say("need-changed"), &changed))
            (fact(&lang.say("need-voices"), &html! { (voices(lang, need)) }))
        }
    }
}

fn voices(lang: Lang, need: &Need) -> String {
    let counts = args! { corroborated: need.corroborated, disputed: need.disputed };
    lang.tell("need-voices-words", counts)
}

/// The bound as a calculation anybody can repeat: beds × use × days − on hand.
fn derived(lang: Lang, need: &Need, from: &Derivation) -> Markup {
    let unit = &need.item.unit;
    let result = phrase::count(lang, from.amount, unit);
    html! {
        p.calculation {
            (group(from.beds)) " " (lang.say("derived-beds"))
            " × " (group(from.use_per_1000_bed_days)) " ÷ 1,000 " (lang.say("derived-use"))
            " × " (lang.tell("derived-days", args! { count: from.days }))
            @if from.on_hand > 0 {
                " − " (phrase::count(lang, from.on_hand, unit)) " " (lang.say("derived-on-hand"))
            }
            " = " b { (result) }
        }
        small { (lang.tell("derived-source", args! { source: from.source.clone() })) }
    }
}

/// How to help: what to do, and the command that starts it.
fn offer(lang: Lang, need: &Need) -> Markup {
    let taker = if need.needy.number.is_empty() { "P-…" } else { need.needy.number.as_str() };
    let take = format!("weal take {} {}", need.item.code, lang.say("offer-quantity"));
    let dispatch =
        format!("weal dispatch {taker} L-…={} --need {}", lang.say("offer-quantity"), need.number);
    html! {
        aside.panel #offer aria-label=(lang.say("offer-title")) {
            h2 { (lang.say("offer-title")) }
            @if need.status == "closed" {
                p { (lang.say("offer-closed")) }
            } @else {
                ol.steps-list {
                    li { (lang.say("offer-register")) }
                    li { (lang.say("offer-take")) (command(&take)) }
                    li { (lang.say("offer-send")) (command(&dispatch)) }
                    li { (lang.say("offer-confirm")) }
                }
                p.note { (lang.say("offer-note")) }
            }
        }
    }
}
