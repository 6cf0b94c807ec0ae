//! The pages: the book for people, in their language, without JavaScript.
//!
//! 1. `/` leads to `/en/` or `/zh/` by what the browser asks for; every page is below a language.
//! 2. Handlers read the book and make the body; [`site::dress`] adds the frame and the headers.
//! 3. A page is the same while its block, language and theme are: a reader who has it gets 304.
//! 4. Scripts only add: new entries as they come, and the check of a receipt in the browser.

mod about;
mod assets;
mod balance;
mod blocks;
mod busy;
mod chart;
mod coverage;
mod docs;
mod entry;
mod errors;
mod funds;
mod funds_case;
mod funds_cases;
mod funds_chart;
mod funds_compare;
mod funds_journal;
mod funds_new;
mod funds_outlook;
mod funds_page;
mod funds_parts;
mod funds_powers;
mod funds_review;
mod funds_rules;
mod layout;
mod live;
mod need;
mod needs;
mod nodes;
mod orgs;
mod overview;
mod phrase;
mod prefs;
mod problems;
mod proposals;
mod query;
mod records;
mod sankey;
mod search;
mod site;
#[cfg(test)]
mod tests;
mod trace;
mod verify;
mod words;

use crate::app::App;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use site::Site;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use words::Lang;

/// Everything from this server and nothing else: no inline script or style, no frame, no plug-in.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// All pages, and what they need: assets, the live stream, and the switch of the theme.
pub fn router(app: App) -> Router {
    let site = Site::new(app);
    let mut pages = Router::new();
    for (path, handler) in handlers() {
        for lang in Lang::ALL {
            pages = pages.route(&format!("/{}{path}", lang.code()), handler.clone());
        }
    }
    let pages = pages
        .fallback(errors::missing)
        .layer(middleware::from_fn_with_state(site.clone(), site::dress))
        .layer(middleware::from_fn(busy::weigh));
    let mut others = Router::new()
        .route("/", get(choose_language))
        .route("/assets/{folder}/{name}", get(asset))
        .route("/evidence/{name}", get(nodes::take_away))
        .route("/prefs/theme", post(prefs::theme));
    for lang in Lang::ALL {
        let home = format!("/{}/", lang.code());
        others = others
            .route(&format!("{home}stream"), get(live::stream))
            .route(&format!("/{}", lang.code()), get(|| async move { Redirect::permanent(&home) }));
    }
    pages
        .merge(others)
        .layer(middleware::from_fn_with_state(site.clone(), busy::gather))
        .layer(middleware::from_fn_with_state(site.clone(), busy::count))
        .layer(middleware::from_fn(protect))
        .layer(CompressionLayer::new())
        .with_state(site)
}

type Pages = Vec<(&'static str, MethodRouter<Arc<Site>>)>;

fn handlers() -> Pages {
    fn page<H: Handler<T, Arc<Site>>, T: 'static>(handler: H) -> MethodRouter<Arc<Site>> {
        get(handler)
    }
    vec![
        ("/", page(overview::show)),
        ("/needs", page(needs::show)),
        ("/needs/{number}", page(need::show)),
        ("/trace", page(trace::form)),
        ("/trace/{code}", page(trace::show)),
        ("/orgs", page(orgs::list)),
        ("/orgs/{number}", page(orgs::show)),
        ("/unresolved", page(orgs::unresolved)),
        ("/funds", page(funds::list)),
        ("/funds/compare", page(funds_compare::show)),
        ("/funds/{number}", page(funds_page::show)),
        ("/funds/{number}/text", page(funds_rules::text)),
        ("/funds/{number}/payments", page(funds_journal::list)),
        ("/funds/{number}/cases/{case}", page(funds_case::show)),
        ("/charters/new", get(funds_new::form).post(funds_new::looked_at)),
        ("/records", page(records::list)),
        ("/records/{number}", page(records::show)),
        ("/blocks", page(blocks::list)),
        ("/blocks/{height}", page(blocks::show)),
        ("/nodes", page(nodes::show)),
        ("/balance", page(balance::show)),
        ("/verify", page(verify::show)),
        ("/search", page(search::show)),
        ("/about", page(about::show)),
        ("/docs", page(docs::list)),
        ("/docs/{page}", page(docs::show)),
        ("/problems", page(problems::list)),
        ("/problems/{code}", page(problems::show)),
    ]
}

async fn choose_language(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = Lang::of_accept(accept.unwrap_or_default());
    let vary = [(header::VARY, "Accept-Language")];
    (vary, Redirect::temporary(&format!("/{}/", lang.code()))).into_response()
}

async fn asset(
    State(site): State<Arc<Site>>,
    Path((folder, name)): Path<(String, String)>,
) -> Response {
    site.assets.serve(&folder, &name)
}

async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
