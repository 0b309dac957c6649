//! Two nodes as docs/operations.md shows them, each a process: with PostgreSQL, Redis, and nginx in front, through which
//! everybody comes.

mod apart;
mod away;
mod ends;
mod failing;
mod limits;
mod programs;
pub mod support;
mod together;
