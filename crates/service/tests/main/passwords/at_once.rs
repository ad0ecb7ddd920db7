//! What others do while a change is on its way.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_register::ports::Clock;
use kartotek_service::cpr_online::PasswordChangeError;
use kartotek_service::secrets::SecretName;
use kartotek_simulators::cpr_direkte::{Scope, Times};

use crate::support::PASSWORD;

use super::{SetClock, Setting, closed, password};

#[test]
fn a_password_that_is_set_while_a_change_is_on_its_way_is_kept_beside_the_new_one() {
    for is_cprs in [false, true] {
        let setting = Setting::new();
        let (register, control) = (setting.register.clone(), setting.direkte.simulator.control().clone());
        setting.meanwhile(move || {
            register.set("cD56.uvw");
            if is_cprs {
                control.set_password(password("cD56.uvw"));
            }
        });
        setting.change().unwrap();
        assert_eq!(setting.cpr_has("cD56.uvw"), is_cprs);
        assert!(setting.can_sign_on(), "one of the two is right");
        setting.later(11);
        assert!(setting.can_sign_on());
        assert!(!setting.next_is_kept(), "and now it is known which");
        assert!(setting.can_sign_on());
    }
}

#[test]
fn the_keys_may_be_rotated_while_a_change_is_on_its_way() {
    let setting = Setting::new();
    let register = setting.register.clone();
    setting.meanwhile(move || {
        register.vault().rotate().unwrap();
    });
    setting.change().unwrap();
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    assert_eq!(setting.direkte.simulator.control().counts().refused, 0);
}

#[test]
fn a_new_password_is_kept_although_another_machine_gave_it_up() {
    let setting = Setting::new();
    let register = setting.register.clone();
    // Its clock is ahead by a quarter of an hour, and its sign-on comes first.
    setting.meanwhile(move || {
        register.vault().remove(&"cpr.password.next".parse().unwrap()).unwrap();
    });
    setting.change().unwrap();
    assert!(setting.can_sign_on() && !setting.cpr_has(PASSWORD));
}

#[test]
fn what_was_decided_late_does_not_decide_the_change_that_came_after() {
    let setting = Setting::new();
    let (control, register) = (setting.direkte.simulator.control(), setting.register.clone());
    control.fault(closed(), Scope::Logons, Times::Next(1));
    setting.change().unwrap_err();
    setting.later(11);
    // While CPR's answer to this sign-on is on its way, another process gives the change up and begins one of its own. By
    // the version the two are alike: both are the first since the one before was removed.
    let next: SecretName = "cpr.password.next".parse().unwrap();
    let of_another = next.clone();
    setting.meanwhile(move || {
        register.vault().remove(&of_another).unwrap();
        register.vault().put(&of_another, b"eF78:rst").unwrap();
    });
    assert!(setting.can_sign_on());
    assert_eq!(setting.register.vault().get(&next).unwrap().unwrap().as_slice(), b"eF78:rst");
}

#[test]
fn of_two_processes_that_change_at_once_neither_locks_the_other_out() {
    for _ in 0..4 {
        let setting = Setting::new();
        let outcomes = std::thread::scope(|scope| {
            [(); 3].map(|()| scope.spawn(|| setting.change())).map(|thread| thread.join().unwrap())
        });
        assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
        assert!(
            outcomes.iter().all(|outcome| matches!(
                outcome,
                Ok(()) | Err(PasswordChangeError::UnderWay | PasswordChangeError::Unreachable(_))
            )),
            "{outcomes:?}"
        );
        let control = setting.direkte.simulator.control();
        assert_eq!(control.passwords_used().len(), outcomes.iter().filter(|outcome| outcome.is_ok()).count());
        assert!(setting.can_sign_on() && !setting.next_is_kept());
        assert_eq!(control.counts().refused, 0, "nobody tried a wrong one");
    }
}

#[test]
fn a_sign_on_that_a_change_overtakes_comes_through() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    let process = setting.process();
    // The password is read, and then another process changes it: what is tried is wrong by then.
    control.set_password(password("cD56.uvw"));
    let register = setting.register.clone();
    setting.meanwhile(move || register.set("cD56.uvw"));
    assert_eq!(setting.signs_on_as(&process), ErrorNumber::SUCCESS);
    assert!(!setting.keeps("cpr.password.refused"), "what was refused is gone");
}

#[test]
fn a_change_that_was_held_up_or_overtaken_is_not_sent() {
    /// Lets a minute and more pass with every look at it.
    struct Slow(Arc<SetClock>);

    impl Clock for Slow {
        fn now(&self) -> Timestamp {
            *self.0.0.lock().unwrap() += SignedDuration::from_secs(61);
            self.0.now()
        }
    }

    let setting = Setting::new();
    let process = setting.register.process_with(Arc::new(Slow(Arc::clone(&setting.clock))));
    let error = process.change(&setting.online(&process), None).unwrap_err();
    assert!(matches!(error, PasswordChangeError::Unreachable(_)), "{error}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert_eq!(setting.direkte.simulator.control().counts().connections, 0);
    assert!(setting.can_sign_on() && !setting.next_is_kept());
}
