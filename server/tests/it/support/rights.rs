use super::Redis;
use server::bus::redis::client;

const OPERATIONS: &str = include_str!("../../../../docs/operations.md");

/// Makes the user that docs/operations.md shows, with the few rights that are told there; the address to come by.
pub async fn few_rights(redis: &Redis) -> String {
    let mut admin = client(&redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let told = OPERATIONS.lines().find_map(|line| line.strip_prefix("ACL ")).expect("the document tells the rights");
    redis::cmd("ACL").arg(told.split(' ').collect::<Vec<_>>()).exec_async(&mut admin).await.unwrap();
    format!("redis://natter:password@127.0.0.1:{}", redis.port())
}
