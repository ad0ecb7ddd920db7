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

#[rstest]
#[case::short_lines(|| Answer::Data(|data, _| pour(data, "x\r\n")))]
#[case::one_line(|| Answer::Data(|data, _| pour(data, "x")))]
#[case::blank_lines(|| Answer::Data(|data, _| pour(data, "\r\n")))]
fn a_listing_without_an_end_is_left(#[case] answer: fn() -> Answer) {
    let server = answering("LIST", answer);
    let error = connect(&server.settings()).unwrap().list(100_000).unwrap_err();
    assert!(error.kind == TransferErrorKind::Protocol && error.breaks_connection(), "{error}");
}

fn pour(data: &mut TcpStream, piece: &str) {
    let many = piece.repeat(1 << 16);
    while data.write_all(many.as_bytes()).is_ok() {}
}

#[test]
fn a_listing_that_comes_a_byte_at_a_time_is_not_waited_for_for_ever() {
    let plain = answering("LIST", || Answer::Data(|data, _| while pause(data) && data.write_all(b"x").is_ok() {}));
    // The record of TLS is not whole before the last of its bytes has come.
    let tls = OddFtp::start_with_tls(|command| {
        (command == "LIST").then_some(Answer::Data(|data, session| {
            let (session, mut sent) = (session.unwrap(), Vec::new());
            session.writer().write_all(&[b'x'; 16 * 1024]).unwrap();
            while session.wants_write() {
                session.write_tls(&mut sent).unwrap();
            }
            let mut bytes = sent.into_iter();
            while pause(data) && bytes.next().is_some_and(|byte| data.write_all(&[byte]).is_ok()) {}
        }))
    });
    for server in [plain, tls] {
        let settings = Settings { answer_within: Duration::from_millis(500), ..server.settings() };
        let error = connect(&settings).unwrap().list(100).unwrap_err();
        assert!(error.kind == TransferErrorKind::TimeOut && error.may_be_retried(), "{error}");
    }
}

#[test]
fn names_and_lines_that_are_too_long_are_passed_over_and_not_silently() {
    let server = answering("LIST", || {
        Answer::Data(|data, _| {
            let row = |name: &str| format!("-rw-r--r--   1 ftp  ftp  12 Jan  5 10:00 {name}\r\n");
            // Each of these letters is one byte here, and two inside the client.
            let fits: Vec<_> =
                row("d").bytes().flat_map(|byte| if byte == b'd' { vec![0xe6; 255] } else { vec![byte] }).collect();
            for row in [row("a").into_bytes(), fits, row(&"b".repeat(256)).into_bytes()] {
                data.write_all(&row).unwrap();
            }
            data.write_all(row(&format!("{} c", "x".repeat(9_000))).as_bytes()).unwrap();
            data.write_all(row("e").as_bytes()).unwrap();
        })
    });
    let mut remote = connect(&server.settings()).unwrap();
    let log = Log::capture();
    assert_eq!(names(&mut *remote), ["a".to_owned(), "\u{e6}".repeat(255), "e".to_owned()]);
    let told = log.text();
    assert_eq!(told.lines().filter(|line| line.contains("WARN") && line.contains("names=1")).count(), 2, "{told}");
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

#[rstest]
#[case::busy("450 Busy, try again.", TransferErrorKind::Busy)]
#[case::no_data_connection("425 Failed to establish connection.", TransferErrorKind::Busy)]
#[case::broken("451 Local error.", TransferErrorKind::Busy)]
#[case::odd("553 File name not allowed.", TransferErrorKind::Refused)]
#[case::secret("550 Permission denied.", TransferErrorKind::Refused)]
#[case::unknown("502 Not implemented.", TransferErrorKind::Refused)]
fn nothing_is_renamed_before_it_is_known_that_nothing_is_overwritten(
    #[case] answer: &'static str,
    #[case] kind: TransferErrorKind,
) {
    let server = OddFtp::start(move |command| command.starts_with("NLST").then_some(Answer::Reply(answer)));
    let mut remote = connect(&server.settings()).unwrap();
    let error = remote.rename("a", "xa").unwrap_err();
    assert!(error.kind == kind && !error.breaks_connection(), "{error}");
    assert!(!server.heard("RNFR") && !server.heard("RNTO"));
}

#[rstest]
#[case::posix(|| Answer::Reply("550 xa: No such file or directory"))]
#[case::no_reason(|| Answer::Reply("550 Failed to open file."))]
#[case::proftpd(|| Answer::Reply("450 xa: No such file or directory"))]
#[case::none(|| Answer::Reply("450 No files found."))]
#[case::nothing(|| Answer::Data(|_, _| {}))]
#[case::words(|| Answer::Data(|data, _| data.write_all(b"ls: xa: No such file or directory\r\n").unwrap()))]
fn a_file_is_renamed_when_none_of_the_new_name_is_there(#[case] answer: fn() -> Answer) {
    let server = answering("NLST", answer);
    let mut remote = connect(&server.settings()).unwrap();
    assert!(remote.rename("a", "xa").unwrap());
    assert!(server.heard("RNTO xa"));
}

#[test]
fn a_size_that_is_refused_does_not_say_that_nothing_is_there() {
    let server = OddFtp::start(|command| {
        if command.starts_with("SIZE") {
            return Some(Answer::Reply("450 Busy."));
        }
        command.starts_with("NLST").then_some(Answer::Data(|data, _| data.write_all(b"xempty\r\n").unwrap()))
    });
    let mut remote = connect(&server.settings()).unwrap();
    assert_eq!(remote.rename("empty", "xempty").unwrap_err().kind, TransferErrorKind::Exists);
    assert!(!server.heard("RNFR"));
}
