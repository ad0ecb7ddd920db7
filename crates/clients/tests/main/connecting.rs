//! The way to the server: names, addresses, TCP, versions of TLS.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kartotek_clients::cpr_direkte::{Endpoint, Error, ErrorKind, Fault as Whose};
use kartotek_formats::cpr_direkte::{DataType, SubscriptionType};
use kartotek_simulators::cpr_direkte::{Fault, Observer, Scope};
use rstest::rstest;
use tokio::net::TcpListener;

use crate::support::{Place, Play, client, good, listen, listen_with_versions, person, settings};

async fn failed(endpoint: Endpoint) -> Error {
    let client = client(settings(endpoint));
    client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await.unwrap_err()
}

#[tokio::test]
async fn a_server_without_tls_is_recognised() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let accepting = tokio::spawn(async move {
        let (mut stream, _) = server.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"220 ftp.example ready\r\n").await.unwrap();
        stream
    });
    let place = Place::new();
    let Endpoint::Direkte { tls, .. } = &place.settings.endpoint else { panic!("TLS is the default") };
    let error = failed(Endpoint::Direkte { host: "127.0.0.1".to_owned(), port, tls: tls.clone() }).await;
    assert!(matches!(&error.kind, ErrorKind::Tls(text) if text.contains("does not speak TLS")), "{error}");
    drop(accepting.await.unwrap());
}

#[tokio::test]
async fn a_connection_that_is_closed_before_it_stands_is_made_again() {
    for fault in [Fault::CloseAtAccept, Fault::CloseInHandshake] {
        let place = Place::new();
        let client = place.client();
        place.next(fault.clone(), Scope::Everything);
        place.look_up(&client).await.unwrap();
        assert_eq!((place.connections(), place.asked()), (3, (1, 1)));

        place.always(fault, Scope::Everything);
        let error = place.look_up(&client).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Connect(_)), "{error}");
        assert_eq!((error.may_be_retried(), error.fault()), (true, Whose::Peer));
        assert_eq!((place.connections(), place.asked()), (6, (1, 1)));
    }
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_given_up() {
    let mut place = Place::new();
    place.settings.connect_timeout = Duration::from_millis(100);
    place.always(Fault::SlowHandshake(Duration::from_hours(1)), Scope::Everything);
    let error = place.look_up(&place.client()).await.unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::Connect(error) if error.kind() == std::io::ErrorKind::TimedOut),
        "{error}"
    );
    assert_eq!((place.connections(), place.asked()), (3, (0, 0)));
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_tried_again_and_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let error = failed(Endpoint::Klient { host: "127.0.0.1".to_owned(), port }).await;
    assert!(matches!(error.kind, ErrorKind::Connect(_)), "{error}");
    assert!(error.to_string().starts_with(&format!("look-up at 127.0.0.1:{port}: no connection: ")), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_reported() {
    let error = failed(Endpoint::Klient { host: "no such host".to_owned(), port: 5_000 }).await;
    assert!(matches!(error.kind, ErrorKind::Resolve(_)), "{error}");
    assert_eq!((error.may_be_retried(), error.fault()), (true, Whose::Peer));
}

#[tokio::test]
async fn a_host_that_is_no_name_is_not_tried_again() {
    let place = Place::new();
    let Endpoint::Direkte { tls, .. } = &place.settings.endpoint else { panic!("TLS is the default") };
    let error = failed(Endpoint::Direkte { host: "no such host".to_owned(), port: 5_000, tls: tls.clone() }).await;
    assert!(matches!(error.kind, ErrorKind::HostName), "{error}");
    assert_eq!((error.may_be_retried(), error.fault()), (false, Whose::Configuration));
}

#[tokio::test]
async fn an_alert_after_the_request_does_not_say_that_nothing_was_sent() {
    let place = Place::new();
    let client = place.client();
    place.look_up(&client).await.unwrap();
    place.next(Fault::Alert, Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Alert(text) if text.contains("alert")), "{error}");
    assert!(error.was_sent() && !error.may_be_retried());
    assert_eq!(place.asked(), (1, 2));
}

#[tokio::test]
async fn a_name_is_resolved_and_its_ipv4_address_comes_first() {
    let server = listen(|request, _| Play::Answer(good(request, b""))).await;
    let (_, port) = server.endpoint.address();
    let client = client(settings(Endpoint::Klient { host: "localhost".to_owned(), port }));
    client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn connections_come_from_the_address_that_is_set() {
    let seen: Arc<Mutex<Vec<IpAddr>>> = Arc::default();
    let log = Arc::clone(&seen);
    let observer = Observer(Arc::new(move |exchange| log.lock().unwrap().push(exchange.peer.ip())));
    let mut place = Place::with(|options| options.observer = Some(observer));
    let from: IpAddr = "127.0.0.2".parse().unwrap();
    place.settings.from = Some(from);
    place.look_up(&place.client()).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [from, from]);

    // An address for documentation, which no machine has.
    place.settings.from = Some("192.0.2.1".parse().unwrap());
    let error = place.look_up(&place.client()).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Connect(_)), "{error}");
    assert!(error.to_string().contains("the source address 192.0.2.1 is not one of this machine"), "{error}");
}

#[rstest]
#[case::tls_1_2(&rustls::version::TLS12)]
#[case::tls_1_3(&rustls::version::TLS13)]
#[tokio::test]
async fn either_version_of_tls_will_do(#[case] version: &'static rustls::SupportedProtocolVersion) {
    let server = listen_with_versions(&[version], |request, _| Play::Answer(good(request, b""))).await;
    let client = client(settings(server.endpoint.clone()));
    for _ in 0..2 {
        client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await.unwrap();
    }
    assert_eq!((server.logons(), server.lookups()), (1, 2));
}

#[tokio::test]
async fn tls_sessions_are_resumed() {
    let place = Place::new();
    let client = place.client();
    for _ in 0..5 {
        place.look_up(&client).await.unwrap();
    }
    let counts = place.control().counts();
    assert_eq!((counts.handshakes, counts.resumed), (6, 5));
}
