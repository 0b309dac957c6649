//! What the server is called.

use super::order;
use crate::{Administrator, Env, Error};
use protocol::InstanceName;

/// For everybody who opens a page.
pub async fn name(env: &Env) -> Result<InstanceName, Error> {
    Ok(env.store.instance().await?.name)
}

pub async fn rename(env: &Env, by: &Administrator, name: &InstanceName) -> Result<(), Error> {
    Ok(env.store.set_instance_name(order(env, by), name).await??)
}
