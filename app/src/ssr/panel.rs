use crate::avatar::Avatar;
use crate::form::{Confirm, FieldError, FormState, PostButton, PostForm, TextField};
use crate::ssr::{layout::cut, page::with_query, tag::bot_tag};
use domain::ports::MemberRecord;
use leptos::prelude::*;
use protocol::{Field, Kind, Member, Person, Role, RoomId, RoomView, UserId};

const CANDIDATES_ERROR: &str = "candidates-error";

/// What stands beside a room on the page of its members.
#[derive(Clone, Debug)]
pub struct Panel {
    pub me: UserId,
    pub room: RoomView,
    /// By id.
    pub members: Vec<MemberRecord>,
    /// The people who could be added, contacts first; none in a direct room.
    pub candidates: Vec<Candidate>,
    /// The candidates are not all.
    pub is_cut: bool,
    /// The search that the candidates answer (`?q=`).
    pub words: String,
}

/// Somebody who could be added to a room.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub person: Person,
    /// The owner of a bot.
    pub owner: Option<Person>,
}

/// The members of a room, and what one may do about them. The island beside it tells when it is no longer true.
#[component]
pub fn Members(panel: Panel) -> impl IntoView {
    let Panel { me, room, members, candidates, is_cut, words } = panel;
    let page = format!("/rooms/{}/members", room.id);
    let is_group = room.kind == Kind::Group;
    let is_owner = room.role == Role::Owner;
    let hidden = vec![("room", room.id.to_string())];
    let lines = members.into_iter().map(|record| {
        view! { <li><MemberLine record room=room.id me is_removable={is_group && is_owner}/></li> }
    });
    view! {
        <aside class="panel" aria-label="Members">
            <header class="panel__head">
                <h2 class="panel__title">"Members"</h2>
                <a class="icon-button" href=format!("/rooms/{}", room.id) aria-label="Close members" title="Close">
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M5 5l10 10M15 5L5 15"></path></svg>
                </a>
            </header>
            <p class="panel__note panel__stale" role="status"></p>
            <ul class="panel__list">{lines.collect_view()}</ul>
            {is_group.then(|| view! {
                {is_owner.then(|| view! { <Rename room=room.id name=room.name page=page.clone()/> })}
                <Add room=room.id candidates is_cut words page=page.clone()/>
                <Leave hidden page=page.clone()/>
                {is_owner.then(|| view! { <Delete room=room.id page/> })}
            })}
        </aside>
    }
}

#[component]
fn MemberLine(record: MemberRecord, room: RoomId, me: UserId, is_removable: bool) -> impl IntoView {
    let MemberRecord { member: Member { person, role }, bot_of } = record;
    let owner = bot_of.map(owner_line);
    let about = match role {
        Role::Owner => format!("@{} · owner", person.username),
        Role::Member => format!("@{}", person.username),
    };
    view! {
        <div class="member">
            <Avatar name=person.name.clone() id=person.id.get()/>
            <span class="member__name"><bdi>{person.name.clone()}</bdi></span>
            <span class="member__about">{bot_tag(&person)}" "{about}</span>
            {owner}
            {(person.id != me).then(|| view! { <Menu person room is_removable/> })}
        </div>
    }
}

/// Whose bot it is.
fn owner_line(owner: Person) -> impl IntoView {
    view! { <span class="member__owner">"Bot of "<bdi>{owner.name}</bdi>" (@"{owner.username}")"</span> }
}

