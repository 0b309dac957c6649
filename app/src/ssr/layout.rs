//! The frames of the plain pages.

use super::context::{Called, Reader};
use crate::form::{Claim, Content, hidden_inputs};
use crate::log_out::{LOG_OUT, LogOut};
use domain::contacts::SEARCH_LIMIT;
use leptos::prelude::*;
use leptos_meta::Title;

/// The frame of a page without navigation: logging in, and what is not there.
#[component]
pub fn Plain(
    /// The page's name in the browser's tab.
    title: &'static str,
    children: Content,
) -> impl IntoView {
    let (content, called) = (children.written(), Called::here());
    view! {
        <Title text=format!("{title} · {}", raw_text(&called))/>
        <a class="skip" href="#content">"Skip to content"</a>
        <main class="gate" id="content" tabindex="-1">
            <p class="site-head__brand"><Mark/><bdi>{called}</bdi></p>
            {untold("alert")}
            {content}
        </main>
    }
}

/// The frame of a page for whoever is logged in.
#[component]
pub fn Framed(
    /// The page's name in the browser's tab.
    #[prop(into)]
    title: String,
    /// Its path; the navigation marks it, or the part of the site where it stands.
    #[prop(into)]
    path: String,
    /// Its heading, where that is not the title.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// The part of the site from which it is reached, where that is not above it.
    #[prop(optional)]
    part: Option<&'static str>,
    children: Content,
) -> impl IntoView {
    let (content, called) = (children.written(), Called::here());
    let link = |href: &'static str, text: &'static str| {
        let mark = current(&path, href).or((part == Some(href)).then_some("true"));
        view! { <li><a class="site-nav__link" href=href aria-current=mark>{text}</a></li> }
    };
    let heading = heading.map_or_else(|| title.clone(), str::to_owned);
    view! {
        <Title text=format!("{} · {}", raw_text(&title), raw_text(&called))/>
        <a class="skip" href="#content">"Skip to content"</a>
        <header class="site-head">
            <a class="site-head__brand" href="/rooms"><Mark/><bdi>{called}</bdi></a>
            <nav class="site-nav" aria-label="Site">
                <ul class="site-nav__list">
                    {link("/rooms", "Rooms")}
                    {link("/people", "People")}
                    {link("/settings", "Settings")}
                </ul>
            </nav>
            <button class="button button--quiet" type="button" popovertarget=LOG_OUT>"Account"</button>
            <LogOut page=path.clone() user=Reader::user()/>
        </header>
        <main class="page" id="content" tabindex="-1">
            <h1 class="page__title">{heading}</h1>
            {untold("alert")}
            {content}
        </main>
    }
}

/// How a navigation marks the link to `href` on the page at `path`.
pub fn current(path: &str, href: &str) -> Option<&'static str> {
    let below = path.strip_prefix(href)?;
    match below {
        "" => Some("page"),
        _ => below.starts_with('/').then_some("true"),
    }
}

/// Text for an element whose content leptos writes as it is: `textarea` (tachys 0.2.19) and `title` (leptos_meta 0.8.7).
pub fn raw_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What no form on the page has told; made after the forms.
pub fn untold(class: &'static str) -> impl IntoView {
    Claim::untold().map(|message| view! { <p class=class role="alert">{message}</p> })
}

/// The brand: an opening quotation mark on clay.
#[component]
pub fn Mark() -> impl IntoView {
    view! { <span class="mark" aria-hidden="true">"“"</span> }
}

/// A search for people, answered by the page itself.
#[component]
pub fn Search(
    /// The page's path.
    action: &'static str,
    /// What was searched for.
    words: String,
    /// What is asked for beside the words.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
) -> impl IntoView {
    view! {
        <form class="search" role="search" method="get" action=action>
            {hidden_inputs(hidden)}
            <SearchField words/>
            <button class="button button--quiet" type="submit">"Search"</button>
        </form>
    }
}

/// The field of a search for people.
#[component]
pub fn SearchField(
    /// What was searched for.
    words: String,
    /// The page's focus starts here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! {
        <label class="visually-hidden" for="search">"Find people"</label>
        <input
            class="field__input search__input"
            id="search"
            type="search"
            name="q"
            value=words
            placeholder="Find people"
            autocomplete="off"
            maxlength="64"
            autofocus=autofocus
        />
    }
}

/// Says of a list that there are more people than one search holds.
pub fn cut(is_cut: bool) -> impl IntoView {
    is_cut.then(|| view! { <p class="field__hint">{format!("Only the first {SEARCH_LIMIT}. Search for more.")}</p> })
}
