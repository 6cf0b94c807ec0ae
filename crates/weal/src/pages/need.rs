//! One need: what is asked, how far it is met, who did what about it, and how to help.

use super::coverage::{Met, legend};
use super::entry;
use super::phrase;
use super::records::fact;
use super::site::{Answer, Failure, Page, Place, Site, Visit};
use super::verify::command;
use super::words::{Lang, args};
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

/// Who asks for what, in one sentence.
pub(crate) fn headline(lang: Lang, need: &Need) -> String {
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
                    received: phrase::interval(lang, coverage.received),
                    bound: phrase::count(lang, met.bound, unit),
                    percent: met.percent(),
                    nobody: met.nobody_yet(),
                    left: phrase::count(lang, met.nobody_yet(), unit),
                }))
            }
            (met.bar(lang, 28))
            div.below-bar { (legend(lang)) }
        } @else {
            @let key = match need.asked {
                Asked::PerDay { .. } => "need-unmeasured-daily",
                Asked::Unbounded => "need-unmeasured-unbounded",
                _ => "need-unmeasured",
            };
            p.sentence { (lang.tell(key, args! { received: amount(coverage.received) })) }
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
    if need.corroborated == 0 && need.disputed == 0 {
        return lang.say("need-voices-none");
    }
    let counts = args! { corroborated: need.corroborated, disputed: need.disputed };
    lang.tell("need-voices-words", counts)
}

/// The bound as a calculation anybody can repeat: beds, times use, times days, less what is there.
fn derived(lang: Lang, need: &Need, from: &Derivation) -> Markup {
    let unit = &need.item.unit;
    let result = phrase::count(lang, from.amount, unit);
    let amount = |quantity| args! { amount: phrase::count(lang, quantity, unit) };
    html! {
        p.calculation {
            (lang.tell("derived-beds", args! { count: from.beds }))
            " × " (lang.tell("derived-use", amount(from.use_per_1000_bed_days)))
            " × " (lang.tell("derived-days", args! { count: from.days }))
            @if from.on_hand > 0 { " − " (lang.tell("derived-on-hand", amount(from.on_hand))) }
            " = " b { (result) }
        }
        small { (lang.tell("derived-source", args! { source: from.source.clone() })) }
    }
}

/// How to help: what to do, and the command that starts it.
fn offer(lang: Lang, need: &Need) -> Markup {
    let taker = if need.needy.number.is_empty() { "P-…" } else { need.needy.number.as_str() };
    let take = format!("weal take {} {}", need.item.code, lang.say("offer-quantity"));
    let dispatch = format!(
        "weal dispatch {taker} L-…={} \\\n  --need {}",
        lang.say("offer-quantity"),
        need.number
    );
    html! {
        aside.panel #offer aria-label=(lang.say("offer-title")) {
            h2 { (lang.say("offer-title")) }
            @if need.status == "closed" {
                p { (lang.say("offer-closed")) }
            } @else if need.needy.kind == "facility" {
                p { (lang.say("offer-facility")) }
                p.note { (lang.say("offer-facility-note")) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use weal_services::view::{Coverage, ItemName, Party};

    fn party(name: &str) -> Party {
        Party { name: name.to_owned(), ..Party::default() }
    }

    /// A need that others stated, without a number, but with beds to work one out.
    fn said() -> Need {
        let names = [("en", "N95 respirator"), ("zh", "N95口罩")];
        let names = names.map(|(lang, name)| (lang.to_owned(), name.to_owned())).into();
        let item =
            ItemName { code: "n95".into(), names, unit: "piece".into(), ..Default::default() };
        let received = Interval { low: 120, high: None };
        Need {
            number: "N-18213".into(),
            id: String::new(),
            item,
            specification: None,
            needy: party("Lakeside Hospital"),
            place: "North Lake".into(),
            stated_by: party("Volunteers"),
            one_sided: true,
            urgency: "critical".into(),
            asked: Asked::Unbounded,
            derived: Some(Derivation {
                amount: 2_044,
                beds: 260,
                days: 12,
                use_per_1000_bed_days: 900,
                on_hand: 764,
                source: "daily bed report".into(),
            }),
            coverage: Coverage { received, ..Coverage::default() },
            status: "partly".into(),
            corroborated: 0,
            disputed: 1,
            stated_ms: 0,
            updated_ms: 0,
        }
    }

    fn shown(lang: Lang, need: Need) -> String {
        body(lang, &NeedPage { need, reason: None, history: Vec::new() }).into_string()
    }

    #[test]
    fn a_statement_of_others_is_marked_as_one() {
        let html = shown(Lang::En, said());
        assert!(html.contains("Lakeside Hospital is said to need N95 respirators"), "{html}");
        assert!(html.contains("have not signed it themselves"), "{html}");
        assert!(shown(Lang::Zh, said()).contains("据称Lakeside Hospital需要N95口罩"));
    }

    #[test]
    fn a_derived_bound_is_a_calculation_with_its_source() {
        let html = shown(Lang::En, said());
        let sum = "260 beds × 900 pieces a day for 1,000 beds × 12 days − 764 pieces on hand = \
            <b>2,044 pieces</b>";
        assert!(html.contains(sum) && html.contains("daily bed report"), "{html}");
        let sum = "260 张床位 × 每千张床每天 900 件 × 12 天 − 现有 764 件 = <b>2,044 件</b>";
        assert!(shown(Lang::Zh, said()).contains(sum));
    }

    #[test]
    fn an_unknown_is_never_told_as_a_number() {
        let html = shown(Lang::En, said());
        assert!(html.contains("at least 120 of 2,044 pieces have arrived (5%)"), "{html}");
        let need = Need { derived: None, ..said() };
        let html = shown(Lang::En, need);
        assert!(html.contains("As much as possible was asked") && !html.contains("(5%)"), "{html}");
    }
}
