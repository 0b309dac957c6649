//! `/administration`: looking after the server. Everybody else is told that there is nothing here.

mod acts;
mod frame;
mod link;
mod people;
mod person;
mod start;

pub use people::People;
pub use person::Person;
pub use start::Start;
