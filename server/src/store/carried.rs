//! Which tables an archive carries, and what of them.
//!
//! A restore fills them in this order, so a table stands behind those that it refers to. What is neither here nor in
//! [`LEFT_OUT`] fails a test: a new table, or a new column, is one line here.

use crate::archive::{Column, Table};

/// Name, columns that are its key (none where there is one row), columns.
const CARRIED: [(&str, usize, &str); 11] = [
    ("instance", 0, "name:text registration:text first_room:int"),
    (
        "users",
        1,
        "id:counter username:text email:text display_name:text folded_name:text password_hash:text is_admin:bool \
         created_at:int bot_of:int disabled_at:int is_shut_with_owner:bool is_hook:bool",
    ),
    ("contacts", 2, "user_id:int contact_id:int"),
    (
        "rooms",
        1,
        "id:counter kind:text name:text direct_key:text members:int last_no:int rev:int name_rev:int created_at:int",
    ),
    (
        "members",
        2,
        "room_id:int user_id:int role:text is_active:bool rev:int joined_rev:int joined_at:int read_no:int \
         read_generation:int",
    ),
    ("messages", 2, "room_id:int no:int rev:int author_id:int client_id:uuid text:text at:int"),
    (
        "sessions",
        1,
        "id:text user_id:int proof:text data:text access:text is_limited:bool name:text address:text created_at:int \
         seen_at:int expires:int",
    ),
    ("session_rooms", 2, "session_id:text room_id:int"),
    ("refresh_secrets", 1, "digest:bytes session_id:text used_at:int"),
    (
        "invitations",
        1,
        "id:counter digest:bytes made_by:int note:text created_at:int expires:int uses:int uses_left:int revoked_at:int",
    ),
    (
        "audit",
        1,
        "id:counter at:int actor_id:int actor:text act:text person_id:int person:text room_id:int room:text detail:text",
    ),
];

/// Which rows are carried, where it is not all of them. A browser's log-in is worth nothing without the key that signs
/// its cookie, and that key stays where it is: whoever finds an archive takes nobody's place with it.
const ONLY: [(&str, &str); 1] = [("sessions", "proof <> 'cookie'")];

/// What an archive does not carry: a table's columns, or all of it.
pub const LEFT_OUT: [(&str, &str); 4] = [
    // A restore begins another epoch, the key is a secret of the database itself, and the first start folds the names.
    ("instance", "id epoch cookie_key name_folding"),
    // They serve for moments.
    ("tickets", "*"),
    // One that was used since would serve again.
    ("password_resets", "*"),
    // What has been made of the schema; the header of an archive tells its number.
    ("_sqlx_migrations", "*"),
];

/// The tables as an archive tells them.
pub fn tables() -> Vec<Table> {
    let table = |(name, key, columns): &(&str, usize, &str)| {
        let only = ONLY.iter().find(|(limited, _)| limited == name).map(|(_, only)| *only);
        Table { only, ..Table::new(name, *key, columns) }
    };
    CARRIED.iter().map(table).collect()
}

/// Whether an archive can hold a table with these columns: one that is carried, also in the form that it had in an older
/// schema, without what is left out.
pub fn may_hold(table: &Table) -> bool {
    let is_carried = CARRIED.iter().any(|(name, ..)| *name == table.name);
    let mut left_out = LEFT_OUT.iter().filter(|(name, _)| *name == table.name).flat_map(|(_, words)| words.split(' '));
    is_carried && left_out.all(|word| table.columns.iter().all(|Column(name, _)| name != word))
}
