//! Futures that are dropped before they are done.

use std::num::NonZeroUsize;
use std::time::Duration;

use kartotek_clients::cpr_direkte::ErrorKind;
use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_simulators::cpr_direkte::{Fault, Scope};
use tokio::time::timeout;

use crate::support::Place;

const A_MOMENT: Duration = Duration::from_millis(3);

#[tokio::test]
async fn a_look_up_that_is_given_up_gives_its_connection_back() {
    let mut place = Place::new();
    place.settings.connections = NonZeroUsize::new(2).unwrap();
    let client = place.client();
    place.look_up(&client).await.unwrap();
    place.always(Fault::Silence, Scope::Lookups);
    for _ in 0..20 {
        let given_up = timeout(A_MOMENT, async { tokio::join!(place.look_up(&client), place.look_up(&client)) }).await;
        assert!(given_up.is_err());
    }
    place.control().clear_faults();
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked().0, 1);
}

#[tokio::test]
async fn a_sign_on_that_nobody_waits_for_serves_those_who_come_later() {
    let place = Place::new();
    let client = place.client();
    place.next(Fault::Late(Duration::from_millis(50)), Scope::Logons);
    for _ in 0..5 {
        assert!(timeout(A_MOMENT, place.look_up(&client)).await.is_err());
    }
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (1, 1));
}

#[tokio::test]
async fn a_wrong_password_is_not_tried_again_because_its_answer_was_not_waited_for() {
    let place = Place::new();
    let client = place.client();
    place.always(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons);
    place.always(Fault::Late(Duration::from_millis(30)), Scope::Logons);
    let mut given_up = 0;
    let error = loop {
        match timeout(A_MOMENT, place.look_up(&client)).await {
            Err(_) => given_up += 1,
            Ok(result) => break result.unwrap_err(),
        }
    };
    assert!(given_up > 0);
    assert!(matches!(error.kind, ErrorKind::Refused(_) | ErrorKind::Stopped(_)), "{error}");
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    assert_eq!((place.asked(), place.connections()), ((1, 0), 1));
}

#[tokio::test]
async fn a_connection_test_that_is_given_up_is_finished_nevertheless() {
    let place = Place::new();
    let client = place.client();
    place.next(Fault::Late(Duration::from_millis(30)), Scope::Logons);
    assert!(timeout(A_MOMENT, client.sign_on()).await.is_err());
    while client.sign_on().await.is_err() {}
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (2, 1));
}
