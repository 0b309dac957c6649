//! The rules of names, which others have to see and tell apart.

use super::nfc;
use super::unicode::is_mark;
use crate::{Field, Invalid};

/// Usernames that would pass for the server or its administrators, or for everybody.
pub const RESERVED: [&str; 10] =
    ["admin", "administrator", "all", "channel", "everyone", "here", "natter", "room", "root", "system"];

/// Maximum number of combining marks in a row: more than any language stacks, and too few to cover the lines around.
const MAX_MARKS: usize = 8;

pub fn username(raw: &str) -> Result<String, Invalid> {
    let name = known_username(raw)?;
    if name.starts_with(['-', '.']) || name.ends_with('.') {
        let problem = "Begin with a letter, a digit or an underscore, and do not end with a dot.";
        return Err(Invalid::new(Field::Username, problem));
    }
    if RESERVED.contains(&name.as_str()) {
        return Err(Invalid::new(Field::Username, "That username is reserved. Choose another one."));
    }
    Ok(name)
}

pub fn known_username(raw: &str) -> Result<String, Invalid> {
    let name = raw.trim().to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if !name.chars().all(allowed) {
        return Err(Invalid::new(Field::Username, "Use only letters a to z, digits, dot, underscore and hyphen."));
    }
    if !(2..=32).contains(&name.len()) {
        return Err(Invalid::new(Field::Username, "Choose a username of 2 to 32 characters."));
    }
    Ok(name)
}

pub fn display_name(raw: &str) -> Result<String, Invalid> {
    visible(raw, Field::DisplayName, 64)
}

pub fn known_display_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::DisplayName, 64)
}

pub fn room_name(raw: &str) -> Result<String, Invalid> {
    visible(raw, Field::RoomName, 80)
}

pub fn known_room_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::RoomName, 80)
}

pub fn instance_name(raw: &str) -> Result<String, Invalid> {
    visible(raw, Field::Name, 64)
}

pub fn known_instance_name(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::Name, 64)
}

pub fn note(raw: &str) -> Result<String, Invalid> {
    visible(raw, Field::Note, 80)
}

pub fn known_note(raw: &str) -> Result<String, Invalid> {
    one_line(raw, Field::Note, 80)
}

fn visible(raw: &str, field: Field, max: usize) -> Result<String, Invalid> {
    let name = one_line(&nfc(raw), field, max)?;
    if name.chars().all(|c| is_blank(c) || is_mark(c)) {
        return Err(Invalid::new(field, "Use at least one visible letter, digit or sign."));
    }
    if has_invisible(&name) {
        return Err(Invalid::new(field, "This contains an invisible character. Type it instead of pasting."));
    }
    if has_stacked_marks(&name) {
        return Err(Invalid::new(field, "Too many accents on one letter."));
    }
    Ok(name)
}

fn one_line(raw: &str, field: Field, max: usize) -> Result<String, Invalid> {
    let line = raw.trim();
    if line.contains(is_unfit_for_a_line) {
        return Err(Invalid::new(field, "Use letters, digits and signs on one line."));
    }
    let what = if field == Field::Note { "note" } else { "name" };
    match line.chars().count() {
        0 => Err(Invalid::new(field, format!("Enter a {what}."))),
        n if n <= max => Ok(line.to_owned()),
        _ => Err(Invalid::new(field, format!("Choose a {what} of at most {max} characters."))),
    }
}

/// Control characters, and the bidirectional formatting characters (Unicode TR #9, section 2) that make a name read as another.
pub fn is_unfit_for_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')
}

/// Whether nothing is seen where the character stands alone: white space and [`is_invisible`].
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

/// Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt), and two blanks that are not: the Braille pattern
/// without dots and the musical null notehead.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{2800}' | '\u{1d159}')
}

/// Whether a character changes nothing that is seen. Joiners do between letters of scripts that need them, and within emoji.
fn has_invisible(name: &str) -> bool {
    let signs: Vec<char> = name.chars().collect();
    let at = |at: Option<usize>| at.and_then(|at| signs.get(at)).copied().unwrap_or(' ');
    signs.iter().enumerate().any(|(here, sign)| {
        let (before, after) = (at(here.checked_sub(1)), at(here.checked_add(1)));
        let is_seen = match sign {
            '\u{200c}' => is_joined(before) && is_joined(after),
            '\u{200d}' => is_joined(before) && is_joined(after) || is_emoji(before) && is_pictograph(after),
            '\u{fe0f}' => is_pictograph(before) || after == '\u{20e3}',
            _ => !is_invisible(*sign),
        };
        !is_seen
    })
}

