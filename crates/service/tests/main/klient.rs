//! CPR Klient between a caller who knows the old program and CPR Direkte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

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

/// Longer than anything here takes that works, and shorter than the time-outs that would end what does not.
const SOON: Duration = Duration::from_secs(10);

/// A CPR Klient in front of a simulator.
struct Klient {
    direkte: Direkte,
    online: Online,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: mpsc::Receiver<()>,
    person: CprNumber,
}

impl Klient {
    fn start() -> Self {
        Self::start_with(|_| {})
    }

    fn start_with(change: impl FnOnce(&mut KlientOptions)) -> Self {
        let population = population(50);
        let person = population.person(3, 0).unwrap().number();
        let direkte = Direkte::start(population);
        let online = direkte.online();
        let mut options = KlientOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            callers: Callers::default(),
            connections: 32,
            caller_timeout: Duration::from_mins(1),
            answer_timeout: Duration::from_mins(1),
            end_timeout: Duration::from_mins(1),
        };
        change(&mut options);
        let server = online.wait(KlientServer::bind(online.client().clone(), options)).unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = mpsc::channel();
        online.spawn(async move {
            server
                .serve(async {
                    let _ = stopped.await;
                })
                .await;
            let _ = ending.send(());
        });
        Self { direkte, online, address, stop: Some(stop), ended, person }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream
    }

    /// Sends the bytes as an old program would, and reads to the end.
    fn call(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(request).unwrap();
        answer(stream)
    }

    fn request(&self, types: &str) -> Vec<u8> {
        let mut request = format!("OFF4,0132{types}").into_bytes();
        request.extend([b' '; 18]);
        request.extend(self.person.to_digits());
        request
    }

    fn fault(&self, fault: Fault, times: Times) {
        self.direkte.simulator.control().fault(fault, Scope::Lookups, times);
    }

    /// Waits until so many look-ups have come to the simulator.
    fn has_asked(&self, lookups: u64) {
        let deadline = Instant::now() + SOON;
        while self.direkte.simulator.control().counts().lookups < lookups {
            assert!(Instant::now() < deadline, "CPR is not asked");
            std::thread::yield_now();
        }
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    #[track_caller]
    fn ends_soon(&self) {
        self.ended.recv_timeout(SOON).expect("it ends");
    }
}

