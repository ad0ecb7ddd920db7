//! The migrations are read by a macro, which does not tell the compiler when they change.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
