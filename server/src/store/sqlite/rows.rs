//! The rows of SQLite, and the lists that it takes.

pub use crate::store::rows::*;

/// Numbers as the JSON list that `json_each` takes apart.
pub fn list(numbers: impl IntoIterator<Item = i64>) -> String {
    let numbers: Vec<_> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("[{}]", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_json() {
        assert_eq!(list([3, 7]), "[3,7]");
        assert_eq!(list([]), "[]");
    }
}
