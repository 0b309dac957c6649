use crate::form::Content;
use crate::ssr::layout::{Framed, current};
use crate::ssr::{load, page};
use domain::Error;
use leptos::prelude::*;

/// Whether the page's reader looks after the server.
#[derive(Clone, Copy)]
struct IsAdministrator(bool);

/// Renders a page of settings once its data is there, as [`page::page`] does.
pub fn page<V>(content: impl Future<Output = Result<V, Error>> + Send + 'static) -> impl IntoView
where
    V: IntoView + 'static,
{
    page::page(async {
        provide_context(IsAdministrator(load::account().await?.is_admin));
        content.await
    })
}

/// The frame of a page of settings: the navigation among them, and what has just been done.
#[component]
pub fn Frame(
    /// The page's name in the browser's tab.
    #[prop(into)]
    title: String,
    #[prop(into)] path: String,
    /// What has just been done.
    done: Option<&'static str>,
    children: Content,
) -> impl IntoView {
    let here = path.clone();
    // `/settings` itself leads nowhere further down.
    let link = move |href: &'static str, text: &'static str| {
        let mark = current(&here, href).filter(|mark| href != "/settings" || *mark == "page");
        view! { <li><a class="tabs__link" href=href aria-current=mark>{text}</a></li> }
    };
    let is_administrator = use_context::<IsAdministrator>().is_some_and(|IsAdministrator(is_one)| is_one);
    view! {
        <Framed title path heading="Settings">
            <nav class="tabs" aria-label="Settings">
                <ul class="tabs__list">
                    {link("/settings", "Account")}
                    {link("/settings/devices", "Devices")}
                    {link("/settings/tokens", "Tokens")}
                    {link("/settings/bots", "Bots")}
                    {is_administrator.then(|| link("/administration", "Administration"))}
                </ul>
            </nav>
            <p class="note" role="status">{done}</p>
            {children.written()}
        </Framed>
    }
}
