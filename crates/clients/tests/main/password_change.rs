//! Setting a new password.

use kartotek_clients::cpr_direkte::{ErrorKind, PasswordsError};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope};

use crate::support::{PASSWORD, Place, TwoPasswords, number, password};

const NEW: &str = "cD56.uvw";

fn new() -> Password {
    Password::parse(NEW).unwrap()
}

#[tokio::test]
async fn the_new_password_is_set_and_signed_on_with() {
    let place = Place::new();
    let client = place.client();
    let reply = client.change_password(&password(), &new()).await.unwrap();
    assert!(reply.answer().header.error.is_success());
    assert_eq!(place.control().password(), new());
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (1, 1), "the token is good for look-ups");
}

#[tokio::test]
async fn a_refused_one_stops_nothing() {
    let place = Place::new();
    let client = place.client();
    let reply = client.change_password(&password(), &password()).await.unwrap();
    assert_eq!(reply.answer().header.error, ErrorNumber::NEW_PASSWORD_REFUSED);
    assert_eq!(place.control().password(), password());
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (2, 1));
}

#[tokio::test]
async fn it_is_the_way_out_of_an_expired_password() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    assert_eq!(place.look_up(&client).await.unwrap_err().number(), Some(ErrorNumber::PASSWORD_EXPIRED));
    assert_eq!(client.stopped_by(), Some(ErrorNumber::PASSWORD_EXPIRED));
    assert!(client.has_expired_password().await);
    assert!(client.change_password(&password(), &new()).await.unwrap().answer().header.error.is_success());
    assert_eq!(client.stopped_by(), None, "before anybody asks");
    passwords.set(NEW, None);
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (2, 1));
}

#[tokio::test]
async fn that_another_process_changed_an_expired_one_is_seen_without_asking() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap_err();
    assert!(client.has_expired_password().await && client.has_expired_password().await);
    passwords.set(NEW, None);
    assert!(!client.has_expired_password().await);
}

#[tokio::test]
async fn which_of_two_cpr_has_is_found_out_although_one_has_expired() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(PASSWORD, Some(NEW));
    passwords.cannot_note();
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap_err();
    assert!(matches!(client.sign_on().await.unwrap_err().kind, ErrorKind::Stopped(_)));
    assert_eq!(client.settle().await.unwrap().header().error, ErrorNumber::PASSWORD_EXPIRED);
    // The other process's change arrives after all.
    place.control().set_password(new());
    client.change_password(&new(), &Password::parse("eF78:rst").unwrap()).await.unwrap();
    assert_eq!((place.asked(), client.stopped_by()), ((3, 0), None));
}

#[tokio::test]
async fn nothing_is_sent_when_it_is_too_late() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, Some(NEW));
    passwords.is_too_late();
    let error = place.client_with(passwords).change_password(&password(), &new()).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Passwords(PasswordsError::TooLate)), "{error}");
    assert_eq!((place.connections(), place.control().password()), (0, password()));
}

#[tokio::test]
async fn a_wrong_current_password_stops_it_too() {
    let place = Place::new();
    let client = place.client();
    let reply = client.change_password(&new(), &password()).await.unwrap();
    assert_eq!(reply.answer().header.error, ErrorNumber::WRONG_PASSWORD);
    let error = client.change_password(&new(), &password()).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Stopped(ErrorNumber::WRONG_PASSWORD)), "{error}");
    assert_eq!((place.asked(), place.connections()), ((1, 0), 1));
}

#[tokio::test]
async fn it_is_sent_once_whatever_happens() {
    for fault in [Fault::error(number(4)), Fault::CutOff(10), Fault::Reset(0)] {
        let place = Place::new();
        place.next(fault.clone(), Scope::Logons);
        match place.client().change_password(&password(), &new()).await {
            Ok(reply) => assert_eq!(reply.answer().header.error, number(4)),
            Err(error) => assert!(error.may_be_retried(), "{error}"),
        }
        assert_eq!((place.asked(), place.connections()), ((1, 0), 1), "{fault:?}");
    }
}
