//! Brings the folded names up to the rule of this version.

use crate::store::folding::{FOLDING, folded};
use sqlx::{Connection, PgConnection};

/// Folds all names again when another version of the rule made them.
pub async fn refold(db: &mut PgConnection) -> sqlx::Result<()> {
    let mut transaction = db.begin().await?;
    let by: i32 =
        sqlx::query_scalar("select name_folding from instance for update").fetch_one(&mut *transaction).await?;
    if by != FOLDING {
        let names: Vec<(i64, String, String)> =
            sqlx::query_as("select id, display_name, folded_name from users").fetch_all(&mut *transaction).await?;
        for (id, name, before) in names {
            let now = folded(&name);
            if now != before {
                sqlx::query("update users set folded_name = $2 where id = $1")
                    .bind(id)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        sqlx::query("update instance set name_folding = $1").bind(FOLDING).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
