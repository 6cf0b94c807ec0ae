//! What a fund holds over 75 years, in each scenario, as one chart with the same as a table.

use super::chart::{path, percent, short, tick_line, ticks};
use super::phrase;
use super::site::Visit;
use super::words::{Lang, args, group, group_digits};
use maud::{Markup, html};
use weal_services::funds::judge::{AssessmentView, OutcomeView, RoundsView};

/// Scenarios that are drawn, each with its class.
const DRAWN: [(&str, &str); 4] =
    [("high", "high"), ("middle", "middle"), ("low", "low"), ("closed_gate", "gate")];
/// Years between two rows of the table.
const STEP: usize = 5;
const HEIGHT: f64 = 300.0;
/// Labels at the ends of lines need so much of the height each.
const LABEL_PERCENT: f64 = 7.0;

/// Money as a plain number, for drawing.
fn plain(money: &str) -> f64 {
    money.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// What numbers on the axis are divided by, and the word for it.
fn unit(lang: Lang, top: f64) -> (f64, &'static str) {
    match (lang, top) {
        (_, top) if top < 50_000.0 => (1.0, "fund-unit-one"),
        (Lang::En, top) if top < 50_000_000.0 => (1e3, "fund-unit-thousand"),
        (Lang::En, _) => (1e6, "fund-unit-million"),
        (Lang::Zh, top) if top < 500_000_000.0 => (1e4, "fund-unit-thousand"),
        (Lang::Zh, _) => (1e8, "fund-unit-million"),
    }
}

/// The chart, its table, and what is assumed; where each round pays the one before, the rounds.
pub(crate) fn section(visit: &Visit, found: &AssessmentView, currency: &str) -> Markup {
    let lang = visit.lang;
    let lines: Vec<(&OutcomeView, &str)> = DRAWN
        .iter()
        .filter_map(|(name, class)| {
            Some((found.scenarios.iter().find(|outcome| outcome.name == *name)?, *class))
        })
        .collect();
    let assets = lines.iter().flat_map(|(outcome, _)| &outcome.years);
    let top = assets.map(|year| plain(&year.assets)).fold(0.0, f64::max);
    html! {
        h2 { (lang.say("fund-chart")) }
        @if let Some(rounds) = &found.rounds { (rounds_table(lang, rounds)) }
        @if top > 0.0 {
            @let (divisor, word) = unit(lang, top);
            p.note { (lang.tell(word, args! { currency: currency.to_owned() })) " "
                (lang.say("fund-chart-note"))
                @if has_band(found) { " " (lang.say("fund-chart-band")) } }
            (plot(lang, found, &lines, top, divisor))
            details {
                summary { (lang.say("fund-as-table")) }
                div.scroll tabindex="0" role="region" aria-label=(lang.say("fund-chart")) {
                    (table(lang, &lines))
                }
            }
        } @else if found.rounds.is_none() { p.empty { (lang.say("fund-chart-empty")) } }
        (assumptions(lang, found))
    }
}

/// Where promised sums stay unpaid, the band would tell of a fund that pays them all the same.
fn has_band(found: &AssessmentView) -> bool {
    let middle = found.scenarios.iter().find(|outcome| outcome.name == "middle");
    found.fan.len() > 1 && middle.is_some_and(|middle| middle.fails_in.is_none())
}

fn plot(
    lang: Lang,
    found: &AssessmentView,
    lines: &[(&OutcomeView, &str)],
    top: f64,
    divisor: f64,
) -> Markup {
    let spread = found.fan.iter().filter_map(|year| year.percentiles.last());
    let band = if has_band(found) { 1.0 } else { 0.0 };
    let top = spread.map(|money| plain(money) * band).fold(top, f64::max).min(top * 2.0);
    let marks = ticks((top / divisor).ceil().max(1.0) as u64);
    let ceiling = marks.last().copied().unwrap_or(1).max(1) as f64 * divisor;
    let years = lines.iter().flat_map(|(outcome, _)| outcome.years.iter().map(|y| y.year));
    let (first, last) = (years.clone().min().unwrap_or(0), years.max().unwrap_or(1));
    let span = (last - first).max(1) as f64;
    let x = |year: i64| (year - first) as f64 * 100.0 / span;
    let y = |money: f64| 100.0 - (money.max(0.0) * 100.0 / ceiling).min(100.0);
    let line = |outcome: &OutcomeView| {
        path(outcome.years.iter().map(|year| (x(year.year), y(plain(&year.assets)))))
    };
    let edge = |at: usize| {
        let points = found.fan.iter().map(move |year| {
            (year.year, year.percentiles.get(at).map_or(0.0, |money| plain(money)))
        });
        points.map(|(year, money)| (x(year), y(money))).collect::<Vec<_>>()
    };
    let back = path(edge(0).into_iter().rev()).replacen('M', "L", 1);
    let fan = format!("{}{back}Z", path(edge(4).into_iter()));
    let words = lines.iter().map(|(outcome, _)| ending(lang, outcome)).collect::<Vec<_>>();
    html! {
        div.plot.fund-plot {
            svg width="100%" height=(short(HEIGHT)) role="img" aria-label=(words.join(" ")) {
                @for mark in &marks {
                    (tick_line(y(*mark as f64 * divisor), &group(*mark)))
                }
                svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" {
                    @if has_band(found) { path.fan d=(fan) {} }
                    @for (outcome, class) in lines {
                        path.line.(class) d=(line(outcome)) vector-effect="non-scaling-stroke" {}
                    }
                }
                @for (at, anchor) in [(0, "start"), (1, "middle"), (2, "middle"), (3, "end")] {
                    @let year = first + (last - first) * at / 3;
                    text.tick.between[anchor == "middle"] x=(percent(x(year))) y="100%" dy="20"
                        text-anchor=(anchor) { (year) }
                }
                (names(lang, lines, &x, &y))
            }
        }
    }
}

