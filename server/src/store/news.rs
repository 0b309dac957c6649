//! What a changed row tells, on either database.

use super::rows::{self, Columns};
use protocol::{Rev, What};

pub fn message(row: &impl Columns) -> sqlx::Result<What> {
    rows::message(row).map(What::Message)
}

pub fn member(row: &impl Columns) -> sqlx::Result<What> {
    let member = rows::member(row)?;
    let (rev, joined): (Rev, Rev) = (rows::number(row, "rev")?, rows::number(row, "joined_rev")?);
    Ok(match row.is("is_active")? {
        false => What::MemberLeft(member.person.id),
        true if rev == joined => What::MemberJoined(member),
        true => What::MemberChanged(member),
    })
}

pub fn room(row: &impl Columns) -> sqlx::Result<What> {
    rows::room_name(row).map(|name| What::RoomChanged { name })
}
