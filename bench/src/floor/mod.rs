//! The floors: what the machine does when the least is asked of it.

pub mod broadcast;
pub mod disk;
