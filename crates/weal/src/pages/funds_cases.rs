//! Cases in lists: the newest of a fund, and all of somebody.

use super::funds::{name, number, row_of};
use super::funds_case::weight;
use super::phrase;
use super::site::Visit;
use super::words::args;
use maud::{Markup, html};
use weal_services::funds::cases::CaseLine;
use weal_services::funds::members::MemberView;
use weal_services::funds::view::{FundLine, FundPage};

/// Cases seen on somebody's page.
const MOST_CASES: usize = 30;
/// People of one party seen in a list of cases.
const MOST_NAMED: usize = 4;

/// The newest cases of a fund: milestones, invoices, gifts, members.
pub(crate) fn newest(visit: &Visit, page: &FundPage) -> Markup {
    let lang = visit.lang;
    let fund = &page.fund;
    html! {
        h2 #cases { (lang.tell("fund-newest", args! { word: fund.case.clone() })) }
        table.list.cards {
            thead {
                tr {
                    th scope="col" { (fund.case) }
                    th scope="col" { (lang.say("fund-case-people")) }
                    th scope="col" { (lang.say("fund-case-states")) }
                    th.number scope="col" { (lang.say("fund-case-own")) }
                }
            }
            tbody { @for case in &page.newest_cases { (newest_row(visit, fund, case)) } }
        }
    }
}

fn newest_row(visit: &Visit, fund: &FundLine, case: &CaseLine) -> Markup {
    let lang = visit.lang;
    let named = case.parties.iter().filter(|party| !party.people.is_empty());
    html! {
        tr {
            th scope="row" {
                a href=(visit.href(&format!("/funds/{}/cases/{}", fund.number, case.case))) {
                    (fund.case) " " (case.case)
                }
                @if let Some(reference) = &case.reference { small { (reference) } }
                small {
                    (lang.tell("fund-case-opened", args! { month: case.opened.clone() }))
                    @if case.ended { " " (lang.say("fund-case-ended")) }
                }
            }
            td {
                @for party in named {
                    small {
                        (name(&party.name)) ": "
                        @for (at, share) in party.people.iter().take(MOST_NAMED).enumerate() {
                            @if at > 0 { ", " }
                            (phrase::party(lang, &share.party)) (weight(lang, party, share))
                        }
                        @if party.people.len() > MOST_NAMED { " …" }
                    }
                }
            }
            td {
                @for field in &case.fields {
                    small { (name(&field.name)) " " b { (number(lang, field)) } }
                }
            }
            td.number {
                @for pot in &case.pots { (number(lang, pot)) small { (name(&pot.name)) } }
            }
        }
    }
}

/// The cases of somebody, for his page.
pub(crate) fn of_party(visit: &Visit, member: &MemberView) -> Markup {
    let lang = visit.lang;
    html! {
        @if !member.cases.is_empty() {
            section {
                h2 { (lang.say("fund-of-party")) }
                ul.shares {
                    @for due in &member.due {
                        li {
                            a href=(visit.href(&format!("/funds/{}", due.fund))) { (due.name) } ": "
                            b { (lang.tell("fund-case-due", args! {
                                money: phrase::money_short(lang, &due.due),
                            })) }
                        }
                    }
                    @for case in member.cases.iter().take(MOST_CASES) {
                        li {
                            @let page = format!("/funds/{}/cases/{}", case.fund, case.case);
                            a href=(visit.href(&page)) {
                                (case.name) ", " (case.case_word) " " (case.case)
                            }
                            " " (lang.tell("fund-of-party-as", args! {
                                parties: row_of(lang, &case.parties),
                            }))
                            @if case.ended { " · " (lang.say("fund-case-ended")) }
                        }
                    }
                }
            }
        }
    }
}
