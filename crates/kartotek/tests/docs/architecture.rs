//! docs/ARCHITECTURE.md, and the tables of crates and settings that go with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::markdown::Document;

const NAME: &str = "ARCHITECTURE.md";

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Files and folders below `crates`, as `service/src/lib.rs`.
fn paths() -> BTreeSet<String> {
    let root = crates();
    let mut paths = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            let below = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            paths.insert(below);
        }
    }
    paths
}

/// Whether the words between backticks are a place in the code: a path, or the name of a file.
fn is_place(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '.' | '-'));
    let is_code = Path::new(word).extension().is_some_and(|extension| extension == "rs");
    is_plain && (is_code || word.contains("/src/") || word.contains("/tests"))
}

#[test]
fn every_file_that_is_named_is_there() {
    let paths = paths();
    let document = Document::read(NAME);
    let quoted = document.text().split('`').skip(1).step_by(2);
    let named: BTreeSet<_> = quoted.filter(|word| is_place(word)).collect();
    for name in &named {
        let ending = format!("/{}", name.trim_end_matches('/'));
        let is_there = paths.iter().any(|path| format!("/{path}").ends_with(&ending));
        assert!(is_there, "docs/{NAME}: {name}");
    }
    assert!(named.len() > 40, "{} files", named.len());
}

#[test]
fn every_crate_is_described() {
    let folders = std::fs::read_dir(crates()).unwrap();
    let crates: BTreeSet<_> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let tables = [Document::read(NAME), Document::read("../CONTRIBUTING.md")].map(|document| {
        let table =
            document.tables().into_iter().find(|table| table.header[0] == "Crate").expect("a table of the crates");
        table.column("Crate").into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    });
    for described in tables {
        assert_eq!(described, crates);
    }
}
