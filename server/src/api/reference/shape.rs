//! The values: what each may be, in words.

use super::markup::{escaped, text};
use serde_json::{Map, Value};

/// All values that have a name.
pub fn all(document: &Value) -> String {
    let shapes = document["components"]["schemas"].as_object().into_iter().flatten();
    let shapes: String = shapes.map(|(name, schema)| one(name, schema)).collect();
    format!(
        "<section class=\"reference__section\" id=\"shapes\" aria-labelledby=\"shapes-title\">\
         <h2 id=\"shapes-title\">Values</h2>{shapes}</section>"
    )
}

fn one(name: &str, schema: &Value) -> String {
    let about = schema["description"].as_str().map(|about| format!("<p>{}</p>", text(about))).unwrap_or_default();
    let is_plain = schema.get("properties").is_none();
    let plain = if is_plain { format!("<p>{}.</p>", words(schema)) } else { String::new() };
    let fields = fields(schema);
    let fields = if fields.is_empty() { fields } else { format!("<dl class=\"reference__fields\">{fields}</dl>") };
    let title = title(name);
    format!("<article class=\"reference__item\" id=\"shape-{name}\"><h3>{title}</h3>{about}{plain}{fields}</article>")
}

fn fields(schema: &Value) -> String {
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let one = |(name, schema): (&String, &Value)| {
        let may = if required.contains(&name.as_str()) { "" } else { ", may be left out" };
        let about = schema["description"].as_str().or(schema["oneOf"][1]["description"].as_str());
        field(name, &format!("{}{may}", words(schema)), about.unwrap_or_default())
    };
    schema["properties"].as_object().into_iter().flatten().map(one).collect()
}

/// A named part of something; `kind` is HTML.
pub fn field(name: &str, kind: &str, about: &str) -> String {
    let name = escaped(name);
    format!("<dt><code>{name}</code> <span class=\"reference__aside\">{kind}</span></dt><dd>{}</dd>", text(about))
}

/// What a value may be, as HTML.
pub fn words(schema: &Value) -> String {
    if let Some((_, name)) = schema["$ref"].as_str().and_then(|to| to.rsplit_once('/')) {
        return format!("<a href=\"#shape-{name}\">{}</a>", title(name));
    }
    for (name, joint) in [("oneOf", " or "), ("allOf", " with ")] {
        if let Some(parts) = schema[name].as_array() {
            let mut parts: Vec<_> = parts.iter().map(words).collect();
            parts.sort_by_key(|part| part == "null");
            return parts.join(joint);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values = values.iter().filter_map(Value::as_str).map(|value| format!("<code>{value}</code>"));
        return values.collect::<Vec<_>>().join(", ");
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).map(|kind| of_type(kind, schema)).collect();
            kinds.join(" or ")
        }
        Value::String(kind) => of_type(kind, schema),
        _ => "anything".to_owned(),
    }
}

fn of_type(kind: &str, schema: &Value) -> String {
    let bound = |name: &str| schema[name].as_i64();
    match kind {
        "array" => format!("list{} of {}", range(bound("minItems"), bound("maxItems"), ""), words(&schema["items"])),
        "object" => {
            let fields = fields(schema);
            if fields.is_empty() { "object".into() } else { format!("<dl class=\"reference__fields\">{fields}</dl>") }
        }
        "string" => {
            let long = range(bound("minLength"), bound("maxLength"), " characters");
            let pattern = schema["pattern"].as_str().map(|it| format!(" matching <code>{}</code>", escaped(it)));
            let format = schema["format"].as_str().map(|it| format!(" ({})", escaped(it)));
            format!("text{long}{}{}", format.unwrap_or_default(), pattern.unwrap_or_default())
        }
        "integer" => format!("integer{}", range(bound("minimum"), bound("maximum"), "")),
        other => other.to_owned(),
    }
}

fn range(from: Option<i64>, to: Option<i64>, of: &str) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => format!(" of {from}{of}"),
        (Some(from), Some(to)) => format!(" of {from} to {to}{of}"),
        (None, Some(to)) => format!(" of at most {to}{of}"),
        (Some(from), None) => format!(" from {from}{of}"),
        (None, None) => String::new(),
    }
}

fn title(name: &str) -> String {
    escaped(&name.replace('_', " of "))
}

/// A value as somebody might send it.
pub fn example(document: &Value, schema: &Value) -> Value {
    if let Some((_, name)) = schema["$ref"].as_str().and_then(|to| to.rsplit_once('/')) {
        return example(document, &document["components"]["schemas"][name]);
    }
    if let Some(known) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return known.clone();
    }
    if let Some(parts) = schema["oneOf"].as_array() {
        let real = parts.iter().find(|part| part["type"] != "null");
        return real.map_or(Value::Null, |part| example(document, part));
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, part)| (name.clone(), example(document, part))).collect::<Map<_, _>>())
        }
        Some("array") => Value::Array(vec![example(document, &schema["items"])]),
        Some("integer") => Value::from(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        _ => Value::from("…"),
    }
}
