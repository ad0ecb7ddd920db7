//! `kartotek simulate cpr-direkte` as a process, asked by `kartotek cpr`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kartotek_simulators::population::{Population, PopulationOptions};

use crate::support::cli::{Ended, call, feed, kartotek};

/// What the command prints before it serves, and the process.
struct Simulated {
    child: Child,
    said: String,
}

impl Simulated {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = kartotek(folder);
        command.args(["simulate", "cpr-direkte", "--port", "0", "--persons", "200"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        while !said.contains("Ctrl-C") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        Self { child, said }
    }

    /// The settings that it printed, as they stand.
    fn settings(&self) -> &str {
        let from = self.said.find("[cpr.direkte]").unwrap();
        &self.said[from..self.said.rfind("Ctrl-C").unwrap()]
    }

    /// Ends it as a service manager does, and gives back what it logged.
    fn stop(mut self) -> String {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts the printed settings into a file, stores the password, and calls `kartotek cpr` with them.
fn ask(folder: &Path, simulated: &Simulated, arguments: &[&str]) -> Ended {
    std::fs::write(folder.join("kartotek.toml"), simulated.settings()).unwrap();
    let config = ["--config", "kartotek.toml"];
    feed(folder, &[&["cpr", "password", "--set"][..], &config].concat(), "Simu-123").ends_with(0);
    call(folder, &[arguments, &config].concat())
}

#[test]
fn the_printed_settings_reach_it_and_its_log_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path(), &["--strict"]);
    assert!(simulated.said.contains("password is Simu-123"), "{}", simulated.said);
    ask(folder.path(), &simulated, &["cpr", "test"]).ends_with(0).says("Forbindelse og login er OK");
    let log = simulated.stop();
    assert!(log.contains("sign-on, error 00, 28 bytes"), "{log}");
    let population = Population::new(PopulationOptions::new(200, 1)).unwrap();
    for index in 0..200 {
        assert!(!log.contains(&population.person(index, 0).unwrap().number().reveal()));
    }
}

#[test]
fn it_can_spoil_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path(), &["--fault", "error-16"]);
    ask(folder.path(), &simulated, &["cpr", "test"]).ends_with(2).says("16");
    assert!(simulated.stop().contains("sign-on, error 16, 28 bytes, spoilt"));
}

#[test]
fn a_call_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let arguments = [&["simulate", "cpr-direkte", "--port", "0"], arguments].concat();
        call(folder.path(), &arguments)
    };
    refused(&["--fault", "gremlins"]).ends_with(2).complains("expected one of error-NN");
    refused(&["--customer", "12"]).ends_with(2).complains("four digits");
    refused(&["--persons", "30000000"]).ends_with(2).complains("at most 20000000");
    refused(&["--ca-out", "no/such/folder.pem"]).ends_with(2).complains("cannot write");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = call(folder.path(), &["simulate", "cpr-direkte", "--persons", "10", "--port", &port]);
    ended.ends_with(3).complains("cannot listen on 127.0.0.1");
}
