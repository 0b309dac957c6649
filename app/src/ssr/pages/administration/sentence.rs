use crate::form::written;
use crate::ssr::administration_form::REGISTRATION;
use domain::ports::{Act, AuditEntry};
use leptos::prelude::*;

/// A line of the log in words: `@ines disabled @jona`, `From the command line: disabled @jona`.
#[component]
pub fn Sentence(entry: AuditEntry) -> impl IntoView {
    let (before, object, after) = words(&entry);
    let actor = match entry.actor {
        Some(actor) => written(view! { <b>"@"{actor.name}</b>" " }),
        None => written("From the command line: "),
    };
    view! { {actor}{before}<bdi>{object}</bdi>{after} }
}

/// An act as one of many.
pub fn title(act: Act) -> &'static str {
    match act {
        Act::AddPerson => "Account made",
        Act::Disable => "Account disabled",
        Act::Enable => "Account enabled",
        Act::MakeAdministrator => "Administrator made",
        Act::RemoveAdministrator => "Administrator removed",
        Act::EndLogIns => "Sessions ended",
        Act::EndAccess => "Sessions and tokens ended",
        Act::MakeReset => "Password link made",
        Act::UseReset => "Password set by a link",
        Act::RevokeReset => "Password link revoked",
        Act::DeleteRoom => "Room deleted",
        Act::SetName => "Server named",
        Act::SetRegistration => "Registration chosen",
        Act::Invite => "Invitation made",
        Act::RevokeInvitation => "Invitation revoked",
    }
}

/// What follows the name of whoever did it: words, to whom or to what, and further words.
fn words(entry: &AuditEntry) -> (&'static str, String, &'static str) {
    let person = || entry.person.as_ref().map(|person| format!("@{}", person.name)).unwrap_or_default();
    let room = || entry.room.as_ref().map(|room| format!("“{}”", room.name)).unwrap_or_default();
    let detail = || entry.detail.clone();
    match entry.act {
        Act::AddPerson => ("made an account for ", person(), ""),
        Act::Disable => ("disabled ", person(), ""),
        Act::Enable => ("enabled ", person(), ""),
        Act::MakeAdministrator => ("made ", person(), " administrator"),
        Act::RemoveAdministrator => ("removed ", person(), " as administrator"),
        Act::EndLogIns => ("ended the sessions of ", person(), ""),
        Act::EndAccess => ("ended the sessions and tokens of ", person(), ""),
        Act::MakeReset => ("made a link with which ", person(), " sets a new password"),
        Act::UseReset => ("set a new password by a link", String::new(), ""),
        Act::RevokeReset => ("revoked the password link of ", person(), ""),
        Act::DeleteRoom => ("deleted the room ", room(), ""),
        Act::SetName => ("called this server ", format!("“{}”", entry.detail), ""),
        Act::SetRegistration => ("let accounts be made by ", registration(&entry.detail), ""),
        Act::Invite => ("made the invitation ", detail(), ""),
        Act::RevokeInvitation => ("revoked the invitation ", detail(), ""),
    }
}

/// `whoever is invited`
fn registration(name: &str) -> String {
    let known = REGISTRATION.into_iter().find(|(known, _)| *known == name);
    known.map_or_else(|| name.to_owned(), |(_, text)| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{ActId, Named};

    fn entry(act: Act, detail: &str) -> AuditEntry {
        let named = |id: i64, name: &str| Some(Named { id: id.try_into().unwrap(), name: name.to_owned() });
        let room = Some(Named { id: 7.try_into().unwrap(), name: "Kitchen".to_owned() });
        let at = 0.try_into().unwrap();
        let (actor, person) = (named(1, "ines"), named(2, "jona"));
        AuditEntry { id: ActId(1), at, actor, act, person, room, detail: detail.to_owned() }
    }

    #[test]
    fn acts_read_as_sentences() {
        let reads = |act, detail| {
            let (before, object, after) = words(&entry(act, detail));
            format!("@ines {before}{object}{after}")
        };
        assert_eq!(reads(Act::Disable, ""), "@ines disabled @jona");
        assert_eq!(reads(Act::MakeAdministrator, ""), "@ines made @jona administrator");
        assert_eq!(reads(Act::DeleteRoom, ""), "@ines deleted the room “Kitchen”");
        assert_eq!(reads(Act::SetRegistration, "invitation"), "@ines let accounts be made by whoever is invited");
        assert_eq!(reads(Act::Invite, "#3, Choir"), "@ines made the invitation #3, Choir");
    }
}
