//! A password that has expired (error 02).

use jiff::SignedDuration;
use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_service::cpr_online::{PasswordChangeError, PasswordUpkeep};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use super::{Setting, closed};

#[test]
fn an_expired_password_is_changed_by_the_same_way() {
    let setting = Setting::new();
    setting.direkte.simulator.control().expire_password();
    assert!(!setting.can_sign_on());
    setting.change().unwrap();
    assert!(setting.can_sign_on());
}

#[test]
fn a_change_that_is_not_decided_is_no_obstacle_when_the_password_has_expired() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    control.fault(closed(), Scope::Logons, Times::Next(1));
    setting.change().unwrap_err();
    control.expire_password();
    assert_eq!(setting.signs_on_as(&setting.process()), ErrorNumber::PASSWORD_EXPIRED);
    assert!(setting.next_is_kept(), "it may still be on its way");
    assert!(matches!(setting.change(), Err(PasswordChangeError::UnderWay)));
    setting.later(11);
    setting.change().unwrap();
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    assert_eq!(control.passwords_used().len(), 1);
}

#[test]
fn a_program_that_error_02_stopped_changes_the_password_all_the_same() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    control.fault(closed(), Scope::Logons, Times::Next(1));
    setting.change().unwrap_err();
    control.expire_password();
    let process = setting.process();
    let online = setting.online(&process);
    online.wait(online.client().sign_on()).unwrap();
    assert!(online.has_expired_password());
    setting.later(11);
    process.change(&online, None).unwrap();
    assert!(!online.has_expired_password() && setting.can_sign_on());
}

#[test]
fn of_two_passwords_the_next_one_may_have_expired() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    control.fault(Fault::Reset(0), Scope::Logons, Times::Next(1));
    setting.change().unwrap_err();
    control.expire_password();
    assert_eq!(setting.signs_on_as(&setting.process()), ErrorNumber::PASSWORD_EXPIRED);
    assert!(!setting.next_is_kept() && !setting.keeps("cpr.password.refused"));
    let before = setting.logons();
    setting.change().unwrap();
    assert_eq!(setting.logons(), before + 1, "which one it is was known");
    assert!(setting.can_sign_on());
}

#[test]
fn a_program_that_runs_changes_an_expired_password_once() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    let process = setting.process();
    let online = setting.online(&process);
    let mut upkeep = PasswordUpkeep::new(process, 60);
    assert!(upkeep.look(&online).is_none());
    control.expire_password();
    // One caller hears of it, and nobody calls again.
    assert_eq!(online.wait(online.client().sign_on()).unwrap().header().error, ErrorNumber::PASSWORD_EXPIRED);
    upkeep.look(&online).unwrap().unwrap();
    let logons = setting.logons();
    for _ in 0..5 {
        *setting.clock.0.lock().unwrap() += SignedDuration::from_secs(1);
        assert!(upkeep.look(&online).is_none());
    }
    setting.later(61);
    assert!(upkeep.look(&online).is_none());
    assert_eq!((setting.logons(), control.passwords_used().len()), (logons, 1));
}

#[test]
fn a_program_that_runs_tries_a_change_that_failed_again_after_ten_minutes() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    let process = setting.process();
    let online = setting.online(&process);
    let mut upkeep = PasswordUpkeep::new(process, 60);
    control.expire_password();
    online.wait(online.client().sign_on()).unwrap();
    control.fault(closed(), Scope::Logons, Times::Next(1));
    assert!(matches!(upkeep.look(&online), Some(Err(PasswordChangeError::Undecided { .. }))));
    let logons = setting.logons();
    setting.later(9);
    assert!(upkeep.look(&online).is_none());
    assert_eq!(setting.logons(), logons);
    setting.later(1);
    upkeep.look(&online).unwrap().unwrap();
    assert!(setting.can_sign_on());
    assert_eq!(control.passwords_used().len(), 1);
}
