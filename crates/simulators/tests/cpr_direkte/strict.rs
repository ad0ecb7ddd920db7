use std::sync::{Arc, Mutex};

use kartotek_simulators::cpr_direkte::{ExchangeEvent, Observer};

use crate::client::Ending;
use crate::support::{PASSWORD, Place, error, length, logon, lookup, until};

fn strict() -> Place {
    Place::new(|options| options.strict = true)
}

fn replaced(request: &[u8], position: usize, with: &[u8]) -> Vec<u8> {
    let mut changed = request.to_vec();
    changed[position - 1..position - 1 + with.len()].copy_from_slice(with);
    changed
}

#[test]
fn what_keeps_to_the_layout_is_answered() {
    let place = strict();
    assert_eq!(error(&place.look_up(3)), 0);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "cD56.uvw"))), 0);
    assert_eq!(place.simulator.control().violations(), []);
}

#[test]
fn every_deviation_of_a_look_up_is_refused_by_its_position() {
    let place = strict();
    let good = lookup("06", &place.token(), place.number(3));
    let deviations: [(usize, &[u8], usize); 12] = [
        (1, b"off4", 1),
        (1, b"ADRM", 1),
        (5, b";", 5),
        (6, b" 132", 6),
        (12, b"                00", 20),
        (12, b"                  ", 12),
        (20, b" WU34   ", 20),
        (20, b"        ", 20),
        (28, b"  ", 28),
        (28, b"07", 28),
        (30, b"070761-428", 30),
        (30, b"070761428 ", 30),
    ];
    for (position, bytes, told) in deviations {
        let answer = place.client.ask(&replaced(&good, position, bytes));
        assert_eq!((error(&answer), length(&answer)), (99, answer.len()), "position {position}");
        let text = String::from_utf8(answer[28..].to_vec()).unwrap();
        assert!(text.starts_with(&format!("position {told}: expected")), "{text}");
    }
    let violations = place.simulator.control().violations();
    assert!(violations.iter().map(|violation| violation.position).eq(deviations.map(|(.., told)| told)));
    assert_eq!(place.simulator.control().counts().refused, 12);
}

#[test]
fn every_deviation_of_a_sign_on_is_refused_by_its_position() {
    let place = strict();
    let good = logon(PASSWORD, "        ");
    for (position, bytes) in
        [(1, &b"XXXX"[..]), (5, b" "), (6, b"13 2"), (11, b"6"), (12, b"W-34"), (20, b" "), (28, b"x")]
    {
        let answer = place.client.ask(&replaced(&good, position, bytes));
        assert_eq!(error(&answer), 99, "position {position}");
        assert_eq!(place.simulator.control().violations().last().unwrap().position, position);
    }
}

#[test]
fn what_has_an_error_number_of_its_own_is_no_deviation() {
    let place = strict();
    let good = lookup("06", &place.token(), place.number(3));
    for (position, bytes, number) in [
        (10, b"2".as_slice(), 10),
        (10, b" ", 10),
        (11, b"1", 11),
        (12, b"TOKEN123", 7),
        (30, b"9999999999", 5),
        (30, b"          ", 17),
    ] {
        assert_eq!(error(&place.client.ask(&replaced(&good, position, bytes))), number, "position {position}");
    }
    assert_eq!(error(&place.client.ask(&logon("short   ", "        "))), 1);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "eight-ch"))), 3);
    assert_eq!(place.simulator.control().violations(), []);
}

#[test]
fn a_deviation_is_told_with_its_reason_and_without_the_person() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let place = Place::new(|options| {
        options.strict = true;
        options.observer = Some(Observer(Arc::new(move |exchange| listener.lock().unwrap().push(*exchange))));
    });
    let request = lookup("06", &place.token(), place.number(3));
    place.client.ask(&replaced(&request, 5, b";"));
    let mut connection = place.client.connect().unwrap();
    connection.send(&request);
    connection.rest();
    connection.send(b"\n");
    connection.finish_sending();
    until(|| told.lock().unwrap().len() == 4);
    let told = told.lock().unwrap();
    let reasons: Vec<_> = told
        .iter()
        .filter_map(|exchange| match exchange.event {
            ExchangeEvent::Answered { violation, .. } => violation,
            ExchangeEvent::MoreFollowed(violation) => Some(violation),
        })
        .map(|violation| violation.to_string())
        .collect();
    assert_eq!(reasons, ["position 5: expected a comma", "position 40: expected nothing after the request"]);
    assert!(!format!("{told:?}").contains(&place.number(3).reveal()));
}

#[test]
fn what_follows_a_request_is_refused() {
    let place = strict();
    let request = lookup("06", &place.token(), place.number(3));
    for more in [b"\n".as_slice(), &request] {
        assert_eq!(error(&place.client.ask(&[&request, more].concat())), 99);
        assert_eq!(place.simulator.control().violations().last().unwrap().position, 40);
    }
    assert_eq!(error(&place.client.ask(&[&logon(PASSWORD, "        ")[..], b" "].concat())), 99);
    assert_eq!(place.simulator.control().violations().last().unwrap().position, 36);
}

#[test]
fn a_second_request_after_the_answer_is_noticed() {
    let place = strict();
    let request = lookup("06", &place.token(), place.number(3));
    let mut connection = place.client.connect().unwrap();
    connection.send(&request);
    assert_eq!(error(&connection.rest().0), 0);
    connection.send(&request);
    connection.finish_sending();
    until(|| place.simulator.control().violations().iter().any(|violation| violation.position == 40));
}

#[test]
fn a_request_may_come_in_pieces() {
    let place = strict();
    let mut connection = place.client.connect().unwrap();
    for byte in lookup("06", &place.token(), place.number(3)) {
        connection.send(&[byte]);
    }
    let (answer, ending) = connection.rest();
    assert_eq!((error(&answer), ending), (0, Ending::Closed));
    assert_eq!(place.simulator.control().violations(), []);
}

#[test]
fn a_request_that_ends_early_is_refused() {
    let place = strict();
    let mut connection = place.client.connect().unwrap();
    connection.send(&logon(PASSWORD, "")[..27]);
    connection.finish_sending();
    assert_eq!(error(&connection.rest().0), 99);
    assert_eq!(place.simulator.control().violations()[0].position, 28);
}

#[test]
fn the_lenient_accept_what_can_be_understood() {
    let place = Place::new(|_| {});
    let token = place.token();
    let good = lookup("06", &token, place.number(3));
    for (position, bytes) in [(5, b";".as_slice()), (28, b"  "), (28, b"07")] {
        assert_eq!(error(&place.client.ask(&replaced(&good, position, bytes))), 0, "position {position}");
    }
    assert_eq!(error(&place.client.ask(&[&good[..], b"\r\n"].concat())), 0);
    let mut connection = place.client.connect().unwrap();
    connection.send(&logon(PASSWORD, "")[..27]);
    connection.finish_sending();
    assert_eq!(error(&connection.rest().0), 0, "blanks at the end may be left out");
    assert_eq!(place.simulator.control().violations(), []);
}

#[test]
fn a_connection_without_a_request_is_closed() {
    let place = strict();
    let mut connection = place.client.connect().unwrap();
    connection.finish_sending();
    assert_eq!(connection.rest().0, b"");
    assert_eq!(place.simulator.control().violations(), []);
}
