//! `kartotek import cpr` as its callers see it: exit codes, words, JSON, files.

use std::path::Path;

use serde_json::json;

use crate::support::cli::{call, kartotek, run};
use crate::support::extract::{Extract, LF, extract};
use crate::support::person::{AAVEJ, Person, SKOVVEJ, person};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn april() -> Extract {
    extract("2021-04-01", [lise().father(OLE)])
}

fn may() -> Extract {
    extract("2021-05-03", [person(LISE).named("Lise", "", "Åstrup").living(SKOVVEJ)]).following("2021-04-01")
}

fn bad() -> Extract {
    extract("2021-04-01", [lise(), person(OLE).named("Ole", "", "Bro").spoil("008", 147, b"202113010000")])
}

/// A folder with these extracts.
fn folder<const N: usize>(extracts: [(&str, Extract); N]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, extract) in extracts {
        extract.write(&folder.path().join(name));
    }
    folder
}

fn count(folder: &Path, table: &str) -> i64 {
    let tables = rusqlite::Connection::open(folder.join("kartotek.db")).unwrap();
    tables.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_good_file_ends_with_0_and_a_summary() {
    let folder = folder([("april", april())]);
    let ended = call(folder.path(), &["import", "cpr", "april"]);
    ended
        .ends_with(0)
        .says("april: task 110901, produced 2021-04-01")
        .says("1 new, 0 changed, 0 unchanged, 0 older and refused, 0 rejected; 1 placeholders made");
    assert_eq!(ended.stderr, "");
    assert_eq!(names(folder.path()), ["april", "kartotek.db"]);
}

#[test]
fn rejected_persons_end_with_1_and_the_place_and_reason() {
    let folder = folder([("bad", bad())]);
    call(folder.path(), &["import", "cpr", "bad"])
        .ends_with(1)
        .says("1 new")
        .says("1 rejected")
        .says("record 008, person 120471-****: field NVNHAENSTART at position 147-158: expected a time stamp")
        .says("error log: errbad");
}

#[test]
fn a_refused_file_ends_with_2_and_leaves_the_register_as_it_was() {
    let cut = april().bytes(LF);
    let folder = folder([("april", april())]);
    std::fs::write(folder.path().join("cut"), &cut[..cut.len() - 30]).unwrap();
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    let before = ["contact", "delivery", "run", "change"].map(|table| count(folder.path(), table));
    call(folder.path(), &["import", "cpr", "cut"]).ends_with(2).complains("error: cut: ").complains("999 is missing");
    assert_eq!(["contact", "delivery", "run", "change"].map(|table| count(folder.path(), table)), before);
}

#[test]
fn a_file_that_is_none_ends_with_3() {
    let folder = folder([]);
    call(folder.path(), &["import", "cpr", "missing"]).ends_with(3).complains("missing: cannot open the file");
    call(folder.path(), &["import", "cpr", "."]).ends_with(3).complains("expected a file, found a directory");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_ends_with_3() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder([("april", april())]);
    let path = folder.path().join("april");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let ended = call(folder.path(), &["import", "cpr", "april"]);
    // The superuser may read everything.
    match std::fs::File::open(&path) {
        Ok(_) => ended.ends_with(0),
        Err(_) => ended.ends_with(3).complains("cannot open the file"),
    };
}

#[test]
fn a_register_that_cannot_be_opened_ends_with_3() {
    let folder = folder([("april", april())]);
    call(folder.path(), &["import", "cpr", "april", "--database", "sqlite:no/such/folder/register.db"])
        .ends_with(3)
        .complains("the register");
    std::fs::write(folder.path().join("text"), "this is no register, and long enough to show it").unwrap();
    call(folder.path(), &["import", "cpr", "april", "--database", "sqlite:text"]).ends_with(3);
}

#[test]
fn a_wrong_call_ends_with_2() {
    let folder = folder([("april", april())]);
    for arguments in [
        &["import", "cpr"][..],
        &["import", "cpr", "april", "--accept", "everything"],
        &["import", "cpr", "april", "--force-update", "perhaps"],
        &["import", "cpr", "april", "--delivers", "3"],
        &["import", "cpr", "april", "--database", "mysql://x"],
        &["import", "cpr", "april", "--config", "missing.toml"],
        &["import", "cvr", "april"],
        &["improt"],
    ] {
        let ended = call(folder.path(), arguments);
        ended.ends_with(2);
        assert!(ended.stderr.contains("error: "), "{arguments:?}: {}", ended.stderr);
    }
    assert_eq!(names(folder.path()), ["april"]);
}

#[test]
fn json_has_the_summary_and_the_messages() {
    let folder = folder([("bad", bad())]);
    let ended = call(folder.path(), &["import", "cpr", "bad", "--json"]);
    let [file] = ended.ends_with(1).json().as_array().unwrap().clone().try_into().unwrap();
    let file: serde_json::Value = file;
    assert_eq!(file["file"], "bad");
    assert_eq!(file["task"], "110901");
    assert_eq!(file["production_date"], "2021-04-01");
    assert_eq!(file["state"], "done");
    assert_eq!(file["persons"], json!({"new": 1, "changed": 0, "unchanged": 0, "older": 0, "rejected": 1}));
    let message = &file["messages"][0];
    assert_eq!(message["severity"], "error");
    assert_eq!(message["record"], "008");
    assert_eq!(message["person"], "120471-****");
    assert!(message["line"].as_u64().unwrap() > 1 && message["byte"].as_u64().unwrap() > 35);
    assert!(file.get("plan").is_none());
}

#[test]
fn json_of_a_refused_file_has_the_reason() {
    let folder = folder([("wrong", april().stating(99))]);
    let ended = call(folder.path(), &["import", "cpr", "wrong", "--json"]);
    let document = ended.ends_with(2).json();
    assert_eq!(document[0]["file"], "wrong");
    assert_eq!(document[0]["state"], "refused");
    assert!(document[0]["error"].as_str().unwrap().contains("--accept count"));
}

#[test]
fn accept_takes_a_list_of_checks() {
    let folder = folder([("first", april()), ("d210601.l999999", may().following("2021-04-20").stating(99))]);
    call(folder.path(), &["import", "cpr", "first"]).ends_with(0);
    let odd = "d210601.l999999";
    call(folder.path(), &["import", "cpr", odd]).ends_with(2).complains("--accept count");
    call(folder.path(), &["import", "cpr", odd, "--accept", "count"]).ends_with(2).complains("--accept task");
    call(folder.path(), &["import", "cpr", odd, "--accept", "count,task"]).ends_with(2).complains("--accept chain");
    call(folder.path(), &["import", "cpr", odd, "--accept", "count,chain,task"]).ends_with(0).says("1 changed");
}

#[test]
fn files_are_taken_in_as_they_are_named_and_stop_at_one_that_is_refused() {
    let folder = folder([("april", april()), ("may", may()), ("wrong", may().stating(99))]);
    call(folder.path(), &["import", "cpr", "april", "may"]).ends_with(0).says("1 new").says("1 changed");

    let folder = self::folder([("april", april()), ("may", may()), ("wrong", may().stating(99))]);
    call(folder.path(), &["import", "cpr", "april", "wrong", "may"])
        .ends_with(2)
        .says("april: ")
        .complains("the files after it were not taken in");
    assert_eq!(count(folder.path(), "delivery"), 1);
}

#[test]
fn a_file_taken_in_before_is_skipped_with_a_word() {
    let folder = folder([("april", april())]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0).says("taken in before as april").says("--again");
    let skipped = call(folder.path(), &["import", "cpr", "april", "--json"]);
    assert_eq!(skipped.ends_with(0).json()[0]["state"], "skipped");
    assert_eq!(skipped.json()[0]["taken_in_before_as"], "april");
    call(folder.path(), &["import", "cpr", "april", "--again"]).ends_with(0).says("1 unchanged");
}

#[test]
fn a_dry_run_prints_the_plan_field_by_field_and_writes_nothing() {
    let folder = folder([("april", april()), ("may", may()), ("bad", bad())]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    let before = std::fs::read(folder.path().join("kartotek.db")).unwrap();

    let ended = call(folder.path(), &["import", "cpr", "may", "--dry-run"]);
    ended.ends_with(0).says(&format!("C:{LISE} updated")).says("1 changed").says("nothing was written");
    let plan: Vec<_> = ended.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "003 Postdist Århus C -> Ørsted",
        "003 HA.address1 Åvej 17,2 tv -> (removed)",
        "003 CPRADR.end_date 2021-05-01",
        "003 HA.address1 Skovvej 4",
        "002 HA.start_date 2021-05-01",
    ] {
        assert!(plan.iter().any(|planned| planned == line), "expected {line:?} in:\n{}", ended.stdout);
    }
    call(folder.path(), &["import", "cpr", "bad", "--dry-run"]).ends_with(1);

    assert!(std::fs::read(folder.path().join("kartotek.db")).unwrap() == before, "the register is the same file");
    assert_eq!(names(folder.path()), ["april", "bad", "kartotek.db", "may"]);
    // And the real run is not taken for a second one.
    call(folder.path(), &["import", "cpr", "may"]).ends_with(0).says("1 changed");
}

#[test]
fn a_dry_run_without_a_register_makes_none() {
    let folder = folder([("april", april())]);
    let ended = call(folder.path(), &["import", "cpr", "april", "--dry-run"]);
    ended.ends_with(0).says(&format!("C:{LISE} created")).says("1 new").says("1 placeholders would be made");
    assert_eq!(names(folder.path()), ["april"]);
}

#[test]
fn the_plan_in_json_tells_contact_record_field_before_and_after() {
    let folder = folder([("april", april()), ("may", may())]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    let ended = call(folder.path(), &["import", "cpr", "may", "--dry-run", "--json"]);
    let plan = ended.ends_with(0).json()[0]["plan"].clone();
    assert_eq!(plan[0]["contact"], format!("C:{LISE}"));
    assert_eq!(plan[0]["what"], "updated");
    let fields = plan[0]["fields"].as_array().unwrap();
    assert!(fields.contains(&json!({"record": "003", "field": "Postdist", "before": "Århus C", "after": "Ørsted"})));
    assert!(
        fields.contains(&json!({"record": "015", "field": "Forældre", "before": format!("C:{OLE}"), "after": null}))
    );
}

#[test]
fn the_plan_of_a_dry_run_is_what_the_real_run_journals() {
    let folder = folder([("april", april()), ("may", may())]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    let planned = call(folder.path(), &["import", "cpr", "may", "--dry-run", "--json"]).json()[0]["plan"].clone();
    call(folder.path(), &["import", "cpr", "may"]).ends_with(0);
    let history = call(folder.path(), &["contact", "history", LISE, "--json"]).ends_with(0).json();
    let done = history.as_array().unwrap().last().unwrap();
    assert_eq!(done["what"], planned[0]["what"]);
    assert_eq!(done["fields"], planned[0]["fields"]);
}

#[test]
fn force_update_n_keeps_an_edited_address_and_the_command_line_wins_over_the_configuration() {
    for (settings, arguments, kept) in [
        ("", &[][..], false),
        ("", &["--force-update", "N"], true),
        ("", &["--force-update", "n"], true),
        ("[cpr]\nforce_update = \"N\"", &[], true),
        ("[cpr]\nforce_update = \"N\"", &["--force-update", "J"], false),
    ] {
        let folder = folder([("april", april()), ("may", may())]);
        std::fs::write(folder.path().join("settings.toml"), settings).unwrap();
        call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
        let tables = rusqlite::Connection::open(folder.path().join("kartotek.db")).unwrap();
        tables.execute("UPDATE address SET address1 = 'Edited 1'", []).unwrap();
        let command = [&["import", "cpr", "may", "--config", "settings.toml"], arguments].concat();
        call(folder.path(), &command).ends_with(0);
        let main: String =
            tables.query_row("SELECT address1 FROM address WHERE address_type = 'HA'", [], |row| row.get(0)).unwrap();
        assert_eq!(main == "Edited 1", kept, "{settings:?} {arguments:?}");
    }
}

#[test]
fn the_configuration_says_where_the_register_is_and_what_a_task_delivers() {
    let folder = folder([("april", april())]);
    let settings = "database = \"sqlite:own.db\"\n[mapping]\ndeceased_end_date = false\n[cpr]\ndelivers = [\"003\"]\n\
                    tasks = [\"110901\"]\n";
    std::fs::write(folder.path().join("settings.toml"), settings).unwrap();
    call(folder.path(), &["import", "cpr", "april", "--config", "settings.toml"]).ends_with(0);
    assert_eq!(names(folder.path()), ["april", "own.db", "settings.toml"]);

    let wrong = "[cpr]\ntasks = [\"220000\"]\n";
    std::fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    call(folder.path(), &["import", "cpr", "april", "--config", "wrong.toml"])
        .ends_with(2)
        .complains("of task 110901, expected 220000");
    std::fs::write(folder.path().join("misspelt.toml"), "[cpr]\ntask = 1\n").unwrap();
    call(folder.path(), &["import", "cpr", "april", "--config", "misspelt.toml"]).ends_with(2).complains("tasks");
}

#[test]
fn the_register_is_where_the_command_line_says_then_the_environment_then_the_configuration() {
    let folder = folder([("april", april())]);
    std::fs::write(folder.path().join("settings.toml"), "database = \"sqlite:configured.db\"").unwrap();
    let import = ["import", "cpr", "april"];
    run(kartotek(folder.path()).args(import).env("KARTOTEK_CONFIG", "settings.toml")).ends_with(0);
    run(kartotek(folder.path())
        .args(import)
        .env("KARTOTEK_CONFIG", "settings.toml")
        .env("KARTOTEK_DATABASE", "sqlite:environment.db"))
    .ends_with(0);
    run(kartotek(folder.path())
        .args(import)
        .args(["--database", "sqlite:named.db"])
        .env("KARTOTEK_DATABASE", "sqlite:environment.db"))
    .ends_with(0);
    assert_eq!(names(folder.path()), ["april", "configured.db", "environment.db", "named.db", "settings.toml"]);
}

#[test]
fn cprbatch_log_gets_a_line_for_every_file() {
    let folder = folder([("april", april()), ("bad", bad()), ("wrong", may().stating(99)), ("may", may())]);
    std::fs::write(folder.path().join("settings.toml"), "[log]\ncprbatch = \"cprbatch.log\"").unwrap();
    for (file, options) in
        [("april", ""), ("april", ""), ("bad", ""), ("wrong", ""), ("may", "--dry-run"), ("gone", "")]
    {
        let arguments = ["import", "cpr", file, "--config", "settings.toml", options];
        call(
            folder.path(),
            &arguments.map(str::to_owned).iter().map(String::as_str).filter(|a| !a.is_empty()).collect::<Vec<_>>(),
        );
    }
    let log = std::fs::read_to_string(folder.path().join("cprbatch.log")).unwrap();
    let lines: Vec<_> = log.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(lines.len(), 5, "a dry run leaves no line:\n{log}");
    assert!(lines[0].starts_with("imported april: task 110901, produced 2021-04-01, new 1, changed 0"), "{log}");
    assert_eq!(lines[1], "skipped april: taken in before as april");
    assert!(lines[2].starts_with("imported bad: ") && lines[2].contains("rejected 1"), "{log}");
    assert!(lines[3].starts_with("refused wrong: record 999 states 99 records"), "{log}");
    assert!(lines[4].starts_with("refused gone: cannot open the file"), "{log}");
}

#[test]
fn an_error_log_that_cannot_be_written_is_said_and_stops_nothing() {
    let folder = folder([("bad", bad())]);
    std::fs::create_dir_all(folder.path().join("errbad/in-the-way")).unwrap();
    call(folder.path(), &["import", "cpr", "bad"]).ends_with(1).says("1 new").says("error log could not be written");
    assert_eq!(count(folder.path(), "run_message"), 1);
}

#[test]
fn of_many_messages_the_first_are_shown_and_all_are_counted() {
    let number = |at: u32| -> &'static str { format!("010170{:04}", 1_000 + at).leak() };
    let persons = (0..25).map(|at| person(number(at)).spoil("001", 40, b"1970-13-01"));
    let folder = folder([("bad", extract("2021-04-01", persons))]);
    let ended = call(folder.path(), &["import", "cpr", "bad"]);
    ended.ends_with(1).says("25 rejected").says("... and 15 more");
    let log = std::fs::read_to_string(folder.path().join("errbad")).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains("FOED_DT")).count(), 25);
}

#[test]
fn the_expected_task_can_be_named() {
    let folder = folder([("april", april())]);
    call(folder.path(), &["import", "cpr", "april", "--task", "220000"]).ends_with(2).complains("expected 220000");
    call(folder.path(), &["import", "cpr", "april", "--task", "220000", "--task", "110901"]).ends_with(0);
}

#[test]
fn the_record_types_that_a_task_delivers_can_be_named() {
    let folder = folder([("april", april()), ("may", extract("2021-05-03", [person(LISE)]))]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    call(folder.path(), &["import", "cpr", "may", "--delivers", "001,015"]).ends_with(0).says("1 changed");
    let tables = rusqlite::Connection::open(folder.path().join("kartotek.db")).unwrap();
    let left: (i64, i64) = tables
        .query_row(
            "SELECT (SELECT count(*) FROM address WHERE address_type = 'HA'),
                    (SELECT count(*) FROM part WHERE end_date IS NULL)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(left, (1, 0));
}

#[test]
fn a_refused_file_makes_no_register_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("april"), april().stating(7).bytes(LF)).unwrap();
    call(folder.path(), &["import", "cpr", "april"]).ends_with(2).complains("999 states 7 records");
    assert_eq!(names(folder.path()), ["april", "errapril"]);
}

#[cfg(unix)]
#[test]
fn a_register_is_made_so_that_its_owner_alone_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder([("april", april())]);
    call(folder.path(), &["import", "cpr", "april"]).ends_with(0);
    let rights = std::fs::metadata(folder.path().join("kartotek.db")).unwrap().permissions().mode();
    assert_eq!(rights & 0o777, 0o600);
}

#[test]
fn a_call_that_is_not_understood_repeats_no_number_of_a_person() {
    let folder = tempfile::tempdir().unwrap();
    for number in [LISE, "210372-4010", "210372 4010"] {
        for arguments in [
            &["subscription", "block", OLE, number, "--reason", "x"][..],
            &["subscription", "unblock", OLE, number],
            &["cpr", "test", number],
            &["cpr", "lookup", "--force-update", number, OLE],
            &["cpr", "lookup", "--import", "--subscription", number, OLE],
            &["cpr", number],
            &[number],
            &["contact", "show", OLE, number],
        ] {
            let ended = call(folder.path(), arguments);
            ended.ends_with(2).complains("error: ").complains("**********");
            assert!(!ended.stderr.contains(number) && !ended.stderr.contains(OLE), "{}", ended.stderr);
        }
    }
    // What is no such number is told.
    call(folder.path(), &["cpr", "lookup", "--rate", "fast", OLE]).ends_with(2).complains("'fast'");
}
