//! The first administrator from the command line, before the first start and beside a server.

use super::support::{Site, natter};
use crate::contract::postgres;
use crate::live::support::{Person, Server};
use reqwest::Method;
use server::store;

const ADD: &str = "user add ines --email ines@M\u{fc}ller.example --admin";

/// Makes the administrator where nothing is yet, and starts a server there.
async fn is_made_before_the_first_start(url: &str) {
    let without = natter(url, "user add ines --email ines@example.org", Person::PASSWORD).await;
    assert!(without.refusal().contains("start the server"), "{without:?}");
    assert!(!store::exists(url).await.unwrap(), "what is refused leaves nothing");

    let answer = natter(url, ADD, Person::PASSWORD).await;
    assert_eq!((answer.code, answer.out.as_str()), (0, "ines has an account."), "{answer:?}");
    let server = Server::with(&["--database-url", url, "--registration", "closed"]).await;
    assert_eq!(server.setup_code().await, "");
    let stranger = server.stranger();
    let fields = [("login", "ines@m\u{fc}ller.example"), ("password", Person::PASSWORD), ("page", "/login")];
    assert_eq!(stranger.form("login", &fields).await.status, 303);
    assert!(stranger.get("/settings").await.body.contains("Administrator"));
    assert!(
        stranger.get("/register").await.status == 303
            && server.stranger().get("/register").await.body.contains("closed")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_made_with_its_first_administrator() {
    let folder = tempfile::tempdir().unwrap();
    is_made_before_the_first_start(&format!("sqlite:{}", folder.path().join("new/natter.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_is_made_with_its_first_administrator() {
    is_made_before_the_first_start(&postgres::empty().await).await;
}

pub async fn the_first_administrator_is_made_beside_a_server(site: Site) {
    assert_ne!(site.server.setup_code().await, "");
    let answer = site.natter_reading(ADD, Person::PASSWORD).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(site.server.setup_code().await, "");
    let ines = site.server.stranger().logs_in("ines").await;
    assert_eq!(ines.asks(Method::GET, "/api/v1/me", None).await.json()["is_admin"], true);
}
