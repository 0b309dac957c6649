use super::frame::{Frame, page};
use super::secret::Secret;
use super::token::{NewToken, TokenList};
use crate::ssr::{context::query, load};
use leptos::prelude::*;

const PATH: &str = "/settings/tokens";

/// `/settings/tokens`: what programs act by in one's own name.
#[component]
pub fn Tokens() -> impl IntoView {
    page(async {
        let tokens = load::tokens().await?;
        let (bearer, rooms, is_empty) = (tokens.bearer, tokens.rooms.clone(), tokens.tokens.is_empty());
        let owner = load::account().await?.person.username;
        let done = (query("done") == "revoked").then_some("The token is revoked; whatever used it is cut off.");
        Ok(view! {
            <Frame title="Tokens" path=PATH done>
                <Secret done=PATH/>
                <section class="section">
                    <h2 class="card__title">"Your tokens"</h2>
                    <p class="page__lead">
                        "A token lets a program act in your name without your password: a script that posts, a backup that reads. For one that should have a name of its own, make a "
                        <a href="/settings/bots">"bot"</a>"."
                    </p>
                    {(!is_empty).then(|| view! { <TokenList tokens page=PATH.to_owned()/> })}
                    {is_empty.then(|| view! { <p class="entries entries--none">"No token yet."</p> })}
                </section>
                <NewToken bearer owner rooms page=PATH.to_owned()/>
            </Frame>
        })
    })
}
