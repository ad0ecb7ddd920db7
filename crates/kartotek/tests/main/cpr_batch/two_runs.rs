//! Two runs never meet, and nothing has to be cleared away behind a dead one.

use std::process::Stdio;

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{LeaseTaken, Store as _};
use kartotek_service::cpr_batch::lease_name;
use kartotek_simulators::cpr_ftp::{Fault, Times};
use kartotek_store::sqlite::SqliteStore;

use crate::support::cli::{call, until};
use crate::support::file_server::FileServer;

use super::{day, first};

#[test]
fn while_a_run_is_at_work_others_say_who_it_is_and_do_nothing() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["get", "--all"]).ends_with(0);
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    let (ledger, log) = (server.ledger(), server.log());

    let mut store = SqliteStore::open(&server.folder().join("kartotek.db")).unwrap();
    let LeaseTaken::Taken(lease) = store.lease(&lease_name(SourceId::CPR), "night run on sundhed01").unwrap() else {
        panic!("nobody has it");
    };
    let commands: [&[&str]; 6] = [
        &["run"],
        &["get", "--all"],
        &["import", "--all"],
        &["set", "Keep days=3"],
        &["accept-gap", "d210401.l110901"],
        &["set", "Password", "--password-file", "ca.pem"],
    ];
    for command in commands {
        server.call(command).ends_with(3).complains("another run is at work").complains("night run on sundhed01");
    }
    let import = call(server.folder(), &["import", "cpr", "interim/d210401.l110901"]);
    import.ends_with(3).complains("night run on sundhed01");
    assert_eq!((server.ledger(), server.log(), server.persons()), (ledger, log, 0));
    assert_eq!(server.control().happened().fetched.len(), 1);
    // Looking is allowed.
    server.call(&["list"]).ends_with(0);
    server.call(&["settings"]).ends_with(0);
    drop(lease);
    server.call(&["run"]).ends_with(0).says("imported 2 files");
}

#[test]
fn a_run_that_was_killed_is_taken_over_at_once() {
    let server = FileServer::new();
    server.put(&first());
    server.call(&["run"]).ends_with(0);
    server.put(&day("2021-04-02", "2021-04-01", "Pilot"));
    // As the run of a process leaves it that died in the import.
    server.tables().execute("UPDATE run SET state = 'running', finished_at = NULL", []).unwrap();

    server.control().order(Fault::Stall { after: 100 }, Times::Next(1));
    let mut run = server.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(|| server.control().faults_left() == 0);
    let blocked = server.call(&["run"]);
    blocked.ends_with(3).complains(&format!("process {}", run.id()));
    run.kill().unwrap();
    assert_eq!(run.wait().unwrap().code(), None, "it did not end by itself");

    server.call(&["run"]).ends_with(0).says("imported 1 files");
    assert_eq!(server.rows("SELECT state FROM run ORDER BY run"), ["failed", "done"]);
    assert_eq!(server.local(), ["xd210401.l110901", "xd210402.l110901"]);
}
