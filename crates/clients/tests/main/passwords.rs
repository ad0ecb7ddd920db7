//! Signing on while a change of the password is under way, when nobody knows which of two CPR has.

use std::sync::Arc;

use kartotek_clients::cpr_direkte::{ErrorKind, PasswordsError};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::{PASSWORD, Place, TwoPasswords, number};

const OTHER: &str = "cD56.uvw";
const THIRD: &str = "eF78:rst";

fn these(passwords: &[&str]) -> Vec<Password> {
    passwords.iter().map(|password| Password::parse(password).unwrap()).collect()
}

#[tokio::test]
async fn one_password_is_tried_once() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((1, 1), these(&[PASSWORD])));
}

#[tokio::test]
async fn the_current_password_is_proven_when_it_works() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, Some(OTHER));
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((1, 1), these(&[PASSWORD])));
}

#[tokio::test]
async fn the_next_password_is_tried_after_the_current_one_and_proven() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    let client = place.client_with(passwords.clone());
    place.look_up(&client).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((2, 1), these(&[PASSWORD])));
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
    // Another process does not try them either.
    let error = place.look_up(&place.client_with(passwords.clone())).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Passwords(PasswordsError::Refused)), "{error}");
    assert_eq!((place.connections(), passwords.refused()), (2, these(&[OTHER, THIRD])));

    passwords.set(PASSWORD, None);
    place.look_up(&client).await.unwrap();
    assert_eq!(place.asked(), (3, 1));
}

#[tokio::test]
async fn a_refusal_that_is_taken_back_lets_requests_go_on() {
    let place = Place::new();
    let passwords = TwoPasswords::new(PASSWORD, None);
    let client = place.client_with(passwords.clone());
    place.next(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons);
    place.look_up(&client).await.unwrap_err();
    assert!(matches!(place.look_up(&client).await.unwrap_err().kind, ErrorKind::Stopped(_)));
    passwords.take_refusals_back();
    place.look_up(&client).await.unwrap();
}

#[tokio::test]
async fn a_password_that_was_refused_is_not_tried_again_when_the_next_one_could_not_be() {
    for cannot_note in [false, true] {
        let place = Place::new();
        let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
        if cannot_note {
            passwords.cannot_note();
        }
        let client = place.client_with(passwords.clone());
        // The first is refused for what it is, the second because CPR is closed.
        place.next(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons);
        place.control().fault(Fault::error(number(4)), Scope::Logons, Times::Next(2));
        place.look_up(&client).await.unwrap();
        assert_eq!((place.asked(), passwords.proven()), ((4, 1), these(&[PASSWORD])));
        assert_eq!(place.control().faults_left(), 0);
    }
}

#[tokio::test]
async fn another_process_passes_over_what_was_refused() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    place.next(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons);
    place.next(Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED), Scope::Logons);
    place.look_up(&place.client_with(passwords.clone())).await.unwrap_err();
    assert_eq!(passwords.refused(), these(&[OTHER]));
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!(place.asked(), (3, 1));
}

#[tokio::test]
async fn a_password_that_expired_is_proven_and_the_next_one_is_not_tried() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(PASSWORD, Some(OTHER));
    let client = place.client_with(passwords.clone());
    assert_eq!(place.look_up(&client).await.unwrap_err().number(), Some(ErrorNumber::PASSWORD_EXPIRED));
    assert_eq!((place.asked(), passwords.proven()), ((1, 0), these(&[PASSWORD])));
}

#[tokio::test]
async fn a_next_password_that_expired_is_proven_too() {
    let place = Place::with(|options| options.password_expired = true);
    let passwords = TwoPasswords::new(OTHER, Some(PASSWORD));
    let client = place.client_with(passwords.clone());
    assert_eq!(place.look_up(&client).await.unwrap_err().number(), Some(ErrorNumber::PASSWORD_EXPIRED));
    assert_eq!((place.asked(), passwords.proven()), ((2, 0), these(&[PASSWORD])));
    assert!(client.has_expired_password().await);
}

#[tokio::test]
async fn a_password_that_another_process_changes_meanwhile_is_found() {
    let place = Place::new();
    let passwords = TwoPasswords::new(OTHER, None);
    passwords.then(PASSWORD, None);
    place.look_up(&place.client_with(passwords.clone())).await.unwrap();
    assert_eq!((place.asked(), passwords.proven()), ((2, 1), these(&[PASSWORD])));
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
    assert_eq!((place.asked(), passwords.proven()), ((3, 3), these(&[PASSWORD, PASSWORD])));
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
