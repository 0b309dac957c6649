//! The pages, one file each.

pub mod administration;
mod home;
mod login;
mod new_room;
mod not_found;
mod people;
mod register;
mod reset_password;
mod rooms;
mod settings;

pub use home::Home;
pub use login::Login;
pub use new_room::NewRoom;
pub use not_found::NotFound;
pub use people::People;
pub use register::Register;
pub use reset_password::ResetPassword;
pub use rooms::{MembersOfRoom, Room, Rooms};
pub use settings::{Account, Bot, Bots, Devices, Tokens};
