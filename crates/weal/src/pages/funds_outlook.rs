//! What a case can expect: by leaving today, for heirs, and at later ages.

use super::funds::name;
use super::funds_case::is_some;
use super::funds_chart::percent_of;
use super::phrase;
use super::site::Visit;
use super::words::{Lang, args};
use maud::{Markup, html};
use weal_services::funds::outlook::{LeavingLine, OutlookView};

/// By leaving today, for heirs, and at later ages.
pub(crate) fn section(visit: &Visit, outlook: &OutlookView) -> Markup {
    let lang = visit.lang;
    html! {
        h2 { (lang.say("fund-outlook")) }
        @if !outlook.leave.is_empty() || !outlook.heirs.is_empty() {
            dl.figures {
                @for line in &outlook.leave { (leaving(lang, "fund-outlook-leave", line)) }
                @for line in &outlook.heirs { (leaving(lang, "fund-outlook-heirs", line)) }
            }
        }
        @if outlook.scenarios.iter().any(|scenario| !scenario.ages.is_empty()) {
            p.note { (lang.say("fund-outlook-note")) }
            (ages(lang, outlook))
        } @else if outlook.leave.is_empty() && outlook.heirs.is_empty() {
            p.empty { (lang.say("fund-outlook-none")) }
        }
    }
}

fn leaving(lang: Lang, key: &str, line: &LeavingLine) -> Markup {
    html! {
        div {
            dt { (lang.tell(key, args! { flow: name(&line.flow), to: name(&line.to) })) }
            dd {
                b { (phrase::money_short(lang, &line.amount)) }
                span.doubt[!line.allowed] {
                    @if line.allowed { (line.sentence) } @else {
                        (lang.say("fund-outlook-not-now")) " " (line.sentence)
                    }
                    @if line.wait_days > 0 {
                        " " (lang.tell("fund-waits", args! { days: line.wait_days }))
                    }
                }
            }
        }
    }
}

fn ages(lang: Lang, outlook: &OutlookView) -> Markup {
    let first = outlook.scenarios.iter().find(|scenario| !scenario.ages.is_empty());
    let heads = first.map(|scenario| scenario.ages.as_slice()).unwrap_or_default();
    html! {
        table.list.cards.outlook {
            thead {
                tr {
                    th scope="col" { (lang.say("fund-column-scenario")) }
                    @for age in heads {
                        th.number scope="col" { (age_name(lang, age.age, age.year)) }
                    }
                }
            }
            tbody {
                @for scenario in &outlook.scenarios {
                    tr {
                        th scope="row" {
                            (phrase::word(lang, "fd-scenario", &scenario.name.replace('_', "-")))
                            small { (lang.tell("fund-outlook-assumed", args! {
                                wages: percent_of(&scenario.wage_growth),
                            })) }
                            @if scenario.paid_share != "1" {
                                small { (lang.tell("fund-outlook-share", args! {
                                    percent: percent_of(&scenario.paid_share),
                                })) }
                            }
                        }
                        @for age in &scenario.ages {
                            td.number data-label=(age_name(lang, age.age, age.year)) {
                                @if age.is_due {
                                    (lang.tell("fund-outlook-monthly", args! {
                                        money: phrase::money_short(lang, &age.monthly),
                                    }))
                                } @else { span.note { (lang.say("fund-outlook-not-due")) } }
                                @if is_some(&age.own) {
                                    small { (lang.tell("fund-outlook-own", args! {
                                        money: phrase::money_short(lang, &age.own),
                                    })) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn age_name(lang: Lang, age: u32, year: i64) -> String {
    lang.tell("fund-outlook-age", args! { age: age, year: year.to_string() })
}
