use serde::{Deserialize, Serialize};

/// What a table is in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(rename = "table")]
    pub name: String,
    pub columns: Vec<Column>,
    /// As many columns, from the first, tell the rows apart and order them; none where there is always one row.
    pub key: usize,
    /// Which rows are carried, where it is not all of them.
    #[serde(skip)]
    pub only: Option<&'static str>,
}

/// A column's name and kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column(pub String, pub Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A number that the database itself counts up, and never gives twice.
    Counter,
    Int,
    Bool,
    Text,
    /// As hexadecimal digits.
    Bytes,
    /// With its hyphens.
    Uuid,
}

impl Table {
    /// Read from its columns, such as `id:counter name:text`.
    pub fn new(name: &str, key: usize, columns: &str) -> Self {
        let columns = columns.split_whitespace().map(|column| {
            let (name, kind) = column.split_once(':').expect("a column is written as name:kind");
            Column(name.to_owned(), Kind::parse(kind).expect("a kind that there is"))
        });
        Self { name: name.to_owned(), columns: columns.collect(), key, only: None }
    }

    /// The column that the database counts up.
    pub fn counter(&self) -> Option<&str> {
        self.columns.iter().find(|Column(_, kind)| *kind == Kind::Counter).map(|Column(name, _)| name.as_str())
    }

    /// Whether its names can stand in a statement, and its key is there.
    pub fn is_sound(&self) -> bool {
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        let is_ours = !self.name.starts_with("sqlite_") && !self.name.starts_with("pg_");
        is_ours
            && is_name(&self.name)
            && !self.columns.is_empty()
            && self.columns.iter().all(|Column(name, _)| is_name(name))
            && self.key <= self.columns.len()
    }
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        serde_json::from_value(word.into()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_told_as_the_document_says() {
        let table = Table::new("users", 1, "id:counter username:text");
        let line = r#"{"table":"users","columns":[["id","counter"],["username","text"]],"key":1}"#;
        assert_eq!(serde_json::to_string(&table).unwrap(), line);
        assert_eq!(serde_json::from_str::<Table>(line).unwrap(), table);
        assert_eq!(table.counter(), Some("id"));
    }

    #[test]
    fn no_name_of_an_archive_is_more_than_a_name() {
        assert!(Table::new("users", 1, "id:int").is_sound());
        for name in ["users; drop", "Users", "\"users\"", "", "_sqlx_migrations", "sqlite_schema", "pg_class"] {
            assert!(!Table::new(name, 1, "id:int").is_sound(), "{name}");
        }
        assert!(!Table::new("users", 1, "id':int").is_sound());
        assert!(!Table::new("users", 2, "id:int").is_sound());
        assert!(!Table::new("users", 0, "").is_sound());
    }
}
