//! What CPR refused (error 01) is not tried again.

use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_service::cpr_online::PasswordChangeError;
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::PASSWORD;

use super::{Setting, closed, password};

#[test]
fn a_refused_password_is_remembered_whatever_happens_to_its_secret() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    setting.register.set("wrong-01");
    assert_eq!(setting.signs_on_as(&setting.process()), ErrorNumber::WRONG_PASSWORD);
    let nothing_is_tried = || {
        let before = setting.logons();
        assert!(!setting.can_sign_on());
        assert_eq!(setting.logons(), before);
    };
    nothing_is_tried();
    setting.register.vault().rotate().unwrap();
    nothing_is_tried();
    setting.register.vault().remove(&"cpr.password".parse().unwrap()).unwrap();
    setting.register.set("wrong-01");
    nothing_is_tried();
    let error = setting.change().unwrap_err();
    assert!(matches!(error, PasswordChangeError::RefusedBefore), "{error}");
    assert!(!setting.next_is_kept());
    // The right one is a first version too.
    setting.register.vault().remove(&"cpr.password".parse().unwrap()).unwrap();
    setting.register.set(PASSWORD);
    assert!(setting.can_sign_on() && !setting.keeps("cpr.password.refused"));

    setting.register.set("wrong-01");
    assert_eq!(setting.signs_on_as(&setting.process()), ErrorNumber::WRONG_PASSWORD);
    nothing_is_tried();
    control.set_password(password("wrong-01"));
    assert_eq!(setting.signs_on_as(&setting.process().trying_anyway()), ErrorNumber::SUCCESS);
    assert!(setting.can_sign_on() && !setting.keeps("cpr.password.refused"));
}

#[test]
fn each_of_two_passwords_is_tried_wrongly_once_at_most_by_all_processes_together() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    control.fault(Fault::Reset(0), Scope::Logons, Times::Next(1));
    setting.change().unwrap_err();
    let refused = control.counts().refused;
    // The old one is refused for what it is, the new one because CPR is closed.
    control.fault(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons, Times::Next(1));
    control.fault(closed(), Scope::Logons, Times::Next(1));
    assert!(!setting.can_sign_on());
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    assert_eq!(control.counts().refused, refused + 2);
}
