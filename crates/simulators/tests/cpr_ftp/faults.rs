//! What goes wrong when it is ordered to.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use kartotek_simulators::cpr_ftp::{CutOff, Face, Fault, Options, Recall, Times, TlsMode};

use crate::curl::{COULD_NOT_LOG_ON, PARTIAL_FILE, TIMED_OUT, curl, fetched, refused};
use crate::place::Place;
use crate::spoken::Spoken;

const CONTENT: &[u8] = b"0123456789";

fn place_with(change: impl FnOnce(&mut Options)) -> Place {
    let place = Place::new(Face::Posix, change);
    place.put("ud/a", CONTENT);
    place
}

fn plain() -> Place {
    place_with(|options| options.tls = TlsMode::None)
}

fn once(place: &Place, fault: Fault) {
    place.control().order(fault, Times::Next(1));
}

#[test]
fn a_fetch_that_is_cut_off_is_told_or_is_not() {
    for tls in [TlsMode::None, TlsMode::Explicit] {
        let place = place_with(|options| options.tls = tls);
        for told in [CutOff::Aborted, CutOff::Nothing, CutOff::Complete] {
            once(&place, Fault::CutOff { after: 4, told });
            // Without SIZE curl has nothing to hold the bytes against.
            let output = curl(&place, "ud/a", &[]);
            assert_eq!(output.stdout, b"0123", "{tls:?} {told:?}");
            assert!(!output.status.success(), "{tls:?} {told:?}");
        }
        assert_eq!(place.control().faults_left(), 0);
        assert_eq!(fetched(&place, "ud/a", &["--continue-at", "4"]), b"456789");
        // As far as the server says, the last two were complete.
        assert_eq!(place.control().happened().fetched.len(), 2);
    }
}

#[test]
fn what_is_said_after_a_cut_differs() {
    for (told, said) in [(CutOff::Aborted, Some("426")), (CutOff::Nothing, None), (CutOff::Complete, Some("226"))] {
        let place = plain();
        once(&place, Fault::CutOff { after: 4, told });
        let mut client = Spoken::log_on(&place);
        let mut data = client.data();
        client.expect("RETR ud/a", "150");
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"0123");
        match said {
            Some(code) => assert!(client.hear().starts_with(code), "{told:?}"),
            None => assert!(client.is_over(), "{told:?}"),
        }
    }
}

#[test]
fn a_fetch_that_stalls_goes_on_until_the_client_gives_up() {
    let place = place_with(|_| {});
    once(&place, Fault::Stall { after: 4 });
    assert_eq!(refused(&place, "ud/a", &["--max-time", "1"]), TIMED_OUT);
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
    assert_eq!(place.control().happened().fetched, ["ud/a"]);
}

#[test]
fn an_upload_that_is_cut_stores_nothing() {
    let place = plain();
    once(&place, Fault::CutUpload { after: 4 });
    let mut client = Spoken::log_on(&place);
    let mut data = client.data();
    client.expect("STOR ind/a", "150");
    data.write_all(CONTENT).unwrap();
    assert!(client.hear().starts_with("426"));
    assert_eq!(client.receive("NLST ind"), b"");
    client.store("ind/a", CONTENT);
    assert_eq!(place.control().happened().stored, ["ind/a"]);
}

#[test]
fn a_control_connection_is_lost_before_or_after_the_data() {
    let place = plain();
    once(&place, Fault::DropControl);
    let mut client = Spoken::log_on(&place);
    let data = client.data();
    client.send("STOR ind/a");
    assert!(client.is_over());
    drop(data);

    once(&place, Fault::DropAfterData);
    let mut client = Spoken::log_on(&place);
    let mut data = client.data();
    client.expect("STOR ind/b", "150");
    data.write_all(CONTENT).unwrap();
    data.shutdown(Shutdown::Write).unwrap();
    assert!(client.is_over());
    assert_eq!(Spoken::log_on(&place).receive("NLST ind"), b"b\r\n");
}