/// Arabic to Sinhala: the blocks of scripts in which a joiner changes the letters beside it.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}')
}

fn is_emoji(c: char) -> bool {
    c == '\u{fe0f}' || is_pictograph(c)
}

/// The blocks that hold Extended_Pictographic (emoji-data.txt) and the skin tones.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

fn has_stacked_marks(name: &str) -> bool {
    let mut marks = 0;
    name.chars().any(|c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS
    })
}

#[cfg(test)]
mod tests {
    use crate::{DisplayName, InstanceName, MessageText, Note, RoomName, Username};

    /// Whether all names of that text are refused, or all accepted.
    fn is_name(raw: &str) -> bool {
        let found = [
            DisplayName::parse(raw).is_ok(),
            RoomName::parse(raw).is_ok(),
            InstanceName::parse(raw).is_ok(),
            Note::parse(raw).is_ok(),
        ];
        assert!(found.iter().all(|is_ok| *is_ok == found[0]), "{raw:?}: {found:?}");
        found[0]
    }

    #[test]
    fn a_name_has_something_to_see() {
        for blank in
            ["\u{200b}", "\u{3164}", "\u{2800}", "\u{ad}", "\u{feff}", "\u{2060}", "\u{115f}", "\u{200d}", "\u{301}"]
        {
            assert!(!is_name(blank) && !is_name(&blank.repeat(3)), "{blank:?}");
        }
        assert!(!is_name("\u{e0041}\u{e0042}") && !is_name("\u{fe0f}") && !is_name("\u{180e}") && !is_name("\u{34f}"));
    }

    #[test]
    fn a_name_hides_nothing_beside_what_is_seen() {
        for hidden in
            ["\u{200b}", "\u{3164}", "\u{2800}", "\u{ad}", "\u{feff}", "\u{2060}", "\u{200d}", "\u{200c}", "\u{fe0f}"]
        {
            assert!(!is_name(&format!("Ma{hidden}ria")) && !is_name(&format!("Maria{hidden}")), "{hidden:?}");
        }
        assert!(!is_name("Maria\u{e0041}") && !is_name("1\u{fe0f}"));
    }

    #[test]
    fn joiners_stay_where_they_are_seen() {
        for seen in ["👩‍🚀", "🏳️‍🌈", "❤️", "1️⃣ first", "👍🏽", "علی‌رضا", "ශ්‍රී ලංකා"]
        {
            assert!(is_name(seen), "{seen:?}");
        }
    }

    #[test]
    fn accents_are_capped_and_names_kept_composed() {
        assert!(is_name("Zoe\u{308}") && is_name(&format!("a{}", "\u{330}".repeat(8))));
        assert!(!is_name(&format!("a{}", "\u{330}".repeat(9))) && !is_name(&format!("a{}", "\u{301}".repeat(63))));
        assert_eq!(DisplayName::parse("Zoe\u{308}").unwrap().as_str(), "Zo\u{eb}");
        assert_eq!(RoomName::parse("Cafe\u{301}").unwrap(), RoomName::parse("Caf\u{e9}").unwrap());
    }

    #[test]
    fn a_message_needs_one_visible_character_and_may_hold_others() {
        for blank in ["\u{200b}", " \u{3164}\n\u{2800} ", "\u{ad}\u{feff}\u{2060}", "\u{e0041}", "\u{fe0f}"] {
            assert!(MessageText::parse(blank).is_err(), "{blank:?}");
        }
        for seen in ["co\u{ad}operate", "👩‍🚀", "a\u{200b}b", "\u{301}"] {
            assert_eq!(MessageText::parse(seen).unwrap().as_str(), seen);
        }
    }

    #[test]
    fn a_username_passes_for_nobody_else_and_for_no_option() {
        for bad in super::RESERVED.iter().chain(&["Admin", "-ann", ".ann", "ann.", "--", "..", "-."]) {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
        for good in ["admins", "_ann", "ann-", "ann_", "9ann", "ann.lee"] {
            assert!(Username::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn what_an_earlier_version_accepted_is_still_read() {
        for name in ["\u{200b}", "Ma\u{200b}ria", "Zoe\u{308}"] {
            assert_eq!(RoomName::try_from(name.to_owned()).unwrap().as_str(), name);
            assert_eq!(MessageText::try_from(name.to_owned()).unwrap().as_str(), name);
        }
        assert_eq!(Username::try_from("admin".to_owned()).unwrap().as_str(), "admin");
    }
}
