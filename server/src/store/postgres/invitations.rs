use super::{PostgresStore, audit, resets};
use crate::store::records::{self, Doer, Line};
use crate::store::rows;
use async_trait::async_trait;
use domain::ports::{
    Act, Acted, Digest, InvitationId, InvitationRecord, Invitations, NewInvitation, NewReset, Order, Refusal,
    ResetRecord, Unavailable,
};
use futures::FutureExt;
use protocol::{At, Note, Person, UserId};
use sqlx::PgConnection;

#[async_trait]
impl Invitations for PostgresStore {
    async fn insert_invitation(&self, order: Order, new: &NewInvitation) -> Result<Acted<InvitationId>, Unavailable> {
        let new = new.clone();
        self.order(order, move |db, doer| insert(db, doer, new).boxed()).await
    }

    async fn invitations(
        &self,
        now: At,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<InvitationRecord>, Unavailable> {
        self.run(move |db| list(db, now, before, limit).boxed()).await
    }

    async fn revoke_invitation(&self, order: Order, invitation: InvitationId) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| revoke(db, doer, invitation).boxed()).await
    }

    async fn is_invited(&self, invitation: Digest, now: At) -> Result<bool, Unavailable> {
        self.run(move |db| is_usable(db, invitation, now).boxed()).await
    }

    async fn host(&self, invitation: Digest, now: At) -> Result<Option<Person>, Unavailable> {
        self.run(move |db| host(db, invitation, now).boxed()).await
    }

    async fn insert_reset(&self, order: Order, new: NewReset) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| resets::insert(db, doer, new).boxed()).await
    }

    async fn resets(&self, now: At, limit: u32) -> Result<Vec<ResetRecord>, Unavailable> {
        self.run(move |db| resets::list(db, now, limit).boxed()).await
    }

    async fn revoke_reset(&self, order: Order, user: UserId) -> Result<Acted, Unavailable> {
        self.order(order, move |db, doer| resets::revoke(db, doer, user).boxed()).await
    }

    async fn person_of_reset(&self, reset: Digest, now: At) -> Result<Option<Person>, Unavailable> {
        self.run(move |db| resets::person(db, reset, now).boxed()).await
    }

    async fn take_reset(&self, reset: Digest, password_hash: &str, now: At) -> Result<Option<UserId>, Unavailable> {
        let hash = password_hash.to_owned();
        self.write(move |db| resets::take(db, reset, hash, now).boxed()).await
    }
}

async fn insert(db: &mut PgConnection, doer: Doer, new: NewInvitation) -> sqlx::Result<Acted<InvitationId>> {
    let note = new.note.as_ref().map_or("", Note::as_str);
    let id = sqlx::query_scalar(
        "insert into invitations (digest, made_by, note, created_at, expires, uses, uses_left)
         values ($1, $2, $3, $4, $5, $6, $6)
         returning id",
    )
    .bind(new.digest.0.as_slice())
    .bind(doer.who.as_ref().map(|who| who.id.get()))
    .bind(note)
    .bind(doer.at.get())
    .bind(new.expires.get())
    .bind(i64::from(new.uses))
    .fetch_one(&mut *db)
    .await?;
    audit::tell(db, &doer, Line::of(Act::Invite).with(name(id, note))).await?;
    Ok(Ok(InvitationId(id)))
}

async fn list(
    db: &mut PgConnection,
    now: At,
    before: Option<InvitationId>,
    limit: u32,
) -> sqlx::Result<Vec<InvitationRecord>> {
    let found = sqlx::query(
        "select i.id, i.note, i.uses, i.uses_left, i.created_at, i.expires,
           u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
         from invitations i
         left join users u on u.id = i.made_by
         where i.id < $1
           and i.uses_left > 0
           and i.revoked_at is null
           and i.expires >= $2
         order by i.id desc
         limit $3",
    )
    .bind(before.map_or(i64::MAX, |before| before.0))
    .bind(now.get())
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    found.iter().map(records::invitation).collect()
}

async fn revoke(db: &mut PgConnection, doer: Doer, invitation: InvitationId) -> sqlx::Result<Acted> {
    let found: Option<(String, bool)> =
        sqlx::query_as("select note, revoked_at is not null from invitations where id = $1")
            .bind(invitation.0)
            .fetch_optional(&mut *db)
            .await?;
    let note = match found {
        None => return Ok(Err(Refusal::NotThere)),
        Some((_, true)) => return Ok(Ok(())),
        Some((note, false)) => note,
    };
    sqlx::query("update invitations set revoked_at = $2 where id = $1")
        .bind(invitation.0)
        .bind(doer.at.get())
        .execute(&mut *db)
        .await?;
    audit::tell(db, &doer, Line::of(Act::RevokeInvitation).with(name(invitation.0, &note))).await.map(Ok)
}

/// Ends the invitations and links for a new password that somebody has made: with the right to make them goes what they
/// open.
pub async fn end_links_of(db: &mut PgConnection, maker: UserId, at: At) -> sqlx::Result<()> {
    sqlx::query("update invitations set revoked_at = $2 where made_by = $1 and revoked_at is null")
        .bind(maker.get())
        .bind(at.get())
        .execute(&mut *db)
        .await?;
    sqlx::query("delete from password_resets where made_by = $1").bind(maker.get()).execute(db).await.map(drop)
}

/// As the log calls an invitation.
fn name(id: i64, note: &str) -> String {
    if note.is_empty() { format!("#{id}") } else { format!("#{id}, {note}") }
}

/// Whether an account can be made by it.
pub async fn is_usable(db: &mut PgConnection, invitation: Digest, now: At) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "select exists (
           select 1
           from invitations
           where digest = $1
             and uses_left > 0
             and revoked_at is null
             and expires >= $2
         )",
    )
    .bind(invitation.0.as_slice())
    .bind(now.get())
    .fetch_one(db)
    .await
}

async fn host(db: &mut PgConnection, invitation: Digest, now: At) -> sqlx::Result<Option<Person>> {
    let row = sqlx::query(
        "select u.id as user_id, u.username, u.display_name, u.bot_of is not null as is_bot
         from invitations i
         join users u on u.id = i.made_by
         where i.digest = $1
           and i.uses_left > 0
           and i.revoked_at is null
           and i.expires >= $2",
    )
    .bind(invitation.0.as_slice())
    .bind(now.get())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(rows::person).transpose()
}

/// The same; until the transaction ends nobody else takes a use.
pub async fn hold(db: &mut PgConnection, invitation: Digest, now: At) -> sqlx::Result<bool> {
    sqlx::query(
        "select id
         from invitations
         where digest = $1
           and uses_left > 0
           and revoked_at is null
           and expires >= $2
         for update",
    )
    .bind(invitation.0.as_slice())
    .bind(now.get())
    .fetch_optional(db)
    .await
    .map(|found| found.is_some())
}

/// Takes one use.
pub async fn take(db: &mut PgConnection, invitation: Digest) -> sqlx::Result<()> {
    sqlx::query("update invitations set uses_left = uses_left - 1 where digest = $1")
        .bind(invitation.0.as_slice())
        .execute(db)
        .await
        .map(drop)
}
