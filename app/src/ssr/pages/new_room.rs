use crate::avatar::Avatar;
use crate::form::{FieldError, FormState, PostForm, TextField};
use crate::ssr::{
    context::{here, query},
    layout::{Framed, Search},
    load,
    page::page,
    tag::bot_tag,
};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person};

/// As many people as one page offers; whoever is not among them is found by searching.
const OFFERED: usize = 50;

/// `/rooms/new`: a room for several people.
#[component]
pub fn NewRoom() -> impl IntoView {
    page(async {
        let words = query("q");
        let mut people = load::people(&words).await?.all();
        people.truncate(OFFERED);
        let is_alone = people.is_empty() && words.is_empty();
        let content = if is_alone { Either::Left(Alone()) } else { Either::Right(view! { <Form words people/> }) };
        Ok(view! { <Framed title="New room" path="/rooms/new">{content}</Framed> })
    })
}

#[component]
fn Form(words: String, people: Vec<Person>) -> impl IntoView {
    let failed = use_context::<FormState>();
    let is_chosen = |id: &str| failed.as_ref().is_some_and(|state| state.chose("members[]", id));
    let is_at_fault = failed.as_ref().is_some_and(|state| state.error.at(Field::Members).is_some());
    let nobody = people.is_empty();
    let boxes: Vec<_> = people
        .into_iter()
        .map(|person| {
            let checked = is_chosen(&person.id.to_string());
            view! { <Choice person checked/> }
        })
        .collect();
    view! {
        <p class="page__lead">"For talking among several. You can add people later, too."</p>
        <Search action="/rooms/new" words=words/>
        <PostForm form="create_room" page=here()>
            <TextField field=Field::RoomName label="Room name"/>
            <fieldset class="choices" aria-describedby=is_at_fault.then_some("create-room-members-error")>
                <legend class="field__label">"Members"</legend>
                <FieldError field=Field::Members/>
                {nobody.then(|| view! {
                    <p class="field__hint">"Nobody by that name. Try fewer letters, or "<a href="/rooms/new">"see everybody"</a>"."</p>
                })}
                <ul class="choices__list">{boxes}</ul>
            </fieldset>
            <button class="button" type="submit">"Create room"</button>
        </PostForm>
    }
}

#[component]
fn Choice(person: Person, checked: bool) -> impl IntoView {
    let tag = bot_tag(&person);
    let Person { id, username, name, .. } = person;
    let value = id.to_string();
    let handle = format!("choice-{value}-handle");
    view! {
        <li class="choice">
            <label class="choice__label">
                <input
                    class="choice__box"
                    type="checkbox"
                    name="members[]"
                    value=value
                    checked=checked
                    aria-describedby=handle.clone()
                />
                <Avatar name=name.clone() id=id.get()/>
                <span class="choice__name"><bdi>{name}</bdi></span>
            </label>
            <span class="choice__handle" id=handle>"@"{username}{tag}</span>
        </li>
    }
}

#[component]
fn Alone() -> impl IntoView {
    view! {
        <div class="empty">
            <h2 class="empty__title">"Nobody else is here yet"</h2>
            <p class="empty__text">"Send people this server's address; once they have an account, you can make a room with them."</p>
            <a class="button" href="/people">"People"</a>
        </div>
    }
}
