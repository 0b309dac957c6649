//! The units for systemd. None is started here: a container has no systemd that runs services.

use super::path;
use std::process::Command;

/// Ten times what `systemd-analyze security` may find: 2.0 of 10.
const EXPOSURE: &str = "--threshold=20";

#[test]
fn a_unit_exposes_little() {
    for unit in ["deploy/natter.service", "deploy/natter@.service"] {
        let mut analyze = Command::new("systemd-analyze");
        analyze.args(["security", "--offline=true", "--no-pager", EXPOSURE]).arg(path(unit));
        let Ok(output) = analyze.output() else {
            eprintln!("not checked: {unit}, since systemd-analyze is not installed");
            continue;
        };
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("Overall exposure level"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{told}");
    }
}

#[test]
fn one_node_and_several_are_kept_in_alike() {
    let fence = |unit: &str| super::read(unit).split("\nUser=").nth(1).unwrap().to_owned();
    assert_eq!(fence("deploy/natter.service"), fence("deploy/natter@.service"));
}
