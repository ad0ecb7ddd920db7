//! `cpr-batch persons`: who was in a run, and what became of each (F121, F125).

use crate::support::extract::extract;
use crate::support::file_server::{FileServer, name_of};
use crate::support::person::person;

use super::{LISE, OLE, first, lise, ole};
use crate::ledger::crowd;

const BAD: &str = "0101624001";

/// Three runs: both new; one changed, one as before and one rejected; both older.
fn with_runs() -> FileServer {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    let bad = person(BAD).named("Dorthea", "", "Forkert").spoil("008", 147, b"202113010000");
    server.put(&extract("2021-04-03", [lise().works_as("Pilot"), ole(), bad]).following("2021-04-01"));
    let ended = server.call(&["run"]);
    ended.ends_with(1).says("0 new, 1 changed, 1 unchanged, 0 older, 1 rejected").says("error log: ");
    assert!(server.local().contains(&"errd210403.l110901".to_owned()), "{:?}", server.local());
    server.put(&extract("2021-04-02", [lise(), ole()]).following("2021-04-01"));
    server.call(&["run"]).ends_with(0).says("imported late");
    server
}

#[test]
fn the_persons_of_a_run_are_shown_masked_with_what_became_of_them() {
    let server = with_runs();
    let latest = server.call(&["persons"]);
    latest.ends_with(0).says("d210402.l110901").says("2 older").says("210372-****").says("120471-****");

    let by_file = server.call(&["persons", "D210403.L110901"]);
    by_file
        .ends_with(0)
        .says("210372-****  changed    Lise Marie Åstrup")
        .says("120471-****  unchanged  Oluf Brobygger");
    by_file.says("010162-****  rejected ").says("error bad-field").says("record 008");
    let json = server.call(&["persons", "d210401.l110901", "--json"]).json();
    assert_eq!(json["run"]["file"], "d210401.l110901");
    let persons = json["persons"].as_array().unwrap();
    assert!(persons.len() == 2 && persons.iter().all(|person| person["outcome"] == "new"), "{persons:?}");

    let rejected = server.call(&["persons", "d210403.l110901", "--outcome", "rejected"]);
    rejected.ends_with(0).says("010162-****");
    assert!(!rejected.stdout.contains("210372"), "{}", rejected.stdout);
    let page = server.call(&["persons", "d210403.l110901", "--limit", "1", "--skip", "1", "--json"]).json();
    assert_eq!(page["persons"].as_array().unwrap().len(), 1);
    server.call(&["persons", "d210401.l110901", "--outcome", "older"]).ends_with(1).complains("no such persons");
    server.call(&["persons", "d990101.l110901"]).ends_with(2).complains("--runs");
    server.call(&["persons", "--run", "99"]).ends_with(2).complains("--runs");
}

