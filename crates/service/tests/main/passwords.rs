//! Changing the password: whatever the moment at which a process dies, the user is never locked out.

mod at_once;
mod expired;
mod refused;

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Clock, Store, SystemClock};
use kartotek_service::cpr_online::{Online, PasswordChangeError, StoredPasswords};
use kartotek_service::secrets::{EnvironmentKeys, KeyFile, KeySource, SecretName, Vault};
use kartotek_simulators::cpr_direkte::{Fault, Observer, RequestKind, Scope, Times};
use tempfile::TempDir;

use crate::support::{Direkte, PASSWORD, population};

/// A clock that tests set.
struct SetClock(Mutex<Timestamp>);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Where the passwords are kept, apart from CPR. Each [`StoredPasswords`] of it stands for a process.
#[derive(Clone)]
struct Register {
    store: MemoryStore,
    folder: Arc<TempDir>,
    clock: Arc<SetClock>,
}

impl Register {
    fn vault(&self) -> Vault {
        let store: Box<dyn Store> = Box::new(self.store.clone());
        let keys = KeySource {
            environment: EnvironmentKeys::default(),
            file: KeyFile::new(self.folder.path().join("register.key")),
        };
        Vault::new(store, keys, Arc::clone(&self.clock) as Arc<dyn Clock>)
    }

    /// What a process that starts now sees.
    fn process(&self) -> StoredPasswords {
        self.process_with(Arc::clone(&self.clock) as Arc<dyn Clock>)
    }

    fn process_with(&self, clock: Arc<dyn Clock>) -> StoredPasswords {
        StoredPasswords::new(Arc::new(self.vault()), clock, "WUADIR34".to_owned()).unwrap()
    }

    fn set(&self, text: &str) {
        self.process().set(&password(text)).unwrap();
    }
}

/// What happens while CPR's answer to a sign-on is on its way.
type Meanwhile = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

struct Setting {
    direkte: Direkte,
    register: Register,
    clock: Arc<SetClock>,
    meanwhile: Meanwhile,
}

impl Setting {
    fn new() -> Self {
        let clock = Arc::new(SetClock(Mutex::new("2026-11-20T08:00:00Z".parse().unwrap())));
        let register = Register {
            store: MemoryStore::new(),
            folder: Arc::new(tempfile::tempdir().unwrap()),
            clock: Arc::clone(&clock),
        };
        let meanwhile = Meanwhile::default();
        let happens = Arc::clone(&meanwhile);
        let observer = Observer(Arc::new(move |exchange| {
            let happens = happens.lock().unwrap().take_if(|_| exchange.kind == RequestKind::Logon);
            if let Some(happens) = happens {
                happens();
            }
        }));
        let direkte = Direkte::start_with(population(20), |options| options.observer = Some(observer));
        let setting = Self { direkte, register, clock, meanwhile };
        setting.register.set(PASSWORD);
        setting
    }

    fn process(&self) -> StoredPasswords {
        self.register.process()
    }

    /// While the answer to the next sign-on is on its way.
    fn meanwhile(&self, happens: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(happens));
    }

    fn cpr_has(&self, text: &str) -> bool {
        self.direkte.simulator.control().password() == password(text)
    }

    fn logons(&self) -> u64 {
        self.direkte.simulator.control().counts().logons
    }

    fn later(&self, minutes: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// A client as a process that starts now has it.
    fn online(&self, process: &StoredPasswords) -> Online {
        self.direkte.online_with(Arc::new(process.clone()), None)
    }

    /// Changes the password as a process of its own would.
    fn change(&self) -> Result<(), PasswordChangeError> {
        let process = self.process();
        process.change(&self.online(&process), None)
    }

    /// Whether a process that starts now can sign on.
    fn can_sign_on(&self) -> bool {
        self.signs_on_as(&self.process()) == ErrorNumber::SUCCESS
    }

    fn signs_on_as(&self, process: &StoredPasswords) -> ErrorNumber {
        let online = self.online(process);
        online
            .wait(online.client().sign_on())
            .map_or_else(|error| error.number().unwrap_or(ErrorNumber::NO_CONNECTION), |reply| reply.header().error)
    }

    fn keeps(&self, name: &str) -> bool {
        let name: SecretName = name.parse().unwrap();
        self.register.vault().get(&name).unwrap().is_some()
    }

    fn next_is_kept(&self) -> bool {
        self.keeps("cpr.password.next")
    }
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

fn closed() -> Fault {
    Fault::error(ErrorNumber::new(4).unwrap())
}

#[test]
fn the_new_password_is_cprs_and_the_old_one_is_forgotten() {
    let setting = Setting::new();
    setting.change().unwrap();
    assert!(!setting.cpr_has(PASSWORD));
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
    assert!(matches!(setting.change(), Err(PasswordChangeError::Undecided { .. })));
    assert!(!setting.cpr_has(PASSWORD));
    assert!(setting.next_is_kept());
    assert!(setting.can_sign_on(), "one of the two is right");
    assert!(!setting.next_is_kept(), "and now it is known which");
    assert!(setting.can_sign_on());
}

#[test]
fn a_change_that_did_not_happen_leaves_the_old_password_in_force() {
    let setting = Setting::new();
    // CPR is closed: whether it changed the password before it said so, nobody knows.
    setting.direkte.simulator.control().fault(closed(), Scope::Logons, Times::Next(1));
    assert!(matches!(setting.change(), Err(PasswordChangeError::Undecided { .. })));
    assert!(setting.cpr_has(PASSWORD));
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
    assert!(setting.cpr_has(PASSWORD));
    assert!(setting.can_sign_on() && !setting.next_is_kept());
    // Bad luck once is tried again with another one.
    control.fault(Fault::error(ErrorNumber::NEW_PASSWORD_REFUSED), Scope::Logons, Times::Next(1));
    setting.change().unwrap();
    assert!(setting.can_sign_on());
}

#[test]
fn an_alert_of_tls_after_sending_leaves_both_passwords() {
    let setting = Setting::new();
    // CPR has changed the password by then.
    setting.direkte.simulator.control().fault(Fault::Alert, Scope::Logons, Times::Next(1));
    let outcome = setting.change();
    assert!(matches!(outcome, Err(PasswordChangeError::Undecided { .. })), "{outcome:?}");
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
    let online = Online::new(client, Arc::new(SystemClock)).unwrap();
    assert!(matches!(process.change(&online, None), Err(PasswordChangeError::Unreachable(_))));
    assert!(setting.can_sign_on() && !setting.next_is_kept());
}

#[test]
fn what_a_clock_that_was_ahead_has_dated_blocks_nothing() {
    let setting = Setting::new();
    setting.direkte.simulator.control().fault(closed(), Scope::Logons, Times::Next(1));
    setting.later(60 * 24);
    setting.change().unwrap_err();
    setting.later(-60 * 24);
    assert!(setting.next_is_kept());
    setting.change().unwrap();
    assert!(!setting.process().is_due(60).unwrap());
    setting.later(-60 * 24);
    assert!(setting.process().is_due(60).unwrap(), "nobody knows how old it is");
    setting.later(60 * 24 - 5);
    assert!(!setting.process().is_due(60).unwrap(), "clocks differ a little");
}
