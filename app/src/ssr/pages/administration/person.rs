use super::acts::Acts;
use super::frame::Frame;
use super::link::NewLink;
use super::people::{Marks, unused};
use crate::avatar::{Avatar, AvatarSize};
use crate::form::written;
use crate::ssr::{
    administrator,
    context::query,
    env, load,
    moment::{Ago, Day},
    page::page,
};
use domain::Error;
use domain::administration::people;
use domain::ports::{PersonRecord, ResetRecord};
use domain::resets;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use protocol::UserId;

/// `/administration/people/{user}`: one account, and what can be done to it.
#[component]
pub fn Person() -> impl IntoView {
    page(async {
        let by = administrator().await?;
        let record = people::find(&env(), &by, asked().ok_or(Error::NotFound)?).await?;
        let owner = match record.bot_of {
            Some(owner) => Some(people::find(&env(), &by, owner).await?),
            None => None,
        };
        let links = resets::list(&env(), &by).await?;
        let link = links.into_iter().find(|link| link.person.id == record.person.id);
        let name = record.person.name.clone();
        let path = format!("/administration/people/{}", record.person.id);
        let done = done(&query("done"), &name);
        let is_me = by.user() == Some(record.person.id);
        Ok(view! {
            <Frame title=name path=path.clone() done>
                <p class="page__back"><a href="/administration/people">"All people"</a></p>
                <Facts record=record.clone() owner link/>
                <NewLink serves="It sets a new password once" done=path/>
                <Acts record is_me/>
            </Frame>
        })
    })
}

/// The account in the path; what is not a person's id is nobody's.
fn asked() -> Option<UserId> {
    use_params_map().with_untracked(|map| map.get_str("user").and_then(|id| id.parse().ok()))
}

fn done(what: &str, name: &str) -> Option<String> {
    Some(match what {
        "disabled" => format!("{name} is disabled, and out everywhere within two seconds. What they wrote stays."),
        "enabled" => format!("{name} is let in again. Whatever used a token of theirs needs a new one."),
        "made" => format!("{name} is an administrator now."),
        "removed" => format!("{name} is no administrator any more."),
        "access" => format!("{name} is logged out everywhere, and no token of theirs or of their bots works any more."),
        "rooms" => format!("The rooms of {name} are deleted, and their messages are erased within the hour."),
        "some_rooms" => "500 rooms were deleted and some are left. Delete again to continue.".to_owned(),
        "ended" => format!("{name} is logged out everywhere. Tokens go on."),
        _ => return None,
    })
}

#[component]
fn Facts(
    record: PersonRecord,
    /// Whose bot it is.
    owner: Option<PersonRecord>,
    /// The link that sets a new password, when one is open.
    link: Option<ResetRecord>,
) -> impl IntoView {
    let zone = load::zone();
    let PersonRecord { person, email, disabled, created, seen, .. } = record.clone();
    let state = match disabled {
        Some(at) => written(view! { "Disabled since "<Day at zone=zone.clone()/> }),
        None => written("Active"),
    };
    let seen = match seen {
        Some(at) => written(view! { <Ago at zone=zone.clone()/> }),
        None => written(unused(&record).unwrap_or("Not logged in anywhere")),
    };
    let owner = owner.map(|owner| {
        let href = format!("/administration/people/{}", owner.person.id);
        view! { <div class="facts__pair"><dt>"Bot of"</dt><dd><a href=href><bdi>{owner.person.name}</bdi></a></dd></div> }
    });
    let link = link.map(|ResetRecord { made_by, expires, .. }| {
        let by = made_by.map_or_else(|| "on the command line".to_owned(), |maker| format!("by {}", maker.name));
        view! {
            <div class="facts__pair">
                <dt>"Password link"</dt>
                <dd>{format!("Open, made {by}, expires on ")}<Day at=expires zone=zone.clone()/>" · "<a href="/administration/registration">"Revoke"</a></dd>
            </div>
        }
    });
    let email = (!email.is_empty()).then(|| view! { <div class="facts__pair"><dt>"Email"</dt><dd>{email}</dd></div> });
    view! {
        <section class="card card--who" aria-label="The account">
            <Avatar name=person.name.clone() id=person.id.get() size=AvatarSize::Large/>
            <dl class="facts">
                <div class="facts__pair"><dt>"Name"</dt><dd><bdi>{person.name}</bdi><Marks record/></dd></div>
                <div class="facts__pair"><dt>"Username"</dt><dd>"@"{person.username}</dd></div>
                {email}
                {owner}
                <div class="facts__pair"><dt>"Account"</dt><dd>{state}</dd></div>
                {link}
                <div class="facts__pair"><dt>"Last seen"</dt><dd>{seen}</dd></div>
                <div class="facts__pair"><dt>"Here since"</dt><dd><Day at=created zone/></dd></div>
            </dl>
        </section>
    }
}
