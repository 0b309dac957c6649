/// What a world consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One server with SQLite inside.
    OneSqlite,
    /// Two servers on one PostgreSQL and one Redis.
    TwoNodes,
}

impl Topology {
    pub fn nodes(self) -> usize {
        match self {
            Self::OneSqlite => 1,
            Self::TwoNodes => 2,
        }
    }
}
