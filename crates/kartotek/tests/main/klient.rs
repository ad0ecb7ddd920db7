//! `kartotek cpr klient` as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use crate::support::cli::{Ended, kartotek, until};
use crate::support::direkte::Direkte;

struct Klient {
    child: Option<Child>,
    /// Reads what it logs as it comes: a full pipe would make it wait.
    log: Option<JoinHandle<String>>,
    address: String,
}

impl Klient {
    fn start(direkte: &Direkte) -> Self {
        Self::of(direkte.command(&["cpr", "klient"]))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (_, address) = line.trim().rsplit_once(' ').expect("the address");
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        Self { address: address.to_owned(), log: Some(log), child: Some(child) }
    }

    fn call(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    /// Ends it as a service manager does, and gives back what it logged.
    fn stop(mut self) -> Ended {
        let child = self.child.take().unwrap();
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().expect("ended by itself"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.log.take().unwrap().join().unwrap(),
        }
    }
}

impl Drop for Klient {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn request(direkte: &Direkte, index: u32) -> Vec<u8> {
    let mut request = b"OFF4,013206".to_vec();
    request.extend([b' '; 18]);
    request.extend(direkte.number(index).to_digits());
    request
}

#[test]
fn it_serves_callers_and_logs_them_without_the_number() {
    let direkte = Direkte::new();
    let klient = Klient::start(&direkte);
    for index in 0..5 {
        assert_eq!(&klient.call(&request(&direkte, index))[22..24], b"00");
    }
    let ended = klient.stop();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("caller=127.0.0.1"), "{}", ended.stderr);
    direkte.names_nobody(&ended.stderr);
}

#[test]
fn each_call_is_logged_unless_somebody_says_otherwise() {
    let direkte = Direkte::new();
    let calls_logged = |options: &[&str]| {
        let mut command = kartotek(direkte.folder());
        command.args(["--config", "kartotek.toml"]).args(options).args(["cpr", "klient"]);
        let klient = Klient::of(command);
        klient.call(&request(&direkte, 1));
        let ended = klient.stop();
        direkte.names_nobody(&ended.stderr);
        ended.stderr.matches("answered caller=127.0.0.1 what=\"look-up\" error=00").count()
    };
    assert_eq!(calls_logged(&[]), 1);
    assert_eq!(calls_logged(&["--log", "warn"]), 0);
}

#[test]
fn it_hears_the_signal_to_end_while_all_places_are_taken() {
    let direkte = Direkte::new();
    direkte.configure_klient("connections = 1");
    let klient = Klient::start(&direkte);
    let silent = TcpStream::connect(&klient.address).unwrap();
    let mut waiting = TcpStream::connect(&klient.address).unwrap();
    waiting.write_all(&request(&direkte, 1)).unwrap();
    let began = std::time::Instant::now();
    assert_eq!(klient.stop().code, 0);
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(15), "{took:?}: it waited for the silent caller");
    drop(silent);
}

#[test]
fn a_second_one_for_the_same_connection_is_refused_with_the_reason() {
    let direkte = Direkte::new();
    let first = Klient::start(&direkte);
    direkte
        .call(&["cpr", "klient"])
        .ends_with(2)
        .complains("is running already")
        .complains(&first.address)
        .complains("must not run at the same time");
    assert_eq!(first.stop().code, 0);
    let again = Klient::start(&direkte);
    assert_eq!(again.stop().code, 0);
}

#[test]
fn the_programs_own_look_ups_go_through_it_when_the_source_says_so() {
    let direkte = Direkte::new();
    let klient = Klient::start(&direkte);
    direkte.call(&["source", "set", "CPR", &format!("IP={}", klient.address)]).ends_with(0);
    direkte.call(&["cpr", "test"]).ends_with(0).says("CPR Klient at").says("Forbindelse og login er OK");
    direkte.call(&["cpr", "lookup", "--import", &direkte.number(1).reveal()]).ends_with(0).says("1 new");
    assert_eq!(direkte.simulator.control().counts().logons, 1);
    drop(klient);
    direkte.call(&["cpr", "lookup", &direkte.number(1).reveal()]).ends_with(3);
}

#[test]
fn an_expired_password_is_changed_without_anybodys_help() {
    let direkte = Direkte::new();
    let klient = Klient::start(&direkte);
    direkte.simulator.control().expire_password();
    direkte.simulator.control().expire_tokens();
    // One caller hears of it, and nobody calls before the password is changed.
    assert_eq!(&klient.call(&request(&direkte, 1))[22..24], b"02");
    until(|| !direkte.simulator.control().passwords_used().is_empty());
    assert_eq!(&klient.call(&request(&direkte, 1))[22..24], b"00");
    assert_eq!(direkte.simulator.control().passwords_used().len(), 1);
    assert_eq!(klient.stop().code, 0);
}
