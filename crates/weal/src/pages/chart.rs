//! Charts as plain SVG that takes its colours from the style sheet, so that dark mode and print
//! cost nothing. Text stays at its size whatever the width: coordinates outside are percentages,
//! only lines are stretched. State is told by texture as well as by colour.

use super::words::{Lang, group};
use maud::{Markup, html};
use std::fmt::Write as _;

/// A number as SVG wants it: at most one digit after the point.
pub(crate) fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

pub(crate) fn percent(part: f64) -> String {
    format!("{}%", short(part))
}

/// The textures of bars; a page with bars holds them once.
pub(crate) fn textures() -> Markup {
    html! {
        svg.textures width="0" height="0" aria-hidden="true" {
            defs {
                pattern #hatch width="6" height="6" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)" {
                    rect.hatch-ground width="6" height="6" {}
                    rect.hatch-line width="2.2" height="6" {}
                }
                pattern #dots width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect.dots-ground width="6" height="6" {}
                    circle.dots-dot cx="3" cy="3" r="1.3" {}
                }
            }
        }
    }
}

/// One part of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    /// `received`, `moving` or `promised`.
    pub(crate) state: &'static str,
    /// Share of the whole bar, in percent.
    pub(crate) percent: f64,
}

/// A bar of parts from the left; what no part covers is outlined only.
pub(crate) fn bar(parts: &[Part], words: &str, height: u32) -> Markup {
    let mut left = 0.0;
    let placed: Vec<_> = parts
        .iter()
        .filter(|part| part.percent > 0.0)
        .map(|part| {
            let at = left;
            left += part.percent;
            (at, part)
        })
        .collect();
    html! {
        svg.bar width="100%" height=(height) role="img" aria-label=(words) {
            rect.nobody width="100%" height="100%" {}
            @for (at, part) in placed {
                rect.part.(part.state) x=(percent(at)) width=(percent(part.percent))
                    height="100%" fill=[texture(part.state)] {}
            }
        }
    }
}

fn texture(state: &str) -> Option<&'static str> {
    match state {
        "moving" => Some("url(#hatch)"),
        "promised" => Some("url(#dots)"),
        _ => None,
    }
}

/// A line of a line chart.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// Class that gives the colour: `opened` or `closed`.
    pub(crate) class: &'static str,
    /// Its name, written at its end.
    pub(crate) label: String,
    /// One value for each place on the axis.
    pub(crate) values: Vec<u64>,
}

const CHART_HEIGHT: f64 = 280.0;
/// Labels at the ends of lines need so much of the height each.
const LABEL_PERCENT: f64 = 7.0;

/// Two running totals with the gap between them shaded.
pub(crate) fn lines(lang: Lang, days: &[String], series: &[Series; 2], words: &str) -> Markup {
    let last = days.len().saturating_sub(1).max(1) as f64;
    let top = series.iter().flat_map(|s| &s.values).copied().max().unwrap_or(0);
    let ticks = ticks(top);
    let ceiling = ticks.last().copied().unwrap_or(1).max(1) as f64;
    let x = |at: usize| at as f64 * 100.0 / last;
    let y = |value: u64| 100.0 - value as f64 * 100.0 / ceiling;
    let [upper, lower] = series;
    let line = |values: &[u64]| path(values.iter().enumerate().map(|(at, v)| (x(at), y(*v))));
    let back = lower.values.iter().enumerate().rev().map(|(at, v)| (x(at), y(*v)));
    let gap = format!("{}{}Z", line(&upper.values), path(back).replacen('M', "L", 1));
    html! {
        div.plot {
            svg width="100%" height=(short(CHART_HEIGHT)) role="img" aria-label=(words) {
                @for tick in &ticks { (tick_line(y(*tick), &group(*tick))) }
                svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" {
                    path.gap d=(gap) {}
                    @for s in series {
                        path.line.(s.class) d=(line(&s.values))
                            vector-effect="non-scaling-stroke" {}
                    }
                }
                @for at in marked_days(days.len()) {
                    @if let Some(day) = days.get(at) {
                        @let anchor = anchor(at, days.len());
                        text.tick.between[anchor == "middle"] x=(percent(x(at))) y="100%" dy="20"
                            text-anchor=(anchor) { (lang.short_day(day)) }
                    }
                }
                (end_labels(series, &y))
            }
        }
    }
}

