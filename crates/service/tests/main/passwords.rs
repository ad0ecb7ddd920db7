//! Changing the password: whatever the moment at which a process dies, the user is never locked out.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Clock, Store};
use kartotek_service::cpr_online::{PasswordChangeError, StoredPasswords};
use kartotek_service::secrets::{EnvironmentKeys, KeyFile, KeySource, SecretName, Vault};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};
use tempfile::TempDir;

use crate::support::{Direkte, PASSWORD, population};

/// A clock that tests set.
struct SetClock(std::sync::Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

struct Setting {
    direkte: Direkte,
    store: MemoryStore,
    folder: TempDir,
    clock: Arc<SetClock>,
}

impl Setting {
    fn new() -> Self {
        let clock = Arc::new(SetClock(std::sync::Mutex::new("2026-11-20T08:00:00Z".parse().unwrap())));
        let setting = Self {
            direkte: Direkte::start(population(20)),
            store: MemoryStore::new(),
            folder: tempfile::tempdir().unwrap(),
            clock,
        };
        setting.process().set(&Password::parse(PASSWORD).unwrap()).unwrap();
        setting
    }

    /// What a process that starts now sees.
    fn process(&self) -> StoredPasswords {
        let store: Box<dyn Store> = Box::new(self.store.clone());
        let keys = KeySource {
            environment: EnvironmentKeys::default(),
            file: KeyFile::new(self.folder.path().join("register.key")),
        };
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        StoredPasswords::new(Arc::new(Vault::new(store, keys, Arc::clone(&clock))), clock, "WUADIR34".to_owned())
            .unwrap()
    }

    fn later(&self, minutes: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// Changes the password as a process of its own would.
    fn change(&self) -> Result<(), PasswordChangeError> {
        let process = self.process();
        let online = self.direkte.online_with(Arc::new(process.clone()), None);
        process.change(&online, None)
    }

    /// Whether a process that starts now can sign on.
    fn can_sign_on(&self) -> bool {
        let online = self.direkte.online_with(Arc::new(self.process()), None);
        online.test().is_ok_and(|tested| tested.is_good())
    }

    fn next_is_kept(&self) -> bool {
        let name: SecretName = "cpr.password.next".parse().unwrap();
        self.store.reader().unwrap().secrets().unwrap().iter().any(|secret| secret.name == name.as_str())
    }
}

#[test]
fn the_new_password_is_cprs_and_the_old_one_is_forgotten() {
    let setting = Setting::new();
    setting.change().unwrap();
    let control = setting.direkte.simulator.control();
    assert_ne!(control.password(), Password::parse(PASSWORD).unwrap());
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    setting.change().unwrap();
    assert!(setting.can_sign_on());
}

#[test]
fn a_password_is_due_after_its_days() {
    let setting = Setting::new();
    assert!(!setting.process().is_due(60).unwrap());
    setting.later(60 * 24 * 60 - 1);
    assert!(!setting.process().is_due(60).unwrap());
    setting.later(1);
    assert!(setting.process().is_due(60).unwrap());
    setting.change().unwrap();
    assert!(!setting.process().is_due(60).unwrap());
}

#[test]
fn a_crash_after_sending_is_found_out_by_the_next_sign_on() {
    let setting = Setting::new();
    // CPR changes the password and the answer is lost: all that a process that dies in the middle leaves behind.
    setting.direkte.simulator.control().fault(Fault::Reset(0), Scope::Logons, Times::Next(1));
    assert!(matches!(setting.change(), Err(PasswordChangeError::Undecided(_))));
    assert_ne!(setting.direkte.simulator.control().password(), Password::parse(PASSWORD).unwrap());
    assert!(setting.next_is_kept());
    assert!(setting.can_sign_on(), "one of the two is right");
    assert!(!setting.next_is_kept(), "and now it is known which");
    assert!(setting.can_sign_on());
}

#[test]
fn a_change_that_did_not_happen_leaves_the_old_password_in_force() {
    let setting = Setting::new();
    // CPR is closed: whether it changed the password before it said so, nobody knows.
    setting.direkte.simulator.control().fault(
        Fault::error(ErrorNumber::new(4).unwrap()),
        Scope::Logons,
        Times::Next(1),
    );
    assert!(matches!(setting.change(), Err(PasswordChangeError::Undecided(_))));
    assert_eq!(setting.direkte.simulator.control().password(), Password::parse(PASSWORD).unwrap());
    assert!(setting.can_sign_on());
    assert!(setting.next_is_kept(), "it may still be on its way");
    assert!(matches!(setting.change(), Err(PasswordChangeError::UnderWay)));
    setting.later(11);
    setting.change().unwrap();
    assert!(setting.can_sign_on() && !setting.next_is_kept());
}

#[test]
fn what_cpr_refuses_leaves_the_old_password_in_force() {
    let setting = Setting::new();
    let control = setting.direkte.simulator.control();
    control.fault(Fault::error(ErrorNumber::NEW_PASSWORD_REFUSED), Scope::Logons, Times::Next(3));
    assert!(matches!(setting.change(), Err(PasswordChangeError::NotAccepted)));
    assert_eq!(control.password(), Password::parse(PASSWORD).unwrap());
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    // Bad luck once is tried again with another one.
    control.fault(Fault::error(ErrorNumber::NEW_PASSWORD_REFUSED), Scope::Logons, Times::Next(1));
    setting.change().unwrap();
    assert!(setting.can_sign_on());
}

#[test]
fn an_expired_password_is_changed_by_the_same_way() {
    let setting = Setting::new();
    setting.direkte.simulator.control().expire_password();
    assert!(!setting.can_sign_on());
    setting.change().unwrap();
    assert!(setting.can_sign_on());
}

#[test]
fn an_alert_of_tls_after_sending_leaves_both_passwords() {
    let setting = Setting::new();
    // CPR has changed the password by then.
    setting.direkte.simulator.control().fault(Fault::Alert, Scope::Logons, Times::Next(1));
    let outcome = setting.change();
    assert!(matches!(outcome, Err(PasswordChangeError::Undecided(_))), "{outcome:?}");
    assert_ne!(setting.direkte.simulator.control().password(), Password::parse(PASSWORD).unwrap());
    assert!(setting.next_is_kept());
    assert!(setting.can_sign_on(), "one of the two is right");
}

#[test]
fn what_could_not_be_sent_changes_nothing() {
    let setting = Setting::new();
    let process = setting.process();
    let mut connection = setting.direkte.connection();
    connection.port = 1;
    let client = connection.client(None, Arc::new(process.clone())).unwrap();
    let online =
        kartotek_service::cpr_online::Online::new(client, Arc::new(kartotek_register::ports::SystemClock)).unwrap();
    assert!(matches!(process.change(&online, None), Err(PasswordChangeError::Unreachable(_))));
    assert!(setting.can_sign_on() && !setting.next_is_kept());
}
