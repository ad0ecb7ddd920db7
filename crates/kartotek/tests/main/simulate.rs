//! `kartotek simulate` as a process: CPR Direkte, asked by `kartotek cpr`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kartotek_simulators::population::{Population, PopulationOptions};

use crate::support::cli::{Ended, call, feed, kartotek};

/// What the command prints before it serves, and the process.
pub struct Simulated {
    child: Child,
    pub said: String,
}

impl Simulated {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_register("cpr-direkte", folder, arguments)
    }

    pub fn start_register(register: &str, folder: &Path, arguments: &[&str]) -> Self {
        let mut command = kartotek(folder);
        command.args(["simulate", register, "--port", "0", "--persons", "200"]).args(arguments);
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
    pub fn stop(mut self) -> String {
        self.signal("-TERM");
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

impl Simulated {
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// What it logs until a line has this text.
    pub fn logs_until(&mut self, text: &str) -> String {
        let (mut log, mut lines) = (String::new(), BufReader::new(self.child.stderr.as_mut().unwrap()));
        while !log.contains(text) {
            assert_ne!(lines.read_line(&mut log).unwrap(), 0, "it ended: {log}");
        }
        log
    }
}

/// Puts the printed settings into a file, stores the password, and calls `kartotek cpr` with them.
fn ask(folder: &Path, simulated: &Simulated, arguments: &[&str]) -> Ended {
    std::fs::write(folder.join("kartotek.toml"), simulated.settings()).unwrap();
    let config = ["--config", "kartotek.toml"];
    feed(folder, &[&["cpr", "password", "--set"][..], &config].concat(), "Simu-123").ends_with(0);
    call(folder, &[arguments, &config].concat())
}

/// A number to ask for.
fn a_number() -> String {
    let population = Population::new(PopulationOptions::new(200, 1)).unwrap();
    population.person(100, 0).unwrap().number().reveal()
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
fn a_fault_can_be_kept_to_look_ups_and_to_the_next_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path(), &["--fault", "lookup:error-05*2"]);
    let number = a_number();
    for (code, said) in [(1, "error 05"), (1, "error 05"), (0, "")] {
        ask(folder.path(), &simulated, &["cpr", "lookup", &number]).ends_with(code).complains(said);
    }
    let log = simulated.stop();
    assert_eq!(log.matches("look-up, error 05, 28 bytes, spoilt").count(), 2, "{log}");
    assert!(log.contains("sign-on, error 00"), "{log}");
}

#[test]
fn the_password_can_have_expired() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path(), &["--password-expired"]);
    ask(folder.path(), &simulated, &["cpr", "test"]).ends_with(2).says("02");
    ask(folder.path(), &simulated, &["cpr", "password"]).ends_with(0);
    call(folder.path(), &["cpr", "test", "--config", "kartotek.toml"]).ends_with(0).says("Forbindelse og login er OK");
}

#[test]
fn an_address_that_is_not_on_the_list_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path(), &["--approve", "127.0.0.2"]);
    ask(folder.path(), &simulated, &["cpr", "test"]).ends_with(2).says("16");
    assert!(simulated.stop().contains("sign-on, error 16"));
    let simulated = Simulated::start(folder.path(), &["--approve", "127.0.0.2", "--approve", "127.0.0.1"]);
    ask(folder.path(), &simulated, &["cpr", "test"]).ends_with(0);
}

#[test]
fn strict_mode_logs_why_it_refuses_and_not_about_whom() {
    let folder = tempfile::tempdir().unwrap();
    let mut simulated = Simulated::start(folder.path(), &["--strict", "--plain"]);
    let addr = simulated.said.split_once("listens on ").unwrap().1.split(' ').next().unwrap();
    let mut socket = std::net::TcpStream::connect(addr).unwrap();
    let number = a_number();
    write!(socket, "OFF4;000106                  {number}").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let log = simulated.logs_until("expected a comma");
    assert!(log.contains("look-up, error 99, "), "{log}");
    assert!(log.contains("bytes, position 5: expected a comma"), "{log}");
    assert!(answer.contains("position 5: expected a comma") && !log.contains(&number), "{log}");
}

#[test]
fn a_subscription_that_was_set_is_in_the_files_of_the_days_that_follow() {
    let folder = tempfile::tempdir().unwrap();
    call(folder.path(), &["generate", "cpr", "--persons", "200"]).ends_with(0);
    call(folder.path(), &["import", "cpr", "d260105.l990001"]).ends_with(0);
    let mut simulated = Simulated::start(folder.path(), &["--batch-out", "."]);
    let number = a_number();
    ask(folder.path(), &simulated, &["cpr", "subscribe", &number]).ends_with(0);

    simulated.signal("-USR1");
    simulated.logs_until("d260106.l990001: 1 persons");
    takes_in(folder.path(), "d260106.l990001", &format!("099{number}"));
    call(folder.path(), &["contact", "show", &number]).ends_with(0).says("subscribed J");
    ask(folder.path(), &simulated, &["cpr", "unsubscribe", &number]).ends_with(0);
    simulated.stop();
    takes_in(folder.path(), "d260107.l990001", &format!("997{number}"));
    call(folder.path(), &["contact", "show", &number]).ends_with(0).says("subscribed N");
}

/// Imports a file that tells of a subscription by a record that begins like this.
fn takes_in(folder: &Path, name: &str, record: &str) {
    let file = std::fs::read(folder.join(name)).unwrap();
    let tells = |line: &[u8]| line.starts_with(record.as_bytes()) && line.windows(3).any(|code| code == b"A45");
    assert!(file.split(|byte| *byte == b'\n').any(tells), "{name}");
    call(folder, &["import", "cpr", name]).ends_with(0);
}

#[test]
fn a_call_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let arguments = [&["simulate", "cpr-direkte", "--port", "0"], arguments].concat();
        call(folder.path(), &arguments)
    };
    refused(&["--fault", "gremlins"]).ends_with(2).complains("expected one of error-NN");
    refused(&["--fault", "lookup:error-05*0"]).ends_with(2).complains("a number from 1");
    refused(&["--approve", "somewhere"]).ends_with(2).complains("--approve");
    refused(&["--plain", "--password-expired"]).ends_with(2).complains("cannot be used with");
    refused(&["--batch-out", "no/such/folder"]).ends_with(2).complains("expected a folder");
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
