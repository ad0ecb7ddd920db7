//! `kartotek source` as its callers see it.

use std::fs::{self, File};
use std::path::Path;

use serde_json::json;

use crate::support::cli::{call, feed, kartotek, run};
use crate::support::leak::is_nowhere;

const CPR: &str = "IP=10.20.30.40:8090;DefFiles=.\\CPRkilde\\P12170.*;Assembly=Scanjour.CPRDriver;\n\
                   Class=Scanjour.ImportManager.CPRDriver;ForceUpdate=J;Subscription=1";
const SECRET: &str = "qvx:zk,jw91";
const CVR: &str = "Level:2,UserID:wuadir34,\nPassword:qvx:zk,jw91,\n\
                   Certificatefilename=C:\\ProgramFiles (x86)\\KMD\\WorkZone\\Certificates\\foces.p12;\
                   Assembly=Scanjour.CVRDriver;Jtype=J;Ptype:V,ForceUpdate=J";

fn rows(folder: &Path) -> Vec<String> {
    let tables = rusqlite::Connection::open(folder.join("kartotek.db")).unwrap();
    let mut statement = tables.prepare("SELECT name || ' ' || parameters FROM external_source ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_table_of_the_system_before_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let export = format!("Name\tParameters\r\nCPR\t{CPR}\r\nCVR-J\t{CVR}\r\nSOR\tUrl=https://example.test/a.csv\r\n");
    let imported = feed(folder, &["source", "import-legacy", "-"], &export);
    imported
        .ends_with(0)
        .says("CPR: IP=10.20.30.40:8090;DefFiles=P12170;Subscription=1;ForceUpdate=J;Assembly=Scanjour.CPRDriver;")
        .says("Assembly is kept and not used")
        .says("kept as secret cvr-j.password")
        .says("was read as Program Files (x86)")
        .says("DefFiles: P12170 is kept of it; the records are built in, and no file is read")
        .says("not a source that Kartotek knows");
    assert_eq!(rows(folder).len(), 3);
    assert!(
        rows(folder)[1].starts_with("CVR-J Level=2;UserID=wuadir34;Certificatefilename=\"C:\\Program Files (x86)\\KMD")
    );

    let shown = [
        call(folder, &["source", "show", "CPR"]),
        call(folder, &["source", "show", "cvr-j"]),
        call(folder, &["source", "show", "CVR-J", "--json"]),
        call(folder, &["source", "list"]),
        call(folder, &["source", "list", "--json"]),
        call(folder, &["secret", "list"]),
        imported,
    ];
    shown[0]
        .says("CPR Klient on 10.20.30.40, port 8090, is asked")
        .says("an address changed by hand gives way to the delivered one")
        .says("a subscription is added for each person that is fetched")
        .says("kept and not used: Kartotek has a driver of its own");
    shown[1].says("kept as secret cvr-j.password").says("Kartotek does not ask CVR yet");
    assert_eq!(shown[2].json()["secrets"], json!([{ "name": "cvr-j.password", "set": true }]));
    assert_eq!(shown[4].json()[2]["parameters"], "Url=https://example.test/a.csv;");
    is_nowhere(SECRET, folder, &shown);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    call(folder, &["source", "set", "CPR", "ForceUpdate=N"]).ends_with(0);
    let before = rows(folder);
    let export = format!("CPR\tForceUpdat=J;IP=klient:70000\nCVR-J\t{CVR};Level=9\nSOR\ta=1\n");
    let ended = feed(folder, &["source", "import-legacy", "-", "--json"], &export);
    ended
        .ends_with(2)
        .complains("line 1, CPR, character 1: unknown key ForceUpdat; did you mean ForceUpdate?")
        .complains("line 1, CPR, character 17: IP: expected a port from 1 to 65535, found klient:70000")
        .complains("line 1, CPR, DefFiles is missing")
        .complains("Level stands here a second time")
        .complains("nothing was taken over; 4 problems");
    assert_eq!(ended.stdout, "");
    assert_eq!(rows(folder), before);
    assert_eq!(call(folder, &["secret", "list", "--json"]).json(), json!([]), "the password was not kept either");
    is_nowhere(SECRET, folder, &[ended]);
    feed(folder, &["source", "import-legacy", "-"], "junk\n").ends_with(2).complains("line 1: expected NAME");
    call(folder, &["source", "import-legacy", "missing"]).ends_with(3).complains("missing: ");
    call(folder, &["source", "import-legacy"]).ends_with(2);
}

#[test]
fn one_source_is_taken_over_by_its_string() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let arguments = ["source", "import-legacy", "--name", "cpr", "--parameters", CPR, "--json"];
    let ended = call(folder, &arguments);
    ended.ends_with(0);
    assert_eq!(ended.json()[0]["name"], "CPR");
    assert_eq!(ended.json()[0]["secrets"], json!([]));
    // A string with a password comes by standard input.
    let ended = feed(folder, &["source", "import-legacy", "--name", "CVR-J"], CVR);
    ended.ends_with(0).says("kept as secret cvr-j.password");
    is_nowhere(SECRET, folder, &[ended]);
    fs::write(folder.join("export"), "CPR;IP=7000;DefFiles=P09480\n").unwrap();
    call(folder, &["source", "import-legacy", "export"]).ends_with(0).says("CPR: IP=127.0.0.1:7000;DefFiles=P09480;");
    assert_eq!(rows(folder).len(), 2);
}

