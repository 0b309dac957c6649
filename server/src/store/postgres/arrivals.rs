//! How new accounts come in. Everything here is part of the accounts' port.

use super::{audit, invitations};
use crate::store::folding::folded;
use crate::store::records::{self, Entry, Line};
use crate::store::rows;
use domain::Registration;
use domain::ports::{Act, Admission, NewAccount, Order, Registered};
use sqlx::PgConnection;

pub async fn insert(db: &mut PgConnection, new: NewAccount) -> sqlx::Result<Registered> {
    let Some(entry) = admit(db, &new).await? else { return Ok(Registered::NotAdmitted) };
    let row = sqlx::query(
        "insert into users (username, email, display_name, folded_name, password_hash, created_at, is_admin)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing
         returning id as user_id",
    )
    .bind(new.username.as_str())
    .bind(new.email.as_str())
    .bind(new.display_name.as_str())
    .bind(folded(new.display_name.as_str()))
    .bind(&new.password_hash)
    .bind(new.at.get())
    .bind(matches!(entry, Entry::First(_)))
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return taken(db, &new).await };
    let user = rows::number(&row, "user_id")?;
    match entry {
        Entry::By(invitation) => invitations::take(db, invitation).await?,
        Entry::First(Some(doer)) | Entry::Made(doer) => {
            audit::tell(db, &doer, Line::of(Act::AddPerson).to(user, new.username.as_str())).await?;
        }
        Entry::First(None) | Entry::Open => {}
    }
    Ok(Registered::Account(user))
}

/// By what right an account comes in; `None` when it has none.
async fn admit(db: &mut PgConnection, new: &NewAccount) -> sqlx::Result<Option<Entry>> {
    // As long as there is nobody, one at a time: only one of them is the first.
    sqlx::query("select id from instance where not exists (select 1 from users) for update").execute(&mut *db).await?;
    let doer = match new.admission {
        Admission::By(by) => match audit::begin(db, Order { by, at: new.at }).await? {
            Ok(doer) => Some(doer),
            Err(_) => return Ok(None),
        },
        _ => None,
    };
    let is_first: bool = sqlx::query_scalar("select not exists (select 1 from users)").fetch_one(&mut *db).await?;
    Ok(match (new.admission, doer) {
        (_, doer) if is_first => Some(Entry::First(doer)),
        (_, Some(doer)) => Some(Entry::Made(doer)),
        (Admission::Open, None) => (mode(db, new).await? == Registration::Open).then_some(Entry::Open),
        (Admission::Invited(invitation), None) => {
            if mode(db, new).await? == Registration::Closed {
                return Ok(None);
            }
            let is_usable = invitations::hold(db, invitation, new.at).await?;
            is_usable.then_some(Entry::By(invitation))
        }
        _ => None,
    })
}

/// Who may register. Until the transaction ends nobody closes it.
async fn mode(db: &mut PgConnection, new: &NewAccount) -> sqlx::Result<Registration> {
    if let Some(fixed) = new.fixed {
        return Ok(fixed);
    }
    let row = sqlx::query("select name, registration from instance for share").fetch_one(db).await?;
    Ok(records::instance(&row)?.registration.unwrap_or(Registration::Open))
}

/// Which of the two names is somebody's already.
async fn taken(db: &mut PgConnection, new: &NewAccount) -> sqlx::Result<Registered> {
    let is_name_taken = sqlx::query_scalar("select exists (select 1 from users where username = $1)")
        .bind(new.username.as_str())
        .fetch_one(db)
        .await?;
    Ok(if is_name_taken { Registered::UsernameTaken } else { Registered::EmailTaken })
}
