//! What may stand where.

use crate::tree::{assert_none, hits, read, shipped, under};

#[test]
fn sql_stands_in_the_store_only() {
    let outside = |path: &str| !path.starts_with("server/src/store/");
    let words =
        ["sqlx", "\"select ", "\"insert into ", "\"update ", "\"delete from ", "\"pragma ", "\"begin immediate"];
    let found = hits(&shipped(), &words, outside);
    assert_none(&found, "SQL occurs only in server/src/store (invariant 3): make it a method of a port there.");
}

#[test]
fn only_access_makes_a_seat() {
    let files = shipped();
    let made: Vec<_> = hits(&files, &["Seat {"], |path| path != "domain/src/access.rs")
        .into_iter()
        .filter(|hit| !["struct ", "impl ", "-> Seat {"].iter().any(|word| hit.contains(word)))
        .collect();
    assert_none(&made, "Only domain::access makes a Seat (invariant 4): call access::seat.");
    let access = read("domain/src/access.rs");
    let seat = access.split("pub struct Seat {").nth(1).and_then(|rest| rest.split('}').next());
    let seat = seat.expect("domain/src/access.rs declares Seat");
    assert!(!seat.contains("pub"), "the fields of Seat stay private, or anybody could make one (invariant 4)");
    let relays = hits(&files, &["Relay {", "Relay::of("], |path| {
        path != "domain/src/access.rs" && path != "domain/src/events.rs"
    });
    let made: Vec<_> = relays.into_iter().filter(|hit| !hit.contains("-> Relay {")).collect();
    assert_none(&made, "Only domain::events reads a room's stream without a seat: call events::since.");
}

#[test]
fn only_access_makes_an_administrator() {
    let files = shipped();
    let made: Vec<_> = hits(&files, &["Administrator {"], |path| path != "domain/src/access.rs")
        .into_iter()
        .filter(|hit| !["struct ", "impl ", "-> Administrator {"].iter().any(|word| hit.contains(word)))
        .collect();
    assert_none(&made, "Only domain::access makes an Administrator: call Caller::administers.");
    let access = read("domain/src/access.rs");
    let fields = access.split("pub struct Administrator {").nth(1).and_then(|rest| rest.split('}').next());
    let fields = fields.expect("domain/src/access.rs declares Administrator");
    assert!(!fields.contains("pub"), "the fields of Administrator stay private, or anybody could make one");
    let operators =
        hits(&files, &["operator()"], |path| path != "domain/src/access.rs" && !path.starts_with("server/src/cli/"));
    assert_none(&operators, "Only the command line acts for whoever has it.");
}

#[test]
fn only_events_publishes_and_never_inside_a_transaction() {
    let publishes =
        hits(&shipped(), &[".publish("], |path| path != "domain/src/events.rs" && !path.starts_with("server/src/bus/"));
    assert_none(&publishes, "Only domain::events publishes (invariant 5): add a function there.");
    let inside = hits(&under("server/src/store", &["rs"]), &["events::", "dyn Bus", "bus."], |_| true);
    assert_none(&inside, "The store publishes nothing: what it does is not committed yet (invariant 5).");
}

#[test]
fn views_reach_the_server_through_api_and_live_only() {
    let files = shipped();
    let of_views = |path: &str| path.starts_with("app/src/") && !path.starts_with("app/src/ssr/");
    let domain = hits(&files, &["use domain", "domain::"], |path| of_views(path) && !path.starts_with("app/src/api/"));
    assert_none(&domain, "Views never use domain (invariant 6): read in app/src/ssr, write in app/src/api.");
    let server_functions = hits(&files, &["#[server"], |path| !path.starts_with("app/src/api/"));
    assert_none(&server_functions, "Server functions stand in app/src/api (invariant 6).");
    let words = ["WebSocket", "gloo_net", "fetch_with", "XmlHttpRequest", "EventSource"];
    let network = hits(&files, &words, |path| path.starts_with("app/src/") && !path.starts_with("app/src/live/"));
    assert_none(&network, "Only app/src/live uses the browser's network (invariant 6).");
}

