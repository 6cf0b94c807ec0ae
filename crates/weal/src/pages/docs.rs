//! The manual: the repository's own Markdown, carried by the binary and shown in the site's style.

use super::site::{Answer, Failure, Page, Place, Visit};
use super::words::Lang;
use axum::extract::Path;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

include!(concat!(env!("OUT_DIR"), "/doc_files.rs"));

/// A page of the manual.
struct Document {
    slug: String,
    title: String,
    text: &'static str,
}

/// `GET /{lang}/docs`.
pub(crate) async fn list(visit: Visit) -> Answer {
    let lang = visit.lang;
    let documents = documents();
    let body = html! {
        div.lead {
            h1 { (lang.say("docs-title")) }
            p.dek { (lang.say("docs-dek")) }
        }
        ul.hits {
            @for document in &documents {
                li {
                    a href=(visit.href(&format!("/docs/{}", document.slug))) lang="en" {
                        (document.title)
                    }
                }
            }
            li { a href=(visit.href("/problems")) { (lang.say("problems-title")) } }
        }
    };
    Ok(Page::still(lang.say("docs-title"), Place::Elsewhere, body))
}

/// `GET /{lang}/docs/{page}`.
pub(crate) async fn show(visit: Visit, Path(page): Path<String>) -> Answer {
    let document =
        documents().into_iter().find(|known| known.slug == page).ok_or(Failure::Missing)?;
    let chinese = document.slug.ends_with("-zh");
    let tag = if chinese { Lang::Zh.tag() } else { Lang::En.tag() };
    let body = html! {
        article.prose lang=(tag) {
            h1 { (document.title) }
            (render(visit.lang, document.text))
        }
        p { a href=(visit.href("/docs")) { (visit.lang.say("docs-all")) } }
    };
    Ok(Page::still(document.title, Place::Elsewhere, body))
}

/// The file that puts the others in order.
const SUMMARY: &str = "SUMMARY.md";

/// All documents: those the summary names in its order, then the others.
fn documents() -> Vec<Document> {
    let named = |name: &str| DOC_FILES.iter().find(|(file, _)| *file == name);
    let summary = named(SUMMARY).map(|(_, text)| *text).unwrap_or_default();
    let order = |file: &str| summary.find(&format!("({file})")).unwrap_or(usize::MAX);
    let mut files: Vec<_> = DOC_FILES.iter().filter(|(file, _)| *file != SUMMARY).collect();
    files.sort_by_key(|(file, _)| order(file));
    files
        .into_iter()
        .map(|(file, text)| {
            let slug = file.trim_end_matches(".md").to_lowercase().replace('.', "-");
            Document { title: title(text).unwrap_or(slug.clone()), slug, text }
        })
        .collect()
}

/// The first heading.
fn title(text: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with("# "))?;
    Some(line.trim_start_matches("# ").replace('`', ""))
}

/// Markdown as HTML without raw HTML, with links that stay in the manual.
fn render(lang: Lang, text: &str) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut reader = Reader { lang, title_seen: false, in_title: false, dropped_links: 0 };
    let events = Parser::new_ext(text, options).filter_map(|event| reader.take(event));
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    // Wide blocks scroll by themselves, and must be reachable by keyboard to do so.
    let html = html
        .replace("<pre>", "<pre tabindex=\"0\">")
        .replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
        .replace("<th>", "<th scope=\"col\">")
        .replace(" style=\"text-align: right\"", " class=\"number\"")
        .replace(" style=\"text-align: left\"", "")
        .replace(" style=\"text-align: center\"", "");
    PreEscaped(html)
}

/// Passes over what a page of this site must not hold.
struct Reader {
    lang: Lang,
    title_seen: bool,
    in_title: bool,
    dropped_links: usize,
}

impl Reader {
    fn take<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, id, classes, attrs }) => {
                // The first heading is the page's title, which stands above already.
                self.in_title = !self.title_seen;
                self.title_seen = true;
                let level = HeadingLevel::H2;
                (!self.in_title).then_some(Event::Start(Tag::Heading { level, id, classes, attrs }))
            }
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
                let was_title = std::mem::take(&mut self.in_title);
                (!was_title).then_some(Event::End(TagEnd::Heading(HeadingLevel::H2)))
            }
            _ if self.in_title => None,
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let Some(to) = self.address(&dest_url) else {
                    self.dropped_links += 1;
                    return None;
                };
                let dest_url = CowStr::from(to);
                Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
            }
            Event::End(TagEnd::Link) if self.dropped_links > 0 => {
                self.dropped_links -= 1;
                None
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
            Event::Html(text) | Event::InlineHtml(text) => {
                let comment = text.trim_start().starts_with("<!--");
                (!comment).then_some(Event::Text(text))
            }
            other => Some(other),
        }
    }

    /// Where a link leads from here; `None` for files that the binary does not carry.
    fn address(&self, link: &str) -> Option<String> {
        if link.starts_with("https://") || link.starts_with("http://") {
            return Some(link.to_owned());
        }
        let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
        if !fragment.is_empty() && file.is_empty() {
            return None;
        }
        let name = file.rsplit('/').next()?.strip_suffix(".md")?;
        let slug = name.to_lowercase().replace('.', "-");
        let known = documents().iter().any(|document| document.slug == slug);
        known.then(|| format!("/{}/docs/{slug}", self.lang.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_document_loses_its_title_its_html_and_links_that_lead_nowhere() {
        let text = "# Title\n\nSee [source](../src/lib.rs), <b>bold</b> and [web](https://a.example/).\n\n\
            # Second\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```\nweal demo\n```\n<!-- hidden -->\n";
        let html = render(Lang::En, text).into_string();
        expect![[r#"
            <p>See source, &lt;b&gt;bold&lt;/b&gt; and <a href="https://a.example/">web</a>.</p>
            <h2>Second</h2>
            <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">a</th><th class="number">b</th></tr></thead><tbody>
            <tr><td>1</td><td class="number">2</td></tr>
            </tbody></table></div>
            <pre tabindex="0"><code>weal demo
            </code></pre>
        "#]]
        .assert_eq(&html);
    }
}
