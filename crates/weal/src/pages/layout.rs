//! The frame of every page: head, navigation, ledger strip, footer.

use super::assets::Assets;
use super::phrase;
use super::site::{Elsewhere, Page, Place, Theme, Visit};
use super::words::{Lang, args};
use crate::app::Status;
use maud::{DOCTYPE, Markup, html};
use weal_proof::certificate::quorum;

const NAVIGATION: [(Place, &str, &str); 8] = [
    (Place::Overview, "/", "nav-overview"),
    (Place::Needs, "/needs", "nav-needs"),
    (Place::Trace, "/trace", "nav-trace"),
    (Place::Funds, "/funds", "nav-funds"),
    (Place::Orgs, "/orgs", "nav-orgs"),
    (Place::Records, "/records", "nav-records"),
    (Place::Balance, "/balance", "nav-balance"),
    (Place::Verify, "/verify", "nav-verify"),
];

/// The whole document.
pub(crate) fn document(
    visit: &Visit,
    assets: &Assets,
    page: &Page,
    elsewhere: &[Elsewhere],
) -> Markup {
    let lang = visit.lang;
    let after = page.newest.map(|newest| format!("?after={newest}")).unwrap_or_default();
    let stream = page.moving.then(|| visit.href(&format!("/stream{after}")));
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) data-theme=(visit.theme.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(visit.theme.schemes());
                meta name="description" content=(lang.say("site-description"));
                title { (page.title) " · " (visit.status.name) }
                link rel="icon" href=(assets.path("mark.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets.path("weal.css"));
                @if matches!(page.place, Place::Funds | Place::Editor | Place::Orgs) {
                    link rel="stylesheet" href=(assets.path("funds.css"));
                }
                @for other in Lang::ALL {
                    link rel="alternate" hreflang=(other.tag())
                        href={ "/" (other.code()) (visit.rest) };
                }
                @if page.moving { script type="module" src=(assets.path("live.js")) {} }
                @if page.place == Place::Editor {
                    script type="module" src=(assets.path("charter.js")) {}
                }
                @if page.checks && Assets::has("verify-page.js") {
                    script type="module" src=(assets.path("verify-page.js")) {}
                }
            }
            body data-stream=[stream] {
                a.skip href="#main" { (lang.say("skip")) }
                header {
                    @if visit.status.demonstration {
                        p.demo { (lang.say("demonstration")) }
                    }
                    (mast(visit, page.place))
                    (strip(visit, page.moving))
                }
                main #main tabindex="-1" { div.wrap { (page.body) } }
                (footer(visit, elsewhere))
            }
        }
    }
}

fn mast(visit: &Visit, here: Place) -> Markup {
    let lang = visit.lang;
    let label = lang.say("search-label");
    html! {
        div.mast {
            div.wrap.top {
                a.brand href=(visit.href("/")) {
                    (mark())
                    span { strong { (lang.say("brand")) } span.book { (visit.status.name) } }
                }
                form.find role="search" action=(visit.href("/search")) {
                    input type="search" name="q" aria-label=(label) placeholder=(label)
                        autocomplete="off";
                    button { (lang.say("search-go")) }
                }
                div.tools { (language_switch(visit)) (theme_switch(visit)) }
            }
            nav aria-label=(lang.say("nav-label")) {
                ul.wrap {
                    @for (place, path, key) in NAVIGATION {
                        @let editing = place == Place::Funds && here == Place::Editor;
                        @let current = (place == here || editing).then_some("page");
                        li { a href=(visit.href(path)) aria-current=[current] { (lang.say(key)) } }
                    }
                }
            }
        }
    }
}

fn language_switch(visit: &Visit) -> Markup {
    let other = visit.lang.other();
    html! {
        a.language href={ "/" (other.code()) (visit.rest) } lang=(other.tag())
            hreflang=(other.tag()) { (other.say("language-name")) }
    }
}

fn theme_switch(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        form method="post" action="/prefs/theme" {
            input type="hidden" name="back" value=(visit.href(&visit.rest));
            div.theme role="group" aria-label=(lang.say("theme-label")) {
                @for theme in Theme::ALL {
                    @let name = phrase::word(lang, "theme", theme.code());
                    button name="theme" value=(theme.code()) title=(name)
                        aria-pressed=(theme == visit.theme) {
                        span.hidden { (name) }
                        (theme_icon(theme))
                    }
                }
            }
        }
    }
}

fn theme_icon(theme: Theme) -> Markup {
    html! {
        svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" {
            @match theme {
                Theme::Auto => {
                    circle cx="9" cy="9" r="6.2" fill="none" stroke="currentColor"
                        stroke-width="1.6" {}
                    path d="M9 2.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" {}
                }
                Theme::Light => {
                    circle cx="9" cy="9" r="3.4" fill="currentColor" {}
                    path d="M9 1v2.4M9 14.6V17M1 9h2.4M14.6 9H17M3.3 3.3 5 5M13 13l1.7 1.7\
                        M14.7 3.3 13 5M5 13l-1.7 1.7" stroke="currentColor" stroke-width="1.6" {}
                }
                Theme::Dark => {
                    path d="M14.6 11.3A6.4 6.4 0 0 1 6.7 3.4a6.4 6.4 0 1 0 7.9 7.9z"
                        fill="currentColor" {}
                }
            }
        }
    }
}

