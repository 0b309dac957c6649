use crate::form::{FieldError, FormState, Options, PasswordOf, PostButton, PostForm, TextField, written};
use crate::ssr::moment::{Ago, Day};
use crate::ssr::token_form::{ACCESS, LIFETIMES, REACH};
use crate::ssr::{load, words};
use crate::workspace::Zone;
use domain::ports::SessionView;
use domain::tokens;
use leptos::prelude::*;
use protocol::{Field, RoomView, UserId};

const ROOMS_ERROR: &str = "rooms-error";

/// Tokens, each with what it may do and a button to revoke it.
#[component]
pub fn TokenList(
    tokens: load::Tokens,
    /// The page that they stand on.
    page: String,
) -> impl IntoView {
    let load::Tokens { bearer, tokens, rooms, .. } = tokens;
    let (zone, rooms) = (load::zone(), StoredValue::new(rooms));
    let rows = tokens.into_iter().map(|token| {
        let scope = rooms.with_value(|rooms| words::scope(&token.scope, rooms));
        view! { <TokenRow token scope bearer page=page.clone() zone=zone.clone()/> }
    });
    view! { <ul class="entries">{rows.collect_view()}</ul> }
}

#[component]
fn TokenRow(token: SessionView, scope: String, bearer: UserId, page: String, zone: Zone) -> impl IntoView {
    let (used, ends) = (tokens::last_used(&token), tokens::ends(&token));
    let SessionView { id, device, .. } = token;
    let hidden = vec![("bearer", bearer.to_string()), ("token", id.0)];
    let used = match used {
        Some(at) => written(view! { "Last used "<Ago at zone=zone.clone()/> }),
        None => written("Not used yet"),
    };
    let ends = match ends {
        Some(at) => written(view! { "expires "<Day at zone/> }),
        None => written("does not expire"),
    };
    view! {
        <li class="entry">
            <div class="entry__what">
                <span class="entry__name">{device.name.clone()}</span>
                <span class="entry__about">{scope}</span>
                <span class="entry__about">{used}" · "{ends}</span>
            </div>
            <PostButton
                form="revoke_token"
                page
                hidden
                label="Revoke"
                name=format!("Revoke {}", device.name)
                class="button button--quiet"
            />
        </li>
    }
}

/// The form for a new token.
#[component]
pub fn NewToken(
    bearer: UserId,
    /// Whose password it takes.
    owner: String,
    /// The rooms of the one who will bear it.
    rooms: Vec<RoomView>,
    /// The page that the form stands on.
    page: String,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="card__title">"New token"</h2>
            <PostForm form="create_token" page hidden=vec![("bearer", bearer.to_string())]>
                <TextField field=Field::Name label="Name" hint="So that you know later what it is for."/>
                <Options name="access" legend="It may" options=ACCESS.to_vec() chosen="both"/>
                <div class="reach">
                    <Options name="reach" legend="Where" options=REACH.to_vec() chosen="all"/>
                    <Rooms rooms/>
                </div>
                <Options name="lifetime" legend="How long" options=LIFETIMES.to_vec() chosen="90"/>
                <PasswordOf username=owner/>
                <TextField
                    field=Field::Password
                    label="Your password"
                    kind="password"
                    autocomplete="current-password"
                    hint="Asked once more, since the token works without it."
                />
                <button class="button" type="submit">"Make token"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn Rooms(rooms: Vec<RoomView>) -> impl IntoView {
    let failed = use_context::<FormState>();
    let is_at_fault = failed.as_ref().is_some_and(|state| state.error.at(Field::Rooms).is_some());
    let is_first = failed.as_ref().is_some_and(|state| state.error.field == Some(Field::Rooms));
    let nowhere = rooms.is_empty();
    let boxes = rooms.into_iter().enumerate().map(|(place, room)| {
        let value = room.id.to_string();
        let checked = failed.as_ref().is_some_and(|state| state.chose("rooms[]", &value));
        view! {
            <li class="choice">
                <label class="choice__label">
                    <input class="choice__box" type="checkbox" name="rooms[]" value=value checked=checked autofocus=is_first && place == 0/>
                    <span class="choice__name">{room.name}</span>
                </label>
            </li>
        }
    });
    view! {
        <fieldset class="choices reach__rooms" aria-describedby=is_at_fault.then_some(ROOMS_ERROR)>
            <legend class="visually-hidden">"Rooms"</legend>
            {nowhere.then(|| view! { <p class="field__hint">"It has no room yet."</p> })}
            <ul class="choices__list">{boxes.collect_view()}</ul>
        </fieldset>
        <FieldError field=Field::Rooms id=ROOMS_ERROR/>
    }
}
