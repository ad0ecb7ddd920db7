//! The two steps, by hand and in one go (F115-F126), and what stays of the files.

use std::fs;

use kartotek_simulators::cpr_ftp::{Fault, Times};

use crate::support::file_server::FileServer;

use super::{day, first};

fn second() -> crate::support::extract::Extract {
    day("2021-04-02", "2021-04-01", "Pilot")
}

#[test]
fn a_run_fetches_renames_imports_and_renames_and_the_next_one_has_nothing_to_do() {
    let server = FileServer::new();
    server.put(&first());
    server.put(&second());
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("d210401.l110901: imported: 2 new").says("d210402.l110901: imported: 0 new, 1 changed");
    ended.says("fetched 2 files, 0 refused, 0 not fetched").says("imported 2 files, 0 double, 0 refused, 0 waiting");
    assert_eq!(server.remote(), ["xd210401.l110901", "xd210402.l110901"]);
    assert_eq!(server.local(), ["xd210401.l110901", "xd210402.l110901"]);
    assert_eq!(server.persons(), 2);
    // The content at the server and here is what CPR put there.
    let [remote, local] = [server.remote_path("xd210402.l110901"), server.local_path("xd210402.l110901")];
    assert_eq!(fs::read(remote).unwrap(), fs::read(local).unwrap());
    let log = server.log();
    for line in ["fetched d210401.l110901", "renamed d210401.l110901", "imported d210402.l110901: task 110901"] {
        assert!(log.contains(line), "expected {line:?} in:\n{log}");
    }

    let before = server.control().happened().fetched;
    let ended = server.call(&["run"]);
    ended.ends_with(0).says("fetched 0 files").says("imported 0 files");
    assert_eq!(server.control().happened().fetched, before);
    // Of a night without news there is the line that it was.
    let after = server.log();
    let added: Vec<_> = after.strip_prefix(&log).unwrap().lines().collect();
    assert!(matches!(added[..], [line] if line.ends_with("ended with exit code 0")), "{added:?}");
    assert_eq!(server.local().len(), 2);
}

#[test]
fn without_a_prefix_the_ledger_alone_knows_what_was_fetched() {
    let server = FileServer::new();
    server.set(&["Rename prefix="]).ends_with(0);
    server.put(&first());
    server.call(&["run"]).ends_with(0).says("imported 1 files");
    server.call(&["run"]).ends_with(0).says("fetched 0 files").says("imported 0 files");
    assert_eq!((server.remote(), server.local()), (vec!["d210401.l110901".into()], vec!["d210401.l110901".into()]));
    let happened = server.control().happened();
    assert_eq!((happened.fetched.len(), happened.renamed.len()), (1, 0));
}

#[test]
fn nothing_is_renamed_at_the_server_when_it_is_not_wanted_or_not_allowed() {
    for wanted in [false, true] {
        let server = FileServer::new();
        if wanted {
            server.control().order(Fault::RefuseRename, Times::UntilCleared);
        } else {
            server.set(&["Remote rename=N"]).ends_with(0);
        }
        server.put(&first());
        server.put(&second());
        let ended = server.call(&["run"]);
        ended.ends_with(0).says("imported 2 files");
        assert_eq!(ended.stdout.matches("does not allow renaming").count(), usize::from(wanted), "{}", ended.stdout);
        server.call(&["run"]).ends_with(0).says("fetched 0 files").says("imported 0 files");
        assert_eq!(server.remote(), ["d210401.l110901", "d210402.l110901"]);
        assert_eq!(server.local(), ["xd210401.l110901", "xd210402.l110901"]);
        let commands = server.control().happened().commands;
        let tried = commands.iter().any(|command| command.starts_with("RNFR"));
        assert_eq!((server.control().happened().fetched.len(), tried), (2, wanted));
    }
}

#[test]
fn the_steps_take_the_files_that_are_named_in_any_letters() {
    let server = FileServer::new();
    server.put(&first());
    server.put(&second());
    server.call(&["get", "D210401.L110901"]).ends_with(0).says("fetched 1 files");
    assert_eq!(server.local(), ["d210401.l110901"]);
    assert_eq!(server.remote(), ["d210402.l110901", "xd210401.l110901"]);
    server.call(&["get", "d210402.l110901"]).ends_with(0);
    server.call(&["import", "D210401.L110901"]).ends_with(0).says("imported 1 files");
    assert_eq!(server.local(), ["d210402.l110901", "xd210401.l110901"]);

    server.call(&["get", "d990101.l110901"]).ends_with(1).complains("there is no file of that name");
    server.call(&["import", "d990101.l110901"]).ends_with(1).complains("no file of that name waits");
    server.call(&["import", "d210402.l110901", "d990101.l110901"]).ends_with(1).says("imported 1 files");
    for command in ["get", "import"] {
        server.call(&[command]).ends_with(2);
        server.call(&[command, "--all", "d210401.l110901"]).ends_with(2);
    }
}

#[test]
fn what_happened_is_told_as_json_too() {
    let server = FileServer::new();
    server.put(&first());
    let json = server.call(&["run", "--json"]).json();
    assert_eq!((json["got"]["files"].as_u64(), json["imported"]["files"].as_u64()), (Some(1), Some(1)));
    let kinds: Vec<_> =
        json["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["fetched", "renamed", "imported"]);
}

/// What is in the interim directory without error logs.
fn extracts(server: &FileServer) -> Vec<String> {
    server.local().into_iter().filter(|name| !name.starts_with("err")).collect()
}

#[test]
fn old_files_are_removed_only_when_that_is_set_only_here_and_only_those_imported() {
    let server = FileServer::new();
    server.put(&first());
    server.put(&second());
    server.call(&["run"]).ends_with(0);
    // One that waits for another is as old as the first.
    server.put(&day("2021-04-06", "2021-04-05", "Smed"));
    server.call(&["get", "--all"]).ends_with(0);
    let old = "UPDATE transfer SET updated_at = '2021-04-01T20:00:00Z' WHERE name <> 'd210402.l110901'";
    assert_eq!(server.tables().execute(old, []).unwrap(), 2);
    server.call(&["run"]).ends_with(1);
    assert_eq!(extracts(&server), ["d210406.l110901", "xd210401.l110901", "xd210402.l110901"]);

    server.set(&["Keep days=30"]).ends_with(0);
    server.tables().execute(old, []).unwrap();
    fs::write(server.local_path("xd210101.l110901"), "of somebody else").unwrap();
    server.call(&["run"]).ends_with(1).says("d210401.l110901: removed 30 days after its import");
    assert_eq!(extracts(&server), ["d210406.l110901", "xd210101.l110901", "xd210402.l110901"]);
    assert_eq!(server.remote(), ["xd210401.l110901", "xd210402.l110901", "xd210406.l110901"]);
    // What was removed is not fetched again.
    let again = server.call(&["run"]);
    again.says("fetched 0 files");
    assert!(!again.stdout.contains("removed"), "{}", again.stdout);
}
