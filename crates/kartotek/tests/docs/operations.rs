//! docs/OPERATIONS.md.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use crate::database::edits;
use crate::markdown::{Document, Table};
use crate::registers::{Postgres, Register as _};

pub const NAME: &str = "OPERATIONS.md";

/// Runs the program in a folder, without settings from the outside.
pub fn kartotek(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kartotek"))
        .current_dir(folder)
        .env_remove("KARTOTEK_DATABASE")
        .env_remove("KARTOTEK_CONFIG")
        .env_remove("KARTOTEK_LOG")
        .env_remove("KARTOTEK_SECRET_KEY")
        .env_remove("KARTOTEK_SECRET_KEY_OLD")
        .args(arguments)
        .output()
        .unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The example of the configuration file: the only block of TOML.
fn example() -> String {
    let blocks = Document::read(NAME).blocks();
    let found: Vec<_> = blocks.iter().filter(|block| block.info == "toml").map(|block| block.text.clone()).collect();
    assert_eq!(found.len(), 1, "docs/{NAME}: one example of a configuration file");
    found.concat()
}

/// Settings of the table, `section.name`.
pub fn documented_settings() -> BTreeSet<String> {
    settings().column("Setting").into_iter().map(str::to_owned).collect()
}

/// The table of the settings.
pub fn settings() -> Table {
    let tables = Document::read(NAME).tables();
    tables.into_iter().find(|table| table.header[0] == "Setting").expect("a table of the settings")
}

/// The names that a section offers: the program lists them when it meets one that it does not know. `None` for what is no
/// section.
fn settings_of(folder: &Path, section: &str) -> Option<Vec<String>> {
    let path = folder.join("unknown.toml");
    let heading = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
    std::fs::write(&path, format!("{heading}no_such_setting = 1\n")).unwrap();
    let output = kartotek(folder, &["--config", "unknown.toml", "contact", "find"]);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let (_, rest) = said.split_once("unknown field `no_such_setting`")?;
    let (_, expected) = rest.split_once("expected").expect("the settings that are expected");
    Some(expected.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

/// The settings of a table and the tables in it, `section.name`.
fn flat(prefix: &str, table: &toml::Table, into: &mut BTreeSet<String>) {
    for (name, value) in table {
        match value.as_table() {
            Some(section) => flat(&format!("{prefix}{name}."), section, into),
            None => {
                into.insert(format!("{prefix}{name}"));
            }
        }
    }
}

#[test]
fn the_example_of_a_configuration_file_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kartotek.toml"), example()).unwrap();
    // The register of the example is one of the reader's, so another one takes its place.
    let made = kartotek(folder.path(), &["generate", "cpr", "--persons", "20", "--out", "extract"]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let arguments = ["--config", "kartotek.toml", "--database", "sqlite:register.db", "import", "cpr", "extract"];
    let taken = kartotek(folder.path(), &[&arguments[..], &["--dry-run", "--accept", "task"]].concat());
    assert_eq!(taken.status.code(), Some(0), "{}", stderr(&taken));
}

#[test]
fn every_setting_is_documented_and_in_the_example() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = BTreeSet::new();
    let mut sections = vec![String::new()];
    while let Some(section) = sections.pop() {
        match settings_of(folder.path(), &section) {
            Some(names) if section.is_empty() => sections.extend(names),
            Some(names) => sections.extend(names.into_iter().map(|name| format!("{section}.{name}"))),
            None => {
                settings.insert(section);
            }
        }
    }
    assert_eq!(documented_settings(), settings, "settings in docs/{NAME} and in the program");

    let example: toml::Table = example().parse().unwrap();
    let mut in_example = BTreeSet::new();
    flat("", &example, &mut in_example);
    assert_eq!(in_example, settings, "the example in docs/{NAME}");
}

#[test]
fn every_option_of_import_cpr_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(kartotek(folder.path(), &["import", "cpr", "--help"]).stdout).unwrap();
    let options = help.split_whitespace().filter_map(|word| {
        let name = word.strip_prefix("--")?.trim_end_matches([',', ')', ']']);
        (!name.is_empty()).then(|| format!("--{name}"))
    });
    let document = Document::read(NAME);
    for option in options.filter(|option| option != "--help") {
        assert!(document.text().contains(&format!("`{option}")), "docs/{NAME}: {option}");
    }
}

#[test]
fn every_exit_code_is_described() {
    let tables = Document::read(NAME).tables();
    let table = tables.iter().find(|table| table.heading == "Exit codes").expect("a table of the exit codes");
    assert_eq!(table.column("Code"), ["0", "1", "2", "3"]);
}

/// Makes a record of an extract unreadable, or adds one, and takes the file in: the codes of what it says.
fn codes_of(folder: &Path, damage: impl FnOnce(&mut Vec<Vec<u8>>)) -> BTreeSet<String> {
    let extract = std::fs::read(folder.join("extract")).unwrap();
    let mut lines: Vec<_> = extract.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    damage(&mut lines);
    std::fs::write(folder.join("damaged"), lines.join(&b'\n')).unwrap();
    let arguments = ["import", "cpr", "damaged", "--accept", "count", "--json", "--dry-run"];
    let output = kartotek(folder, &arguments);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let messages = report[0]["messages"].as_array().unwrap();
    messages.iter().map(|message| message["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_code_of_a_message_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let made = kartotek(folder.path(), &["generate", "cpr", "--persons", "300", "--out", "extract"]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let first = |lines: &[Vec<u8>], kind: &[u8]| lines.iter().position(|line| line.starts_with(kind)).unwrap();
    let mut said = BTreeSet::new();
    said.extend(codes_of(folder.path(), |lines| {
        let at = first(lines, b"001");
        lines[at][39..43].copy_from_slice(b"19xx");
    }));
    for kind in [b"004", b"008"] {
        said.extend(codes_of(folder.path(), |lines| {
            let at = first(lines, kind);
            lines[at][3..13].copy_from_slice(b"9999999999");
        }));
    }
    said.extend(codes_of(folder.path(), |lines| {
        let at = first(lines, b"009");
        lines[at][..3].copy_from_slice(b"0x9");
    }));
    said.extend(codes_of(folder.path(), |lines| {
        let at = first(lines, b"001");
        lines.insert(at, lines[at].clone());
    }));
    said.extend(codes_of(folder.path(), |lines| {
        let at = first(lines, b"001");
        lines.remove(at);
    }));
    said.extend(codes_of(folder.path(), |lines| {
        let at = first(lines, b"008");
        let mut line = lines[at].clone();
        line[13] = b'X';
        lines.insert(at, line);
    }));
    for added in ["061", "910", "997"] {
        said.extend(codes_of(folder.path(), |lines| {
            let at = first(lines, b"008");
            let mut line = lines[at].clone();
            line[..3].copy_from_slice(added.as_bytes());
            lines.insert(at, line);
        }));
    }
    let tables = Document::read(NAME).tables();
    let table = tables.iter().find(|table| table.heading == "Bad records").expect("a table of the codes");
    let explained: BTreeSet<_> = table.column("Code").into_iter().map(str::to_owned).collect();
    // These take a file larger than a test should make.
    let rare = BTreeSet::from(["too-large".to_owned(), "more".to_owned()]);
    assert_eq!(explained, &said | &rare, "codes in docs/{NAME} and of the program");
}

/// An operator greps for the words of a message: those that the document quotes must be the program's.
#[test]
fn every_quoted_refusal_is_what_the_program_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = kartotek(folder.path(), &["generate", "cpr", "--persons", "20", "--days", "2", "--out", "."]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let first = std::fs::read(path("d260105.l990001")).unwrap();
    let second = std::fs::read(path("d260106.l990001")).unwrap();

    let with_end = |counter: &str| {
        let end = first.windows(13).rposition(|bytes| bytes == b"9999999999999").unwrap();
        [&first[..end], b"9999999999999", counter.as_bytes(), b"\n"].concat()
    };
    let utf8: String = first.iter().copied().map(char::from).collect();
    let utf16: Vec<u8> = first.iter().flat_map(|byte| [*byte, 0]).collect();
    for (name, bytes) in [
        ("cut", first[..first.len() / 2].to_vec()),
        ("counted", with_end("00000001")),
        ("two", [first.clone(), second].concat()),
        ("utf8", utf8.into_bytes()),
        ("utf16", utf16),
        ("empty", Vec::new()),
        ("table", b"name;address\n".to_vec()),
        ("ebcdic", vec![0xF0; 100]),
        ("d260105.l123456", first.clone()),
    ] {
        std::fs::write(path(name), bytes).unwrap();
    }
    let taken = kartotek(folder.path(), &["import", "cpr", "d260105.l990001"]);
    assert_eq!(taken.status.code(), Some(0), "{}", stderr(&taken));

    let document = Document::read(NAME);
    let tables = document.tables();
    let table = tables.iter().find(|table| table.header[0] == "It says").expect("a table of the refusals");
    let quoted = table.column("It says");
    let mut seen = BTreeSet::new();
    for name in
        ["cut", "counted", "two", "utf8", "utf16", "empty", "table", "ebcdic", "d260105.l123456", "d260107.l990001"]
    {
        let output = kartotek(folder.path(), &["import", "cpr", name]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        let found = quoted.iter().position(|quote| quote.split(" ... ").all(|part| said.contains(part)));
        seen.insert(found.unwrap_or_else(|| panic!("docs/{NAME} does not quote what is said of {name}: {said}")));
    }
    assert!(seen.len() >= 9, "each refusal has a row of its own");
}

/// The rights that the document gives to those who edit by hand are enough for the edits of docs/DATABASE.md.
#[test]
fn a_role_with_the_documented_rights_can_edit() {
    let mut register = Postgres::imported();
    let role = format!("kartotek_docs_{}", std::process::id());
    let blocks = Document::read(NAME).blocks();
    let rights: String = blocks.iter().filter(|block| block.text.contains("TO editor")).map(|b| &*b.text).collect();
    assert!(rights.contains("GRANT"), "docs/{NAME}: the rights of those who edit");
    register.execute(&format!("CREATE ROLE {role}")).unwrap();
    let granted = register.execute(&rights.replace("TO editor", &format!("TO {role}")));
    let edits = edits(&mut register);
    register.execute(&format!("SET ROLE {role}")).unwrap();
    let done: Vec<_> = edits.iter().map(|(place, sql)| (place, register.execute(sql))).collect();
    register.execute(&format!("RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    granted.unwrap();
    for (place, outcome) in done {
        outcome.unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let names = [
        "../CONTRIBUTING.md",
        "../README.md",
        "ARCHITECTURE.md",
        "DATABASE.md",
        "MAPPING.md",
        "ONLINE.md",
        "OPERATIONS.md",
        "PERFORMANCE.md",
        "SUBSCRIPTIONS.md",
        "SYNTHETIC.md",
    ];
    for name in names {
        let document = Document::read(name);
        for (file, anchor) in document.links() {
            let folder = if name.starts_with("../") { "../.." } else { "../../docs" };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(&file);
            assert!(file.contains("://") || path.exists(), "docs/{name}: {file}");
            let target = if file.is_empty() { name } else { &file };
            let Some(target) = names.iter().find(|name| **name == target) else { continue };
            let anchors = Document::read(target).anchors();
            assert!(anchor.is_empty() || anchors.contains(&anchor), "docs/{name}: {file}#{anchor}");
        }
    }
}
