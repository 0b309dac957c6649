//! Pages and forms, read and sent without leaving the page.

use super::{document, window};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Document;

/// What came of a request.
pub enum Answer {
    /// A page.
    Page(String),
    /// The server does not do it, and says why.
    Refused(String),
    /// Nothing came, or the server cannot do it just now.
    None,
}

/// The server's list of rooms.
const LIST: &str = ".side__first";

/// Reads a page.
pub async fn read_page(path: &str) -> Answer {
    fetch(path, &JsValue::UNDEFINED).await.unwrap_or(Answer::None)
}

/// Sends a form.
pub async fn post_form(path: &str, fields: &[(&str, String)]) -> Answer {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", js_sys::encode_uri_component(value))).collect();
    let headers = object(&[("content-type", &"application/x-www-form-urlencoded".into())]);
    let init = object(&[("method", &"POST".into()), ("headers", &headers), ("body", &pairs.join("&").into())]);
    fetch(path, &init).await.unwrap_or(Answer::None)
}

/// What a page gives to its island, and its list of rooms.
pub fn parts(html: &str) -> Option<(String, String)> {
    let page = parse(html)?;
    let props = page.query_selector("[data-props]").ok()??.get_attribute("data-props")?;
    let list = page.query_selector(LIST).ok()??.inner_html();
    Some((props, list))
}

/// Shows the list of rooms of a page that was read.
pub fn set_list(html: &str) {
    let list = document().query_selector(LIST).ok().flatten();
    list.filter(|list| list.inner_html() != html).inspect(|list| list.set_inner_html(html));
}

async fn fetch(path: &str, init: &JsValue) -> Option<Answer> {
    let fetch: Function = Reflect::get(&window(), &"fetch".into()).ok()?.dyn_into().ok()?;
    let response = wait(&fetch.call2(&window(), &path.into(), init).ok()?).await?;
    let text: Function = Reflect::get(&response, &"text".into()).ok()?.dyn_into().ok()?;
    let html = wait(&text.call0(&response).ok()?).await?.as_string()?;
    let status = Reflect::get(&response, &"status".into()).ok()?.as_f64()?;
    let is_refused = (400.0..500.0).contains(&status) && status != 429.0;
    Some(if status < 400.0 {
        Answer::Page(html)
    } else if is_refused {
        Answer::Refused(reason(&html))
    } else {
        Answer::None
    })
}

async fn wait(promise: &JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_ref::<Promise>()?.clone()).await.ok()
}

/// What a page that refuses a form says.
fn reason(html: &str) -> String {
    let alert = parse(html).and_then(|page| page.query_selector("[role=alert]:not(:empty)").ok()?);
    alert.and_then(|alert| alert.text_content()).unwrap_or_else(|| "The server refused this message.".to_owned())
}

fn parse(html: &str) -> Option<Document> {
    let parser: Function = Reflect::get(&window(), &"DOMParser".into()).ok()?.dyn_into().ok()?;
    let parser = Reflect::construct(&parser, &Array::new()).ok()?;
    let parse: Function = Reflect::get(&parser, &"parseFromString".into()).ok()?.dyn_into().ok()?;
    parse.call2(&parser, &html.into(), &"text/html".into()).ok()?.dyn_into().ok()
}

fn object(entries: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
