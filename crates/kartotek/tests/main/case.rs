//! `kartotek case` as its callers see it.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::cli::{Ended, call};
use crate::support::extract::extract;
use crate::support::person::{AAVEJ, person};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const DEAD: &str = "0507714016";

/// A register with two persons, one of them dead.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lise = person(LISE).named("Lise", "", "Åstrup").living(AAVEJ);
    let dead = person(DEAD).named("Ida", "", "Bro").status("90", "2021-03-02").living_nowhere();
    extract("2021-04-01", [lise, dead]).write(&folder.path().join("april"));
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    // The extract says that they are subscribed; here nobody is yet.
    tables(&folder).execute("UPDATE source_record SET src_subscribed = 'N'", []).unwrap();
    folder
}

fn tables(folder: &TempDir) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.path().join("kartotek.db")).unwrap()
}

fn text(folder: &TempDir, query: &str) -> String {
    tables(folder).query_row(query, [], |row| row.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
}

fn wish(folder: &TempDir, number: &str) -> String {
    text(folder, &format!("SELECT max(subscribed) FROM source_record WHERE source_key = '{number}'"))
}

fn case(folder: &Path, arguments: &[&str]) -> Ended {
    call(folder, &[&["case"], arguments].concat())
}

#[test]
fn a_party_of_an_open_case_is_to_be_subscribed_at_once() {
    let folder = folder();
    case(folder.path(), &["open", "S-1", "--type", "byg"]).ends_with(0).says("case S-1 is open");
    case(folder.path(), &["add-party", "S-1", "C:210372-4010", "--role", "ansøger"])
        .ends_with(0)
        .says("case S-1 has the party now")
        .says("210372-****: to be subscribed (party to 1 open case)");
    assert_eq!(wish(&folder, LISE), "J");
    let party = "SELECT case_type || ' ' || role || ' ' || state FROM case_file JOIN case_party USING (case_key)";
    assert_eq!(text(&folder, party), "byg ansøger open");
    case(folder.path(), &["add-party", "S-1", LISE, "--role", "ansøger"])
        .ends_with(0)
        .says("case S-1 had the party already");
}

#[test]
fn a_person_whom_the_register_does_not_know_gets_a_placeholder() {
    let folder = folder();
    case(folder.path(), &["open", "S-1"]).ends_with(0);
    let added = case(folder.path(), &["--json", "add-party", "S-1", OLE]);
    added.ends_with(0);
    let expected = json!({
        "case_no": "S-1",
        "changed": true,
        "placeholder": true,
        "persons": [{ "person": "120471-****", "subscription": "wished", "reason": "party to 1 open case", "problem": null }],
    });
    assert_eq!(added.json(), expected);
    let names = format!("SELECT name1 || '|' || name2 || '|' || placeholder FROM contact WHERE name_code = '{OLE}'");
    assert_eq!(text(&folder, &names), format!("Person med cprnr {OLE}|- ikke importeret|J"));
    call(folder.path(), &["contact", "history", OLE]).ends_with(0).says("placeholder");
}

#[test]
fn case_reopened_is_wished_again() {
    let folder = folder();
    for arguments in [&["open", "S-1"][..], &["add-party", "S-1", LISE], &["close", "S-1"]] {
        case(folder.path(), arguments).ends_with(0);
    }
    tables(&folder).execute("UPDATE source_record SET subscribed = NULL", []).unwrap();
    case(folder.path(), &["close", "S-1"]).ends_with(0).says("case S-1 was closed already");
    case(folder.path(), &["add-party", "S-1", LISE]).ends_with(2).complains("case S-1 is closed; reopen it");
    let reopened = case(folder.path(), &["reopen", "S-1"]);
    reopened.ends_with(0).says("case S-1 is open again").says("210372-****: to be subscribed");
    assert_eq!(wish(&folder, LISE), "J");
    case(folder.path(), &["remove-party", "S-1", LISE]).ends_with(0).says("to the end of today");
    case(folder.path(), &["remove-party", "S-1", LISE]).ends_with(0).says("already");
}

#[test]
fn what_cannot_be_done_is_refused_and_says_why_without_the_person() {
    let folder = folder();
    case(folder.path(), &["open", "S-1"]).ends_with(0);
    for (arguments, words) in [
        (&["open", "S-1"][..], "there is a case S-1 already"),
        (&["close", "S-2"], "there is no case S-2"),
        (&["add-party", "S-1", DEAD], "the contact is closed since 2021-03-02"),
        (&["add-party", "S-1", "J:12345678"], "there is no such contact"),
        (&["add-party", "S-1", "21037240"], "expected a CPR number"),
        (&["remove-party", "S-1", LISE], "not a current party of case S-1"),
        (&["open", "S-3", "--start", "1.1.2026"], "expected a date of the form YYYY-MM-DD"),
    ] {
        let ended = case(folder.path(), arguments);
        ended.ends_with(2).complains(words);
        for secret in [DEAD, LISE, "21037240"] {
            assert!(!ended.stderr.contains(secret), "{}", ended.stderr);
        }
    }
    let nowhere = call(folder.path(), &["--database", "sqlite:other.db", "case", "open", "S-1"]);
    nowhere.ends_with(3).complains("no register at");
    assert!(!folder.path().join("other.db").exists());
}

#[test]
fn a_list_of_cases_is_taken_in_whole_or_not_at_all() {
    let folder = folder();
    let list = format!(
        "case_no;case_type;state;start_date;end_date;contact;role;party_start;party_end\r\n\
         S-1;byg;open;2026-01-01;;{LISE};ansøger;2026-01-01;\r\n\
         S-1;byg;open;2026-01-01;;{OLE};nabo;2026-01-01;\r\n"
    );
    std::fs::write(folder.path().join("cases.csv"), kartotek_formats::latin1::encode(&list).unwrap()).unwrap();
    case(folder.path(), &["import", "cases.csv"])
        .ends_with(0)
        .says("cases: 1 new, 0 changed, 0 unchanged; parties: 2 new, 0 changed, 0 unchanged; 1 placeholders made");
    let again = case(folder.path(), &["import", "cases.csv", "--json"]);
    again.ends_with(0);
    assert_eq!(again.json()["parties"], json!({ "new": 0, "changed": 0, "unchanged": 2 }));
    assert_eq!(
        text(&folder, "SELECT group_concat(role) FROM (SELECT role FROM case_party ORDER BY role)"),
        "ansøger,nabo"
    );

    let bad = list.replace("2026-01-01;;1", "2026-02-30;;1").replace("S-1", "S-2").replace(OLE, "1204");
    std::fs::write(folder.path().join("bad.csv"), bad).unwrap();
    let refused = case(folder.path(), &["import", "bad.csv"]);
    refused
        .ends_with(2)
        .complains("bad.csv: line 3, column start_date: expected a date of the form YYYY-MM-DD")
        .complains("bad.csv: line 3, column contact: expected a CPR number")
        .complains("2 errors; nothing was written");
    assert!(!refused.stderr.contains("1204"), "{}", refused.stderr);
    let refused = case(folder.path(), &["import", "bad.csv", "--json"]);
    refused.ends_with(2);
    assert_eq!(refused.json()["errors"].as_array().map(Vec::len), Some(2));
    assert_eq!(text(&folder, "SELECT group_concat(case_no) FROM case_file"), "S-1");
    case(folder.path(), &["import", "none.csv"]).ends_with(3).complains("none.csv");
}

#[test]
fn every_answer_is_one_json_document() {
    let folder = folder();
    for arguments in [&["open", "S-1"][..], &["add-party", "S-1", LISE], &["close", "S-1"], &["reopen", "S-1"]] {
        let ended = case(folder.path(), &[&["--json"], arguments].concat());
        ended.ends_with(0);
        assert_eq!(ended.json()["case_no"], Value::from("S-1"));
    }
}
