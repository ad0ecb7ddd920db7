//! SFTP with servers that do what OpenSSH's does not. They are made of the same library as the client.

use std::sync::Arc;
use std::time::Duration;

use kartotek_clients::file_transfer::{RemoteDirectory, Settings, TransferErrorKind, connect};
use russh::MethodKind;
use russh_sftp::protocol::StatusCode;

use crate::support::odd_sftp::OddFiles;
use crate::support::{Log, PasswordServer};

fn start(files: &OddFiles) -> PasswordServer {
    PasswordServer::start_with(MethodKind::Password, files.clone())
}

fn content() -> Vec<u8> {
    (0..300_000_u32).flat_map(u32::to_be_bytes).collect()
}

fn fetched(remote: &mut dyn RemoteDirectory) -> Vec<u8> {
    let mut bytes = Vec::new();
    remote.fetch("x", 0, &mut bytes).unwrap();
    bytes
}

#[test]
fn a_size_that_is_not_told_is_none_and_a_server_that_fails_is_an_error() {
    for refusal in [StatusCode::NoSuchFile, StatusCode::PermissionDenied, StatusCode::OpUnsupported] {
        let server = start(&OddFiles { refusal, ..OddFiles::default() });
        assert_eq!(connect(&server.settings()).unwrap().size("x").unwrap(), None, "{refusal:?}");
    }
    let server = start(&OddFiles { refusal: StatusCode::Failure, ..OddFiles::default() });
    let error = connect(&server.settings()).unwrap().size("x").unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::Refused, "{error}");
}

#[test]
fn after_a_short_part_as_much_is_asked_for_as_before() {
    let content = Arc::new(content());
    let files = OddFiles {
        content: Arc::clone(&content),
        gives: |number, asked| if number == 3 { 7 } else { asked },
        ..OddFiles::default()
    };
    let server = start(&files);
    assert!(fetched(&mut *connect(&server.settings()).unwrap()) == *content);
    let asked = files.asked.lock().unwrap();
    assert!(asked.iter().all(|asked| *asked == 32 * 1024), "{asked:?}");
}

#[test]
fn a_server_that_gives_less_at_once_is_asked_for_no_more_and_for_much_ahead() {
    const GIVES: u32 = 16 * 1024;
    let content = Arc::new(content());
    let files = OddFiles { content: Arc::clone(&content), gives: |_, _| GIVES, ..OddFiles::default() };
    let server = start(&files);
    assert!(fetched(&mut *connect(&server.settings()).unwrap()) == *content);
    let asked = files.asked.lock().unwrap();
    assert!(asked.iter().filter(|asked| **asked != GIVES).count() == 2, "{asked:?}");
}

#[test]
fn a_file_comes_whole_when_every_part_is_short_by_chance() {
    let content = Arc::new(content());
    let gives = |number: usize, asked: u32| asked - u32::try_from(number).unwrap() % 1000 - 1;
    let server = start(&OddFiles { content: Arc::clone(&content), gives, ..OddFiles::default() });
    assert!(fetched(&mut *connect(&server.settings()).unwrap()) == *content);
}

#[test]
fn a_listing_without_an_end_is_left() {
    // Nothing in it is the name of a file.
    let dots = OddFiles { names: Arc::new(|_| Some(vec![".".to_owned(); 10_000])), ..OddFiles::default() };
    let server = start(&dots);
    let error = connect(&server.settings()).unwrap().list(100_000).unwrap_err();
    assert!(error.kind == TransferErrorKind::Protocol && error.breaks_connection(), "{error}");
}

#[test]
fn a_listing_that_comes_a_name_at_a_time_is_not_waited_for_for_ever() {
    let dots = OddFiles { names: Arc::new(|_| Some(vec![".".to_owned()])), ..OddFiles::default() };
    let server = start(&dots);
    let mut remote = connect(&Settings { answer_within: Duration::from_millis(500), ..server.settings() }).unwrap();
    let error = remote.list(100_000).unwrap_err();
    assert!(error.kind == TransferErrorKind::TimeOut && error.may_be_retried(), "{error}");
}

#[test]
fn an_answer_without_names_ends_a_listing() {
    let names = |part| Some(if part == 0 { vec![".".to_owned(), "a".to_owned()] } else { Vec::new() });
    let server = start(&OddFiles { names: Arc::new(names), ..OddFiles::default() });
    assert_eq!(connect(&server.settings()).unwrap().list(10).unwrap().len(), 1);
}

#[test]
fn a_name_that_is_too_long_is_passed_over_and_not_silently() {
    let names = |part| (part == 0).then(|| vec!["a".to_owned(), "b".repeat(255), "c".repeat(256)]);
    let server = start(&OddFiles { names: Arc::new(names), ..OddFiles::default() });
    let mut remote = connect(&server.settings()).unwrap();
    let log = Log::capture();
    let names: Vec<_> = remote.list(10).unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["a".to_owned(), "b".repeat(255)]);
    let told = log.text();
    assert!(told.lines().any(|line| line.contains("WARN") && line.contains("names=1")), "{told}");
}
