//! CPR Klient between a caller who knows the old program and CPR Direkte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use kartotek_clients::cpr_direkte::FixedPassword;
use kartotek_formats::cpr_direkte::{Answer, AnswerTo, Body, ErrorNumber, Password, TransactionCode};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_klient::{Callers, KlientOptions, KlientServer};
use kartotek_service::cpr_online::{Ask, Connection, Online};
use kartotek_service::external_sources::HostPort;
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};
use tokio::sync::oneshot;

use crate::support::{Direkte, population};

/// A CPR Klient in front of a simulator.
struct Klient {
    direkte: Direkte,
    online: Online,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    person: CprNumber,
}

impl Klient {
    fn start() -> Self {
        Self::start_for(Callers::default())
    }

    fn start_for(callers: Callers) -> Self {
        let population = population(50);
        let person = population.person(3, 0).unwrap().number();
        let direkte = Direkte::start(population);
        let online = direkte.online();
        let options = KlientOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            callers,
            connections: 32,
            caller_timeout: Duration::from_secs(20),
        };
        let server = online.wait(KlientServer::bind(online.client().clone(), options)).unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        online.spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Self { direkte, online, address, stop: Some(stop), person }
    }

    /// Sends the bytes as an old program would, and reads to the end.
    fn call(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }

    fn request(&self, types: &str) -> Vec<u8> {
        let mut request = format!("OFF4,0132{types}").into_bytes();
        request.extend([b' '; 18]);
        request.extend(self.person.to_digits());
        request
    }
}

impl Drop for Klient {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // The client's threads end with it.
        let _ = &self.online;
    }
}

fn error_of(answer: &[u8]) -> ErrorNumber {
    Answer::decode(answer, AnswerTo::Lookup).unwrap().header.error
}

#[test]
fn a_caller_gets_cprs_answer_without_signing_on() {
    let klient = Klient::start();
    let bytes = klient.call(&klient.request("06"));
    let answer = Answer::decode(&bytes, AnswerTo::Lookup).unwrap();
    assert_eq!(answer.header.error, ErrorNumber::SUCCESS);
    assert_eq!(answer.header.customer.unwrap().as_str(), "0132");
    let body = Body::decode(answer.data, TransactionCode::Off4, klient.person).unwrap();
    assert!(body.records.len() > 3);
    assert!(answer.header.token.is_blank(), "the token stays here");
    // Another one does not sign on again.
    klient.call(&klient.request("06"));
    let counts = klient.direkte.simulator.control().counts();
    assert_eq!((counts.logons, counts.lookups), (1, 2));
}

#[test]
fn subscriptions_are_set_and_deleted_through_it() {
    let klient = Klient::start();
    let header = klient.call(&klient.request("10"));
    assert_eq!((header.len(), error_of(&header)), (28, ErrorNumber::SUCCESS));
    assert!(klient.direkte.simulator.control().subscribed().contains(&klient.person));
    klient.call(&klient.request("30"));
    assert!(klient.direkte.simulator.control().subscribed().is_empty());
}

#[test]
fn kartotek_itself_can_go_through_it() {
    let klient = Klient::start();
    let address = HostPort { host: klient.address.ip().to_string(), port: klient.address.port() };
    let nobodys = FixedPassword(Password::parse("unused-1").unwrap());
    // The address that CPR has approved has nothing to do with the way to the proxy; no machine has this one.
    let connection = Connection { from: Some("192.0.2.1".parse().unwrap()), ..klient.direkte.connection() };
    let client = connection.client(Some(&address), Arc::new(nobodys)).unwrap();
    let online = Online::new(client, Arc::new(SystemClock)).unwrap();
    assert!(online.test().unwrap().is_good());
    let fetched = online.fetch(klient.person, Ask::Fetch).unwrap().unwrap();
    assert_eq!(fetched.number(), klient.person);
}

#[test]
fn cprs_refusals_are_passed_on() {
    let klient = Klient::start();
    for number in [5, 18, 99] {
        let error = ErrorNumber::new(number).unwrap();
        klient.direkte.simulator.control().fault(Fault::error(error), Scope::Lookups, Times::Next(1));
        assert_eq!(error_of(&klient.call(&klient.request("06"))), error);
    }
}

#[test]
fn a_wrong_password_stops_it_and_every_caller_hears_why() {
    let klient = Klient::start();
    klient.direkte.simulator.control().fault(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons, Times::Next(1));
    for _ in 0..5 {
        assert_eq!(error_of(&klient.call(&klient.request("06"))), ErrorNumber::WRONG_PASSWORD);
    }
    assert_eq!(klient.direkte.simulator.control().counts().logons, 1, "no second try with a wrong password");
}

#[test]
fn without_a_connection_to_cpr_callers_get_error_09() {
    let klient = Klient::start();
    klient.direkte.simulator.control().fault(Fault::CloseAtAccept, Scope::Everything, Times::UntilCleared);
    assert_eq!(error_of(&klient.call(&klient.request("06"))), ErrorNumber::NO_CONNECTION);
}

#[test]
fn a_sign_on_of_a_caller_tries_the_real_one() {
    let klient = Klient::start();
    let answer = klient.call(b"OFF4,013290                        ");
    assert_eq!((answer.len(), error_of(&answer)), (28, ErrorNumber::SUCCESS));
    assert_eq!(&answer[14..22], b"WUADIR34");
    assert_eq!(error_of(&klient.call(b"OFF4,013290WUADIR34aB34-xyzcD56.uvw")), ErrorNumber::NEW_PASSWORD_REFUSED);
}

#[test]
fn a_request_in_pieces_is_understood() {
    let klient = Klient::start();
    let mut stream = TcpStream::connect(klient.address).unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in klient.request("06") {
        stream.write_all(&[byte]).unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(error_of(&answer), ErrorNumber::SUCCESS);
}

#[test]
fn somebody_who_is_not_in_the_list_is_not_answered() {
    let klient = Klient::start_for(Callers::parse(["192.0.2.1"]).unwrap());
    let mut stream = TcpStream::connect(klient.address).unwrap();
    // The connection may be gone already.
    let _ = stream.write_all(&klient.request("06"));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer, b"");
    assert_eq!(klient.direkte.simulator.control().counts().connections, 0);
}
