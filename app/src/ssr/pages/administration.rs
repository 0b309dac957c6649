//! `/administration`: looking after the server. Everybody else is told that there is nothing here.

mod acts;
mod chart;
mod frame;
mod invitation;
mod link;
mod log;
mod people;
mod person;
mod registration;
mod reset;
mod room;
mod rooms;
mod sentence;
mod server;
mod start;
mod statistics;

pub use log::Log;
pub use people::People;
pub use person::Person;
pub use registration::Registration;
pub use room::Room;
pub use rooms::Rooms;
pub use server::Server;
pub use start::Start;
pub use statistics::Statistics;
