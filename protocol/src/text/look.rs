use super::name::is_invisible;

/// Letters that look like the first of each: from confusables.txt of UTS 39, Latin to Cyrillic, one letter each.
const LOOKS: [&str; 24] = [
    "aɑΑαАа",
    "bƄΒВЬ",
    "cϲϹСс",
    "dԁ",
    "eΕЕеҽ",
    "fſƒʄϜ",
    "gƍɡԌ",
    "hΗНҺһ",
    "i1l|¡ıƖǀɩɪΙιІіӀӏ",
    "jȷͿϳЈј",
    "kΚК",
    "nΝ",
    "oΟοσϭОо",
    "pƿϸΡρϱРр",
    "qԚԛ",
    "rƦɌг",
    "sƽЅѕ",
    "tΤТ",
    "uʋυ",
    "vνѴѵ",
    "wɯшѡԜԝ",
    "xΧХх",
    "yɣʏΥγϒУуҮү",
    "zΖ",
];

/// What a name looks like at a glance: two people whose names have the same look are told apart by their usernames.
///
/// It is a short form of the skeleton of UTS 39, small enough for a browser: letters of one script that look like those of
/// another, without regard to case, blanks and what cannot be seen.
pub fn look(name: &str) -> String {
    let mut look = String::new();
    for c in name.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(plain) {
        let c = c.to_ascii_lowercase();
        match LOOKS.iter().find(|like| like.contains(c)).and_then(|like| like.chars().next()) {
            Some(first) => look.push(first),
            None if c == '0' => look.push('o'),
            None if matches!(c, 'm' | 'Μ' | 'Ϻ' | 'М') => look.push_str("rn"),
            None => look.push(c),
        }
    }
    look
}

/// The ASCII letter of a full-width or mathematical one.
fn plain(c: char) -> char {
    let code = u32::from(c);
    let ascii = match code {
        0xff01..=0xff5e => code - 0xff01 + 0x21,
        // Thirteen alphabets, each of 26 capitals and 26 small letters.
        0x1d400..=0x1d6a3 => u32::from(b"Aa"[usize::from((code - 0x1d400) % 52 >= 26)]) + (code - 0x1d400) % 26,
        0x1d7ce..=0x1d7ff => 0x30 + (code - 0x1d7ce) % 10,
        _ => return c,
    };
    char::from_u32(ascii).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::look;
    use unicode_security::skeleton;

    #[test]
    fn names_that_look_alike_have_one_look() {
        let maria = look("Maria Boss");
        for alike in
            ["maria boss", "Mаria Воss", "Maria  Boss", "MariaBoss", "Ｍaria Boss", "𝐌aria 𝘽oss", "Ma\u{200b}ria Boss"]
        {
            assert_eq!(look(alike), maria, "{alike}");
        }
        for (one, other) in [("Ines", "lnes"), ("Modern", "Modem"), ("Bob", "B0b"), ("Ana|", "Anal")] {
            assert_eq!(look(one), look(other));
        }
        for other in ["Mario Boss", "Maria Ross", "María Boss", "明日"] {
            assert_ne!(look(other), maria, "{other}");
        }
    }

    /// One letter each: what stands for two is left to the crate.
    #[test]
    fn letters_that_uts_39_confuses_with_ascii_have_its_look() {
        let is_in_reach = |code: &u32| matches!(code, 0x21..=0x7e | 0x370..=0x530 | 0xff21..=0xff5a | 0x1d400..=0x1d6a3 | 0x1d7ce..=0x1d7ff);
        let mut count = 0;
        for c in (0..0x1d800).filter(is_in_reach).filter_map(char::from_u32) {
            let ascii: String = skeleton(&c.to_string()).collect();
            if ascii.len() == 1 && ascii.chars().all(|c| c.is_ascii_alphabetic()) {
                assert_eq!(look(&c.to_string()), look(&ascii), "{c} looks like {ascii}");
                count += 1;
            }
        }
        assert!(count > 700, "{count}");
    }
}
