use super::{open, refusal};
use crate::support::{House, Postgres, certify, give};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_the_database_can_be_encrypted_and_certain() {
    let (own, stranger) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    certify(own.path());
    certify(stranger.path());
    let postgres = Postgres::prepared(&["ssl=on"], |data| {
        for name in ["server.key", "server.crt"] {
            std::fs::copy(own.path().join(name), data.join(name)).unwrap();
            give(&data.join(name));
        }
        let only_tls = "hostssl all all 127.0.0.1/32 password\n";
        std::fs::write(data.join("pg_hba.conf"), only_tls).unwrap();
    });
    let url = |mode: &str| format!("{}?sslmode={mode}", postgres.url("postgres"));
    let certain =
        |folder: &TempDir| format!("{}&sslrootcert={}", url("verify-full"), folder.path().join("server.crt").display());

    assert!(refusal(&url("disable")).await.contains("no encryption"), "the server takes nothing else");
    open(&url("require")).await.close().await;
    assert!(refusal(&url("verify-full")).await.contains("certificate"), "nobody knows who signed it");
    assert!(refusal(&certain(&stranger)).await.contains("certificate"), "another server's");
    let house = House::new(open(&certain(&own)).await, ());
    let alice = house.person("alice").await;
    let room = house.group(alice, "Bakery", &[]).await;
    house.posts(&house.seat(alice, room).await, "unheard").await;
}
