//! From rows to the product's words. Columns bear the same name in every query.

use domain::ports::Membership;
use protocol::{ClientId, Kind, Member, Message, MessageText, Person, Role, RoomName};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::error::Error;

/// An id or a counter.
pub fn number<T>(row: &SqliteRow, column: &'static str) -> sqlx::Result<T>
where
    T: TryFrom<i64, Error = &'static str>,
{
    T::try_from(row.try_get::<i64, _>(column)?).map_err(|problem| spoilt(column, problem))
}

/// `user_id, username, display_name`
pub fn person(row: &SqliteRow) -> sqlx::Result<Person> {
    let (id, username, name) = (number(row, "user_id")?, row.try_get("username")?, row.try_get("display_name")?);
    Ok(Person { id, username, name })
}

/// A person and `role`.
pub fn member(row: &SqliteRow) -> sqlx::Result<Member> {
    Ok(Member { person: person(row)?, role: role(row)? })
}

/// `room_id, role, rev, read_no`
pub fn membership(row: &SqliteRow) -> sqlx::Result<Membership> {
    Ok(Membership {
        room: number(row, "room_id")?,
        role: role(row)?,
        rev: number(row, "rev")?,
        read_no: number(row, "read_no")?,
    })
}

pub fn role(row: &SqliteRow) -> sqlx::Result<Role> {
    match row.try_get("role")? {
        "owner" => Ok(Role::Owner),
        "member" => Ok(Role::Member),
        _ => Err(spoilt("role", "neither owner nor member")),
    }
}

pub fn kind(row: &SqliteRow) -> sqlx::Result<Kind> {
    match row.try_get("kind")? {
        "direct" => Ok(Kind::Direct),
        "group" => Ok(Kind::Group),
        _ => Err(spoilt("kind", "neither direct nor group")),
    }
}

pub fn room_name(row: &SqliteRow) -> sqlx::Result<RoomName> {
    RoomName::try_from(row.try_get::<String, _>("name")?).map_err(|invalid| spoilt("name", invalid))
}

pub fn text(row: &SqliteRow) -> sqlx::Result<MessageText> {
    MessageText::try_from(row.try_get::<String, _>("text")?).map_err(|invalid| spoilt("text", invalid))
}

/// The author as a person, and `no, client_id, text, at`.
pub fn message(row: &SqliteRow) -> sqlx::Result<Message> {
    Ok(Message {
        no: number(row, "no")?,
        author: person(row)?,
        client_id: ClientId(row.try_get("client_id")?),
        text: text(row)?,
        at: number(row, "at")?,
    })
}

/// The person's name in small letters, letter by letter, so that a part of a name is found in the whole.
pub fn folded(words: &str) -> String {
    words.chars().flat_map(char::to_lowercase).collect()
}

/// Numbers as the JSON list that `json_each` takes apart.
pub fn list(numbers: impl IntoIterator<Item = i64>) -> String {
    let numbers: Vec<_> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

fn spoilt(column: &str, problem: impl Into<Box<dyn Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_finds_a_part_in_the_whole() {
        assert!(folded("ÉLODIE").contains(&folded("élo")));
        // By words, a sigma at an end would become another letter than one within.
        assert!(folded("ΟΔΥΣΣΕΥΣ").contains(&folded("ΟΔΥΣ")));
        assert_eq!(list([3, 7]), "[3,7]");
        assert_eq!(list([]), "[]");
    }
}
