//! Signing on while a change of the password is under way, when nobody knows which of two CPR has.

use std::sync::Arc;

use kartotek_clients::cpr_direkte::{ErrorKind, PasswordsError, Which};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope};

use crate::support::{PASSWORD, Place, TwoPasswords, number};

const OTHER: &str = "cD56.uvw";
const THIRD: &str = "eF78:rst";

#[tokio::test]
async fn one_password_needs_no_proof() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((1, 1), vec![]));
}

#[tokio::test]
async fn the_current_password_is_proven_when_it_works() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, Some(OTHER));
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((1, 1), vec![Which::Current]));
}

#[tokio::test]
async fn the_next_password_is_tried_after_the_current_one_and_proven() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((2, 1), vec![Which::Next]));
    assert_eq!(client.stopped_by(), None);
    place.control().expire_tokens();
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked().0, 3);
}

#[tokio::test]
async fn when_both_are_wrong_nothing_more_is_tried_until_they_change() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(THIRD));
    let client = place.client_with(passwords.clone());
    assert_eq!(place.look_up(&client).await.unwrap_err().number(), Some(ErrorNumber::WRONG_PASSWORD));
    for _ in 0..3 {
        assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    }
    assert_eq!((place.asked(), place.connections(), passwords.proven()), ((2, 0), 2, vec![]));

    passwords.set(PASSWORD, None);
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (3, 1));
}

#[tokio::test]
async fn a_password_that_was_refused_is_not_tried_again_when_the_next_one_could_not_be() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    let client = place.client_with(passwords.clone());
    // The first is refused for what it is, the second because CPR is closed.
    place.next(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons);
    place.control().fault(Fault::error(number(4)), Scope::Logons, kartotek_simulators::cpr_direkte::Times::Next(2));
    place.look_up(&client).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((4, 1), vec![Which::Next]));
    assert_eq!(place.control().faults_left(), 0);
}

#[tokio::test]
async fn an_expired_password_is_no_reason_to_try_the_next_one() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(PASSWORD, Some(OTHER));
    let client = place.client_with(passwords.clone());
    assert_eq!(place.look_up(&client).await.unwrap_err().number(), Some(ErrorNumber::PASSWORD_EXPIRED));
    assert_eq!((place.asked(), passwords.proven()), ((1, 0), vec![]));
}

#[tokio::test]
async fn a_proof_that_cannot_be_noted_does_not_cost_the_sign_on() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    passwords.cannot_note();
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap();
    place.control().expire_tokens();
    place.look_up(&client).await.unwrap();
    // The second time the refused one is passed over.
    assert_eq!((place.asked(), passwords.proven()), ((3, 3), vec![Which::Next, Which::Next]));
}

#[tokio::test]
async fn without_a_password_nothing_is_connected() {
    let place = Place::new();
    let client = place.client_with(Arc::new(TwoPasswords::default()));
    let error = place.look_up(&client).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Passwords(PasswordsError::Missing)), "{error}");
    assert!(!error.may_be_retried() && error.to_string().contains("kartotek cpr password --set"), "{error}");
    assert_eq!(place.connections(), 0);
}

#[tokio::test]
async fn a_password_that_another_process_changed_is_read_at_the_next_sign_on() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap();
    place.control().set_password(Password::parse(OTHER).unwrap());
    passwords.set(OTHER, None);
    place.control().expire_tokens();
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (2, 3));
}
