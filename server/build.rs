//! Makes ready what the server embeds or reads, and builds it anew when that has changed.

fn main() {
    // rust-embed finds nothing in a folder that was not there when it compiled; the files may come later.
    for kind in ["dev", "release"] {
        std::fs::create_dir_all(format!("../target/site/{kind}")).expect("the target folder can be written");
    }
    println!("cargo::rerun-if-changed=../migrations");
    // A development server reads the site from disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site/release");
    }
}
