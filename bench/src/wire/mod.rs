//! A lean client's end of a WebSocket: the generator shares its cores with the server that it measures.

pub mod frame;
mod line;

pub use line::{Closed, Door, Ear, Line, Pen};
