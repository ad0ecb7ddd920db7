//! Files over FTP with servers that do what no good one does.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use kartotek_clients::file_transfer::{Protocol, RemoteDirectory, Settings, TransferError, TransferErrorKind, connect};
use rstest::rstest;

use crate::support::Log;
use crate::support::odd_ftp::{Answer, OddFtp, pause, say_nothing};

fn refused(settings: &Settings) -> TransferError {
    connect(settings).map(|_| ()).unwrap_err()
}

/// One that answers commands that begin with a word in a way of its own.
fn answering(verb: &'static str, answer: fn() -> Answer) -> OddFtp {
    OddFtp::start(move |command| command.starts_with(verb).then(answer))
}

fn names(remote: &mut dyn RemoteDirectory) -> Vec<String> {
    remote.list(100).unwrap().into_iter().map(|entry| entry.name).collect()
}

#[test]
fn a_connection_that_ends_instead_of_beginning_tls_may_be_tried_again() {
    let server = answering("AUTH", || Answer::Instead("234 Proceed.", |_| {}));
    let settings = Settings { protocol: Protocol::FtpsExplicit, ..server.settings() };
    let error = refused(&settings);
    assert!(error.kind == TransferErrorKind::Cut && error.may_be_retried() && !error.needs_somebody(), "{error}");
}

#[rstest]
#[case::nothing(say_nothing)]
#[case::a_byte_at_a_time(|socket: &mut TcpStream| {
    // The head of a long record that never comes to its end.
    let mut bytes = [0x16, 0x03, 0x03, 0x3f, 0xff].into_iter().chain(std::iter::repeat(0));
    while pause(socket) && socket.write_all(&[bytes.next().unwrap()]).is_ok() {}
})]
fn tls_that_does_not_begin_is_not_waited_for_longer_than_allowed(#[case] act: fn(&mut TcpStream)) {
    let server = OddFtp::start(move |command| (command == "AUTH TLS").then_some(Answer::Instead("234 Proceed.", act)));
    let settings =
        Settings { protocol: Protocol::FtpsExplicit, connect_within: Duration::from_millis(300), ..server.settings() };
    let error = refused(&settings);
    assert!(error.kind == TransferErrorKind::TimeOut && error.may_be_retried(), "{error}");
}

#[test]
fn what_is_no_tls_needs_somebody() {
    let server = answering("AUTH", || {
        Answer::Instead("234 Proceed.", |socket| {
            socket.write_all(b"This is no TLS.\r\n").unwrap();
            say_nothing(socket);
        })
    });
    let settings = Settings { protocol: Protocol::FtpsExplicit, ..server.settings() };
    let error = refused(&settings);
    assert!(error.kind == TransferErrorKind::Tls && error.needs_somebody() && !error.may_be_retried(), "{error}");
}

#[test]
fn features_are_known_when_each_line_has_the_number_too() {
    let server = OddFtp::start(|command| match command {
        "FEAT" => Some(Answer::Reply("211-Features:\r\n211-MDTM\r\n211-MLST modify*;size*;type*;\r\n211 End")),
        "MLSD" => Some(Answer::Data(|data, _| {
            data.write_all(b"type=file;size=7;modify=20260105200700; a\r\n").unwrap();
        })),
        _ => None,
    });
    let mut remote = connect(&server.settings()).unwrap();
    let entries = remote.list(10).unwrap();
    assert_eq!((entries[0].name.as_str(), entries[0].size), ("a", Some(7)));
    // The answers belong to their commands as before.
    assert_eq!(remote.size("b").unwrap(), None);
    assert!(remote.describe().contains("/ud"), "{}", remote.describe());
}

#[rstest]
#[case("211 No features")]
#[case("500 Unknown command.")]
#[case("502 Not implemented.")]
fn a_server_without_features_is_taken_as_it_is(#[case] answer: &'static str) {
    let server = OddFtp::start(move |command| match command {
        "FEAT" => Some(Answer::Reply(answer)),
        "LIST" => Some(Answer::Data(|data, _| {
            data.write_all(b"-rw-r--r--   1 ftp  ftp  12 Jan  5 10:00 a\r\n").unwrap();
        })),
        _ => None,
    });
    assert_eq!(names(&mut *connect(&server.settings()).unwrap()), ["a"]);
    assert!(!server.heard("MLSD"));
}
