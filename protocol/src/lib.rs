//! What crosses a wire: ids, validated text, commands, events, errors, and the pure reducers that turn events into state.
//!
//! Shared by the server, the browser client, the tests and the load generator.
//! It does no I/O and nothing in it is `async`.

mod command;
mod error;
mod event;
mod id;
pub mod json;
mod room;
mod text;
mod timeline;
mod workspace;

pub use command::{Command, Known, Request, RequestId};
pub use error::{ApiError, Code, Fault, Field, Invalid};
pub use event::{CatchUp, Change, Event, Frame, OwnState, PROTOCOL_VERSION, What, close};
pub use id::{At, ClientId, Epoch, Generation, No, Rev, RoomId, UserId};
pub use room::{Kind, Member, Message, Page, Person, Preview, ReadMarker, Role, RoomView, Slice};
pub use text::{
    DisplayName, Email, InstanceName, MessageText, Note, Password, RoomName, Username, is_unfit_for_a_line, look, nfc,
};
pub use timeline::{Applied, Merged, Timeline};
pub use workspace::{Need, Outcome, Workspace};