#[test]
fn the_runs_are_listed_latest_first() {
    let server = with_runs();
    let json = server.call(&["persons", "--runs", "--json"]).json();
    let files: Vec<_> = json.as_array().unwrap().iter().map(|run| run["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["d210402.l110901", "d210403.l110901", "d210401.l110901"]);
    let run = json[1]["run"].to_string();
    server.call(&["persons", "--run", &run]).ends_with(0).says("d210403.l110901");
    server.call(&["persons", "--runs"]).ends_with(0).says("d210401.l110901: 2 new");
}

#[test]
fn one_person_is_followed_through_all_runs_by_a_number_that_is_not_on_the_command_line() {
    let server = with_runs();
    let outcomes = |number: &str| -> Vec<String> {
        let json = server.persons_of(number, &["--json"]).json();
        json["persons"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(outcomes(&format!("{LISE}\n")), ["older", "changed", "new"]);
    assert_eq!(outcomes(&format!("{}-{}", &OLE[..6], &OLE[6..])), ["older", "unchanged", "new"]);
    server.persons_of(LISE, &[]).ends_with(0).says("d210403.l110901  210372-****  changed");
    let changed = server.persons_of(LISE, &["--outcome", "changed", "--json"]).json();
    assert_eq!(changed["persons"].as_array().unwrap().len(), 1);
    server.persons_of("0101010101", &[]).ends_with(1).complains("no run has had to do with this person");
    let refused = server.persons_of("21037240", &[]);
    refused.ends_with(2).complains("ten digits");
    assert!(!refused.stderr.contains("21037240"), "{}", refused.stderr);
}

/// A file of 24,997 persons and three bad ones, whose import died behind the first 20,000, and was taken up again.
#[test]
fn the_persons_of_a_file_whose_import_was_killed_are_those_of_all_its_runs() {
    let server = FileServer::new();
    // Not by `put`: to look for 25,000 numbers in long lists of persons takes minutes.
    let file = name_of(&crowd());
    crowd().write(&server.remote_path(&file));
    server.call(&["get", "--all"]).ends_with(0);
    // As a kill between two transactions: the second one fails, and nothing says so in the ledger.
    let is_dead = "CREATE TRIGGER dies BEFORE INSERT ON contact WHEN NEW.name_code = '0908701098'
                   BEGIN SELECT RAISE(ABORT, 'the power is gone'); END;
                   CREATE TRIGGER is_dead BEFORE UPDATE OF state ON run WHEN NEW.state <> 'running'
                   BEGIN SELECT RAISE(ABORT, 'the power is gone'); END;";
    server.tables().execute_batch(is_dead).unwrap();
    server.call(&["import", "--all"]).ends_with(3).complains("the power is gone");
    server.tables().execute_batch("DROP TRIGGER dies; DROP TRIGGER is_dead").unwrap();
    let counted = |run: &serde_json::Value| {
        let count = |name: &str| run["persons"][name].as_u64().unwrap();
        (run["state"].as_str().unwrap().to_owned(), count("new"), count("rejected"))
    };
    let runs = |expected: &[(&str, u64, u64)]| {
        let json = server.call(&["persons", "--runs", "--json"]).json();
        let runs: Vec<_> = json.as_array().unwrap().iter().map(counted).collect();
        assert_eq!(
            runs,
            expected.iter().map(|(state, new, bad)| ((*state).to_owned(), *new, *bad)).collect::<Vec<_>>()
        );
    };
    runs(&[("running", 19_998, 2)]);
    server.call(&["import", "--all"]).ends_with(1).says("took up where an earlier run was cut off");
    runs(&[("done", 24_997, 3), ("failed", 19_998, 2)]);

    let shown = |arguments: &[&str]| {
        let json = server.call(&[&["persons", "--json"], arguments].concat()).json();
        let persons = json["persons"].as_array().unwrap();
        let rejected = persons.iter().filter(|person| person["outcome"] == "rejected").count();
        (persons.len(), rejected, json["run"]["run"].as_u64().unwrap(), json["runs_before"].clone())
    };
    let before = serde_json::json!([1]);
    assert_eq!(shown(&[&file, "--limit", "30000"]), (25_000, 3, 2, before.clone()));
    assert_eq!(shown(&["--limit", "30000"]), (25_000, 3, 2, before.clone()));
    assert_eq!(shown(&[&file, "--outcome", "rejected"]), (3, 3, 2, before.clone()));
    assert_eq!(shown(&[&file, "--outcome", "new", "--skip", "24990"]), (7, 0, 2, before.clone()));
    assert_eq!(shown(&[&file, "--skip", "19990", "--limit", "20"]), (20, 2, 2, before.clone()));
    // One run alone.
    assert_eq!(shown(&["--run", "1", "--limit", "30000"]), (20_000, 2, 1, serde_json::json!([])));
    assert_eq!(shown(&["--run", "2", "--limit", "30000"]), (5_000, 1, 2, before));
    server.call(&["persons", &file]).says("24,997 new").says("goes on from run 1, cut off before");
}
