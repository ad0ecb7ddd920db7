use std::io::ErrorKind;
use std::time::{Duration, Instant};

use kartotek_formats::cpr_direkte::{CustomerNumber, ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::client::Ending;
use crate::support::{PASSWORD, Place, error, length, logon, lookup, until};

const PAUSE: Duration = Duration::from_millis(30);

/// A place with a fault for the next look-up, and the request for it.
fn with(fault: Fault) -> (Place, Vec<u8>) {
    let place = Place::new(|_| {});
    let request = lookup("06", &place.token(), place.number(3));
    place.simulator.control().fault(fault, Scope::Lookups, Times::Next(1));
    (place, request)
}

/// The answer without a fault. Also shows that the fault is over.
fn good(place: &Place, request: &[u8]) -> Vec<u8> {
    assert_eq!(place.simulator.control().faults_left(), 0);
    let answer = place.client.ask(request);
    assert_eq!((error(&answer), length(&answer)), (0, answer.len()));
    answer
}

#[test]
fn any_error_number_comes_with_or_without_a_text() {
    let place = Place::new(|_| {});
    let request = lookup("06", &place.token(), place.number(3));
    let control = place.simulator.control();
    for number in (0..100).filter_map(ErrorNumber::new) {
        control.fault(Fault::error(number), Scope::Everything, Times::Next(1));
        let answer = place.client.ask(&request);
        assert_eq!((error(&answer), &answer[24..]), (number.as_number(), b"0028".as_slice()));
        control.fault(Fault::Error { number, text: "Prøv igen".to_owned() }, Scope::Everything, Times::Next(1));
        let answer = place.client.ask(&request);
        assert_eq!((error(&answer), &answer[24..]), (number.as_number(), b"0037Pr\xF8v igen".as_slice()));
    }
}

#[test]
fn an_error_keeps_a_request_from_happening() {
    let place = Place::new(|_| {});
    let control = place.simulator.control();
    let busy = ErrorNumber::new(4).unwrap();
    control.fault(Fault::error(busy), Scope::Logons, Times::Next(1));
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "cD56.uvw"))), 4);
    assert!(control.password() == Password::parse(PASSWORD).unwrap());
    let request = lookup("16", &place.token(), place.number(3));
    control.fault(Fault::error(busy), Scope::Lookups, Times::Next(1));
    assert_eq!(error(&place.client.ask(&request)), 4);
    assert!(control.subscribed().is_empty());
}

#[test]
fn an_error_may_come_together_with_data() {
    let (place, request) = with(Fault::ErrorWithData(ErrorNumber::UNKNOWN_NUMBER));
    let answer = place.client.ask(&request);
    assert_eq!(error(&answer), 5);
    assert_eq!(answer[24..], good(&place, &request)[24..]);
}

#[test]
fn faults_last_as_long_and_concern_what_was_asked_for() {
    let place = Place::new(|_| {});
    let control = place.simulator.control();
    control.fault(Fault::error(ErrorNumber::NO_CONNECTION), Scope::Lookups, Times::UntilCleared);
    control.fault(Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED), Scope::Logons, Times::Next(2));
    for number in [16, 16, 0] {
        assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), number);
    }
    let request = lookup("06", &place.token(), place.number(3));
    for _ in 0..3 {
        assert_eq!(error(&place.client.ask(&request)), 9);
    }
    control.clear_faults();
    good(&place, &request);
    assert_eq!(control.counts().refused, 5);
}

#[test]
fn an_answer_may_come_byte_by_byte() {
    let (place, request) = with(Fault::bytewise());
    let mut connection = place.client.connect().unwrap();
    connection.send(&request);
    let (answer, ending) = connection.rest();
    assert_eq!(ending, Ending::Closed);
    // A byte alone takes 5 bytes of header and 17 of TLS.
    assert!(connection.received() > answer.len() * 23);
    assert!(answer == good(&place, &request));
}

#[test]
fn an_answer_may_come_in_pieces_with_pauses() {
    let (place, request) = with(Fault::Segments { size: 500, pause: PAUSE });
    let begun = Instant::now();
    let answer = place.client.ask(&request);
    assert!(begun.elapsed() >= PAUSE * u32::try_from(answer.len() / 500).unwrap());
    assert!(answer == good(&place, &request));
}

#[test]
fn an_answer_may_come_late() {
    let (place, request) = with(Fault::Late(PAUSE));
    let begun = Instant::now();
    let answer = place.client.ask(&request);
    assert!(begun.elapsed() >= PAUSE);
    assert!(answer == good(&place, &request));
}

#[test]
fn the_close_may_come_late() {
    let (place, request) = with(Fault::LateClose(PAUSE));
    let begun = Instant::now();
    let answer = place.client.ask(&request);
    assert!(begun.elapsed() >= PAUSE);
    assert!(answer == good(&place, &request));
}

#[test]
fn the_close_may_never_come() {
    let (place, request) = with(Fault::NoClose);
    let mut connection = place.client.connect().unwrap();
    connection.send(&request);
    let mut answer = connection.exactly(28);
    answer.extend(connection.exactly(length(&answer) - 28));
    assert!(answer == good(&place, &request));
    connection.hurry(PAUSE);
    assert_eq!(connection.rest(), (Vec::new(), Ending::Open));
}

