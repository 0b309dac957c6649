use domain::ports::Topic;
use protocol::Epoch;
use std::sync::Arc;

/// The names of Redis channels. The epoch of the database stands in each, so that two installations on one Redis do not
/// hear each other.
#[derive(Clone)]
pub struct Channels {
    prefix: Arc<str>,
}

impl Channels {
    pub fn of(epoch: Epoch) -> Self {
        Self { prefix: format!("natter:{}:", epoch.0.simple()).into() }
    }

    pub fn name(&self, topic: Topic) -> String {
        match topic {
            Topic::Room(room) => format!("{}r:{room}", self.prefix),
            Topic::Person(user) => format!("{}p:{user}", self.prefix),
        }
    }
}
