use super::registration::PATH;
use crate::form::{Options, PostButton, PostForm, TextField};
use crate::ssr::administration_form::EXPIRY;
use crate::ssr::{
    load,
    moment::{Day, Moment},
};
use crate::workspace::Zone;
use domain::Registration;
use domain::ports::InvitationRecord;
use leptos::prelude::*;
use protocol::Field;

/// The invitations by which an account can be made, each with a button to revoke it.
#[component]
pub fn InvitationList(found: Vec<InvitationRecord>, mode: Registration) -> impl IntoView {
    let (is_empty, zone) = (found.is_empty(), load::zone());
    let rows = found.into_iter().map(|record| view! { <Row record zone=zone.clone()/> }).collect_view();
    let note = match mode {
        Registration::Invitation => "Each of these links lets people in until it is used up or expires.",
        Registration::Open => "Nobody needs one as long as everybody may make an account.",
        Registration::Closed => "They let nobody in as long as registration is closed.",
    };
    view! {
        <section class="section">
            <h2 class="card__title">"Open invitations"</h2>
            <p class="page__lead">{note}</p>
            {(!is_empty).then(|| view! { <ul class="entries">{rows}</ul> })}
            {is_empty.then(|| view! { <p class="entries entries--none">"No open invitation."</p> })}
        </section>
    }
}

#[component]
fn Row(record: InvitationRecord, zone: Zone) -> impl IntoView {
    let InvitationRecord { id, made_by, note, uses, uses_left, expires, created } = record;
    let name = if note.is_empty() { format!("Invitation #{}", id.0) } else { note };
    let by = made_by.map_or_else(|| "from the command line".to_owned(), |person| format!("by @{}", person.username));
    view! {
        <li class="entry">
            <div class="entry__what">
                <span class="entry__name"><bdi>{name.clone()}</bdi></span>
                <span class="entry__about">{format!("{uses_left} of {uses} uses left")}</span>
                <span class="entry__about">{format!("made {by} on ")}<Moment at=created zone=zone.clone()/>" · expires on "<Day at=expires zone/></span>
            </div>
            <PostButton
                form="revoke_invitation"
                page=PATH
                hidden=vec![("invitation", id.0.to_string())]
                label="Revoke"
                name=format!("Revoke {name}")
                class="button button--quiet"
            />
        </li>
    }
}

/// The form for a new one.
#[component]
pub fn NewInvitation() -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="card__title">"New invitation"</h2>
            <p class="card__note">"A link with which people make their own accounts, also while nobody else can."</p>
            <PostForm form="make_invitation" page=PATH>
                <TextField
                    field=Field::Note
                    label="Note"
                    hint="For administrators to know it by, such as “Choir”. May stay empty."
                    is_optional=true
                />
                <TextField field=Field::Uses label="How many accounts" kind="number" value="1"/>
                <Options name="days" legend="Expires after" options=EXPIRY.to_vec() chosen="7"/>
                <button class="button" type="submit">"Make invitation"</button>
            </PostForm>
        </section>
    }
}

/// What stands in the form's place while registration is closed.
#[component]
pub fn NoInvitation(
    /// What to do so that invitations serve again.
    way_out: &'static str,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2 class="card__title">"New invitation"</h2>
            <p class="card__note">"Invitations serve nobody while registration is closed. "{way_out}</p>
        </section>
    }
}
