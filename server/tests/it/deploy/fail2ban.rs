//! `deploy/fail2ban`: the filter finds the log-ins that fail, in what a server really writes, and nothing else.

use super::read;
use crate::live::support::{Browser, Person};
use crate::nodes::support::{Node, free_addr};
use regex::Regex;
use std::sync::Arc;

/// The expressions of the filter, with the place of the address as fail2ban reads it.
fn filter() -> Vec<Regex> {
    let filter = read("deploy/fail2ban/filter.d/natter.conf");
    let lines = filter.lines().skip_while(|line| !line.starts_with("failregex"));
    let lines = lines.take_while(|line| !line.is_empty()).map(|line| line.trim_start_matches("failregex =").trim());
    lines.map(|line| Regex::new(&line.replace("<HOST>", "(?P<host>[0-9A-Fa-f:.]+)")).unwrap()).collect()
}

/// The addresses of the lines that the filter finds.
fn found(log: &str) -> Vec<String> {
    let filter = filter();
    assert_eq!(filter.len(), 2);
    let hosts = log.lines().filter_map(|line| filter.iter().find_map(|regex| regex.captures(line)));
    hosts.map(|captures| captures["host"].to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_log_in_that_fails_is_found_with_its_address_in_both_formats() {
    for format in ["human", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let settings = vec![("NATTER_LOG_FORMAT", format.to_owned())];
        let mut node = Node::new(free_addr(), Arc::new(settings), folder.path());
        node.start().await;
        let ines = Browser::new(node.addr.into()).registers("ines").await;
        ines.form("logout", &[("page", "/")]).await;
        let guesser = Browser::at(Some("127.0.0.7".parse().unwrap()), node.addr.into());
        for login in ["ines", "nobody"] {
            for _ in 0..11 {
                let fields = [("login", login), ("password", "a wrong guess"), ("page", "/login")];
                guesser.form("login", &fields).await;
            }
        }
        Browser::new(node.addr.into()).logs_in("ines").await;
        node.stop().await;
        let log = node.read_log();
        assert_eq!(found(&log), ["127.0.0.7"; 22], "{log}");
        let of = |words: &str| log.lines().filter(|line| line.contains(words)).count();
        assert_eq!(of("A log-in succeeded"), 1, "{log}");
        assert_eq!(of("was refused after too many that failed"), 2, "{log}");
        assert_eq!(of("unknown"), 11, "{log}");
        assert_eq!(of("/form/login"), 23, "{log}");
        for typed in ["nobody", "a wrong guess", "a+wrong+guess", Person::PASSWORD] {
            assert_eq!(of(typed), 0, "what was typed is in no line: {typed}");
        }
    }
}
