//! Builds the server anew when what it embeds has changed.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../target/site");
}
