use crate::seed::Seed;
use crate::world::{Topology, World};

/// R10
#[tokio::test]
async fn a_database_that_cannot_keep_its_word_stops_the_start_with_one_sentence() {
    let running = World::start().await;
    let cases = [
        ("in memory", "NATTER_DATABASE_URL", "sqlite::memory:".to_owned()),
        ("not a database", "NATTER_DATABASE_URL", {
            let file = running.folder().join("letter.db");
            std::fs::write(&file, "a letter, and quite a long one ".repeat(50)).unwrap();
            format!("sqlite:{}", file.display())
        }),
        ("in use", "NATTER_DATABASE_URL", format!("sqlite:{}", running.node().database().display())),
    ];
    for (word, name, value) in cases {
        let mut world = World::new(Topology::OneSqlite, Seed::choose()).await;
        world.node_mut().set(name, value);
        let (code, sentence) = world.node_mut().is_refused().await;
        assert_eq!(code, Some(1), "{sentence}");
        assert!(sentence.starts_with("natter: ") && sentence.contains(word), "{sentence}");
        assert_eq!(world.node().log().lines().count(), 1, "{}", world.node().log());
    }
}
