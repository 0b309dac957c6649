//! `/settings`: an account, and whatever acts in its name.

mod account;
mod bot;
mod bots;
mod devices;
mod frame;
mod secret;
mod token;
mod tokens;

pub use account::Account;
pub use bot::Bot;
pub use bots::Bots;
pub use devices::Devices;
pub use tokens::Tokens;