pub(crate) fn tick_line(at: f64, label: &str) -> Markup {
    let y = percent(at);
    html! {
        line.grid.zero[at >= 100.0] x1="0" x2="100%" y1=(y) y2=(y) {}
        text.tick x="0" dx="-8" y=(y) dy="4" text-anchor="end" { (label) }
    }
}

/// Names and end points of both lines; names are moved apart where they would touch.
fn end_labels(series: &[Series; 2], y: &dyn Fn(u64) -> f64) -> Markup {
    let [upper, lower] = series;
    let end = |s: &Series| s.values.last().map_or(100.0, |value| y(*value));
    let (top, bottom) = (end(upper), end(lower));
    let missing = (LABEL_PERCENT - (bottom - top)).max(0.0) / 2.0;
    let placed = [(upper, top, top - missing), (lower, bottom, bottom + missing)];
    html! {
        @for (s, point, label) in placed {
            circle.end.(s.class) cx="100%" cy=(percent(point)) r="4" {}
            text.name.(s.class) x="100%" y=(percent(label)) dx="10" dy="4" { (s.label) }
        }
    }
}

fn anchor(at: usize, count: usize) -> &'static str {
    match at {
        0 => "start",
        at if at + 1 == count => "end",
        _ => "middle",
    }
}

/// First, last and some days between, so that their names do not touch on a phone.
fn marked_days(count: usize) -> Vec<usize> {
    match count {
        0 => Vec::new(),
        1..=3 => (0..count).collect(),
        _ => vec![0, (count - 1) / 3, (count - 1) * 2 / 3, count - 1],
    }
}

pub(crate) fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut text = String::new();
    for (at, (x, y)) in points.enumerate() {
        let _ = write!(text, "{}{} {}", if at == 0 { 'M' } else { 'L' }, short(x), short(y));
    }
    text
}

/// Round numbers from 0 to at least `top`, at most six of them.
pub(crate) fn ticks(top: u64) -> Vec<u64> {
    let mut step = 1;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut decade = 1;
    while step * 5 < top {
        let factor = factors.next().unwrap_or(10);
        step = decade * factor;
        if factor == 10 {
            decade = step;
        }
    }
    let count = top.div_ceil(step).max(1);
    (0..=count).map(|at| at * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{expect, expect_file};

    /// One element or attribute on a line.
    fn lined(markup: &Markup) -> String {
        markup.0.replace("><", ">\n<").replace("\" ", "\"\n  ")
    }

    #[test]
    fn a_bar_has_its_parts_side_by_side_in_an_outline() {
        let part = |state, percent| Part { state, percent };
        let parts = [part("received", 62.5), part("moving", 0.0), part("promised", 10.0)];
        expect![[r#"
            <svg class="bar"
              width="100%"
              height="14"
              role="img"
              aria-label="Received 62%">
            <rect class="nobody"
              width="100%"
              height="100%">
            </rect>
            <rect class="part received"
              x="0%"
              width="62.5%"
              height="100%">
            </rect>
            <rect class="part promised"
              x="62.5%"
              width="10%"
              height="100%"
              fill="url(#dots)">
            </rect>
            </svg>"#]]
        .assert_eq(&lined(&bar(&parts, "Received 62%", 14)));
    }

    #[test]
    fn lines_show_the_gap_between_them() {
        let days: Vec<_> = (28..=31).map(|day| format!("2020-01-{day}")).collect();
        let line = |class, label: &str, values: [u64; 4]| Series {
            class,
            label: label.to_owned(),
            values: values.to_vec(),
        };
        let series =
            [line("opened", "Opened", [2, 5, 7, 7]), line("closed", "Closed", [0, 1, 4, 7])];
        let drawn = lines(Lang::En, &days, &series, "7 opened, 7 closed");
        expect_file!["snapshots/lines.svg"].assert_eq(&lined(&drawn));
    }

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(5), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ticks(6), [0, 2, 4, 6]);
        assert_eq!(ticks(70), [0, 20, 40, 60, 80]);
        assert_eq!(ticks(2_095), [0, 500, 1_000, 1_500, 2_000, 2_500]);
    }
}
