//! `kartotek simulate cpr-ftp` as a process, asked by curl.

use std::fs;
use std::path::Path;
use std::process::Command;

use kartotek_simulators::population::{Population, PopulationOptions};

use crate::simulate::Simulated;
use crate::support::cli::call;

fn start(folder: &Path, arguments: &[&str]) -> Simulated {
    Simulated::start_register("cpr-ftp", folder, arguments)
}

/// What it printed behind a word.
fn told<'s>(simulated: &'s Simulated, word: &str) -> &'s str {
    let line = simulated.said.lines().find_map(|line| line.strip_prefix(word));
    line.unwrap_or_else(|| panic!("no {word}: {}", simulated.said)).trim()
}

/// Asks for a path as the printed lines say, and returns what comes; `None` when curl complains.
fn curl(simulated: &Simulated, path: &str, more: &[&str]) -> Option<String> {
    let [host, port, user, password] = ["host ", "port ", "user ", "password "].map(|word| told(simulated, word));
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--max-time", "20", "--ssl-reqd", "--cacert", told(simulated, "authority ")]);
    curl.args(["--user", &format!("{user}:{password}")]).args(more);
    let output = curl.arg(format!("ftp://{host}:{port}/{path}")).output();
    let output = output.unwrap_or_else(|error| panic!("curl cannot be run ({error}); scripts/test installs it"));
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_file_that_is_sent_in_is_answered_by_the_next_night() {
    let folder = tempfile::tempdir().unwrap();
    let mut simulated = start(folder.path(), &["--day", "1"]);
    let population = Population::new(PopulationOptions::new(200, 1)).unwrap();
    let number = population.person(100, 0).unwrap().number().reveal();
    let sent = folder.path().join("sent");
    fs::write(&sent, format!("{:<80}", format!("06000100OP{number}"))).unwrap();
    assert!(curl(&simulated, "ind/d260107.i990001", &["--upload-file", sent.to_str().unwrap()]).is_some());
    simulated.signal("-USR1");
    let log = simulated.logs_until("d260107.l990001: 1 persons");
    assert!(log.contains("d260107.i990001: read") && !log.contains(&number) && !log.contains("Simu-123"), "{log}");
    assert_eq!(curl(&simulated, "ud/", &["--list-only"]).unwrap(), "d260106.l990001\nd260107.l990001\n");
    assert!(curl(&simulated, "ud/d260107.l990001", &[]).unwrap().contains(&format!("001{number}")));
    simulated.stop();

    // What lies in the folders is enough to go on.
    let simulated = start(folder.path(), &["--day", "2"]);
    assert!(curl(&simulated, "ud/d260107.l990001", &[]).unwrap().contains(&format!("001{number}")));
    simulated.stop();
}

#[test]
fn faults_are_ordered_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let spoilt = ["--spoil", "1:truncated:100", "--spoil", "2:missing", "--fault", "no-log-on*1"];
    let simulated = start(folder.path(), &[&["--everybody", "--day", "2"], &spoilt[..]].concat());
    assert_eq!(curl(&simulated, "ud/", &[]), None);
    assert_eq!(curl(&simulated, "ud/", &["--list-only"]).unwrap(), "d260105.l990001\nd260106.l990001\n");
    assert_eq!(curl(&simulated, "ud/d260106.l990001", &[]).unwrap().len(), 100);
    assert!(simulated.stop().contains("PASS ***, 530"));
}

#[test]
fn it_can_be_a_mainframe_and_have_files_on_slow_storage() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--face", "zos", "--everybody", "--migrate", "d260105.l990001", "--recall-refusals", "1"];
    let simulated = start(folder.path(), &more);
    assert_eq!(told(&simulated, "download "), "'CPR.UD.'");
    assert!(curl(&simulated, "", &[]).unwrap().contains("Migrated     "));
    assert_eq!(curl(&simulated, "D260105.L990001", &[]), None);
    assert!(curl(&simulated, "D260105.L990001", &[]).unwrap().starts_with("000"));
    simulated.stop();
}

#[test]
fn a_call_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused =
        |arguments: &[&str]| call(folder.path(), &[&["simulate", "cpr-ftp", "--port", "0"], arguments].concat());
    refused(&["--fault", "gremlins"]).ends_with(2).complains("expected one of too-many-users");
    refused(&["--spoil", "missing"]).ends_with(2).complains("expected a day");
    refused(&["--plain", "--tls", "implicit"]).ends_with(2).complains("cannot be used with");
    refused(&["--migrate", "d990101.l990001"]).ends_with(2).complains("expected a file in ud");
    refused(&["--ca-out", "no/such/folder.pem"]).ends_with(2).complains("cannot write");
    fs::write(folder.path().join("file"), "").unwrap();
    refused(&["--folder", "file"]).ends_with(2).complains("cannot use the folder file");
}
