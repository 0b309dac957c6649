use super::frame::{Frame, page};
use super::secret::Secret;
use super::token::{NewToken, TokenList};
use crate::avatar::{Avatar, AvatarSize};
use crate::form::{Confirm, PostButton};
use crate::ssr::{context::query, load};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protocol::{Person, RoomView, UserId};

/// `/settings/bots/{bot}`: a bot of one's own, its tokens, and its end.
#[component]
pub fn Bot() -> impl IntoView {
    page(async {
        let (bot, tokens) = load::bot(asked()).await?;
        let path = format!("/settings/bots/{}", bot.id);
        let (rooms, is_empty) = (tokens.rooms.clone(), tokens.tokens.is_empty());
        let (owner, takes_tokens) = (load::account().await?.person.username, load::takes_tokens(bot.id).await?);
        let new = takes_tokens.then(|| (owner, rooms.clone(), path.clone()));
        let done = match query("done").as_str() {
            "made" => Some("Your bot is made. Add it to rooms on their pages of members, and make a token for it."),
            "revoked" => Some("The token is revoked; whatever used it is cut off."),
            _ => None,
        };
        let none = match takes_tokens {
            false => "Its address no longer works. Retire it, and make another webhook.",
            true => "No token yet: make one, and give it to the program.",
        };
        Ok(view! {
            <Frame title=bot.name.clone() path=path.clone() done>
                <Who bot=bot.clone() rooms/>
                <Secret done=path.clone()/>
                <section class="section">
                    <h2 class="card__title">"Its tokens"</h2>
                    {(!is_empty).then(|| view! { <TokenList tokens page=path.clone()/> })}
                    {is_empty.then(|| view! { <p class="entries entries--none">{none}</p> })}
                </section>
                {new.map(|(owner, rooms, page)| view! { <NewToken bearer=bot.id owner rooms page/> })}
                <Retire bot/>
            </Frame>
        })
    })
}

/// The bot in the path; what is not a person's id is no bot.
fn asked() -> Option<UserId> {
    use_params_map().with_untracked(|map| map.get_str("bot").and_then(|id| id.parse().ok()))
}

#[component]
fn Who(bot: Person, rooms: Vec<RoomView>) -> impl IntoView {
    let Person { id, username, name, .. } = bot;
    let rooms = match &rooms[..] {
        [] => "None yet. Add it to a room on the room’s page of members.".to_owned(),
        rooms => rooms.iter().map(|room| room.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    view! {
        <p class="page__back"><a href="/settings/bots">"All your bots"</a></p>
        <section class="card card--who" aria-label="The bot">
            <Avatar name=name.clone() id=id.get() size=AvatarSize::Large/>
            <dl class="facts">
                <div class="facts__pair"><dt>"Name"</dt><dd>{name}</dd></div>
                <div class="facts__pair"><dt>"Username"</dt><dd>"@"{username}</dd></div>
                <div class="facts__pair"><dt>"Rooms"</dt><dd>{rooms}</dd></div>
            </dl>
        </section>
    }
}

#[component]
fn Retire(bot: Person) -> impl IntoView {
    let Person { id, name, .. } = bot;
    view! {
        <Confirm form="retire_bot" label="Retire this bot">
                <p>
                    "It leaves its rooms, and its tokens and webhooks end at once and for good. What it wrote stays, under its name. Its username is not given again."
                </p>
                <PostButton
                    form="retire_bot"
                    page=format!("/settings/bots/{id}")
                    hidden=vec![("bot", id.to_string())]
                    label=format!("Yes, retire {name}")
                    class="button button--danger"
                />
        </Confirm>
    }
}
