//! Which crates may know which: the arrows of docs/ARCHITECTURE.md, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each crate of the workspace and the ones that it may depend on.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("kartotek", &["formats", "register", "service", "simulators", "store"]),
    ("kartotek-service", &["clients", "formats", "register"]),
    ("kartotek-clients", &["formats"]),
    ("kartotek-store", &["formats", "register"]),
    ("kartotek-register", &["formats"]),
    ("kartotek-simulators", &["formats"]),
    ("kartotek-formats", &[]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What each crate depends on within the workspace, other than for its tests.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<_> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let of = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let others = dependencies.filter(|dependency| dependency["kind"] != "dev");
        others.map(|d| d["name"].as_str().unwrap()).filter(|name| names.contains(name)).map(str::to_owned).collect()
    };
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), of(package))).collect()
}

#[test]
fn only_the_allowed_arrows_exist_between_the_crates() {
    for (name, depends_on) in arrows() {
        let allowed = ALLOWED.iter().find(|(allowed, _)| *allowed == name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{name} is a new crate: say here what it may depend on"));
        for other in depends_on {
            let short = other.strip_prefix("kartotek-").unwrap_or(&other);
            assert!(allowed.contains(&short), "{name} -> {other} is not an allowed arrow");
        }
    }
}

#[test]
fn every_crate_that_the_arrows_name_exists() {
    let arrows = arrows();
    for (name, _) in ALLOWED {
        assert!(arrows.contains_key(name), "{name}");
    }
}
