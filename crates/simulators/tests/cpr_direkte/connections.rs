use std::sync::{Arc, Mutex};

use kartotek_simulators::cpr_direkte::{CertificateKind, Exchange, ExchangeEvent, Observer, RequestKind, Simulator};
use rustls::client::Resumption;
use rustls::version::{TLS12, TLS13};

use crate::client::{Client, Ending};
use crate::support::{PASSWORD, Place, error, logon, lookup, options, population, until};

#[test]
fn sessions_are_resumed_under_either_version() {
    let place = Place::new(|_| {});
    for (version, before) in [(&TLS13, 0), (&TLS12, 4)] {
        let client = Client::with(&place.simulator, &[version], Resumption::default());
        for _ in 0..5 {
            assert_eq!(error(&client.ask(&logon(PASSWORD, "        "))), 0);
        }
        assert_eq!(place.simulator.control().counts().resumed, before + 4, "{version:?}");
    }
    let forgetful = Client::with(&place.simulator, rustls::ALL_VERSIONS, Resumption::disabled());
    forgetful.ask(&logon(PASSWORD, "        "));
    forgetful.ask(&logon(PASSWORD, "        "));
    let counts = place.simulator.control().counts();
    assert_eq!((counts.handshakes, counts.resumed), (12, 8));
}

#[test]
fn a_bad_certificate_is_not_accepted() {
    for (kind, reason) in [
        (CertificateKind::Foreign, "UnknownIssuer"),
        (CertificateKind::Expired, "certificate expired"),
        (CertificateKind::NotYetValid, "certificate not valid yet"),
    ] {
        let place = Place::new(|options| options.certificate = kind);
        let error = place.client.connect().err().unwrap().to_string();
        assert!(error.contains(reason), "{kind:?}: {error}");
        assert_eq!(place.simulator.control().counts().handshakes, 0);
    }
    let place = Place::new(|options| options.names = vec!["direkte.example".to_owned()]);
    assert!(place.client.connect().is_err());
}

#[test]
fn one_authority_can_vouch_for_several_simulators() {
    let authority = Arc::new(kartotek_simulators::authority::Authority::new().unwrap());
    let start = || {
        let mut options = options();
        options.authority = Some(Arc::clone(&authority));
        Simulator::start(options, population()).unwrap()
    };
    let (first, second) = (start(), start());
    assert_eq!(first.ca_pem(), second.ca_pem());
}

#[test]
fn a_local_proxy_needs_no_sign_on() {
    for strict in [false, true] {
        let place = Place::new(|options| (options.plain, options.strict) = (true, strict));
        let digits = place.number(3).to_digits();
        let answer = place.client.ask(&[b"OFF4,013206                  ".as_slice(), &digits].concat());
        assert_eq!((error(&answer), &answer[6..22]), (0, [b' '; 16].as_slice()));
        assert!(answer[28 + 35..answer.len() - 21] == place.population.read().person_records(3, 0).unwrap());
        let answer = place.client.ask(&lookup("06", b"TOKEN123", place.number(3)));
        assert_eq!(error(&answer), if strict { 99 } else { 0 });
        let positions = place.simulator.control().violations();
        assert_eq!(
            positions.iter().map(|own| own.position).collect::<Vec<_>>(),
            if strict { vec![12] } else { vec![] }
        );
    }
}

#[test]
fn requests_are_counted_and_told_without_the_person() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let place = Place::new(|options| {
        let observe = move |exchange: &Exchange| listener.lock().unwrap().push(*exchange);
        options.observer = Some(Observer(Arc::new(observe)));
    });
    let answer = place.look_up(3);
    place.client.ask(&logon("xX99-zzz", "        "));
    until(|| place.simulator.control().counts().open == 0);
    let counts = place.simulator.control().counts();
    assert_eq!((counts.connections, counts.logons, counts.lookups, counts.refused), (3, 2, 1, 1));
    let told = told.lock().unwrap();
    assert_eq!(
        told.iter().map(|own| own.kind).collect::<Vec<_>>(),
        [RequestKind::Logon, RequestKind::Lookup, RequestKind::Logon]
    );
    let answered = |at: usize| match told[at].event {
        ExchangeEvent::Answered { error, bytes, faulty: false, violation: None } => (error.as_number(), bytes),
        event => panic!("{event:?}"),
    };
    assert_eq!((answered(1), answered(2).0), ((0, answer.len()), 1));
    assert!(!format!("{told:?}").contains(&place.number(3).reveal()));
}

#[test]
fn dropping_it_closes_port_and_connections() {
    let place = Place::new(|_| {});
    let mut open = place.client.connect().unwrap();
    drop(place.simulator);
    assert_ne!(open.rest().1, Ending::Open);
    assert!(place.client.connect().is_err());
}

#[test]
fn it_can_be_dropped_within_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { drop(Place::new(|_| {})) });
}

#[test]
fn many_clients_are_served_at_a_time() {
    let place = Place::new(|_| {});
    let token = place.token();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let (place, token) = (&place, &token);
            scope.spawn(move || {
                for index in (thread..200).step_by(16) {
                    let answer = place.client.ask(&lookup("06", token, place.number(index)));
                    let records = place.population.read().person_records(index, 0).unwrap();
                    assert!(answer[28 + 35..answer.len() - 21] == records);
                }
            });
        }
    });
}
