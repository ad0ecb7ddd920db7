use std::time::Duration;

use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};
use kartotek_simulators::population::{Population, PopulationOptions};

use crate::client::Client;
use crate::support::{PASSWORD, Place, error, length, logon, lookup};

#[test]
fn a_sign_on_is_answered_by_a_header_with_a_token() {
    let place = Place::new(|_| {});
    let answer = place.client.ask(&logon(PASSWORD, "        "));
    assert_eq!(answer.len(), 28);
    assert_eq!(&answer[..6], b"013290");
    assert!(answer[6..14].iter().all(u8::is_ascii_alphanumeric));
    assert_eq!(&answer[14..], b"WU34    000028");
    let again = place.client.ask(&logon(PASSWORD, "        "));
    assert_ne!(again[6..14], answer[6..14], "each sign-on has a token of its own");
}

#[test]
fn a_wrong_user_is_told_the_same_as_a_wrong_password() {
    let place = Place::new(|_| {});
    let wrong_password = place.client.ask(&logon("aB34-xyy", "        "));
    let wrong_user = place.client.ask(b"OFF4,013290WU35    aB34-xyz        ");
    assert_eq!((error(&wrong_password), error(&wrong_user)), (1, 1));
    assert_eq!(wrong_password[28..], wrong_user[28..]);
    assert!(wrong_password.len() > 28 && length(&wrong_password) == wrong_password.len());
    assert_eq!(wrong_password[6..14], *b"        ", "no token");
}

#[test]
fn another_customer_is_unknown() {
    let place = Place::new(|_| {});
    let answer = place.client.ask(b"OFF4,013390WU34    aB34-xyz        ");
    assert_eq!((error(&answer), &answer[..4]), (6, b"0133".as_slice()));
    let token = place.token();
    let request = [b"OFF4,013306", token.as_slice(), b"WU34    00", &place.number(3).to_digits()].concat();
    assert_eq!(error(&place.client.ask(&request)), 6);
}

#[test]
fn services_that_the_user_does_not_have_are_refused_by_their_own_numbers() {
    let place = Place::new(|options| options.transactions.clear());
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 18);
    assert_eq!(error(&place.client.ask(b"PRIV,013290WU34    aB34-xyz        ")), 99);
}

#[test]
fn a_new_password_is_good_at_once_and_the_old_one_no_longer() {
    let place = Place::new(|_| {});
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "cD56.uvw"))), 0);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 1);
    assert_eq!(error(&place.client.ask(&logon("cD56.uvw", "        "))), 0);
    let control = place.simulator.control();
    assert!(control.password() == Password::parse("cD56.uvw").unwrap());
    assert!(control.passwords_used() == [Password::parse(PASSWORD).unwrap()]);
}

#[test]
fn a_new_password_against_the_rules_leaves_the_old_one() {
    let place = Place::new(|_| {});
    for new in
        ["abcdefgh", "ABCD12-.", "abcd12-.", "aBcdefg-", "aBc1efg-", "aB12cdef", "aB12<cd-", "aB12 cd-", PASSWORD]
    {
        assert_eq!(error(&place.client.ask(&logon(PASSWORD, new))), 3, "{new}");
    }
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 0);
    assert!(place.simulator.control().passwords_used().is_empty());
}

#[test]
fn a_password_cannot_be_used_again() {
    let place = Place::new(|_| {});
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "cD56.uvw"))), 0);
    assert_eq!(error(&place.client.ask(&logon("cD56.uvw", PASSWORD))), 3);
    assert_eq!(error(&place.client.ask(&logon("cD56.uvw", "eF78,rst"))), 0);
    assert_eq!(error(&place.client.ask(&logon("eF78,rst", "cD56.uvw"))), 3);
}

#[test]
fn a_wrong_password_cannot_be_changed() {
    let place = Place::new(|_| {});
    assert_eq!(error(&place.client.ask(&logon("xX99-zzz", "cD56.uvw"))), 1);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 0);
}

