use crate::ssr::layout::{Framed, current};
use leptos::prelude::*;

/// The frame of a page of settings: the navigation among them, and what has just been done.
#[component]
pub fn Frame(
    /// The page's name in the browser's tab.
    #[prop(into)]
    title: String,
    #[prop(into)] path: String,
    /// What has just been done.
    done: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let here = path.clone();
    // `/settings` itself leads nowhere further down.
    let link = move |href: &'static str, text: &'static str| {
        let mark = current(&here, href).filter(|mark| href != "/settings" || *mark == "page");
        view! { <li><a class="tabs__link" href=href aria-current=mark>{text}</a></li> }
    };
    view! {
        <Framed title path heading="Settings">
            <nav class="tabs" aria-label="Settings">
                <ul class="tabs__list">
                    {link("/settings", "Account")}
                    {link("/settings/devices", "Devices")}
                    {link("/settings/tokens", "Tokens")}
                    {link("/settings/bots", "Bots")}
                </ul>
            </nav>
            <p class="note" role="status">{done}</p>
            {children()}
        </Framed>
    }
}
