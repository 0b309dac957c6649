//! Archives: from one database to the other and back, and never half of one.

mod carried;
mod damage;
mod faults;
mod killed;
mod migrations;
mod moves;
mod scheduled;
mod streams;
mod support;
mod versions;
