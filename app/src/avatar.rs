use leptos::prelude::*;

/// How large an [`Avatar`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    /// In lists.
    #[default]
    Small,
    /// In the log and the heads of rooms.
    Medium,
    /// Where somebody's own account is the matter.
    Large,
}

/// A rounded square with initials, its hue chosen by the id; the name stands beside it, so it is hidden from screen readers.
#[component]
pub fn Avatar(
    #[prop(into)] name: Signal<String>,
    /// The person's id; a room's is negative.
    #[prop(into)]
    id: Signal<i64>,
    #[prop(optional)] size: AvatarSize,
) -> impl IntoView {
    let size = match size {
        AvatarSize::Small => "small",
        AvatarSize::Medium => "medium",
        AvatarSize::Large => "large",
    };
    let class = Signal::derive(move || format!("avatar avatar--{size} avatar--hue-{}", id.get().rem_euclid(HUES)));
    let letters = Signal::derive(move || initials(&name.read()));
    view! { <span class=class aria-hidden="true">{letters}</span> }
}

/// As many as `style/components/avatar.css` has.
const HUES: i64 = 12;

/// The first letters of the first and the last word, at most two; signs count only where a word has no letter.
pub fn initials(name: &str) -> String {
    let letter = |word: &str| {
        let first = word.chars().find(|c| c.is_alphanumeric()).or_else(|| word.chars().next())?;
        first.to_uppercase().next()
    };
    let mut words = name.split_whitespace();
    let first = words.next().and_then(letter);
    let last = words.next_back().and_then(letter);
    first.into_iter().chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_two_letters_at_most() {
        for (name, expected) in [
            ("Robin West", "RW"),
            ("ines moreau de la tour", "IT"),
            ("Garden", "G"),
            ("明日 香", "明香"),
            ("🎉 party", "🎉P"),
            ("(admin) ops", "AO"),
            ("e\u{301}lan", "E"),
            ("ßtraße", "S"),
            ("  ", ""),
        ] {
            assert_eq!(initials(name), expected, "{name:?}");
        }
    }
}
