use protocol::{Member, Person};

/// A member as the others see them in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    pub member: Member,
    /// Whose bot it is.
    pub bot_of: Option<Person>,
}

/// Why people are not seated in a room; nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSeated {
    /// One of them does not exist or is disabled, or the asker is not in the room (any more).
    NotThere,
    /// A bot comes only where its owner is.
    WithoutOwner,
    /// A bot brings nobody in.
    AskedByBot,
}
