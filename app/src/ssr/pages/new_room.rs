use crate::avatar::Avatar;
use crate::form::{FieldError, FormState, PostForm, TextField};
use crate::ssr::{
    context::{queries, query},
    invite::{self, Invite},
    layout::{Framed, SearchField, cut},
    load,
    page::{page, with_query},
    tag::bot_tag,
};
use domain::{Registration, contacts::SEARCH_LIMIT, rooms::MEMBERS_AT_ONCE};
use leptos::either::Either;
use leptos::prelude::*;
use protocol::{Field, Person, UserId};

const PATH: &str = "/rooms/new";
const FORM: &str = "create_room";

/// As many people as one page offers; whoever is not among them is found by searching.
const OFFERED: usize = SEARCH_LIMIT as usize;

/// `/rooms/new`: a room for several people.
#[component]
pub fn NewRoom() -> impl IntoView {
    page(async {
        let words = query("q");
        let found = load::people(&words).await?;
        let ticked = load::ticked(&ticked()).await?;
        let (is_cut, found) = (found.is_cut, found.all());
        let is_alone = found.is_empty() && words.is_empty();
        let content = if is_alone {
            let mode = invite::registration().await?;
            Either::Left(view! { <Alone mode/> })
        } else {
            Either::Right(view! { <Form words ticked found is_cut/> })
        };
        Ok(view! { <Framed title="New room" path=PATH>{content}</Framed> })
    })
}

/// Who was chosen before the form was refused, or before the search that the page answers.
fn ticked() -> Vec<UserId> {
    let refused = use_context::<FormState>().filter(|state| state.is_of(FORM, &[]));
    let ids: Vec<String> = match &refused {
        Some(state) => state.chosen("members[]").map(str::to_owned).collect(),
        None => queries("members[]"),
    };
    ids.iter().filter_map(|id| id.parse().ok()).take(MEMBERS_AT_ONCE).collect()
}

/// The search is a part of the form, so that it keeps what was entered. Enter presses the first button of a form, a hidden
/// one here: `create_room` then searches when the words of the search have changed, and creates the room otherwise.
#[component]
fn Form(
    words: String,
    /// Who was chosen before.
    ticked: Vec<Person>,
    /// Who answers the search.
    found: Vec<Person>,
    /// They are not all.
    is_cut: bool,
) -> impl IntoView {
    let failed = use_context::<FormState>();
    let is_at_fault = failed.as_ref().is_some_and(|state| state.error.at(Field::Members).is_some());
    let is_first = failed.as_ref().is_some_and(|state| state.error.field == Some(Field::Members));
    let name = query("room_name");
    let leads_on = failed.is_none() && words.is_empty() && !name.is_empty();
    let (nobody, is_cut) = (found.is_empty(), is_cut || found.len() > OFFERED);
    let found: Vec<_> = found.into_iter().take(OFFERED).filter(|person| !ticked.contains(person)).collect();
    let all = ticked.into_iter().map(|person| (person, true)).chain(found.into_iter().map(|person| (person, false)));
    let boxes = all.enumerate().map(|(place, (person, checked))| {
        let autofocus = is_first && place == 0;
        view! { <Choice person checked autofocus/> }
    });
    let (boxes, address) = (boxes.collect_view(), with_query(PATH, "q", &words));
    view! {
        <p class="page__lead">"For talking among several. You can add people later, too."</p>
        <PostForm form=FORM page=address>
            <button class="visually-hidden" type="submit" name="by_key" value="true" tabindex="-1" aria-hidden="true">"Enter"</button>
            <input type="hidden" name="searched" value=words.clone()/>
            <div class="naming">
                <TextField field=Field::RoomName label="Room name" value=name/>
                <button class="button" type="submit">"Create room"</button>
            </div>
            <fieldset class="choices" aria-describedby=is_at_fault.then_some("create-room-members-error")>
                <legend class="field__label">"Members"</legend>
                <FieldError field=Field::Members/>
                <div class="search" role="search">
                    <SearchField words autofocus=leads_on/>
                    <button class="button button--quiet" type="submit" formmethod="get" formaction="/rooms/new" formnovalidate>"Search"</button>
                </div>
                {nobody.then(|| view! {
                    <p class="field__hint">"Nobody by that name. Try fewer letters, or none to see everybody."</p>
                })}
                <ul class="choices__list">{boxes}</ul>
                {cut(is_cut)}
            </fieldset>
        </PostForm>
    }
}

#[component]
fn Choice(
    person: Person,
    checked: bool,
    /// The page's focus starts here.
    autofocus: bool,
) -> impl IntoView {
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
                    autofocus=autofocus
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
fn Alone(
    /// How others come in, for who can do something about it.
    mode: Option<Registration>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2 class="empty__title">"Nobody else is here yet"</h2>
            <p class="empty__text">"Once others have an account, you can make a room with them."</p>
        </div>
        {mode.map(|mode| view! { <Invite mode/> })}
    }
}
