use super::Unavailable;
use async_trait::async_trait;
use protocol::{At, RoomId, UserId};

/// Acts that were committed later have greater ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActId(pub i64);

/// What administrators do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    AddPerson,
    Disable,
    Enable,
    MakeAdministrator,
    RemoveAdministrator,
    EndLogIns,
    /// Log-ins and tokens, also those of the person's bots.
    EndAccess,
    MakeReset,
    /// Of the person themselves.
    UseReset,
    RevokeReset,
    DeleteRoom,
    SetName,
    SetRegistration,
    Invite,
    RevokeInvitation,
}

impl Act {
    pub const ALL: [Self; 15] = [
        Self::AddPerson,
        Self::Disable,
        Self::Enable,
        Self::MakeAdministrator,
        Self::RemoveAdministrator,
        Self::EndLogIns,
        Self::EndAccess,
        Self::MakeReset,
        Self::UseReset,
        Self::RevokeReset,
        Self::DeleteRoom,
        Self::SetName,
        Self::SetRegistration,
        Self::Invite,
        Self::RevokeInvitation,
    ];

    /// Those after which somebody's sessions may have ended.
    pub const SHUT_OUT: [Self; 4] = [Self::Disable, Self::EndLogIns, Self::EndAccess, Self::UseReset];

    /// The name that it bears in forms and in the database; it stays.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddPerson => "add_person",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::MakeAdministrator => "make_administrator",
            Self::RemoveAdministrator => "remove_administrator",
            Self::EndLogIns => "end_log_ins",
            Self::EndAccess => "end_access",
            Self::MakeReset => "make_reset",
            Self::UseReset => "use_reset",
            Self::RevokeReset => "revoke_reset",
            Self::DeleteRoom => "delete_room",
            Self::SetName => "set_name",
            Self::SetRegistration => "set_registration",
            Self::Invite => "invite",
            Self::RevokeInvitation => "revoke_invitation",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }
}

/// Somebody or something under the name that it had then; it may be gone, or bear another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    pub id: T,
    /// A username, or the name of a room.
    pub name: String,
}

/// One act, as it stands in the log for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: ActId,
    pub at: At,
    /// `None`: whoever had the command line.
    pub actor: Option<Named<UserId>>,
    pub act: Act,
    pub person: Option<Named<UserId>>,
    pub room: Option<Named<RoomId>>,
    /// What was chosen, such as the new name of the server; may be empty.
    pub detail: String,
}

/// Whose acts are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    Operator,
    /// By username.
    Person(String),
}

impl Actor {
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Operator => None,
            Self::Person(username) => Some(username),
        }
    }
}

/// A search in the log; what is `None` is not asked for.
#[derive(Clone, Debug, Default)]
pub struct AuditSearch {
    pub act: Option<Act>,
    pub actor: Option<Actor>,
    /// To whom it was done, by username.
    pub person: Option<String>,
    /// The first moment.
    pub from: Option<At>,
    /// The moment before which it ends.
    pub until: Option<At>,
    /// The last act of the page before.
    pub before: Option<ActId>,
}

/// What was done after some act, as far as those who are logged in are concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    /// The newest of all; before the first one, `ActId(0)`.
    pub newest: ActId,
    /// Whose sessions may have ended; a person's bots are among them.
    pub shut_out: Vec<UserId>,
}

/// The log of what administrators have done.
#[async_trait]
pub trait Audit: Send + Sync {
    /// The newest first.
    async fn audit(&self, search: &AuditSearch, limit: u32) -> Result<Vec<AuditEntry>, Unavailable>;

    /// What was done after `since`; without it, only which act is the newest.
    async fn acts(&self, since: Option<ActId>) -> Result<Acts, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_found_by_its_name() {
        for act in Act::ALL {
            assert_eq!(Act::parse(act.name()), Some(act));
        }
        assert_eq!(Act::parse("surf"), None);
    }
}
