use super::frame::{Frame, Pager, address};
use crate::form::written;
use crate::ssr::{
    administrator,
    context::query,
    env, load,
    moment::{Ago, Day},
    page::page,
};
use crate::workspace::Zone;
use domain::administration::rooms;
use domain::ports::RoomRecord;
use leptos::prelude::*;

const PATH: &str = "/administration/rooms";

/// `/administration/rooms`: the rooms for several people.
#[component]
pub fn Rooms() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let before = query("before").parse().ok();
        let found = rooms::list(&env(), &by, before).await?;
        let next = found.goes_on_after().map(|last| address(PATH, &[("before", &last.id.to_string())]));
        let first = before.map(|_| PATH.to_owned());
        let done = (query("done") == "deleted").then(|| "The room is deleted; everybody has left it.".to_owned());
        let (is_empty, zone) = (found.entries.is_empty(), load::zone());
        let rows = found.entries.into_iter().map(|record| view! { <Row record zone=zone.clone()/> }).collect_view();
        Ok(view! {
            <Frame title="Rooms" path=PATH done>
                <section class="section" aria-label="Rooms">
                    <p class="page__lead">"The rooms for several people, the newest first. What is said in them only their members read; conversations between two people are not listed."</p>
                    {(!is_empty).then(|| view! { <ul class="entries">{rows}</ul> })}
                    {is_empty.then(|| view! { <p class="entries entries--none">"No room yet."</p> })}
                </section>
                <Pager first next/>
            </Frame>
        })
    })
}

#[component]
fn Row(record: RoomRecord, zone: Zone) -> impl IntoView {
    let (href, label) = (format!("{PATH}/{}", record.id), format!("Manage {}", record.name));
    let name = record.name.to_string();
    let newest = match record.newest {
        Some(at) => written(view! { "Last message "<Ago at zone=zone.clone()/> }),
        None => written("Nobody has said a word yet"),
    };
    view! {
        <li class="entry">
            <div class="entry__what">
                <span class="entry__name"><bdi>{name}</bdi></span>
                <span class="entry__about">{size(&record)}{owner(&record)}</span>
                <span class="entry__about">{newest}" · made "<Day at=record.created zone/></span>
            </div>
            <a class="button button--quiet" href=href aria-label=label>"Manage"</a>
        </li>
    }
}

/// `12 members · 1 message`
pub fn size(record: &RoomRecord) -> String {
    let count = |n: i64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
    format!("{} · {}", count(record.members.into(), "member"), count(record.messages.get(), "message"))
}

fn owner(record: &RoomRecord) -> Option<String> {
    record.owner.as_ref().map(|owner| format!(", owned by @{}", owner.username))
}