/// What one can do about a member: the one that stands open closes when another is opened.
#[component]
fn Menu(person: Person, room: RoomId, is_removable: bool) -> impl IntoView {
    let Person { id, name, is_bot, .. } = person;
    let page = format!("/rooms/{room}/members");
    let user = ("user", id.to_string());
    let hidden = vec![("room", room.to_string()), user.clone()];
    let has_failed = use_context::<FormState>().is_some_and(|state| state.is_of("remove_member", &hidden));
    let message = (!is_bot).then(|| view! {
        <PostButton form="open_direct" page=page.clone() hidden=vec![user] label="Message" name=format!("Message {name}") class="button button--quiet"/>
    });
    let remove = is_removable.then(|| view! {
        <PostButton form="remove_member" page=page.clone() hidden label="Remove from room" name=format!("Remove {name}") class="button button--danger"/>
    });
    (message.is_some() || remove.is_some()).then(|| view! {
        <details class="menu" name="member-menu" open=has_failed>
            <summary class="icon-button" aria-label=format!("More about {name}") title="More">
                <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M4.500 9.400a.600.600 0 1 0 0 1.200.600.600 0 0 0 0-1.200zM10 9.400a.600.600 0 1 0 0 1.200.600.600 0 0 0 0-1.200zM15.500 9.400a.600.600 0 1 0 0 1.200.600.600 0 0 0 0-1.200z"></path></svg>
            </summary>
            <div class="menu__body">{message}{remove}</div>
        </details>
    })
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
fn Leave(hidden: Vec<(&'static str, String)>, page: String) -> impl IntoView {
    view! {
        <Confirm form="leave_room" label="Leave room">
            <p>"You can come back only when somebody adds you again."</p>
            <PostButton form="leave_room" page hidden label="Leave this room" class="button button--danger"/>
        </Confirm>
    }
}

#[component]
fn Delete(room: RoomId, page: String) -> impl IntoView {
    view! {
        <Confirm form="delete_room" label="Delete room">
            <p>"Everybody leaves the room, and its messages are erased. Nobody can bring them back."</p>
            <PostForm form="delete_room" page hidden=vec![("room", room.to_string())]>
                <TextField field=Field::RoomName label="Name of the room to delete"/>
                <button class="button button--danger" type="submit">"Delete this room"</button>
            </PostForm>
        </Confirm>
    }
}

#[component]
fn Add(room: RoomId, candidates: Vec<Candidate>, is_cut: bool, words: String, page: String) -> impl IntoView {
    let nobody = match (is_cut, words.is_empty()) {
        (true, _) => "The first 50 are here already. Search for more.",
        (false, true) => "Everybody is here already.",
        (false, false) => "Nobody of that name can be added.",
    };
    let is_empty = candidates.is_empty();
    let address = with_query(&page, "q", &words);
    view! {
        <h3 class="panel__title">"Add people"</h3>
        <form class="search" role="search" method="get" action=page>
            <input class="field__input search__input" type="search" name="q" value=words aria-label="Find people" placeholder="Find people" maxlength="64"/>
            <button class="button button--quiet" type="submit">"Search"</button>
        </form>
        {is_empty.then(|| view! { <p class="panel__note">{nobody}</p> })}
        {(!is_empty).then(|| view! {
            <PostForm form="add_members" page=address hidden=vec![("room", room.to_string())]>
                <Candidates room candidates/>
                {cut(is_cut)}
                <button class="button button--soft" type="submit">"Add to room"</button>
            </PostForm>
        })}
    }
}

/// The people to tick; after a failure those who were ticked.
#[component]
fn Candidates(room: RoomId, candidates: Vec<Candidate>) -> impl IntoView {
    let hidden = [("room", room.to_string())];
    let refused = use_context::<FormState>().filter(|state| state.is_of("add_members", &hidden));
    let is_at_fault = refused.as_ref().is_some_and(|state| state.error.at(Field::Members).is_some());
    let boxes = candidates.into_iter().enumerate().map(|(place, Candidate { person, owner })| {
        let value = person.id.to_string();
        let handle = format!("candidate-{value}-handle");
        let checked = refused.as_ref().is_some_and(|state| state.chose("members[]", &value));
        view! {
            <li class="choice">
                <label class="choice__label">
                    <input
                        class="choice__box"
                        type="checkbox"
                        name="members[]"
                        value=value
                        checked=checked
                        autofocus=is_at_fault && place == 0
                        aria-describedby=handle.clone()
                    />
                    <Avatar name=person.name.clone() id=person.id.get()/>
                    <span class="choice__name"><bdi>{person.name.clone()}</bdi></span>
                </label>
                <span class="choice__handle" id=handle>{format!("@{}", person.username)}{bot_tag(&person)}{owner.map(|owner| view! { " "{owner_line(owner)} })}</span>
            </li>
        }
    });
    view! {
        <fieldset class="choices" aria-describedby=is_at_fault.then_some(CANDIDATES_ERROR)>
            <legend class="field__label">"People to add"</legend>
            <FieldError field=Field::Members id=CANDIDATES_ERROR/>
            <ul class="panel__list">{boxes.collect_view()}</ul>
        </fieldset>
    }
}
