use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below those that the system gives to whoever takes any port, so that none of them is taken in between.
const FIRST: u32 = 10_000;
const COUNT: u32 = 20_000;
/// So far apart processes begin that run at the same time.
const APART: u32 = 97;

/// A port that is free on every address, and that this process is given once.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    let tries = std::iter::repeat_with(|| {
        process::id().wrapping_mul(APART).wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed))
    });
    let mut ports = tries.map(|number| u16::try_from(FIRST + number % COUNT).expect("it is below 30,000"));
    ports.find(|port| TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).is_ok()).expect("the ports go on")
}
