//! What stops all requests, and what lets them go on.

use std::time::Duration;

use kartotek_clients::cpr_direkte::ErrorKind;
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope};

use crate::support::{Log, PASSWORD, Place, TwoPasswords};

const OTHER: &str = "cD56.uvw";

#[tokio::test]
async fn clones_stop_together_and_a_new_client_begins_anew() {
    let place = Place::new();
    let (client, clone) = (place.client(), place.client());
    let same = client.clone();
    place.next(Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED), Scope::Lookups);
    place.look_up(&client).await.unwrap_err();
    let before = place.connections();
    let error = place.look_up(&same).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Stopped(ErrorNumber::ADDRESS_NOT_APPROVED)), "{error}");
    assert_eq!(place.connections(), before);
    place.look_up(&clone).await.unwrap();
}

#[tokio::test]
async fn other_passwords_let_requests_go_on_and_sign_on_anew() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap();
    for (error, other) in [(ErrorNumber::WRONG_PASSWORD, OTHER), (ErrorNumber::PASSWORD_EXPIRED, PASSWORD)] {
        let log = Log::capture();
        let (logons, _) = place.asked();
        place.next(Fault::error(error), Scope::Lookups);
        place.look_up(&client).await.unwrap_err();
        place.look_up(&client).await.unwrap_err();
        place.control().set_password(Password::parse(other).unwrap());
        passwords.set(other, None);
        place.look_up(&client).await.unwrap();
        assert_eq!(place.asked().0, logons + 1);
        assert_eq!(log.alarms().len(), 1);
    }
}

#[tokio::test]
async fn other_passwords_do_not_approve_an_address() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.next(Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED), Scope::Logons);
    place.look_up(&client).await.unwrap_err();
    passwords.set(OTHER, None);
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    assert_eq!(place.connections(), 1);
}

#[tokio::test]
async fn a_local_proxy_is_asked_again_after_a_while_since_its_passwords_are_its_own() {
    let place = Place::with(|options| options.plain = true);
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.next(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Lookups);
    place.look_up(&client).await.unwrap_err();
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    passwords.set(OTHER, None);
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(15)).await;
    tokio::time::resume();
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (0, 2));
}

#[tokio::test]
async fn those_who_wait_to_try_again_are_stopped_too() {
    let place = Place::new();
    let client = place.client();
    place.look_up(&client).await.unwrap();
    place.next(Fault::error(ErrorNumber::NO_CONNECTION), Scope::Lookups);
    place.next(Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED), Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert_eq!(error.number(), Some(ErrorNumber::ADDRESS_NOT_APPROVED));
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    assert_eq!(place.asked(), (1, 3));
}
