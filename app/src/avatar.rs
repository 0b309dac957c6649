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

/// A rounded square: a person's initials on a hue chosen by the id, or the sign of a room. The name stands beside it, so it
/// is hidden from screen readers.
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
    let is_room = move || id.get() < 0;
    let class = Signal::derive(move || match is_room() {
        true => format!("avatar avatar--{size} avatar--room"),
        false => format!("avatar avatar--{size} avatar--hue-{}", id.get().rem_euclid(HUES)),
    });
    let letters = Signal::derive(move || if is_room() { "#".to_owned() } else { initials(&name.read()) });
    view! { <span class=class aria-hidden="true">{letters}</span> }
}

/// As many as `style/components/avatar.css` has.
const HUES: i64 = 12;

/// The first letters of the first and the last word, at most two; signs count only where a word has no letter.
pub fn initials(name: &str) -> String {
    let letter = |word: &str| match word.chars().find(|c| c.is_alphanumeric()) {
        Some(first) => first.to_uppercase().next().map(String::from),
        None => first_sign(word),
    };
    let mut words = name.split_whitespace();
    let first = words.next().and_then(letter);
    let last = words.next_back().and_then(letter);
    first.into_iter().chain(last).collect()
}

/// The first sign of a word that begins with none of letters and digits. A sign may take several characters, such as a flag
/// or a family (UAX 29, for emoji alone: the tables for all scripts weigh more than this whole module in the client).
fn first_sign(word: &str) -> Option<String> {
    let is_flag_half = |c: char| matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
    let goes_on = |c: char| matches!(c, '\u{200d}' | '\u{20e3}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    let mut rest = word.chars();
    let mut last = rest.next()?;
    let mut sign = String::from(last);
    for next in rest {
        let is_second_half = is_flag_half(last) && is_flag_half(next) && sign.chars().count() == 1;
        if !(goes_on(next) || last == '\u{200d}' || is_second_half) {
            break;
        }
        sign.push(next);
        last = next;
    }
    Some(sign)
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
            ("🇩🇪 Fans", "🇩🇪F"),
            ("🇩🇪🇫🇷 Fans", "🇩🇪F"),
            ("👩‍👩‍👧 home", "👩‍👩‍👧H"),
            ("👍🏽👍 ok", "👍🏽O"),
            ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
            ("❤️ us", "❤️U"),
            ("(admin) ops", "AO"),
            ("e\u{301}lan", "E"),
            ("ßtraße", "S"),
            ("  ", ""),
        ] {
            assert_eq!(initials(name), expected, "{name:?}");
        }
    }
}