/// Names at the ends of lines, moved apart where they would touch.
fn names(
    lang: Lang,
    lines: &[(&OutcomeView, &str)],
    x: &dyn Fn(i64) -> f64,
    y: &dyn Fn(f64) -> f64,
) -> Markup {
    let mut ends: Vec<(&OutcomeView, &str, f64, f64)> = lines
        .iter()
        .filter_map(|(outcome, class)| {
            let last = outcome.years.last()?;
            Some((*outcome, *class, x(last.year), y(plain(&last.assets))))
        })
        .collect();
    ends.sort_by(|a, b| b.3.total_cmp(&a.3));
    let mut free = 100.0;
    html! {
        @for (outcome, class, at, end) in ends {
            @let label = f64::min(end, free);
            @let () = free = label - LABEL_PERCENT;
            circle.end.(class) cx=(percent(at)) cy=(percent(end)) r="4" {}
            text.name.(class) x="100%" y=(percent(label)) dx="10" dy="4" {
                (phrase::word(lang, "fd-line", &outcome.name))
            }
        }
    }
}

/// How a scenario ends, in a sentence.
fn ending(lang: Lang, outcome: &OutcomeView) -> String {
    let name = phrase::word(lang, "fd-scenario", &outcome.name);
    let assets = outcome.years.last().map(|year| year.assets.clone()).unwrap_or_default();
    let values = |year: i64| {
        args! {
            name: name.clone(), year: year.to_string(), money: phrase::money_short(lang, &assets),
        }
    };
    match (outcome.fails_in, outcome.years.last()) {
        (Some(year), _) => lang.tell("fund-ends-failing", values(year)),
        (None, Some(last)) => lang.tell("fund-ends-well", values(last.year)),
        (None, None) => String::new(),
    }
}

fn table(lang: Lang, lines: &[(&OutcomeView, &str)]) -> Markup {
    let longest = lines.iter().map(|(outcome, _)| outcome.years.len()).max().unwrap_or(0);
    let first = lines.iter().find_map(|(outcome, _)| outcome.years.first()).map_or(0, |y| y.year);
    let mut rows: Vec<usize> = (0..longest).step_by(STEP).collect();
    if longest > 0 && rows.last() != Some(&(longest - 1)) {
        rows.push(longest - 1);
    }
    html! {
        table.plain {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-year")) }
                    @for (outcome, _) in lines {
                        th.number scope="col" { (phrase::word(lang, "fd-line", &outcome.name)) }
                    }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th scope="row" { (first + row as i64) }
                        @for (outcome, _) in lines {
                            td.number {
                                @match outcome.years.get(row) {
                                    Some(year) => (whole(&year.assets)),
                                    None => "–",
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Money without its currency and without what comes behind the point.
fn whole(money: &str) -> String {
    let number = money.split(['.', ' ']).next().unwrap_or(money);
    group_digits(number)
}

/// Each round must be larger than the one before.
fn rounds_table(lang: Lang, rounds: &RoundsView) -> Markup {
    let most = rounds.joiners_needed.iter().filter_map(|n| n.parse::<f64>().ok());
    let most = most.fold(1.0, f64::max).ln_1p().max(1.0);
    html! {
        p { (lang.tell("fund-rounds", args! {
            promise: rounds.promise.clone(), growth: rounds.growth_needed.clone(),
            months: rounds.months,
        })) }
        table.bars.rounds {
            tbody {
                @for (round, needed) in rounds.joiners_needed.iter().enumerate() {
                    @let size = needed.parse::<f64>().unwrap_or(0.0).ln_1p() * 100.0 / most;
                    @let fails = round >= rounds.fails_in_round as usize;
                    tr {
                        th scope="row" { (lang.tell("fund-round", args! { round: round })) }
                        td {
                            svg.bar width="100%" height="14" aria-hidden="true" {
                                rect.part.(if fails { "lost" } else { "received" })
                                    width=(percent(size)) height="100%" {}
                            }
                        }
                        td.number {
                            (group_digits(needed))
                            @if fails { small.bad { (lang.say("fund-round-fails")) } }
                        }
                    }
                }
            }
        }
        p.note { (lang.say("fund-rounds-note")) }
    }
}

/// What each scenario assumes, in words.
fn assumptions(lang: Lang, found: &AssessmentView) -> Markup {
    let share = |text: &str| percent_of(text);
    html! {
        details {
            summary { (lang.say("fund-assumed")) }
            ul.steps-list {
                @for outcome in &found.scenarios {
                    li {
                        b { (phrase::word(lang, "fd-scenario", &outcome.name)) } ": "
                        (lang.tell("fund-assumption", args! {
                            wages: share(&outcome.wage_growth),
                            returns: share(&outcome.asset_return),
                            mortality: share(&outcome.mortality),
                            joiners: outcome.joiners_per_year,
                            growth: share(&outcome.joiner_growth),
                            leaving: share(&outcome.leaving),
                        }))
                        @if !outcome.members_pay { " " (lang.say("fund-nobody-pays")) }
                        " " (ending(lang, outcome))
                    }
                }
            }
            @if let Some(lives) = &found.lives {
                p.note { (lang.say("fund-lives")) " " span lang="en" { (lives) } }
            }
        }
    }
}

/// A decimal share as a percentage with at most one place.
pub(crate) fn percent_of(decimal: &str) -> String {
    let share: f64 = decimal.parse().unwrap_or(0.0);
    short((share * 1000.0).floor() / 10.0)
}