/// Reads to the end.
fn answer(mut stream: TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
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
fn the_text_of_cprs_refusal_is_passed_on_and_the_token_is_not() {
    let klient = Klient::start();
    // 08 is asked again once: the caller gets the last of the answers.
    for (number, times, text) in [(18, 1, "Profilen er ikke åben"), (8, 2, "Prøv igen senere"), (5, 1, "Ukendt")] {
        let number = ErrorNumber::new(number).unwrap();
        klient.fault(Fault::Error { number, text: text.to_owned() }, Times::Next(times));
        let bytes = klient.call(&klient.request("06"));
        let answer = Answer::decode(&bytes, AnswerTo::Lookup).unwrap();
        assert_eq!(answer.header.error, number);
        assert_eq!(answer.data.iter().copied().map(char::from).collect::<String>(), text);
        assert!(answer.header.token.is_blank());
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
    let with_line_end = klient.call(b"OFF4,013290                        \r\n");
    assert_eq!(error_of(&with_line_end), ErrorNumber::SUCCESS);
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
    let klient = Klient::start_with(|options| options.callers = Callers::parse(["192.0.2.1"]).unwrap());
    let mut stream = TcpStream::connect(klient.address).unwrap();
    // The connection may be gone already.
    let _ = stream.write_all(&klient.request("06"));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer, b"");
    assert_eq!(klient.direkte.simulator.control().counts().connections, 0);
}

#[test]
fn what_a_caller_sends_behind_its_request_does_not_cost_it_the_answer() {
    for types in ["06", "16"] {
        let mut klient = Klient::start();
        let mut stream = klient.connect();
        stream.write_all(&[klient.request(types), b"\n".repeat(10_000)].concat()).unwrap();
        klient.has_asked(1);
        klient.stop();
        klient.ends_soon();
        // The connection is closed by now. A reset would be told here, and would lose the answer on some systems.
        assert!(stream.take_error().unwrap().is_none(), "{types}: reset");
        assert_eq!(error_of(&answer(stream)), ErrorNumber::SUCCESS, "{types}");
    }
}

#[test]
fn a_caller_who_says_nothing_or_half_of_it_is_let_go_of() {
    let klient = Klient::start_with(|options| options.caller_timeout = Duration::from_millis(300));
    assert_eq!(klient.call(b""), b"");
    assert_eq!(klient.call(b"OFF4,01"), b"");
    assert_eq!(error_of(&klient.call(&klient.request("06"))), ErrorNumber::SUCCESS);
}

#[test]
fn with_all_places_taken_a_caller_waits_for_one() {
    let klient = Klient::start_with(|options| options.connections = 1);
    let mut first = klient.connect();
    let mut second = klient.connect();
    second.write_all(&klient.request("06")).unwrap();
    second.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let early = second.read(&mut [0; 100]);
    assert!(early.is_err(), "an answer while the only place was taken: {early:?}");
    second.set_read_timeout(Some(SOON)).unwrap();
    first.write_all(&klient.request("06")).unwrap();
    assert_eq!(error_of(&answer(first)), ErrorNumber::SUCCESS);
    assert_eq!(error_of(&answer(second)), ErrorNumber::SUCCESS);
}

#[test]
fn it_ends_while_all_places_are_taken_and_others_wait() {
    let mut klient = Klient::start_with(|options| options.connections = 1);
    let silent = klient.connect();
    let mut waiting = klient.connect();
    waiting.write_all(&klient.request("06")).unwrap();
    klient.stop();
    klient.ends_soon();
    drop(silent);
    assert_eq!(klient.direkte.simulator.control().counts().lookups, 0);
    assert!(TcpStream::connect(klient.address).is_err(), "nobody listens any more");
}

#[test]
fn those_who_have_asked_when_it_is_to_end_get_their_answers_and_nobody_else_does() {
    let mut klient = Klient::start();
    klient.fault(Fault::Late(Duration::from_secs(1)), Times::Next(1));
    let mut asked = klient.connect();
    asked.write_all(&klient.request("06")).unwrap();
    klient.has_asked(1);
    klient.stop();
    let deadline = Instant::now() + SOON;
    while TcpStream::connect(klient.address).is_ok() {
        assert!(Instant::now() < deadline, "it listens on");
    }
    assert_eq!(error_of(&answer(asked)), ErrorNumber::SUCCESS);
    klient.ends_soon();
}

#[test]
fn it_does_not_wait_for_ever_for_those_who_have_asked() {
    let mut klient = Klient::start_with(|options| options.end_timeout = Duration::from_millis(100));
    klient.fault(Fault::Silence, Times::UntilCleared);
    let mut asked = klient.connect();
    asked.write_all(&klient.request("06")).unwrap();
    klient.has_asked(1);
    klient.stop();
    klient.ends_soon();
}

#[test]
fn a_caller_hears_of_it_in_time_when_cpr_says_nothing() {
    let klient = Klient::start_with(|options| options.answer_timeout = Duration::from_millis(300));
    klient.fault(Fault::Silence, Times::UntilCleared);
    assert_eq!(error_of(&klient.call(&klient.request("06"))), ErrorNumber::NO_CONNECTION);
}

#[test]
fn the_place_of_a_caller_who_has_gone_is_free_again() {
    let klient = Klient::start_with(|options| options.connections = 1);
    klient.fault(Fault::Silence, Times::Next(1));
    klient.online.wait(async {
        let mut gone = tokio::net::TcpStream::connect(klient.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut gone, &klient.request("06")).await.unwrap();
        klient.has_asked(1);
        gone.set_zero_linger().unwrap();
    });
    assert_eq!(error_of(&klient.call(&klient.request("06"))), ErrorNumber::SUCCESS);
}
