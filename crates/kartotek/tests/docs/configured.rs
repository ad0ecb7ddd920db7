//! What docs/OPERATIONS.md says of secrets and external sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::markdown::{Document, Table};
use crate::operations::{NAME, kartotek, stderr};

fn table(header: &str, heading: &str) -> Table {
    let tables = Document::read(NAME).tables();
    let found = tables.into_iter().find(|table| table.header[0] == header && table.heading == heading);
    found.unwrap_or_else(|| panic!("docs/{NAME}: a table of {header} under {heading:?}"))
}

#[test]
fn every_command_of_secrets_and_sources_is_described() {
    let folder = tempfile::tempdir().unwrap();
    for (command, heading) in [("secret", "Secrets"), ("source", "External sources")] {
        let help = String::from_utf8(kartotek(folder.path(), &[command, "--help"]).stdout).unwrap();
        let (_, commands) = help.split_once("Commands:\n").unwrap();
        let names = commands
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && &line[2..3] != " ");
        let names: BTreeSet<_> = names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
        let table = table("Command", heading);
        let described = table.column("Command").into_iter().map(|cell| cell.split(' ').nth(2).unwrap().to_owned());
        let described: BTreeSet<_> = described.chain(["help".to_owned()]).collect();
        assert_eq!(described, names, "commands of {command} in docs/{NAME} and in the program");
    }
}

/// A folder whose register holds two secrets.
fn with_secrets() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "aB34-zyx").unwrap();
    for name in ["a", "b"] {
        let set = kartotek(folder.path(), &["secret", "set", name, "--file", "secret"]);
        assert_eq!(set.status.code(), Some(0), "{}", stderr(&set));
    }
    folder
}

/// Does something to a folder and its key file that a message tells of.
#[cfg(unix)]
type Damage = fn(&Path, &Path);

#[cfg(unix)]
fn tables(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("kartotek.db")).unwrap()
}

/// An operator greps for the words of a message: those that the document quotes must be the program's.
#[cfg(unix)]
#[test]
fn every_quoted_message_about_keys_is_what_the_program_says() {
    use std::os::unix::fs::PermissionsExt as _;
    let damages: [Damage; 5] = [
        |_, key| fs::set_permissions(key, fs::Permissions::from_mode(0o644)).unwrap(),
        |_, key| fs::remove_file(key).unwrap(),
        |_, key| {
            let text = fs::read_to_string(key).unwrap();
            let (before, base64) = text.trim_end().rsplit_once(' ').unwrap();
            fs::write(key, format!("{}000000000000 {base64}\n", &before[..before.len() - 12])).unwrap();
        },
        |folder, _| {
            tables(folder).execute("UPDATE secret SET key_id = '000000000000' WHERE name = 'b'", []).unwrap();
        },
        |folder, _| {
            let swap = "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'a') WHERE name = 'b'";
            tables(folder).execute(swap, []).unwrap();
        },
    ];
    let table = table("Message", "The key file");
    let quoted = table.column("Message");
    let mut seen = BTreeSet::new();
    for damage in damages {
        let folder = with_secrets();
        damage(folder.path(), &folder.path().join("kartotek.key"));
        let said = stderr(&kartotek(folder.path(), &["secret", "rotate-key"]));
        let found = quoted.iter().position(|quote| {
            quote.split(" ..., ").flat_map(|part| part.split(" ... ")).all(|part| said.contains(part))
        });
        seen.insert(found.unwrap_or_else(|| panic!("docs/{NAME} does not quote: {said}")));
    }
    assert_eq!(seen.len(), quoted.len(), "each message has a row of its own, and each row is a message of the program");
}

#[test]
fn the_parameters_of_cpr_are_described_with_their_defaults() {
    let folder = with_secrets();
    let shown = kartotek(folder.path(), &["source", "show", "CPR", "--json"]);
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    let mut expected: Vec<_> = shown["meanings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["key"].as_str().unwrap().to_owned(), line["value"].as_str().unwrap_or("none").to_owned()))
        .collect();
    // Shown only when they are given.
    expected.push(("`Assembly`, `Class`".to_owned(), "none".to_owned()));
    let table = table("Key", "External sources");
    let column = |name: &str| table.column(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let described: Vec<_> = column("Key").into_iter().zip(column("Default")).collect();
    assert_eq!(described, expected, "docs/{NAME} and the program");
}

#[test]
fn the_examples_of_exports_say_what_the_program_says() {
    let right = "CPR\tIP=10.20.30.40:8090;DefFiles=.\\CPRkilde\\P12170.*;Assembly=Scanjour.CPRDriver;ForceUpdate=J;Subscription=1\n\
                 CVR-J\tLevel:2,UserID:WUADIR34,Password:abc;Jtype=J\n";
    let wrong = "CPR\tIP=klient:80900;DefFile=P12170;ForceUpdate=Ja;Subscription=1\n";
    let folder = tempfile::tempdir().unwrap();
    let blocks = Document::read(NAME).blocks();
    for (file, export) in [("export.txt", right), ("wrong.txt", wrong)] {
        fs::write(folder.path().join(file), export).unwrap();
        let output = kartotek(folder.path(), &["source", "import-legacy", file]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let call = format!("$ kartotek source import-legacy {file}\n");
        let example = blocks.iter().find_map(|block| block.text.strip_prefix(&call)).unwrap();
        assert_eq!(example.trim_end(), said.trim_end());
    }
}