#[test]
fn one_source_comes_in_any_character_set_and_in_quotes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = "Level:2,Certificate=CN=Øl,Password:blåbær-77";
    let utf16: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut calls = Vec::new();
    for bytes in [utf16, latin, format!("\u{FEFF}\"{text}\"\n").into_bytes()] {
        fs::write(folder.join("input"), bytes).unwrap();
        let input = File::open(folder.join("input")).unwrap();
        let ended = run(kartotek(folder).args(["source", "import-legacy", "--name", "CVR-J"]).stdin(input));
        ended.ends_with(0).says("Certificate=\"CN=Øl\"").says("kept as secret cvr-j.password");
        calls.push(ended);
    }
    fs::write(folder.join("input"), b"Password=\xE6\x81").unwrap();
    let input = File::open(folder.join("input")).unwrap();
    let ended = run(kartotek(folder).args(["source", "import-legacy", "--name", "CVR-J"]).stdin(input));
    ended.ends_with(2).complains("expected text in UTF-8");
    fs::remove_file(folder.join("input")).unwrap();
    is_nowhere("blåbær-77", folder, &calls);
}

#[test]
fn what_is_given_in_the_place_of_a_file_or_a_name_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    call(folder, &["source", "set", "CPR", "ForceUpdate=N"]).ends_with(0);
    let password = format!("Password={SECRET}");
    let parameters = format!("Level:2,Password:{SECRET}");
    let calls = [
        call(folder, &["source", "import-legacy", &parameters]),
        call(folder, &["source", "import-legacy", &password]),
        call(folder, &["source", "import-legacy", "CVR-J", &parameters]),
        call(folder, &["source", "import-legacy", "--name", &parameters]),
        call(folder, &["source", "set", &password, "CPR"]),
        call(folder, &["source", "set", "CPR", &format!("{parameters}={SECRET}")]),
        call(folder, &["source", "show", &password]),
        call(folder, &["source", "remove", &password]),
        call(folder, &["source", "set", "X", &format!("Рassword={SECRET}")]),
        call(folder, &["source", "set", "X", &format!("Url=https://user:{SECRET}@host")]),
    ];
    for ended in &calls[..2] {
        ended.ends_with(3).complains("expected FILE").complains("--name NAME");
    }
    for ended in &calls[2..] {
        ended.ends_with(2);
    }
    calls[2].complains("--name NAME");
    calls[4].complains("<NAME>: expected a name").complains("for example CPR or CVR-J");
    calls[8].complains("`kartotek secret set x.password`");
    is_nowhere(SECRET, folder, &calls);
}

