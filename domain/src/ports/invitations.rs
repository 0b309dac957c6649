use super::{Acted, Digest, Order, Unavailable};
use async_trait::async_trait;
use protocol::{At, Note, Person, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InvitationId(pub i64);

#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub digest: Digest,
    pub note: Option<Note>,
    /// As many accounts can be made by it.
    pub uses: u32,
    pub expires: At,
}

/// An invitation by which accounts can be made, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRecord {
    pub id: InvitationId,
    /// `None` when it was made on the command line.
    pub made_by: Option<Person>,
    /// Empty when there is none.
    pub note: String,
    pub uses: u32,
    pub uses_left: u32,
    pub created: At,
    pub expires: At,
}

/// A link with which a person sets a new password.
#[derive(Clone, Copy, Debug)]
pub struct NewReset {
    pub user: UserId,
    pub digest: Digest,
    pub expires: At,
}

/// A link for a new password that serves, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRecord {
    /// Whose password it sets.
    pub person: Person,
    /// `None` when it was made on the command line.
    pub made_by: Option<Person>,
    pub created: At,
    pub expires: At,
}

/// The links that lead in: invitations, which [`insert_account`](super::Accounts::insert_account) uses up, and links for
/// a new password. Each change but the making of an account tells the audit log of itself, in the same transaction.
#[async_trait]
pub trait Invitations: Send + Sync {
    async fn insert_invitation(&self, order: Order, new: &NewInvitation) -> Result<Acted<InvitationId>, Unavailable>;

    /// Those by which an account can be made, the newest first; `before` is the last of the page before.
    async fn invitations(
        &self,
        now: At,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<InvitationRecord>, Unavailable>;

    async fn revoke_invitation(&self, order: Order, invitation: InvitationId) -> Result<Acted, Unavailable>;

    /// Whether an account can be made by it.
    async fn is_invited(&self, invitation: Digest, now: At) -> Result<bool, Unavailable>;

    /// Who has made it, as long as an account can be made by it; nobody when that was on the command line.
    async fn host(&self, invitation: Digest, now: At) -> Result<Option<Person>, Unavailable>;

    /// Takes the place of the person's former one.
    async fn insert_reset(&self, order: Order, new: NewReset) -> Result<Acted, Unavailable>;

    /// Those that serve, the newest first.
    async fn resets(&self, now: At, limit: u32) -> Result<Vec<ResetRecord>, Unavailable>;

    async fn revoke_reset(&self, order: Order, user: UserId) -> Result<Acted, Unavailable>;

    /// Whose password it sets; `None` when it was used, replaced, or expired before `now`.
    async fn person_of_reset(&self, reset: Digest, now: At) -> Result<Option<Person>, Unavailable>;

    /// Uses it, once: sets the password and deletes all log-ins and tokens of the person.
    async fn take_reset(&self, reset: Digest, password_hash: &str, now: At) -> Result<Option<UserId>, Unavailable>;
}