#[test]
fn the_close_may_come_without_notice() {
    let (place, request) = with(Fault::NoCloseNotify);
    let (answer, ending) = place.client.converse(&request);
    assert_eq!(ending, Ending::Truncated);
    assert!(answer == good(&place, &request));
}

#[test]
fn an_answer_may_be_cut_off() {
    for length in [0, 10, 27, 28, 100] {
        let (place, request) = with(Fault::CutOff(length));
        let answer = place.client.ask(&request);
        assert_eq!(answer, good(&place, &request)[..length]);
    }
}

#[test]
fn the_connection_may_be_reset() {
    for length in [0, 100] {
        let (place, request) = with(Fault::Reset(length));
        let (answer, ending) = place.client.converse(&request);
        assert_eq!(ending, Ending::Reset);
        assert!(good(&place, &request)[..length].starts_with(&answer));
    }
}

#[test]
fn an_answer_may_be_longer_than_it_says() {
    let (place, request) = with(Fault::TooLong(7));
    let answer = place.client.ask(&request);
    assert_eq!(answer.len(), length(&answer) + 7);
    assert!(answer.starts_with(&good(&place, &request)));
}

#[test]
fn a_request_may_stay_unanswered() {
    let (place, request) = with(Fault::Silence);
    let mut connection = place.client.connect().unwrap();
    connection.send(&request);
    until(|| place.simulator.control().faults_left() == 0);
    connection.hurry(PAUSE);
    assert_eq!(connection.rest(), (Vec::new(), Ending::Open));
    good(&place, &request);
}

#[test]
fn something_else_may_be_answered() {
    let (place, request) = with(Fault::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()));
    assert_eq!(place.client.ask(&request), b"HTTP/1.1 400 Bad Request\r\n\r\n");
    good(&place, &request);
}

#[test]
fn a_record_of_an_unknown_type_may_be_among_the_data() {
    let (place, request) = with(Fault::RecordType(777));
    let answer = place.client.ask(&request);
    let good = good(&place, &request);
    // Header, 000 and 001 are 28, 35 and 106 characters.
    let (number, at) = (place.number(3).to_digits(), 28 + 35 + 106);
    assert_eq!(answer[at..at + 40], [b"777", number.as_slice(), &[b' '; 27]].concat());
    assert_eq!((answer.len(), length(&answer)), (good.len() + 40, good.len() + 40));
    assert_eq!(count(&answer), count(&good) + 1);
}

#[test]
fn the_end_record_may_miscount() {
    let (place, request) = with(Fault::WrongCount);
    let answer = place.client.ask(&request);
    assert_eq!(count(&answer), count(&good(&place, &request)) + 1);
}

fn count(answer: &[u8]) -> u32 {
    std::str::from_utf8(&answer[answer.len() - 8..]).unwrap().parse().unwrap()
}

#[test]
fn the_records_may_be_another_persons() {
    let (place, request) = with(Fault::AnotherPerson);
    let answer = place.client.ask(&request);
    assert_eq!(error(&answer), 0);
    assert!(answer[28 + 35..answer.len() - 21] == place.population.read().person_records(2, 0).unwrap());
    good(&place, &request);
}

#[test]
fn the_answer_may_name_another_customer() {
    let (place, request) = with(Fault::AnotherCustomer(CustomerNumber::new(b"4711").unwrap()));
    let answer = place.client.ask(&request);
    assert_eq!(&answer[..4], b"4711");
    good(&place, &request);
}

#[test]
fn a_sign_on_may_be_answered_by_24_characters() {
    let place = Place::new(|_| {});
    place.simulator.control().fault(Fault::ShortLogon, Scope::Logons, Times::Next(1));
    let answer = place.client.ask(&logon(PASSWORD, "        "));
    assert_eq!((answer.len(), error(&answer)), (24, 0));
    assert_eq!(error(&place.client.ask(&lookup("06", &answer[6..14], place.number(3)))), 0);
}

#[test]
fn a_connection_may_be_closed_at_once() {
    let place = Place::new(|_| {});
    place.simulator.control().fault(Fault::CloseAtAccept, Scope::Everything, Times::Next(1));
    assert!(place.client.connect().is_err());
    assert!(place.client.connect().is_ok());
    assert_eq!(place.simulator.control().counts().connections, 2);
}

#[test]
fn a_connection_may_be_closed_while_hands_are_shaken() {
    let place = Place::new(|_| {});
    place.simulator.control().fault(Fault::CloseInHandshake, Scope::Everything, Times::Next(1));
    let error = place.client.connect().err().unwrap();
    assert!([ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset].contains(&error.kind()), "{error}");
    assert!(place.client.connect().is_ok());
    assert_eq!(place.simulator.control().counts().connections, 2);
}

#[test]
fn a_handshake_may_be_slow() {
    let place = Place::new(|_| {});
    place.simulator.control().fault(Fault::SlowHandshake(PAUSE), Scope::Everything, Times::Next(1));
    let begun = Instant::now();
    place.client.connect().unwrap();
    assert!(begun.elapsed() >= PAUSE);
}

#[test]
fn faults_of_different_stages_strike_together() {
    let (place, request) = with(Fault::WrongCount);
    place.simulator.control().fault(Fault::NoCloseNotify, Scope::Lookups, Times::Next(1));
    let (answer, ending) = place.client.converse(&request);
    assert_eq!(ending, Ending::Truncated);
    assert_eq!(count(&answer), count(&good(&place, &request)) + 1);
}
