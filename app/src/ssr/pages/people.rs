use crate::avatar::{Avatar, AvatarSize};
use crate::form::PostButton;
use crate::ssr::{
    context::{here, query},
    invite::{self, Invite},
    layout::{Framed, Search, cut},
    load,
    page::page,
    tag::bot_tag,
};
use crate::workspace::alike;
use leptos::prelude::*;
use protocol::{Person, UserId};

/// `/people`: whom to talk to.
#[component]
pub fn People() -> impl IntoView {
    page(async {
        let words = query("q");
        let load::People { contacts, others, is_cut, .. } = load::people(&words).await?;
        let is_search = !words.is_empty();
        let is_alone = !is_search && contacts.is_empty() && others.is_empty();
        let mode = if is_alone { invite::registration().await? } else { None };
        let alike = alike(contacts.iter().chain(&others).map(|person| (person.id, &person.name)));
        let nobody = is_search && contacts.is_empty() && others.is_empty();
        Ok(view! {
            <Framed title="People" path="/people">
                <div class="page__bar">
                    <Search action="/people" words=words.clone()/>
                    <a class="button button--quiet" href="/rooms/new">"New room"</a>
                </div>
                {nobody.then(|| view! { <Nobody words/> })}
                {(!contacts.is_empty()).then(|| view! { <Group heading="Contacts" people=contacts.clone() alike=alike.clone() kept=true/> })}
                {(contacts.is_empty() && !is_search).then(|| view! { <NoContacts is_alone/> })}
                {mode.map(|mode| view! { <Invite mode/> })}
                {(!others.is_empty()).then(|| view! { <Group heading="Everybody else" people=others alike kept=false/> })}
                {cut(is_cut)}
            </Framed>
        })
    })
}

#[component]
fn Group(
    heading: &'static str,
    people: Vec<Person>,
    /// Those whose names look like others'.
    alike: Vec<UserId>,
    /// Whether they are contacts.
    kept: bool,
) -> impl IntoView {
    view! {
        <section class="section">
            <h2 class="section__title">{heading}</h2>
            <ul class="people">
                {people.into_iter().map(|person| view! { <PersonRow is_alike=alike.contains(&person.id) person kept/> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn PersonRow(person: Person, is_alike: bool, kept: bool) -> impl IntoView {
    let tag = bot_tag(&person);
    let Person { id, username, name, .. } = person;
    let hidden = vec![("user", id.to_string())];
    let who = if is_alike { format!("{name} @{username}") } else { name.clone() };
    let (form, label, action) = if kept {
        ("remove_contact", "Remove", format!("Remove {who} from contacts"))
    } else {
        ("add_contact", "Add", format!("Add {who} to contacts"))
    };
    view! {
        <li class="person">
            <Avatar name=name.clone() id=id.get() size=AvatarSize::Medium/>
            <div class="person__who">
                <span class="person__name"><bdi>{name.clone()}</bdi>{tag}</span>
                <span class="person__handle">"@"{username}</span>
            </div>
            <div class="person__acts">
                <PostButton form="open_direct" page=here() hidden=hidden.clone() label="Message" name=format!("Message {who}") class="button button--soft"/>
                <PostButton form=form page=here() hidden label=label name=action class="button button--quiet"/>
            </div>
        </li>
    }
}

#[component]
fn NoContacts(
    /// Whether there is nobody else on the server.
    is_alone: bool,
) -> impl IntoView {
    let (heading, text) = if is_alone {
        ("Nobody else is here yet", "Once others have an account, you find them here.")
    } else {
        ("No contacts yet", "Add the people you talk to most; they stay at hand here and beside your rooms.")
    };
    view! {
        <div class="empty">
            <h2 class="empty__title">{heading}</h2>
            <p class="empty__text">{text}</p>
        </div>
    }
}

#[component]
fn Nobody(words: String) -> impl IntoView {
    view! {
        <div class="empty">
            <h2 class="empty__title">"Nobody by that name"</h2>
            <p class="empty__text">"No username or display name contains “"{words}"”. Try fewer letters, or "<a href="/people">"see everybody"</a>"."</p>
        </div>
    }
}
