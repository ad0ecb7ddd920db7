//! How connections are protected.

use std::io::{ErrorKind, Read as _, Write as _};

use kartotek_simulators::authority::Validity;
use kartotek_simulators::cpr_ftp::{Face, Fault, Times, TlsMode};

use crate::curl::{BAD_CERTIFICATE, COULD_NOT_LOG_ON, curl, fetched, refused};
use crate::place::Place;
use crate::spoken::{Spoken, secured};

#[test]
fn files_come_over_explicit_and_over_implicit_tls_of_both_versions() {
    for tls in [TlsMode::Explicit, TlsMode::Implicit] {
        let place = Place::new(Face::Posix, |options| options.tls = tls);
        place.put("ud/d260105.l990001", b"000\n999\n");
        for version in ["1.2", "1.3"] {
            let bytes = fetched(&place, "ud/d260105.l990001", &["--tlsv1.2", "--tls-max", version]);
            assert_eq!(bytes, b"000\n999\n", "{tls:?} {version}");
        }
    }
}

#[test]
fn nobody_logs_on_without_tls_unless_the_server_has_none() {
    let place = Place::new(Face::Posix, |_| {});
    let (mut client, _) = Spoken::connect(&place);
    client.expect("USER kunde1", "530");
    client.expect("PASS Hemme-lig1", "503");
    client.expect("LIST", "530");
    client.expect("PBSZ 0", "503");
    client.expect("PROT P", "503");
    client.expect("AUTH SSL", "504");

    let plain = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    let mut client = Spoken::log_on(&plain);
    client.expect("AUTH TLS", "502");
    assert_eq!(client.receive("NLST ud"), b"");
}

#[test]
fn what_was_sent_ahead_of_tls_is_not_obeyed() {
    let place = Place::new(Face::Posix, |_| {});
    let (mut client, _) = Spoken::connect(&place);
    client.expect("AUTH TLS\r\nNOOP", "234");
    let mut client = client.secure(&place);
    client.expect("QUIT", "221");
    assert_eq!(place.control().happened().commands, ["AUTH TLS", "QUIT"]);
}

#[test]
fn a_wrong_password_and_a_certificate_that_is_not_good_today_are_told_apart() {
    let place = Place::new(Face::Posix, |_| {});
    assert_eq!(refused(&place, "ud/", &["--user", "kunde1:forkert"]), COULD_NOT_LOG_ON);
    for validity in [Validity::Expired, Validity::NotYet] {
        let place = Place::new(Face::Posix, |options| options.validity = validity);
        assert_eq!(refused(&place, "ud/", &[]), BAD_CERTIFICATE);
    }
    let log = format!("{:?}", place.control().happened());
    assert!(log.contains("PASS ***") && !log.contains("forkert"), "{log}");
}

#[test]
fn a_data_connection_can_be_made_to_resume_the_session_of_its_control_connection() {
    let place = Place::new(Face::Posix, |options| options.demand_session_reuse = true);
    place.put("ud/a", b"x");
    for version in ["1.2", "1.3"] {
        assert_eq!(fetched(&place, "ud/a", &["--tls-max", version]), b"x", "{version}");
        let without = curl(&place, "ud/a", &["--tls-max", version, "--no-sessionid"]);
        assert!(!without.status.success() && without.stdout.is_empty(), "{version}");
    }
    let happened = place.control().happened();
    assert_eq!((happened.resumed, happened.not_resumed), (2, 2));
    assert_eq!(happened.fetched, ["ud/a", "ud/a"]);
}

#[test]
fn the_end_of_a_fetch_is_told_by_close_notify_unless_that_is_lost() {
    let place = Place::new(Face::Posix, |_| {});
    place.put("ud/a", b"x");
    let fetch = || {
        let mut client = Spoken::log_on(&place);
        let data = client.data();
        client.expect("RETR ud/a", "150");
        let mut bytes = Vec::new();
        let ended = secured(&place, data).read_to_end(&mut bytes).map_err(|error| error.kind());
        assert_eq!(bytes, b"x");
        assert!(client.hear().starts_with("226"));
        ended
    };
    assert_eq!(fetch(), Ok(1));
    place.control().order(Fault::NoCloseNotify, Times::Next(1));
    assert_eq!(fetch(), Err(ErrorKind::UnexpectedEof));
}

#[test]
fn an_upload_that_does_not_end_by_close_notify_is_not_stored() {
    let place = Place::new(Face::Posix, |_| {});
    let mut client = Spoken::log_on(&place);
    for (ends_well, code) in [(false, "426"), (true, "226")] {
        let data = client.data();
        client.expect("STOR ind/a", "150");
        let mut data = secured(&place, data);
        data.write_all(b"half").unwrap();
        if ends_well {
            data.conn.send_close_notify();
            data.flush().unwrap();
            // Closing a connection on which tickets have not been read resets it, perhaps before the server has read all.
            std::io::copy(&mut data, &mut std::io::sink()).unwrap();
        }
        drop(data);
        assert!(client.hear().starts_with(code), "{ends_well}");
    }
    assert_eq!(place.control().happened().stored, ["ind/a"]);
}