#[test]
fn commands_are_refused_that_others_would_take() {
    let place = plain();
    let control = place.control();
    for fault in [Fault::RefuseSize, Fault::RefuseRename, Fault::RefuseRestart, Fault::RefuseEpsv] {
        control.order(fault, Times::UntilCleared);
    }
    let mut client = Spoken::log_on(&place);
    client.expect("TYPE I", "200");
    for (command, code) in [("SIZE ud/a", "550"), ("RNFR ud/a", "502"), ("REST 4", "502"), ("EPSV", "502")] {
        client.expect(command, code);
        client.expect(command, code);
    }
    control.clear_faults();
    for (command, code) in [("SIZE ud/a", "213"), ("RNFR ud/a", "350"), ("REST 4", "350"), ("EPSV", "229")] {
        client.expect(command, code);
    }
}

#[test]
fn a_server_is_busy_and_is_not_any_more() {
    let place = plain();
    once(&place, Fault::TooManyUsers);
    let (mut client, greeting) = Spoken::connect(&place);
    assert!(greeting.starts_with("421"), "{greeting}");
    assert!(client.is_over());
    once(&place, Fault::Busy);
    let mut client = Spoken::log_on(&place);
    let data = client.data();
    client.expect("RETR ud/a", "450");
    drop(data);
    assert_eq!(client.receive("RETR ud/a"), CONTENT);
}

#[test]
fn nobody_is_let_on_by_the_right_password() {
    let place = place_with(|_| {});
    once(&place, Fault::RefuseLogOn);
    assert_eq!(refused(&place, "ud/a", &[]), COULD_NOT_LOG_ON);
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
}

#[test]
fn a_data_connection_is_taken_for_one_of_another_session() {
    let place = place_with(|_| {});
    once(&place, Fault::SessionLost);
    let output = curl(&place, "ud/a", &[]);
    assert!(!output.status.success() && output.stdout.is_empty());
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
}

#[test]
fn tls_of_a_data_connection_does_not_begin() {
    let place = place_with(|_| {});
    once(&place, Fault::DropHandshake);
    let output = curl(&place, "ud/a", &[]);
    assert!(!output.status.success() && output.stdout.is_empty());
    once(&place, Fault::StallHandshake);
    assert_eq!(refused(&place, "ud/a", &["--max-time", "1"]), TIMED_OUT);
    assert_eq!(place.control().faults_left(), 0);
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
}

#[test]
fn the_address_of_pasv_leads_nowhere() {
    let place = plain();
    once(&place, Fault::ForeignAddress);
    let mut client = Spoken::log_on(&place);
    assert!(client.expect("PASV", "227").contains("(192,0,2,1,"));
    // curl goes where it is told to only when it is made to.
    once(&place, Fault::ForeignAddress);
    let more = ["--disable-epsv", "--ftp-skip-pasv-ip"];
    assert_eq!(fetched(&place, "ud/a", &more), CONTENT);
}

#[test]
fn a_command_is_never_answered() {
    let place = plain();
    once(&place, Fault::Silence);
    assert_eq!(refused(&place, "ud/a", &["--max-time", "1"]), TIMED_OUT);
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
}

#[test]
fn a_migrated_file_comes_late_or_at_another_try() {
    let place = place_with(|options| options.recall = Recall::Refuses(2));
    place.control().migrate("a").unwrap();
    for _ in 0..2 {
        assert!(!curl(&place, "ud/a", &[]).status.success());
        assert!(place.control().is_migrated("a"));
    }
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
    assert!(!place.control().is_migrated("a"));
    assert!(place.control().migrate("b").is_err(), "what is not there was migrated");

    let wait = std::time::Duration::from_millis(300);
    let place = place_with(|options| options.recall = Recall::Waits(wait));
    place.control().migrate("a").unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(fetched(&place, "ud/a", &[]), CONTENT);
    assert!(begun.elapsed() >= wait);
    assert!(!place.control().is_migrated("a"));
}

#[test]
fn a_file_that_is_cut_short_of_its_size_is_told_apart_by_its_size() {
    let place = plain();
    once(&place, Fault::CutOff { after: 4, told: CutOff::Complete });
    assert_eq!(refused(&place, "ud/a", &[]), PARTIAL_FILE);
}
