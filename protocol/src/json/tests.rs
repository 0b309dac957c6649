use super::*;
use proptest::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
struct Thing {
    name: String,
    count: i64,
    few: u32,
    is_on: bool,
    kind: Kind,
    more: Option<Vec<Thing>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Named(String),
    Sized { width: i64 },
}

fn things() -> impl Strategy<Value = Thing> {
    let kind = prop_oneof![
        Just(Kind::Plain),
        any::<String>().prop_map(Kind::Named),
        any::<i64>().prop_map(|width| { Kind::Sized { width } })
    ];
    let leaf = (any::<String>(), any::<i64>(), any::<u32>(), any::<bool>(), kind)
        .prop_map(|(name, count, few, is_on, kind)| Thing { name, count, few, is_on, kind, more: None });
    leaf.prop_recursive(3, 20, 4, |inner| {
        (inner.clone(), prop::option::of(prop::collection::vec(inner, 0..4)))
            .prop_map(|(thing, more)| Thing { more, ..thing })
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_read(thing in things()) {
        prop_assert_eq!(&read::<Thing>(&serde_json::to_string(&thing).unwrap()).unwrap(), &thing);
        prop_assert_eq!(&read::<Thing>(&serde_json::to_string_pretty(&thing).unwrap()).unwrap(), &thing);
    }

    #[test]
    fn any_text_is_read_as_serde_json_reads_it(text in r#"[ \["\\u0-9a-fn{}:,\]-]{0,24}"#) {
        prop_assert_eq!(read::<Vec<String>>(&text).ok(), serde_json::from_str(&text).ok(), "{}", text);
        // To serde_json, a zero with a sign is no integer.
        if text.trim() != "-0" {
            prop_assert_eq!(read::<i64>(&text).ok(), serde_json::from_str(&text).ok(), "{}", text);
        }
    }

    #[test]
    fn a_string_is_read_as_serde_json_reads_it(inside in r#"(\\[\\"/bfnrtux]|\\u[dD][89a-fA-F][0-9a-f]{2}|\\u00[0-9a-f]{2}|[a-zé明🎉\n])*"#) {
        let text = format!("\"{inside}\"");
        prop_assert_eq!(read::<String>(&text).ok(), serde_json::from_str(&text).ok(), "{}", text);
    }
}

#[test]
fn what_is_not_known_is_passed_over() {
    let thing = r#" {"x":[{"a":"]}"},1.5e-3,null,true,[]], "name":"n","y":-1,"count":1,"few":2,"is_on":true,
        "kind":"plain","more":null,"z":{"q":"\"}"}} "#;
    let expected = Thing { name: "n".into(), count: 1, few: 2, is_on: true, kind: Kind::Plain, more: None };
    assert_eq!(read::<Thing>(thing), Ok(expected));
}

#[test]
fn what_is_cut_off_or_goes_on_is_malformed() {
    let thing =
        Thing { name: "é\n".into(), count: -7, few: 0, is_on: false, kind: Kind::Named("k".into()), more: None };
    let whole = serde_json::to_string(&Thing { more: Some(vec![thing.clone()]), ..thing }).unwrap();
    assert!(read::<Thing>(&whole).is_ok());
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert_eq!(read::<Thing>(&whole[..end]), Err(Malformed), "{}", &whole[..end]);
    }
    assert_eq!(read::<Thing>(&format!("{whole},")), Err(Malformed));
}

#[test]
fn numbers_outside_of_their_type_are_malformed() {
    for bad in ["4294967296", "-1", "1.0", "1e2", "01", "+1", "-", "\"1\"", ""] {
        assert_eq!(read::<u32>(bad), Err(Malformed), "{bad}");
    }
    assert_eq!(read::<i64>("9223372036854775808"), Err(Malformed));
    assert_eq!(read::<i64>("-0"), Ok(0));
}

#[test]
fn a_text_is_borrowed_where_nothing_is_escaped() {
    assert_eq!(read::<&str>("\"plain\""), Ok("plain"));
    assert_eq!(read::<&str>(r#""\n""#), Err(Malformed));
}
