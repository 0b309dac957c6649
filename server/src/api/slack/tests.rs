use super::*;
use serde_json::json;

fn said(text_of: &str) -> String {
    text(&json!({ "text": text_of }))
}

#[test]
fn references_are_spelled_out() {
    for (source, plain) in [
        ("see <https://ci.example.org/7|build 7>.", "see build 7 (https://ci.example.org/7)."),
        ("<https://ci.example.org>", "https://ci.example.org"),
        ("<https://ci.example.org/|ci.example.org>", "https://ci.example.org/"),
        ("<https://ci.example.org/?a=1&amp;b=2|a &lt; b>", "a < b (https://ci.example.org/?a=1&b=2)"),
        ("<mailto:ops@example.org|ops@example.org>", "ops@example.org"),
        ("<@U024BE7LH> <@U024BE7LH|ann>", "@U024BE7LH @ann"),
        ("<!here> <!channel> <!everyone>, <!here|here>", "@here @channel @everyone, @here"),
        ("<!subteam^S1|@ops> <!subteam^S1>", "@ops @S1"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<#C024BE7LR|general> <#C024BE7LR>", "#general #C024BE7LR"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2; &amp;lt; stays", "1 < 2 && 3 > 2; &lt; stays"),
        ("Vec<String> and <not a link> and a < b", "Vec<String> and <not a link> and a < b"),
        ("<std::vector> <!unknown> <@> <|x>", "<std::vector> <!unknown> <@> <|x>"),
        ("<https://open", "<https://open"),
    ] {
        assert_eq!(said(source), plain);
    }
}

#[test]
fn a_plain_text_object_has_no_references() {
    let block = |kind| json!({"blocks": [{"type": "section", "text": {"type": kind, "text": "<!here> &amp; co"}}]});
    assert_eq!(text(&block("plain_text")), "<!here> & co");
    assert_eq!(text(&block("mrkdwn")), "@here & co");
}

#[test]
fn blocks_stand_instead_of_the_text_where_they_hold_words() {
    let with = |blocks| text(&json!({"text": "for notifications", "blocks": blocks}));
    assert_eq!(with(json!([{"type": "header", "text": {"type": "plain_text", "text": "Deployed"}}])), "Deployed");
    for empty in [json!([]), json!([{"type": "video"}]), json!([{"type": "divider"}]), json!("x"), json!(null)] {
        assert_eq!(with(empty), "for notifications");
    }
}

#[test]
fn rich_text_is_read_as_lines() {
    let section = |elements: Value| json!({"type": "rich_text_section", "elements": elements});
    let blocks = json!([{"type": "rich_text", "elements": [
        section(json!([
            {"type": "text", "text": "1 < 2 &amp; "}, {"type": "link", "url": "https://x.example", "text": "here"},
            {"type": "text", "text": " "}, {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fd"},
            {"type": "emoji", "name": "party"}, {"type": "broadcast", "range": "here"},
            {"type": "user", "user_id": "U1"}, {"type": "channel", "channel_id": "C1"},
        ])),
        {"type": "rich_text_list", "style": "ordered", "elements": [
            section(json!([{"type": "text", "text": "one"}])), section(json!([{"type": "text", "text": "two"}])),
        ]},
        {"type": "rich_text_list", "style": "bullet", "elements": [section(json!([{"type": "text", "text": "dot"}]))]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "so\nit is"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "let x = 1;"}]},
    ]}]);
    let expected = "1 < 2 &amp; here (https://x.example) 👋🏽:party:@here@U1#C1\n\
                    1. one\n2. two\n• dot\n> so\n> it is\nlet x = 1;";
    assert_eq!(text(&json!({ "blocks": blocks })), expected);
}

#[test]
fn the_fallback_is_shown_where_nothing_else_is() {
    let one = |attachment| text(&json!({"attachments": [attachment]}));
    assert_eq!(one(json!({"fallback": "All is well"})), "All is well");
    assert_eq!(one(json!({"fallback": "All is well", "text": "Well"})), "Well");
    assert_eq!(one(json!({"color": "danger"})), "");
}

#[test]
fn a_long_text_is_cut_with_a_note() {
    let whole = "é".repeat(8000);
    assert_eq!(said(&whole), whole);
    let cut = said(&"é".repeat(8001));
    assert_eq!(cut.chars().count(), 8000);
    assert!(cut.ends_with("é\n\n[Cut off: a message holds 8,000 characters.]"), "{cut}");
}

#[test]
fn values_of_another_type_are_ignored() {
    for payload in [
        json!({"text": 7, "blocks": 7, "attachments": 7}),
        json!({"blocks": [7, "x", [], {"type": 7}], "attachments": [7, "x", [], {"fields": {}, "actions": [1]}]}),
        json!({"blocks": [{"type": "section", "text": [], "fields": [[], 1]}, {"type": "rich_text", "elements": [1]}]}),
        json!([]),
        json!(null),
    ] {
        assert_eq!(text(&payload), "", "{payload}");
    }
}

#[test]
fn a_hostile_payload_is_cut_like_a_long_one() {
    let fields: Vec<_> = (0..4000).map(|n| json!({"title": n.to_string(), "value": n})).collect();
    let lines: Vec<_> = (0..10_000).map(|n| json!({"type": "markdown", "text": n.to_string()})).collect();
    for payload in [
        json!({"attachments": [{"fields": fields}, {"text": "<".repeat(9000)}]}),
        json!({ "blocks": lines }),
        json!({"text": "x\n".repeat(16_000), "attachments": vec![json!({"text": "x", "title": "x"}); 10_000]}),
    ] {
        let cut = text(&payload);
        assert!(cut.chars().count() <= 8000, "{}", cut.len());
        assert!(cut.ends_with("[Cut off: a message holds 8,000 characters.]"), "{cut}");
    }
}

#[test]
fn only_what_the_text_has_said_is_left_out() {
    let alert =
        |name| json!({"title": name, "title_link": "https://x.example", "fields": [{"title": "At", "value": 1}]});
    let said =
        text(&json!({"text": "Two are down", "attachments": [alert("Two are down"), alert("web"), alert("db")]}));
    assert_eq!(
        said,
        "Two are down (https://x.example)\nAt: 1\n\nweb (https://x.example)\nAt: 1\n\ndb (https://x.example)\nAt: 1"
    );
}