#[test]
fn an_expired_password_needs_a_new_one() {
    let place = Place::new(|options| options.password_expired = true);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 2);
    assert_eq!(error(&place.client.ask(&logon("aB34-xyy", "        "))), 1, "a wrong one is still wrong");
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "short---"))), 3);
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "cD56.uvw"))), 0);
    assert_eq!(error(&place.client.ask(&logon("cD56.uvw", "        "))), 0);
    place.simulator.control().expire_password();
    assert_eq!(error(&place.client.ask(&logon("cD56.uvw", "        "))), 2);
}

#[test]
fn a_password_changed_elsewhere_is_wrong_here() {
    let place = Place::new(|_| {});
    place.simulator.control().set_password(Password::parse("else-Wh3").unwrap());
    assert_eq!(error(&place.client.ask(&logon(PASSWORD, "        "))), 1);
}

#[test]
fn an_address_that_is_not_approved_is_refused() {
    let here = Some(vec!["127.0.0.1".parse().unwrap()]);
    let place = Place::new(|options| (options.strict, options.approved) = (true, here));
    let control = place.simulator.control();
    control.fault(Fault::error(ErrorNumber::NO_CONNECTION), Scope::Everything, Times::Next(1));
    let elsewhere = Client::new(&place.simulator).from("127.0.0.2");
    for request in [logon(PASSWORD, "        "), lookup("06", b"TOKEN123", place.number(3)), b"OFF4;".to_vec()] {
        let mut connection = elsewhere.connect().unwrap();
        connection.send(&request);
        connection.finish_sending();
        assert_eq!(error(&connection.rest().0), 16);
    }
    assert_eq!((control.faults_left(), control.violations()), (1, vec![]), "they are not even looked at");
    control.clear_faults();
    assert_eq!(error(&place.look_up(3)), 0);
}

#[test]
fn a_token_ends_with_its_time() {
    let place = Place::new(|options| options.token_lifetime = Duration::ZERO);
    assert_eq!(error(&place.look_up(3)), 7);
    let place = Place::new(|_| {});
    let token = place.token();
    assert_eq!(error(&place.client.ask(&lookup("06", &token, place.number(3)))), 0);
    assert_eq!(
        error(&place.client.ask(&lookup("06", &token, place.number(4)))),
        0,
        "a token is good for many requests"
    );
    place.simulator.control().expire_tokens();
    assert_eq!(error(&place.client.ask(&lookup("06", &token, place.number(3)))), 7);
    assert_eq!(error(&place.client.ask(&lookup("06", b"ZZZZZZZZ", place.number(3)))), 7);
}

#[test]
fn a_token_does_not_move_to_another_address() {
    let place = Place::new(|options| options.bind = "0.0.0.0:0".parse().unwrap());
    let elsewhere = Client::new(&place.simulator).from("127.0.0.2");
    let token = place.token();
    let request = lookup("06", &token, place.number(3));
    assert_eq!(error(&place.client.ask(&request)), 0);
    assert_eq!(error(&elsewhere.ask(&request)), 7);
    assert_eq!(error(&place.client.ask(&request)), 7, "the session is cut");
    let own = elsewhere.ask(&logon(PASSWORD, "        "));
    assert_eq!(error(&elsewhere.ask(&lookup("06", &own[6..14], place.number(3)))), 0);
}

#[test]
fn a_token_is_the_users() {
    let place = Place::new(|_| {});
    let request = [b"OFF4,013206", place.token().as_slice(), b"WU35    00", &place.number(3).to_digits()].concat();
    assert_eq!(error(&place.client.ask(&request)), 7);
}

#[test]
fn a_simulator_that_was_started_anew_knows_no_tokens() {
    let population = || Population::new(PopulationOptions::new(10, 1)).unwrap();
    let first = kartotek_simulators::cpr_direkte::Simulator::start(crate::support::options(), population()).unwrap();
    let token = Client::new(&first).ask(&logon(PASSWORD, "        "))[6..14].to_vec();
    let mut options = crate::support::options();
    options.bind = first.addr();
    drop(first);
    let second = kartotek_simulators::cpr_direkte::Simulator::start(options, population()).unwrap();
    let client = Client::new(&second);
    assert_eq!(error(&client.ask(&logon(PASSWORD, "        "))), 0);
    let number = population().person(3, 0).unwrap().number();
    assert_eq!(error(&client.ask(&lookup("06", &token, number))), 7);
}
