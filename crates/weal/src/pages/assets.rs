//! Style sheet, scripts and icons, embedded and served at a path that changes with their content.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use weal_proof::Hash;

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// The embedded files under one path: modules import each other by relative names.
#[derive(Debug, Clone)]
pub(crate) struct Assets {
    folder: String,
}

impl Assets {
    /// Computes the path from the content of all files.
    pub(crate) fn new() -> Assets {
        let parts: Vec<&[u8]> = WEB_FILES
            .iter()
            .flat_map(|(name, bytes)| [name.as_bytes(), &[0], *bytes, &[0]])
            .collect();
        let hash = Hash::of(&parts).to_string();
        Assets { folder: hash.chars().take(16).collect() }
    }

    /// The path of a file.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/assets/{}/{name}", self.folder)
    }

    /// Whether a file of this name is embedded.
    pub(crate) fn has(name: &str) -> bool {
        WEB_FILES.iter().any(|(known, _)| *known == name)
    }

    /// Answers with a file. Under an older path the file is still found, but not kept for ever.
    pub(crate) fn serve(&self, folder: &str, name: &str) -> Response {
        let Some((_, bytes)) = WEB_FILES.iter().find(|(known, _)| *known == name) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let caching =
            if folder == self.folder { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers =
            [(header::CONTENT_TYPE, content_type(name)), (header::CACHE_CONTROL, caching)];
        (headers, Body::from(*bytes)).into_response()
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