/// Seven dots around a tick: those who keep the book, and what they agree on.
fn mark() -> Markup {
    html! {
        svg.mark width="34" height="34" viewBox="0 0 34 34" aria-hidden="true" {
            @for (x, y) in [(17, 3), (28, 8), (31, 20), (23, 30), (11, 30), (3, 20), (6, 8)] {
                circle cx=(x) cy=(y) r="2.6" fill="currentColor" {}
            }
            path d="M11 17.5l4.4 4.4 8-9" fill="none" stroke="currentColor" stroke-width="3" {}
        }
    }
}

fn strip(visit: &Visit, moving: bool) -> Markup {
    let lang = visit.lang;
    html! {
        div.strip {
            div.wrap {
                p.state data-live="strip" { (strip_state(lang, &visit.status)) }
                a href=(visit.href("/about#check")) { (lang.say("strip-check")) }
                @if moving { (live_controls(visit)) }
            }
        }
    }
}

/// Block, time and agreement: the part of the strip that every block changes.
pub(crate) fn strip_state(lang: Lang, status: &Status) -> Markup {
    let agree = args! { agree: status.agree, all: status.validators };
    // A block is final once all but the third that may fail or cheat have signed.
    let enough = status.agree >= quorum(status.validators);
    html! {
        span.block {
            (if enough { tick() } else { warning() })
            " " b { (lang.tell("strip-block", args! { height: status.indexed })) }
        }
        @if status.time_ms > 0 {
            span { (phrase::time(status.time_ms, &lang.moment(status.time_ms))) }
        }
        a href={ "/" (lang.code()) "/nodes" } { (lang.tell("strip-agree", agree)) }
    }
}

fn live_controls(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        div.live data-live="controls" hidden {
            a data-live="reload" href=(visit.href(&visit.rest)) hidden {
                (lang.say("live-reload"))
            }
            span data-live="light" { i.light {} (lang.say("live-on")) }
            button type="button" data-live="pause" data-resume=(lang.say("live-resume")) {
                (lang.say("live-pause"))
            }
            span.hidden role="status" data-live="status" data-paused=(lang.say("live-paused"))
                data-new=(lang.say("live-new")) data-gap=(lang.say("live-gap")) {}
        }
    }
}

/// A small tick in the colour of the text around it.
pub(crate) fn tick() -> Markup {
    html! {
        svg.icon.good width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
            path d="M2 7.5l3.3 3.3L12 3.6" fill="none" stroke="currentColor" stroke-width="2.2" {}
        }
    }
}

/// A small cross: somebody said no, or did wrong.
pub(crate) fn cross() -> Markup {
    html! {
        svg.icon.bad width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
            path d="M3 3l8 8M11 3l-8 8" fill="none" stroke="currentColor" stroke-width="2.2" {}
        }
    }
}

/// A small sign that something lacks.
pub(crate) fn warning() -> Markup {
    html! {
        svg.icon.doubt width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
            path d="M7 1.5v7M7 10.6v2.2" fill="none" stroke="currentColor" stroke-width="2.2" {}
        }
    }
}

/// The same page as the other institutions show it: whoever doubts this one compares.
fn same_page(visit: &Visit, elsewhere: &[Elsewhere]) -> Markup {
    let lang = visit.lang;
    html! {
        @if !elsewhere.is_empty() {
            details.elsewhere {
                summary { (lang.say("elsewhere")) }
                p.note { (lang.say("elsewhere-note")) }
                ul {
                    @for Elsewhere { name, web } in elsewhere {
                        li {
                            a href={ (web) (visit.href(&visit.rest)) } {
                                (phrase::own_words(lang, name))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn footer(visit: &Visit, elsewhere: &[Elsewhere]) -> Markup {
    let lang = visit.lang;
    let status = &visit.status;
    let links = [
        ("/about", "nav-about"),
        ("/nodes", "nodes-title"),
        ("/blocks", "nav-blocks"),
        ("/unresolved", "nav-unresolved"),
        ("/problems", "problems-title"),
        ("/docs", "nav-docs"),
    ];
    let as_of = args! { height: status.indexed, time: lang.full_moment(status.time_ms) };
    html! {
        footer {
            div.wrap {
                p.motto { (lang.tell("motto", args! { count: status.validators })) }
                (same_page(visit, elsewhere))
                ul {
                    @for (path, key) in links {
                        li { a href=(visit.href(path)) { (lang.say(key)) } }
                    }
                }
                p { (lang.tell("as-of", as_of)) }
            }
        }
    }
}
