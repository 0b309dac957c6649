//! The Debian package: made of the development build, looked at, and unpacked into a folder. Its scripts are not run:
//! they would make a user of this machine.

use super::path;
use std::path::Path;
use std::process::Command;

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (told, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {told}{failed}");
    told.into_owned()
}

fn deb(task: &str, package: &Path) -> String {
    output(Command::new("dpkg-deb").arg(task).arg(package))
}

#[test]
fn the_package_holds_what_an_operator_needs() {
    let is_there = |name: &str| {
        path("target/tools/bin").join(name).exists() || Command::new(name).arg("--version").output().is_ok()
    };
    if !is_there("cargo-deb") || !is_there("dpkg-deb") {
        eprintln!("not checked: the Debian package, since cargo-deb or dpkg-deb is not installed");
        return;
    }
    let told = output(Command::new(path("scripts/package")).arg("dev"));
    let package = path(told.lines().last().unwrap());

    let about = deb("--info", &package);
    for words in ["Package: natter\n", "Section: net\n", "passwd", "libc6", "postinst", "prerm", "postrm", "conffiles"]
    {
        assert!(about.contains(words), "{words} in {about}");
    }
    let names = deb("--contents", &package);
    for (name, mode) in [
        ("usr/bin/natter", "-rwxr-xr-x"),
        ("etc/natter/natter.env", "-rw-r-----"),
        ("usr/lib/systemd/system/natter.service", "-rw-r--r--"),
        ("usr/lib/systemd/system/natter@.service", "-rw-r--r--"),
        ("usr/share/man/man1/natter.1.gz", "-rw-r--r--"),
        ("usr/share/bash-completion/completions/natter", "-rw-r--r--"),
        ("usr/share/doc/natter/copyright", "-rw-r--r--"),
        ("usr/share/doc/natter/examples/nginx.conf", "-rw-r--r--"),
    ] {
        let line = names.lines().find(|line| line.ends_with(&format!("./{name}")));
        assert!(line.is_some_and(|line| line.starts_with(mode)), "{name} {mode} in\n{names}");
    }
    it_unpacks(&package);
}

fn it_unpacks(package: &Path) {
    let root = tempfile::tempdir().unwrap();
    output(Command::new("dpkg-deb").arg("--raw-extract").arg(package).arg(root.path()));
    let file = |name: &str| std::fs::read_to_string(root.path().join(name)).unwrap();
    assert_eq!(file("DEBIAN/conffiles").trim(), "/etc/natter/natter.env");
    let postinst = file("DEBIAN/postinst");
    let (user, service) = (postinst.find("useradd --system"), postinst.find("deb-systemd-invoke"));
    assert!(user.is_some() && user < service, "the user is made before the service is started: {postinst}");
    assert!(file("usr/lib/systemd/system/natter.service").contains("EnvironmentFile=-/etc/natter/natter.env"));
    let version = output(Command::new(root.path().join("usr/bin/natter")).arg("--version"));
    assert!(version.starts_with("natter "), "{version}");
}

/// Each line that is commented out is a setting that there is.
#[test]
fn the_settings_of_the_package_are_understood() {
    let text = super::read("deploy/debian/natter.env");
    let settings =
        text.lines().filter_map(|line| line.strip_prefix("#NATTER_")).map(|line| line.split_once('=').unwrap());
    let settings: Vec<_> = settings.map(|(name, value)| (format!("NATTER_{name}"), value)).collect();
    assert!(settings.len() >= 4);
    let told = output(Command::new(env!("CARGO_BIN_EXE_natter")).arg("config").envs(settings.clone()));
    for (name, value) in settings {
        assert!(told.contains(&format!("\n{name}={value}")) || told.starts_with(&format!("{name}={value}")), "{name}");
    }
}
