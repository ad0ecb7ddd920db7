//! Sign-ons that nobody knows the outcome of are not repeated as look-ups are: each may have been with a wrong password.

use std::time::Duration;

use kartotek_clients::cpr_direkte::{Error, ErrorKind, Fault as Whose};
use kartotek_formats::cpr_direkte::{AnswerError, CustomerNumber, DataType, SubscriptionType};
use kartotek_simulators::cpr_direkte::{Fault, Scope};
use rstest::rstest;

use crate::support::{Log, Place, Play, client, good, listen_with_tls, person, settings};

const A_WHILE: Duration = Duration::from_mins(5);

fn rests(error: &Error) -> bool {
    error.is_of_sign_on()
        && matches!(error.kind, ErrorKind::SignOnRests)
        && error.may_be_retried()
        && !error.was_sent()
        && error.fault() == Whose::Peer
}

/// Lets time pass while nothing is under way.
async fn wait(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[rstest]
#[case::closed(Fault::CutOff(0))]
#[case::broken(Fault::Reset(10))]
#[case::an_alert(Fault::Alert)]
#[case::silence(Fault::Silence)]
#[tokio::test]
async fn two_that_get_no_answer_are_enough_for_a_while(#[case] fault: Fault) {
    let log = Log::capture();
    let mut place = Place::new();
    if fault == Fault::Silence {
        place.settings.answer_timeout = Duration::from_millis(30);
    }
    let client = place.client();
    place.always(fault, Scope::Logons);
    for _ in 0..2 {
        place.look_up(&client).await.unwrap_err();
    }
    let error = place.look_up(&client).await.unwrap_err();
    assert!(rests(&error), "{error}");
    assert_eq!(place.connections(), 2);
    let alarms = log.alarms();
    assert!(alarms.len() == 1 && alarms[0].contains("is not signed on to for a while"), "{alarms:?}");

    wait(A_WHILE).await;
    place.look_up(&client).await.unwrap_err();
    assert!(rests(&place.look_up(&client).await.unwrap_err()));
    assert_eq!(place.connections(), 3, "then one");
    assert_eq!(log.alarms().len(), 1);
}

#[tokio::test]
async fn an_answer_is_as_good_as_a_fresh_start() {
    let place = Place::new();
    let client = place.client();
    for _ in 0..3 {
        place.next(Fault::CutOff(0), Scope::Logons);
        place.look_up(&client).await.unwrap();
        place.control().expire_tokens();
    }
    assert_eq!(place.asked().0, 6);
}

#[rstest]
#[case::no_answer(Fault::Bytes(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n".to_vec()))]
#[case::of_another_customer(Fault::AnotherCustomer(CustomerNumber::new(b"0133").unwrap()))]
#[tokio::test]
async fn one_that_is_not_understood_is_enough(#[case] fault: Fault) {
    let place = Place::new();
    let client = place.client();
    place.next(fault, Scope::Logons);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(error.is_of_sign_on() && !error.may_be_retried(), "{error}");
    for _ in 0..3 {
        assert!(rests(&place.look_up(&client).await.unwrap_err()));
        assert!(rests(&client.sign_on().await.unwrap_err()));
    }
    assert_eq!(place.connections(), 1);
    wait(A_WHILE).await;
    place.look_up(&client).await.unwrap();
}

#[tokio::test]
async fn one_without_a_token_is_not_understood() {
    let server = listen_with_tls(|request, _| {
        let mut answer = good(request, b"");
        answer[6..14].fill(b' ');
        Play::Answer(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let error = client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Answer(AnswerError::Header { position: 7, .. })), "{error}");
    for _ in 0..2 {
        client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap_err();
    }
    assert_eq!((server.logons(), server.lookups()), (1, 0));
}

#[tokio::test]
async fn look_ups_with_a_token_go_on_as_before() {
    let place = Place::new();
    let client = place.client();
    place.look_up(&client).await.unwrap();
    place.always(Fault::CutOff(0), Scope::Lookups);
    place.look_up(&client).await.unwrap_err();
    assert_eq!(place.asked(), (1, 4), "three tries");
}
