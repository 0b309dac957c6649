use super::{Column, Kind, Table};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// What a cell holds, whatever the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Bool(claim) => serializer.serialize_bool(*claim),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&hex(bytes)),
            Self::Uuid(uuid) => serializer.collect_str(uuid),
        }
    }
}

/// As two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Whether a line holds a row of the table.
pub fn is_row(line: &str, table: &Table) -> bool {
    let Ok(cells) = serde_json::from_str::<Vec<serde_json::Value>>(line) else { return false };
    cells.len() == table.columns.len()
        && cells.iter().zip(&table.columns).all(|(cell, Column(_, kind))| cell.is_null() || fits(cell, *kind))
}

fn fits(cell: &serde_json::Value, kind: Kind) -> bool {
    let is_hex = |text: &str| text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match kind {
        Kind::Counter | Kind::Int => cell.is_i64(),
        Kind::Bool => cell.is_boolean(),
        Kind::Text => cell.is_string(),
        Kind::Bytes => cell.as_str().is_some_and(is_hex),
        Kind::Uuid => cell.as_str().is_some_and(|text| Uuid::try_parse(text).is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_list_of_its_cells() {
        let table = Table::new("all", 1, "id:counter is:bool words:text digest:bytes client:uuid none:int");
        let uuid = Uuid::from_u128(0x0102);
        let row = [
            Value::Int(-7),
            Value::Bool(true),
            Value::Text("\"é\n".into()),
            Value::Bytes(vec![0, 0xaf]),
            Value::Uuid(uuid),
            Value::Null,
        ];
        let line = serde_json::to_string(&row).unwrap();
        assert_eq!(line, r#"[-7,true,"\"é\n","00af","00000000-0000-0000-0000-000000000102",null]"#);
        assert!(is_row(&line, &table));
        for other in ["[]", "{}", "[1,2,3,4,5,6]", &line.replace("true", "1"), &line.replace("00af", "00ag")] {
            assert!(!is_row(other, &table), "{other}");
        }
    }
}
