//! `/api/docs`: the description as a page for people, complete without scripts.

mod markup;
mod operation;
mod shape;

use super::kind::Kind;
use crate::http::STATIC_PAGE;
use app::ssr::{Assets, Theme};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use markup::{paragraphs, text};
use serde_json::Value;

/// The page, but for its theme.
#[derive(Clone)]
pub struct Reference {
    head: String,
    body: String,
}

impl Reference {
    /// From the description as JSON.
    pub fn new(document: &Value, assets: &Assets) -> Self {
        let Assets { style, favicon, .. } = assets;
        let head = format!(
            "<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>API · Natter</title>\
             <link rel=\"icon\" href=\"{favicon}\"><link rel=\"stylesheet\" href=\"{style}\"></head>"
        );
        Self { head, body: body(document) }
    }

    /// The page in the theme that the browser has chosen.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let theme = match theme(headers) {
            Theme::System => String::new(),
            chosen => format!(" data-theme=\"{}\"", chosen.name()),
        };
        let page = format!("<!DOCTYPE html><html lang=\"en\"{theme}>{}{}</html>\n", self.head, self.body);
        ([(header::CONTENT_SECURITY_POLICY, STATIC_PAGE)], Html(page)).into_response()
    }
}

fn theme(headers: &HeaderMap) -> Theme {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == "theme").map_or(Theme::System, |(_, name)| Theme::named(name))
}

fn body(document: &Value) -> String {
    let sections = operation::sections(document);
    let about = paragraphs(document["info"]["description"].as_str().unwrap_or_default());
    let contents: String = sections.iter().map(operation::Section::contents).collect();
    let described: String = sections.iter().map(operation::Section::html).collect();
    let (shapes, errors) = (shape::all(document), errors());
    format!(
        "<body><a class=\"skip\" href=\"#content\">Skip to content</a>\
         <header class=\"site-head\"><a class=\"site-head__brand\" href=\"/\">\
         <span class=\"mark\" aria-hidden=\"true\">“</span>Natter</a></header>\
         <div class=\"reference\"><nav class=\"reference__nav\" aria-label=\"Contents\"><ul class=\"reference__list\">\
         {contents}<li><a class=\"reference__link\" href=\"#shapes\">Values</a></li>\
         <li><a class=\"reference__link\" href=\"#errors\">Errors</a></li></ul></nav>\
         <main class=\"reference__main\" id=\"content\" tabindex=\"-1\"><h1 class=\"page__title\">The API</h1>{about}\
         <p>The same for programs: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\
         {described}{shapes}{errors}</main></div></body>"
    )
}

/// Where the `type` of every problem leads.
fn errors() -> String {
    let one = |kind: Kind| {
        let (code, status, title) = (kind.code(), kind.status().as_u16(), text(kind.title()));
        format!(
            "<article class=\"reference__item\" id=\"errors-{code}\"><h3><code>{code}</code> \
             <span class=\"reference__aside\">{status} · {title}</span></h3><p>{}</p></article>",
            text(kind.meaning())
        )
    };
    let all: String = Kind::ALL.into_iter().map(one).collect();
    format!(
        "<section class=\"reference__section\" id=\"errors\" aria-labelledby=\"errors-title\">\
         <h2 id=\"errors-title\">Errors</h2><p>Their form is <a href=\"#shape-Problem\">Problem</a>; \
         <code>code</code> is for programs and stays, <code>detail</code> is for people and may change.</p>{all}</section>"
    )
}
