use super::belongings::fresh_name;
use super::{Belongings, Person, client_id};
use protocol::{RoomId, UserId};

/// A form's name, and fields with which it succeeds.
pub type Form = (&'static str, Vec<(&'static str, String)>);

/// Whom and what forms are about.
pub struct Subjects<'a> {
    pub room: RoomId,
    /// Somebody else in it.
    pub other: &'a Person,
    /// Somebody whom nothing else is about: what administrators do, they do to them.
    pub subject: &'a Person,
    /// Of the one who asks.
    pub belongings: &'a Belongings,
}

/// Every form with values that succeed for an administrator who owns the room and the belongings.
pub fn forms(Subjects { room, other, subject, belongings }: Subjects) -> Vec<Form> {
    let mut forms = of_settings(room, belongings);
    forms.extend(of_accounts(&other.username));
    forms.extend(of_people(other.id));
    forms.extend(of_administration(subject.id));
    forms.extend(of_the_server(room));
    forms.extend(of_rooms(room, other.id));
    forms.push(("logout", vec![page()]));
    forms
}

fn page() -> (&'static str, String) {
    ("page", "/rooms".to_owned())
}

fn of_settings(room: RoomId, own: &Belongings) -> Vec<Form> {
    let on = |page: &str, fields: &[(&'static str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        fields.chain([("page", format!("/settings/{page}"))]).collect::<Vec<_>>()
    };
    let (bearer, bot, room) = (own.owner.to_string(), own.bot.to_string(), room.to_string());
    let password = ("password", Person::PASSWORD);
    let all = [("name", "Forged"), ("access", "both"), ("reach", "all"), ("lifetime", "90"), password];
    vec![
        ("end_session", on("devices", &[("session", &own.session)])),
        ("end_other_sessions", on("devices", &[])),
        ("create_token", on("tokens", &[&[("bearer", bearer.as_str())], &all[..]].concat())),
        ("revoke_token", on("tokens", &[("bearer", &bearer), ("token", &own.token)])),
        ("create_bot", on("bots", &[("username", &fresh_name()), ("display_name", "Forged")])),
        ("create_hook", on("bots", &[("room", &room), ("name", "Forged")])),
        ("retire_bot", on("bots", &[("bot", &bot)])),
    ]
}

fn of_accounts(login: &str) -> Vec<Form> {
    let password = ("password", Person::PASSWORD.to_owned());
    let name = |name: &str| ("display_name", name.to_owned());
    let username = fresh_name();
    let email = ("email", format!("{username}@evil.org"));
    let new_password = ("new_password", Person::PASSWORD.to_owned());
    vec![
        ("register", vec![("username", username), name("New"), email, password.clone(), page()]),
        ("login", vec![("login", login.to_owned()), password.clone(), page()]),
        ("set_profile", vec![name("Forged"), page()]),
        ("set_theme", vec![("theme", "dark".into()), page()]),
        ("set_password", vec![password, new_password, page()]),
    ]
}

fn of_people(other: UserId) -> Vec<Form> {
    let user = || vec![("user", other.to_string()), page()];
    vec![("add_contact", user()), ("remove_contact", user()), ("open_direct", user())]
}

fn of_administration(subject: UserId) -> Vec<Form> {
    let user = || vec![("user", subject.to_string()), page()];
    vec![
        ("disable_person", user()),
        ("enable_person", user()),
        ("make_administrator", user()),
        ("remove_administrator", user()),
        ("end_log_ins", user()),
        ("end_access", user()),
        ("delete_rooms_of", user()),
        ("make_reset", user()),
        ("revoke_reset", user()),
    ]
}

/// What administrators do to the whole server; the invitation is the first that they have made.
fn of_the_server(room: RoomId) -> Vec<Form> {
    let on = |fields: &[(&'static str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        fields.chain([page()]).collect::<Vec<_>>()
    };
    vec![
        ("set_instance_name", on(&[("name", "Forged")])),
        ("set_registration", on(&[("registration", "open")])),
        ("make_invitation", on(&[("uses", "1"), ("days", "7")])),
        ("revoke_invitation", on(&[("invitation", "1")])),
        ("reset_password", on(&[("secret", "forged"), ("new_password", Person::PASSWORD)])),
        ("delete_group", on(&[("room", &room.to_string()), ("room_name", "Kitchen")])),
    ]
}

fn of_rooms(room: RoomId, other: UserId) -> Vec<Form> {
    let name = || ("room_name", "Forged".to_owned());
    let members = || ("members[]", other.to_string());
    let in_room = |fields: Vec<(&'static str, String)>| [vec![("room", room.to_string()), page()], fields].concat();
    let said = vec![("client_id", client_id().to_string()), ("text", "forged".into())];
    vec![
        ("create_room", vec![name(), members(), page()]),
        ("send_message", in_room(said)),
        ("mark_read", in_room(vec![("no", "1".into())])),
        ("mark_unread", in_room(vec![("no", "1".into())])),
        ("rename_room", in_room(vec![name()])),
        ("add_members", in_room(vec![members()])),
        ("remove_member", in_room(vec![("user", other.to_string())])),
        ("delete_room", in_room(vec![("room_name", "Kitchen".into())])),
        ("leave_room", in_room(vec![])),
    ]
}
