//! Builds the server anew when what it embeds has changed.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
    // A development server reads the site from disk.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site/release");
    }
}
