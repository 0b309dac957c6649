use super::{Panel, State, wiring::path};
use crate::avatar::Avatar;
use crate::form::{FieldError, PostButton, PostForm, TextField};
use leptos::{prelude::*, reactive::graph::untrack};
use protocol::{Field, Kind, Member, Role, RoomId, UserId};

/// The members of the open room, and what one may do about them.
#[component]
pub fn Members(state: State, panel: Panel) -> impl IntoView {
    let room = untrack(move || state.of_open(|timeline| timeline.room.clone()))?;
    let page = format!("/rooms/{}/members", room.id);
    let me = state.workspace.with_untracked(|workspace| workspace.me);
    let is_group = room.kind == Kind::Group;
    let is_owner = room.role == Role::Owner;
    let members = Memo::new(move |_| state.of_open(|timeline| timeline.members.clone()).flatten().unwrap_or_default());
    let tools = is_group.then(|| {
        view! {
            {is_owner.then(|| view! { <Rename room=room.id name=room.name.clone() page=page.clone()/> })}
            <Add room=room.id panel page=page.clone()/>
            <PostButton form="leave_room" page=page.clone() hidden=vec![("room", room.id.to_string())] label="Leave room" class="button button--danger"/>
        }
    });
    let id = room.id;
    Some(view! {
        <aside class="panel" aria-label="Members">
            <header class="panel__head">
                <h2 class="panel__title">"Members"</h2>
                <a class="icon-button" href=path(Some(id)) aria-label="Close members" title="Close">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 5l10 10M15 5L5 15"/></svg>
                </a>
            </header>
            <ul class="panel__list">
                <For each=move || members.get() key=|member| (member.person.id, member.person.name.clone(), member.role == Role::Owner) let:member>
                    <li><MemberLine member room=id me is_removable={is_group && is_owner}/></li>
                </For>
            </ul>
            {tools}
        </aside>
    })
}

#[component]
fn MemberLine(member: Member, room: RoomId, me: UserId, is_removable: bool) -> impl IntoView {
    let Member { person, role } = member;
    let about = match role {
        Role::Owner => format!("@{} · owner", person.username),
        Role::Member => format!("@{}", person.username),
    };
    let hidden = vec![("room", room.to_string()), ("user", person.id.to_string())];
    view! {
        <div class="member">
            <Avatar name=person.name.clone() id=person.id.get()/>
            <span class="member__name">{person.name.clone()}</span>
            <span class="member__about">{about}</span>
            {(is_removable && person.id != me).then(|| view! {
                <PostButton
                    form="remove_member"
                    page=format!("/rooms/{room}/members")
                    hidden
                    label="Remove"
                    name=format!("Remove {}", person.name)
                    class="link-button"
                />
            })}
        </div>
    }
}

#[component]
fn Rename(room: RoomId, name: String, page: String) -> impl IntoView {
    view! {
        <PostForm form="rename_room" page hidden=vec![("room", room.to_string())]>
            <TextField field=Field::RoomName label="Room name" value=name.clone()/>
            <button class="button button--quiet" type="submit">"Rename"</button>
        </PostForm>
    }
}

#[component]
fn Add(room: RoomId, panel: Panel, page: String) -> impl IntoView {
    let Panel { candidates, words } = panel;
    let nobody = if words.is_empty() { "Everybody is here already." } else { "Nobody of that name." };
    let is_empty = candidates.is_empty();
    let people = StoredValue::new(candidates);
    let search = page.clone();
    view! {
        <h3 class="panel__title">"Add people"</h3>
        <form class="search" role="search" method="get" action=search>
            <input class="field__input search__input" type="search" name="q" value=words aria-label="Find people" placeholder="Find people" maxlength="64"/>
            <button class="button button--quiet" type="submit">"Search"</button>
        </form>
        {is_empty.then(|| view! { <p class="panel__note">{nobody}</p> })}
        {(!is_empty).then(|| view! {
            <PostForm form="add_members" page hidden=vec![("room", room.to_string())]>
                <ul class="panel__list">
                    {people.get_value().into_iter().map(|person| view! {
                        <li>
                            <label class="choice__label">
                                <input class="choice__box" type="checkbox" name="members[]" value=person.id.to_string()/>
                                <Avatar name=person.name.clone() id=person.id.get()/>
                                <span class="choice__name">{person.name}</span>
                            </label>
                        </li>
                    }).collect_view()}
                </ul>
                <FieldError field=Field::Members/>
                <button class="button button--soft" type="submit">"Add to room"</button>
            </PostForm>
        })}
    }
}