#[test]
fn no_part_of_a_password_is_seen_when_its_line_was_wrapped_or_its_key_misspelt() {
    for parameters in [
        "Password:geheim\nqvxjzkw;Certificatefilename=x.p12",
        "Pasword=geheim;qvxjzkw=x",
        "Password:geheim,qvxjzkw:30",
        "Certificate=CN=x|Password=geheimqvxjzkw",
        "Password geheim;qvxjzkw:x",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        call(folder, &["source", "set", "CPR", "ForceUpdate=N"]).ends_with(0);
        let ended = feed(folder, &["source", "import-legacy", "-"], &format!("CVR-J;Level:2,\n{parameters}\n"));
        ended.ends_with(2).complains("nothing was taken over");
        is_nowhere("geheimqvxjzkw", folder, &[ended]);
    }
}

#[test]
fn single_parameters_are_set_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    call(folder, &["source", "set", "CPR", "ip=klient:7000", "Subscription=1"])
        .ends_with(0)
        .says("CPR: IP=klient:7000;DefFiles=P12170;Subscription=1;ForceUpdate=J;");
    call(folder, &["source", "set", "CPR", "IP=", "--json"]).ends_with(0);
    assert_eq!(rows(folder), ["CPR DefFiles=P12170;Subscription=1;ForceUpdate=J;"]);
    call(folder, &["source", "set", "CPR", "Subscription=ja", "Foo=1"])
        .ends_with(2)
        .complains("CPR: unknown key Foo")
        .complains("CPR: Subscription: expected 0 or 1, found ja")
        .complains("nothing was changed; 2 problems");
    call(folder, &["source", "set", "CPR"]).ends_with(2);
    call(folder, &["source", "set", "CPR", "IP"]).ends_with(2).complains("expected KEY=VALUE");
    call(folder, &["source", "set", "C PR", "IP=x"]).ends_with(2).complains("for example CPR or CVR-J");
    assert_eq!(rows(folder), ["CPR DefFiles=P12170;Subscription=1;ForceUpdate=J;"]);
}

#[test]
fn what_holds_without_a_row_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    call(folder, &["source", "show", "CPR"]).ends_with(3).complains("no register");
    feed(folder, &["secret", "set", "x"], "x").ends_with(0);
    call(folder, &["source", "show", "CPR"])
        .ends_with(0)
        .says("CPR  not set; this holds without")
        .says("CPR Direkte itself is asked")
        .says("no subscription is added");
    assert_eq!(call(folder, &["source", "show", "CPR", "--json"]).json()["stored"], false);
    call(folder, &["source", "show", "CVR-J"]).ends_with(1).complains("no external source CVR-J");
    call(folder, &["source", "list"]).ends_with(0).complains("no external source is set");
}

#[test]
fn a_removed_source_leaves_its_secret_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    feed(folder, &["source", "import-legacy", "--name", "CVR-J"], CVR).ends_with(0);
    call(folder, &["source", "remove", "CVR-J"]).ends_with(0).says("`kartotek secret remove cvr-j.password`");
    call(folder, &["source", "remove", "CVR-J"]).ends_with(1).complains("no external source CVR-J");
    assert!(rows(folder).is_empty());
}

#[test]
fn a_row_that_was_edited_by_hand_is_told_of_without_showing_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    call(folder, &["source", "set", "CPR", "ForceUpdate=N"]).ends_with(0);
    let tables = rusqlite::Connection::open(folder.join("kartotek.db")).unwrap();
    let edit = "UPDATE external_source SET parameters = 'ForceUpdate=x;Password=geheim-77;Rest=geheim-77'";
    assert_eq!(tables.execute(edit, []).unwrap(), 1);
    let calls = [
        call(folder, &["source", "list"]),
        call(folder, &["source", "show", "CPR"]),
        call(folder, &["source", "set", "CPR", "Subscription=1"]),
    ];
    calls[0].ends_with(0).says("cannot be read").says("expected J or N, found x");
    calls[1].ends_with(2).complains("unknown key Password");
    calls[2].ends_with(2).complains("external source CPR");
    for ended in &calls {
        assert!(
            !ended.stdout.contains("geheim") && !ended.stderr.contains("geheim"),
            "{} {}",
            ended.stdout,
            ended.stderr
        );
    }
}
