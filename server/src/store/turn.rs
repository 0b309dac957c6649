use super::{Refused, is_postgres, postgres::PostgresTurn};

/// The right to do what only one of several nodes should do; it ends with the value, and with the process.
pub enum Turn {
    /// There are no others.
    Alone,
    OfSeveral(PostgresTurn),
}

impl Turn {
    /// `None` while another node of the same database has it.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn take(url: &str) -> Result<Option<Self>, Refused> {
        if !is_postgres(url) {
            return Ok(Some(Self::Alone));
        }
        Ok(PostgresTurn::take(url).await?.map(Self::OfSeveral))
    }

    /// Whether it has lasted until now.
    pub async fn is_kept(&mut self) -> bool {
        match self {
            Self::Alone => true,
            Self::OfSeveral(turn) => turn.is_kept().await,
        }
    }
}
