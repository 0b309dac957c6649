//! What an answer leads to, for the document: which of its values another operation takes.

use serde_json::{Map, Value, json};

/// An operation, and the parameters that it gets.
type To = (&'static str, &'static [(&'static str, &'static str)]);

const ID: &str = "$response.body#/id";

/// Adds the links to a description. In JSON: utoipa 5.5 writes the names of a link's members with underscores.
pub fn complete(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()).map(|(_, it)| it) {
        let found = links(operation["operationId"].as_str().unwrap_or_default());
        let responses = operation["responses"].as_object_mut().into_iter().flatten();
        for (_, response) in responses.filter(|(status, _)| status.starts_with('2') && !found.is_empty()) {
            response["links"] = Value::Object(found.clone());
        }
    }
}

fn links(from: &str) -> Map<String, Value> {
    let link = |(operation, parameters): &To| {
        let parameters: Map<_, _> = parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        ((*operation).to_owned(), json!({"operationId": operation, "parameters": parameters}))
    };
    leads(from).iter().map(link).collect()
}

fn leads(from: &str) -> &'static [To] {
    const ROOM: &[(&str, &str)] = &[("room", ID)];
    const USER: &[(&str, &str)] = &[("user", ID)];
    const MESSAGE: &[(&str, &str)] = &[("room", "$request.path.room"), ("no", "$response.body#/no")];
    const TOKEN: &[(&str, &str)] = &[("user", "$request.path.user"), ("id", ID)];
    match from {
        "create_room" => &[
            ("get_room", ROOM),
            ("rename_room", ROOM),
            ("delete_room", ROOM),
            ("list_members", ROOM),
            ("add_members", ROOM),
            ("list_messages", ROOM),
            ("send_message", ROOM),
            ("mark_read", ROOM),
            ("mark_unread", ROOM),
            ("create_hook", ROOM),
        ],
        "send_message" => &[("get_message", MESSAGE)],
        "create_token" => &[("revoke_token", &[("id", ID)])],
        "create_bot" => {
            &[("add_contact", USER), ("retire_bot", USER), ("list_bot_tokens", USER), ("create_bot_token", USER)]
        }
        "create_bot_token" => &[("revoke_bot_token", TOKEN)],
        _ => &[],
    }
}
