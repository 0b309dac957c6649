/// What a world consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One server with SQLite inside.
    OneSqlite,
}

impl Topology {
    pub fn nodes(&self) -> usize {
        match self {
            Self::OneSqlite => 1,
        }
    }

    /// What every node is told.
    pub fn settings(&self) -> Vec<(String, String)> {
        match self {
            Self::OneSqlite => Vec::new(),
        }
    }
}
