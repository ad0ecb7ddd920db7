//! What is done about each error number, on a look-up, on a sign-on, and through a local proxy.

use kartotek_clients::cpr_direkte::{Client, Error, ErrorKind};
use kartotek_formats::cpr_direkte::{Advice, ErrorNumber};
use kartotek_simulators::cpr_direkte::{Fault, Scope};

use crate::support::{Log, Place, number};

/// Tries of the tests' settings.
const TRIES: u64 = 3;

fn with_text(number: ErrorNumber) -> Fault {
    Fault::Error { number, text: "person 020201-4444 og 0202014444".to_owned() }
}

/// How often what failed was asked.
fn times(number: ErrorNumber) -> u64 {
    match number.advice() {
        Advice::Success | Advice::Stop | Advice::Final => 1,
        Advice::SignOn => 2,
        Advice::BackOff => TRIES,
    }
}

async fn refused(place: &Place, client: &Client, number: ErrorNumber, case: &str) -> Error {
    let error = place.look_up(client).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Refused(refused) if refused == number), "{case}: {error}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("020201"), "{case}: {text}");
    let explanation = number.explain();
    for part in [explanation.cause_en, explanation.next_step_en, "127.0.0.1:"] {
        assert!(text.contains(part), "{case}: {text}");
    }
    error
}

/// Whether the requests that follow are sent once the simulator is well again.
async fn goes_on(place: &Place, client: &Client, number: ErrorNumber, case: &str) {
    place.control().clear_faults();
    let before = place.connections();
    let after = place.look_up(&client.clone()).await;
    if number.advice() == Advice::Stop {
        let error = after.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Stopped(stopped) if stopped == number), "{case}: {error}");
        assert!(error.to_string().contains(number.explain().next_step_en), "{case}: {error}");
        assert_eq!(client.stopped_by(), Some(number), "{case}");
        assert_eq!(place.connections(), before, "{case}: nothing is connected");
        assert!(matches!(client.sign_on().await.unwrap_err().kind, ErrorKind::Stopped(_) | ErrorKind::SignsOnItself));
        assert_eq!(place.connections(), before, "{case}: nothing is connected");
    } else {
        assert!(!after.unwrap().answer().data.is_empty(), "{case}");
        assert_eq!(client.stopped_by(), None, "{case}");
    }
}

fn difference(place: &Place, before: (u64, u64)) -> (u64, u64) {
    let after = place.asked();
    (after.0 - before.0, after.1 - before.1)
}

#[tokio::test]
async fn every_number_in_answer_to_a_look_up() {
    let place = Place::new();
    for number in (1..=99).map(number) {
        let case = format!("error {number} in answer to a look-up");
        let (client, before) = (place.client(), place.asked());
        place.always(with_text(number), Scope::Lookups);
        refused(&place, &client, number, &case).await;
        let logons = if number.advice() == Advice::SignOn { 2 } else { 1 };
        assert_eq!(difference(&place, before), (logons, times(number)), "{case}");
        goes_on(&place, &client, number, &case).await;
    }
}

#[tokio::test]
async fn every_number_in_answer_to_a_sign_on() {
    let place = Place::new();
    for number in (1..=99).map(number) {
        let case = format!("error {number} in answer to a sign-on");
        let (client, before) = (place.client(), place.asked());
        place.always(with_text(number), Scope::Logons);
        refused(&place, &client, number, &case).await;
        assert_eq!(difference(&place, before), (times(number), 0), "{case}");
        goes_on(&place, &client, number, &case).await;
    }
}

#[tokio::test]
async fn every_number_through_a_local_proxy() {
    let place = Place::with(|options| options.plain = true);
    for number in (1..=99).map(number) {
        let case = format!("error {number} through a local proxy");
        let (client, before) = (place.client(), place.asked());
        place.always(with_text(number), Scope::Lookups);
        refused(&place, &client, number, &case).await;
        assert_eq!(difference(&place, before), (0, times(number)), "{case}");
        goes_on(&place, &client, number, &case).await;
    }
}

#[tokio::test]
async fn the_connection_test_gets_every_number_and_repeats_nothing() {
    let place = Place::new();
    for number in (1..=99).map(number) {
        let (client, before) = (place.client(), place.asked());
        place.next(with_text(number), Scope::Logons);
        let reply = client.sign_on().await.unwrap();
        assert_eq!(reply.answer().header.error, number);
        assert_eq!(difference(&place, before), (1, 0), "error {number}");
        assert_eq!(client.stopped_by().is_some(), number.advice() == Advice::Stop, "error {number}");
    }
    let (client, before) = (place.client(), place.asked());
    assert_eq!(client.sign_on().await.unwrap().answer().header.error, number(0));
    place.look_up(&client).await.unwrap();
    assert_eq!(difference(&place, before), (1, 1), "its token serves the look-ups that follow");
}

#[tokio::test]
async fn what_passes_is_not_seen() {
    let place = Place::new();
    for number in [4, 8, 9, 14, 24].map(number) {
        let (client, before) = (place.client(), place.asked());
        place.next(with_text(number), Scope::Logons);
        place.next(with_text(number), Scope::Lookups);
        place.look_up(&client).await.unwrap();
        assert_eq!(difference(&place, before), (2, 2), "error {number}");
    }
    let (client, before) = (place.client(), place.asked());
    place.look_up(&client).await.unwrap();
    place.control().expire_tokens();
    place.look_up(&client).await.unwrap();
    assert_eq!(difference(&place, before), (2, 3), "an expired token");
}

#[tokio::test]
async fn operators_hear_once_of_what_they_must_act_on() {
    let place = Place::new();
    for number in (1..=99).map(number) {
        let log = Log::capture();
        let client = place.client();
        place.always(with_text(number), Scope::Lookups);
        for _ in 0..3 {
            place.look_up(&client).await.unwrap_err();
        }
        place.control().clear_faults();
        let alarms = log.alarms();
        let expected = usize::from(number.is_alarm() || number.advice() == Advice::Stop);
        assert_eq!(alarms.len(), expected, "error {number}: {alarms:?}");
        for alarm in alarms {
            assert!(alarm.contains("ERROR") && alarm.contains(&format!("number={number}")), "{alarm}");
            assert!(alarm.contains(number.explain().cause_en), "{alarm}");
            assert!(alarm.contains(number.explain().next_step_en), "{alarm}");
        }
    }
}

#[tokio::test]
async fn an_error_with_data_is_an_error() {
    let place = Place::new();
    place.next(Fault::ErrorWithData(ErrorNumber::UNKNOWN_NUMBER), Scope::Lookups);
    let error = place.look_up(&place.client()).await.unwrap_err();
    assert_eq!(error.number(), Some(ErrorNumber::UNKNOWN_NUMBER));
    assert!(!error.may_be_retried());
}
