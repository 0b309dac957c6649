use super::frame::Frame;
use super::rooms::size;
use crate::form::{Confirm, PostForm, TextField};
use crate::ssr::{
    administrator, env, load,
    moment::{Ago, Day},
    page::page,
};
use domain::Error;
use domain::administration::rooms;
use domain::ports::RoomRecord;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protocol::{Field, RoomId};

/// `/administration/rooms/{room}`: one room from outside, and its end.
#[component]
pub fn Room() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let record = rooms::find(&env(), &by, asked().ok_or(Error::NotFound)?).await?;
        let (name, path) = (record.name.to_string(), format!("/administration/rooms/{}", record.id));
        Ok(view! {
            <Frame title=name path=path.clone() done=None>
                <p class="page__back"><a href="/administration/rooms">"All rooms"</a></p>
                <Facts record=record.clone()/>
                <Delete record path/>
            </Frame>
        })
    })
}

/// The room in the path; what is not a room's id is no room.
fn asked() -> Option<RoomId> {
    use_params_map().with_untracked(|map| map.get_str("room").and_then(|id| id.parse().ok()))
}

#[component]
fn Facts(record: RoomRecord) -> impl IntoView {
    let (size, zone) = (size(&record), load::zone());
    let newest = record.newest.map(|at| {
        view! { <div class="facts__pair"><dt>"Last message"</dt><dd><Ago at zone=zone.clone()/></dd></div> }
    });
    let owner = record.owner.map(|owner| {
        let href = format!("/administration/people/{}", owner.id);
        view! { <div class="facts__pair"><dt>"Owner"</dt><dd><a href=href><bdi>{owner.name}</bdi></a></dd></div> }
    });
    view! {
        <section class="card card--who" aria-label="The room">
            <dl class="facts">
                <div class="facts__pair"><dt>"Name"</dt><dd><bdi>{record.name.to_string()}</bdi></dd></div>
                <div class="facts__pair"><dt>"Size"</dt><dd>{size}</dd></div>
                {owner}
                {newest}
                <div class="facts__pair"><dt>"Made"</dt><dd><Day at=record.created zone=zone.clone()/></dd></div>
            </dl>
        </section>
    }
}

#[component]
fn Delete(record: RoomRecord, path: String) -> impl IntoView {
    let name = record.name.to_string();
    view! {
        <Confirm form="delete_group" label=format!("Delete {name}")>
            <p>
                "Everybody leaves “"<bdi>{name}</bdi>"”, and its messages are erased. Nobody can bring them back. Its members are not told who did it; the audit log is."
            </p>
            <PostForm form="delete_group" page=path hidden=vec![("room", record.id.to_string())]>
                <TextField field=Field::RoomName label="Name of the room to delete"/>
                <button class="button button--danger" type="submit">"Delete this room"</button>
            </PostForm>
        </Confirm>
    }
}
