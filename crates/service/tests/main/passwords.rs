//! Changing the password: whatever the moment at which a process dies, the user is never locked out.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Clock, Store, SystemClock};
use kartotek_service::cpr_online::{Online, PasswordChangeError, PasswordUpkeep, StoredPasswords};
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
    let online = Online::new(client, Arc::new(SystemClock)).unwrap();
    assert!(matches!(process.change(&online, None), Err(PasswordChangeError::Unreachable(_))));
    assert!(setting.can_sign_on() && !setting.next_is_kept());
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
