use crate::form::{Confirm, PostButton, written};
use domain::ports::PersonRecord;
use leptos::prelude::*;
use protocol::UserId;

/// What can be done to an account. What is hard to take back is asked for once more.
#[component]
pub fn Acts(
    record: PersonRecord,
    /// Whether it is the reader's own.
    is_me: bool,
) -> impl IntoView {
    let is_open = record.disabled.is_none();
    let is_person = record.bot_of.is_none();
    let (id, name) = (record.person.id, record.person.name);
    let itself = is_me
        .then(|| view! { <p class="page__lead">"This is your own account. Take care not to shut yourself out."</p> });
    view! {
        <section class="section">
            <h2 class="card__title">"What you can do"</h2>
            {itself}
            {(is_open && is_person).then(|| view! {
                <Password id name=name.clone()/>
                <Sessions id name=name.clone()/>
                {if record.is_admin {
                    written(view! { <RemoveAdministrator id name=name.clone()/> })
                } else {
                    written(view! { <MakeAdministrator id name=name.clone()/> })
                }}
            })}
            {is_person.then(|| view! { <DeleteRooms id name=name.clone()/> })}
            {if is_open {
                written(view! { <Disable id name is_person/> })
            } else {
                written(view! { <Enable id name is_person/> })
            }}
        </section>
    }
}

#[component]
fn Password(id: UserId, name: String) -> impl IntoView {
    view! {
        <Act
            form="make_reset"
            id
            label=format!("Reset {name}’s password")
            yes="Make the link"
            words=format!("You get a link to give to {name}. Anyone who opens this link within a day can set a new password, once. {name}’s devices are then logged out and their tokens revoked. The old password works until then; earlier links stop working.")
        />
    }
}

#[component]
fn Sessions(id: UserId, name: String) -> impl IntoView {
    view! {
        <Act
            form="end_log_ins"
            id
            label=format!("End {name}’s sessions")
            yes=format!("Yes, end {name}’s sessions")
            words=format!("{name} is logged out of every browser and program within two seconds, and can log in again. Tokens still work.")
        />
        <Act
            form="end_access"
            id
            label=format!("End all access of {name}")
            yes=format!("Yes, end all access of {name}")
            words=format!("For an account that may be in wrong hands. {name} is logged out everywhere within two seconds, and every token of {name} and of their bots ends for good, webhooks included; so do the invitations and links for a new password that {name} made, and one made for {name}.")
        />
    }
}

#[component]
fn MakeAdministrator(id: UserId, name: String) -> impl IntoView {
    view! {
        <Act
            form="make_administrator"
            id
            label=format!("Make {name} administrator")
            yes=format!("Yes, make {name} administrator")
            words=format!("{name} can do everything that you can do here, and can act on your account too. Administrators cannot read messages in rooms that they are not in.")
        />
    }
}

#[component]
fn RemoveAdministrator(id: UserId, name: String) -> impl IntoView {
    view! {
        <Act
            form="remove_administrator"
            id
            class="button button--danger"
            label=format!("Remove {name} as administrator")
            yes=format!("Yes, remove {name} as administrator")
            words=format!("{name} keeps their account, and can no longer use these pages. Invitations and password links that {name} made stop working.")
        />
    }
}

#[component]
fn DeleteRooms(id: UserId, name: String) -> impl IntoView {
    view! {
        <Act
            form="delete_rooms_of"
            id
            class="button button--danger"
            label=format!("Delete {name}’s rooms")
            yes=format!("Yes, delete {name}’s rooms")
            words=format!("Every room that {name} owns is deleted, with all messages in it, for everybody in it. Rooms of others and direct conversations stay. This cannot be undone.")
        />
    }
}

#[component]
fn Disable(id: UserId, name: String, is_person: bool) -> impl IntoView {
    let words = if is_person {
        format!(
            "{name} is out everywhere within two seconds, with their bots; their tokens end for good, and so do the links they made for others. What they wrote stays, and so do their seats in rooms; their bots leave their rooms. You can enable the account again."
        )
    } else {
        format!(
            "{name} is out everywhere within two seconds, and its tokens end for good. What it wrote stays. You can enable it again."
        )
    };
    view! { <Act form="disable_person" id class="button button--danger" label=format!("Disable {name}") yes=format!("Yes, disable {name}") words/> }
}

#[component]
fn Enable(id: UserId, name: String, is_person: bool) -> impl IntoView {
    let words = if is_person {
        format!(
            "{name} can log in again with the same password. The bots that were disabled together with {name} are enabled too."
        )
    } else {
        format!("{name} works again as soon as somebody makes it a new token.")
    };
    view! {
        <p class="page__lead">{words}</p>
        <PostButton form="enable_person" page=path(id) hidden=vec![("user", id.to_string())] label=format!("Enable {name}")/>
    }
}

/// An act upon an account that is asked for once more.
#[component]
fn Act(
    form: &'static str,
    id: UserId,
    label: String,
    #[prop(into)] yes: String,
    /// What happens.
    words: String,
    /// Of what is not done yet.
    #[prop(default = "button button--quiet")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <Confirm form label class>
            <p>{words}</p>
            <PostButton form page=path(id) hidden=vec![("user", id.to_string())] label=yes class="button button--danger"/>
        </Confirm>
    }
}

fn path(id: UserId) -> String {
    format!("/administration/people/{id}")
}
