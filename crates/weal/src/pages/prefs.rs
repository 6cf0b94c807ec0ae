//! Light or dark, kept in a cookie; the form works without JavaScript.

use super::site::Theme;
use axum::Form;
use axum::http::{HeaderName, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    theme: String,
    back: Option<String>,
}

/// `POST /prefs/theme`.
pub(crate) async fn theme(Form(wish): Form<Wish>) -> Response {
    let theme = Theme::parse(&wish.theme).unwrap_or(Theme::Auto);
    let year_s = 365 * 24 * 60 * 60;
    let code = theme.code();
    let cookie = format!("theme={code}; Path=/; Max-Age={year_s}; SameSite=Lax; HttpOnly");
    let headers: [(HeaderName, String); 1] = [(header::SET_COOKIE, cookie)];
    (AppendHeaders(headers), Redirect::to(&home(wish.back))).into_response()
}

/// Where the reader came from, if that is a page of this very site.
fn home(back: Option<String>) -> String {
    let own = |path: &String| {
        let mut chars = path.chars();
        let rooted = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
        rooted && path.bytes().all(|byte| byte.is_ascii_graphic())
    };
    back.filter(own).unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        let home = |back: &str| home(Some(back.to_owned()));
        assert_eq!(home("/zh/needs?open=1"), "/zh/needs?open=1");
        for foreign in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"]
        {
            assert_eq!(home(foreign), "/");
        }
    }
}
