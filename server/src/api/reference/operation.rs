//! The operations, by the noun that they are about.

use super::markup::{escaped, paragraphs, text};
use super::shape::{example, field, words};
use serde_json::Value;

/// In the order in which people think of them.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A noun, and what can be done with it.
pub struct Section<'a> {
    name: &'a str,
    about: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    it: &'a Value,
    document: &'a Value,
}

/// All operations under their tags.
pub fn sections(document: &Value) -> Vec<Section<'_>> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| {
        let (name, about) = (word(&tag["name"]), word(&tag["description"]));
        Section { name, about, operations: tagged(document, name) }
    })
    .collect()
}

fn tagged<'a>(document: &'a Value, tag: &str) -> Vec<Operation<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| METHODS.into_iter().map(move |method| (method, path, &item[method])));
    let ours = all.filter(|(_, _, it)| it["tags"][0] == tag);
    ours.map(|(method, path, it)| Operation { method, path, it, document }).collect()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Section<'_> {
    /// Its lines in the list of contents.
    pub fn contents(&self) -> String {
        let line = |operation: &Operation| {
            let (id, summary) = (operation.id(), text(word(&operation.it["summary"])));
            format!("<li><a class=\"reference__link\" href=\"#{id}\">{summary}</a></li>")
        };
        let (name, title) = (self.name, self.title());
        let lines: String = self.operations.iter().map(line).collect();
        format!(
            "<li><a class=\"reference__link\" href=\"#{name}\">{title}</a>\
             <ul class=\"reference__sublist\">{lines}</ul></li>"
        )
    }

    pub fn html(&self) -> String {
        let (name, title, about) = (self.name, self.title(), text(self.about));
        let operations: String = self.operations.iter().map(Operation::html).collect();
        format!(
            "<section class=\"reference__section\" id=\"{name}\" aria-labelledby=\"{name}-title\">\
             <h2 id=\"{name}-title\">{title}</h2><p>{about}</p>{operations}</section>"
        )
    }

    fn title(&self) -> String {
        let mut letters = self.name.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    }
}

impl Operation<'_> {
    fn id(&self) -> &str {
        word(&self.it["operationId"])
    }

    fn html(&self) -> String {
        let (id, method, path) = (self.id(), self.method.to_uppercase(), escaped(self.path));
        let summary = text(word(&self.it["summary"]));
        let about = paragraphs(word(&self.it["description"]));
        let proof = if self.it["security"].is_array() { "<p>Needs no proof of who asks.</p>" } else { "" };
        format!(
            "<article class=\"reference__item\" id=\"{id}\"><h3>{summary}</h3>\
             <p class=\"reference__call\"><code><b>{method}</b> {path}</code></p>{about}{proof}{}{}{}</article>",
            self.parameters(),
            self.request(),
            self.answers()
        )
    }

    fn parameters(&self) -> String {
        let one = |parameter: &Value| {
            let place = match word(&parameter["in"]) {
                "query" => "in the query",
                "header" => "a header",
                _ => "in the path",
            };
            let kind = format!("{}, {place}", words(&parameter["schema"]));
            field(word(&parameter["name"]), &kind, word(&parameter["description"]))
        };
        list("Parameters", self.it["parameters"].as_array().into_iter().flatten().map(one).collect())
    }

    fn request(&self) -> String {
        let kinds = self.it["requestBody"]["content"].as_object().into_iter().flatten();
        let one = |(kind, content): (&String, &Value)| {
            let example = example(self.document, &content["schema"]);
            let example = escaped(&serde_json::to_string_pretty(&example).expect("a value becomes JSON"));
            let example = if kind == "application/json" {
                format!("<pre tabindex=\"0\"><code>{example}</code></pre>")
            } else {
                String::new()
            };
            format!("<dt>{}</dt><dd>as <code>{kind}</code>{example}</dd>", words(&content["schema"]))
        };
        list("Body", kinds.map(one).collect())
    }

    fn answers(&self) -> String {
        let one = |(status, answer): (&String, &Value)| {
            let answer = match word(&answer["$ref"]).rsplit_once('/') {
                Some((_, name)) => &self.document["components"]["responses"][name],
                None => answer,
            };
            let body = answer["content"].as_object().into_iter().flatten().next();
            let body = body.map(|(_, content)| format!(": {}", words(&content["schema"]))).unwrap_or_default();
            let about = text(word(&answer["description"]));
            format!("<dt><code>{status}</code>{body}</dt><dd>{about}</dd>")
        };
        let answers = || self.it["responses"].as_object().into_iter().flatten();
        let is_well = |(status, _): &(&String, &Value)| status.starts_with('2');
        let refusals = answers().filter(|answer| !is_well(answer)).map(one).collect();
        list("Answers", answers().filter(is_well).map(one).collect())
            + &format!("<details><summary>Refusals</summary>{}</details>", list("", refusals))
    }
}

fn list(title: &str, items: String) -> String {
    let title = if title.is_empty() { String::new() } else { format!("<h4>{title}</h4>") };
    if items.is_empty() { items } else { format!("{title}<dl class=\"reference__fields\">{items}</dl>") }
}
