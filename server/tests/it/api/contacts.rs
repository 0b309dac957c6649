//! People and contacts.

use super::support::{Program, each};
use crate::live::support::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn people_are_found_and_kept_at_hand() {
    let server = Server::start().await;
    let stranger = Program::of(&server);
    let (ines, jona) = (stranger.registers("ines").await, stranger.registers("jona").await);
    let found = ines.get("/people").await.ok();
    let told =
        json!([{"id": jona.id, "username": "jona", "display_name": "Jona", "is_bot": false, "is_contact": false}]);
    assert_eq!(found["items"], told, "never oneself");
    let path = format!("/contacts/{}", jona.id);
    for _ in 0..2 {
        assert_eq!(ines.put(&path, Value::Null).await.status, 204);
    }
    assert_eq!(
        ines.get("/contacts").await.ok()["items"],
        json!([{"id": jona.id, "username": "jona", "display_name": "Jona", "is_bot": false}])
    );
    assert_eq!(each(&ines.get("/people?q=JON").await.ok(), "is_contact"), [true]);
    assert_eq!(each(&ines.get("/people?q=%25").await.ok(), "id"), Vec::<&Value>::new(), "every sign is itself");
    for _ in 0..2 {
        assert_eq!(ines.delete(&path).await.status, 204);
    }
    assert_eq!(ines.get("/contacts").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn nobody_and_oneself_are_no_contacts() {
    let server = Server::start().await;
    let ines = Program::of(&server).registers("ines").await;
    assert_eq!(ines.put("/contacts/99", Value::Null).await.refusal(), (404, "not_found"));
    assert_eq!(ines.put(&format!("/contacts/{}", ines.id), Value::Null).await.refusal(), (403, "forbidden"));
    let answer = ines.get(&format!("/people?q={}", "x".repeat(65))).await;
    assert_eq!((answer.refusal(), answer.fields()), ((422, "invalid"), vec!["q"]));
    for query in ["q=%00", "who=x", "q=a&q=b"] {
        assert_eq!(ines.get(&format!("/people?{query}")).await.refusal(), (422, "invalid"), "{query}");
    }
}
