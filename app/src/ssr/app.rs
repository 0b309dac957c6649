//! The routes, and the document around every page.

use super::pages::{
    Account, Bot, Bots, Devices, Home, Login, MembersOfRoom, NewRoom, NotFound, People, Register, ResetPassword, Room,
    Rooms, Tokens, administration,
};
use super::{Assets, FormState, Site, Theme};
use crate::form::{Claim, Made};
use axum::http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::{attr::custom::CustomAttribute, html};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// Every page. It needs no context to list its routes; rendering one needs [`domain::Env`] and [`Assets`].
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let extensions = use_context::<Parts>().map(|parts| parts.extensions).unwrap_or_default();
    if let Some(state) = extensions.get::<FormState>() {
        provide_context(state.clone());
        provide_context(Claim::default());
    }
    if let Some(made) = extensions.get::<Made>() {
        provide_context(made.clone());
    }
    view! {
        <Router>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=Home ssr=SsrMode::Async/>
                <Route path=path!("/register") view=Register ssr=SsrMode::Async/>
                <Route path=path!("/login") view=Login ssr=SsrMode::Async/>
                <Route path=path!("/people") view=People ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=Account ssr=SsrMode::Async/>
                <Route path=path!("/settings/devices") view=Devices ssr=SsrMode::Async/>
                <Route path=path!("/settings/tokens") view=Tokens ssr=SsrMode::Async/>
                <Route path=path!("/settings/bots") view=Bots ssr=SsrMode::Async/>
                <Route path=path!("/settings/bots/:bot") view=Bot ssr=SsrMode::Async/>
                <Route path=path!("/administration") view=administration::Start ssr=SsrMode::Async/>
                <Route path=path!("/administration/people") view=administration::People ssr=SsrMode::Async/>
                <Route path=path!("/administration/people/:user") view=administration::Person ssr=SsrMode::Async/>
                <Route path=path!("/administration/rooms") view=administration::Rooms ssr=SsrMode::Async/>
                <Route path=path!("/administration/rooms/:room") view=administration::Room ssr=SsrMode::Async/>
                <Route path=path!("/administration/registration") view=administration::Registration ssr=SsrMode::Async/>
                <Route path=path!("/administration/server") view=administration::Server ssr=SsrMode::Async/>
                <Route path=path!("/administration/log") view=administration::Log ssr=SsrMode::Async/>
                <Route path=path!("/administration/statistics") view=administration::Statistics ssr=SsrMode::Async/>
                <Route path=path!("/reset-password") view=ResetPassword ssr=SsrMode::Async/>
                <Route path=path!("/rooms") view=Rooms ssr=SsrMode::Async/>
                <Route path=path!("/rooms/new") view=NewRoom ssr=SsrMode::Async/>
                <Route path=path!("/rooms/:room") view=Room ssr=SsrMode::Async/>
                <Route path=path!("/rooms/:room/members") view=MembersOfRoom ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}

/// What search engines and shared links say about any page.
const ABOUT: &str = "Natter: a self-hosted chat for teams and communities.";

/// The colour around the page in each theme: `--side` of style/tokens.css, where browsers read sRGB only.
const PAPER: [(&str, &str); 2] = [("light", "#f6f3ef"), ("dark", "#13100e")];

/// The document around the [`App`].
pub fn shell() -> impl IntoView {
    // Nothing but the island is hydrated; without this, leptos would number and send along data for the whole page.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let assets = expect_context::<Assets>();
    let (theme, scheme) = match Theme::current() {
        Theme::System => (None, "light dark"),
        chosen => (Some(chosen.name()), chosen.name()),
    };
    // For the script that starts the client: it says so when the page stands at another address.
    let origin = use_context::<Site>().and_then(|site| site.origin);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-origin=origin>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content=scheme/>
                <meta name="description" content=ABOUT/>
                {PAPER.into_iter().filter(|(name, _)| theme.is_none_or(|theme| theme == *name)).map(|(name, paper)| {
                    let media = theme.is_none().then(|| format!("(prefers-color-scheme: {name})"));
                    html::meta().name("theme-color").attr("media", media).content(paper)
                }).collect_view()}
                <link rel="icon" href=assets.favicon/>
                <link rel="apple-touch-icon" href=assets.touch_icon/>
                <link rel="manifest" href=assets.manifest/>
                <link rel="stylesheet" href=assets.style/>
                {assets.logout.map(|src| view! { <script type="module" src=src nonce=use_nonce()></script> })}
                {assets.copy.map(|src| view! { <script type="module" src=src nonce=use_nonce()></script> })}
                {assets.viewport.map(|src| view! { <script type="module" src=src nonce=use_nonce()></script> })}
                {assets.reload.map(|src| view! { <script type="module" src=src nonce=use_nonce()></script> })}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