#[test]
fn the_server_half_of_the_app_is_one_module() {
    let lib = read("app/src/lib.rs");
    let modules = lib.matches("#[cfg(feature = \"ssr\")]\npub mod ").count();
    assert_eq!(modules, 1, "app/src/lib.rs has one module for the server, ssr: put the new one inside");
    let mut found = Vec::new();
    for file in under("app/src", &["rs"]) {
        let lines: Vec<_> = file.code().collect();
        for pair in lines.windows(2) {
            let [(at, line), (_, next)] = pair else { continue };
            let is_import = next.starts_with("use ");
            if line.contains("feature = \"ssr\"") && !is_import && file.path != "app/src/lib.rs" {
                found.push(format!("{}:{at}: {}", file.path, next.trim()));
            }
        }
    }
    assert_none(&found, "Beside the module ssr, cfg(feature = \"ssr\") chooses imports only.");
}

#[test]
fn every_route_is_remembered() {
    let words = [".route(", ".route_service(", ".nest(", ".nest_service("];
    let is_elsewhere = |path: &str| path != "server/src/http/doors.rs" && !path.starts_with("server/src/api/");
    let mut found = hits(&under("server/src", &["rs"]), &words, is_elsewhere);
    // The API tells its doors by its description, which nests too; what bypasses that is a plain route.
    found.extend(hits(&under("server/src/api", &["rs"]), &words[..2], |_| true));
    assert_none(&found, "Add routes by Doors, which the authorisation matrix goes through (invariant 12).");
}

#[test]
fn no_channel_is_unbounded() {
    let found = hits(&shipped(), &["unbounded_channel", "mpsc::unbounded", "unbounded("], |_| true);
    assert_none(&found, "A channel without a bound hides a slow reader until memory ends (invariant 9).");
}

/// Where tasks are spawned, and who ends them.
const OWNERS: [(&str, &str); 5] = [
    ("server/src/running.rs", "Running::stop"),
    ("server/src/store/sqlite/writer.rs", "Writer::close"),
    ("server/src/store/sqlite/checkpoints.rs", "Database::close"),
    ("server/src/store/postgres/writer.rs", "Writer::close"),
    ("app/src/live/mod.rs", "the page"),
];

#[test]
fn every_spawned_task_has_an_owner() {
    let words = ["tokio::spawn(", "task::spawn(", "thread::spawn(", " spawn_local("];
    let found = hits(&shipped(), &words, |path| OWNERS.iter().all(|(known, _)| *known != path));
    assert_none(&found, "A new task: give it an owner that ends it, and list both in OWNERS (invariant 9).");
}

#[test]
fn time_and_randomness_come_from_ports() {
    let adapters = ["server/src/clock.rs", "server/src/random.rs", "app/src/live/browser.rs"];
    let words = [
        "SystemTime::now",
        "Uuid::new_v4",
        "OffsetDateTime::now",
        "rand::",
        "OsRng",
        "Date::now",
        "Date::new",
        "Math::random",
        "get_random_values",
    ];
    let found = hits(&shipped(), &words, |path| !adapters.contains(&path));
    assert_none(
        &found,
        "Time and randomness come from the ports Clock and Random, in the browser from live::browser (invariant 10).",
    );
    let excused = hits(&shipped(), &["disallowed_methods"], |path| !adapters.contains(&path));
    assert_none(&excused, "Only an adapter may be excused from clippy.toml (invariant 10).");
}

#[test]
fn nothing_is_unfinished_or_unwrapped() {
    let words = [".unwrap()", ".unwrap_err()", "todo!(", "unimplemented!(", "dbg!(", ".expect(\"\")"];
    let found = hits(&shipped(), &words, |_| true);
    assert_none(&found, "Outside tests, write expect(\"why this cannot fail\") or return the error.");
}

#[test]
fn no_file_is_longer_than_300_lines() {
    let long: Vec<_> = under(".", &["rs", "css", "ts"])
        .into_iter()
        .map(|file| (file.text.lines().count(), file.path))
        .filter(|(lines, _)| *lines > 300)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert_none(&long, "Split these by noun, not by kind:");
}
