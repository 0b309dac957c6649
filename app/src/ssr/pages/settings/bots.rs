use super::frame::{Frame, page};
use super::secret::Secret;
use crate::avatar::{Avatar, AvatarSize};
use crate::form::{PostForm, SelectField, TextField};
use crate::ssr::{context::query, load, words};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person, RoomView};

const PATH: &str = "/settings/bots";

/// `/settings/bots`: one's bots, and the doors of rooms for messages from elsewhere.
#[component]
pub fn Bots() -> impl IntoView {
    page(async {
        let load::Bots { bots, rooms } = load::bots().await?;
        let done = (query("done") == "retired").then_some("The bot is retired; its tokens have ended.");
        let list = if bots.is_empty() {
            Either::Left(view! { <p class="entries entries--none">"No bot yet."</p> })
        } else {
            Either::Right(view! { <ul class="entries">{bots.into_iter().map(row).collect_view()}</ul> })
        };
        Ok(view! {
            <Frame title="Bots" path=PATH done>
                <Secret done=PATH/>
                <section class="section">
                    <h2 class="card__title">"Your bots"</h2>
                    <p class="page__lead">
                        "A bot is an account for a program. It has a name of its own, sits in rooms like anybody, and speaks by its tokens; nobody logs in to it."
                    </p>
                    {list}
                </section>
                <NewBot/>
                <NewHook rooms/>
            </Frame>
        })
    })
}

fn row((bot, load::Tokens { tokens, rooms, .. }): (Person, load::Tokens)) -> impl IntoView {
    let Person { id, username, name, .. } = bot;
    let tokens = match &tokens[..] {
        [] => "No token yet".to_owned(),
        // Of one token, such as a webhook's, there is room to say what it does.
        [token] => words::scope(&token.scope, &rooms),
        tokens => format!("{} tokens", tokens.len()),
    };
    view! {
        <li class="entry">
            <Avatar name=name.clone() id=id.get() size=AvatarSize::Medium/>
            <div class="entry__what">
                <span class="entry__name">{name.clone()}</span>
                <span class="entry__about">"@"{username}" · "{tokens}</span>
            </div>
            <a class="button button--quiet" href=format!("{PATH}/{id}") aria-label=format!("Manage {name}")>"Manage"</a>
        </li>
    }
}

#[component]
fn NewBot() -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="card__title">"New bot"</h2>
            <PostForm form="create_bot" page=PATH>
                <TextField field=Field::Username label="Username" hint="2 to 32 of a–z, 0–9, dot, underscore, hyphen."/>
                <TextField field=Field::DisplayName label="Display name" hint="How people see it."/>
                <button class="button" type="submit">"Make bot"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn NewHook(
    /// The group rooms of whoever asks.
    rooms: Vec<RoomView>,
) -> impl IntoView {
    let is_empty = rooms.is_empty();
    let rooms = rooms.into_iter().map(|room| (room.id.to_string(), room.name)).collect::<Vec<_>>();
    let form = if is_empty {
        Either::Left(view! {
            <p class="card__note">"You are in no room for several people yet. "<a href="/rooms/new">"Make a room"</a>" first."</p>
        })
    } else {
        Either::Right(view! {
            <PostForm form="create_hook" page=PATH>
                <SelectField name="room" label="Room" options=rooms.clone()/>
                <TextField field=Field::Name label="Name" hint="Whose name its messages bear, such as “Build server”."/>
                <button class="button" type="submit">"Make webhook"</button>
            </PostForm>
        })
    };
    view! {
        <section class="card">
            <h2 class="card__title">"New webhook"</h2>
            <p class="card__note">"An address for one room: whatever is posted there appears in it, by a bot of its own. The address can do nothing else."</p>
            {form}
        </section>
    }
}
