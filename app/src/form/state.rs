use protocol::{ApiError, Field};
use serde::{Deserialize, Serialize};

/// What is left of a form that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormState {
    /// The endpoint, as in `/form/{endpoint}`.
    pub form: String,
    /// What was entered; never a password.
    pub values: Vec<(String, String)>,
    pub error: ApiError,
}

/// The fields that hold words of a person.
const WORDS: [(Field, &str); 6] = [
    (Field::Text, "Your message"),
    (Field::DisplayName, "Display name"),
    (Field::RoomName, "Room name"),
    (Field::Name, "Name"),
    (Field::Note, "Note"),
    (Field::Username, "Username"),
];

/// Keeps of a failed form what the page needs to show it again: everything but passwords and the page's own path.
pub fn keep(form: &str, body: &[(String, String)], error: ApiError) -> FormState {
    const DROPPED: [&str; 3] = [Field::Password.name(), Field::NewPassword.name(), "page"];
    let is_kept = |(name, _): &&(String, String)| !DROPPED.contains(&name.as_str());
    FormState { form: form.to_owned(), values: body.iter().filter(is_kept).cloned().collect(), error }
}

impl FormState {
    /// What was entered into a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether this value of a repeated field, such as `members[]`, was chosen.
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, chosen)| key == name && chosen == value)
    }

    /// What was chosen in a repeated field.
    pub fn chosen(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What a person typed and would have to write again: the label of each field and its value.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let typed = WORDS.iter().filter_map(|(field, label)| Some((*label, self.value(field.name())?)));
        typed.filter(|(_, value)| !value.trim().is_empty())
    }

    /// Whether there are any.
    pub fn has_words(&self) -> bool {
        self.words().next().is_some()
    }

    /// Whether this form failed: by its endpoint and, where it stands on the page several times, its hidden values.
    pub fn is_of(&self, form: &str, hidden: &[(&'static str, String)]) -> bool {
        self.form == form && hidden.iter().all(|(name, value)| self.chose(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Code;

    fn failed(body: &[(&str, &str)]) -> FormState {
        let body: Vec<_> = body.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        keep("login", &body, ApiError::new(Code::LoginFailed, "No."))
    }

    #[test]
    fn what_was_typed_is_kept_but_never_a_password() {
        let state = failed(&[
            ("login", "robin"),
            ("password", "hunter22"),
            ("new_password", "hunter23"),
            ("page", "/login"),
            ("members[]", "3"),
            ("members[]", "4"),
        ]);
        assert_eq!(state.value("login"), Some("robin"));
        assert!(state.chose("members[]", "4") && !state.chose("members[]", "5"));
        assert!(state.chosen("members[]").eq(["3", "4"]));
        assert!(!format!("{state:?}").contains("hunter"));
        assert_eq!(state.value("page"), None);
    }

    #[test]
    fn words_of_a_person_are_those_of_text_fields() {
        let state = failed(&[("room", "3"), ("text", "  "), ("note", "For the choir"), ("password", "hunter22")]);
        assert!(state.words().eq([("Note", "For the choir")]));
        assert!(!failed(&[("user", "3"), ("text", "\n")]).has_words());
    }

    #[test]
    fn of_repeated_forms_only_the_failed_one_is_marked() {
        let state = failed(&[("user", "3")]);
        assert!(state.is_of("login", &[("user", "3".into())]));
        assert!(!state.is_of("login", &[("user", "4".into())]));
        assert!(!state.is_of("register", &[]));
    }
}
