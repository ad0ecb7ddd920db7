//! `kartotek cpr password`, killed at any moment: CPR's password is always one of those that are kept.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use kartotek_service::secrets::{EnvironmentKeys, KeyFile, KeySource, SecretName, Vault};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::cli::until;
use crate::support::direkte::{Direkte, PASSWORD};

/// Longer than any test takes.
const LONG: Duration = Duration::from_mins(5);

fn change(direkte: &Direkte) -> Child {
    direkte.command(&["cpr", "password"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn kill(mut child: Child) {
    let _ = child.kill();
    child.wait().unwrap();
}

fn has_changed(direkte: &Direkte) -> bool {
    direkte.simulator.control().password().reveal() != PASSWORD.as_bytes()
}

/// A sign-on with whatever is kept, and a person.
fn looks_up(direkte: &Direkte) {
    direkte.call(&["cpr", "lookup", &direkte.number(1).reveal()]).ends_with(0);
}

/// Sets back the clock of the change that is not decided, to where nobody waits for it any more.
fn age_the_change(direkte: &Direkte) {
    let url = format!("sqlite:{}", direkte.folder().join("kartotek.db").display()).parse().unwrap();
    let file = KeyFile::new(direkte.folder().join("kartotek.key"));
    let keys = KeySource { environment: EnvironmentKeys::default(), file };
    let clock = std::sync::Arc::new(kartotek_register::ports::SystemClock);
    let vault = Vault::new(kartotek_store::open(&url).unwrap(), keys, clock);
    let next: SecretName = "cpr.password.next".parse().unwrap();
    let kept = vault.get(&next).unwrap().expect("a change that is not decided");
    vault.put(&next, &[&kept[..8], b" 2026-01-05T08:00:00Z"].concat()).unwrap();
}

/// With a password that has expired nobody can sign on before it is changed, whatever became of the change before.
fn an_expired_one_can_be_changed(direkte: &Direkte) {
    direkte.call(&["cpr", "lookup", &direkte.number(1).reveal()]).ends_with(2).complains("error 02");
    direkte.call(&["cpr", "password"]).ends_with(3).complains("not decided");
    age_the_change(direkte);
    direkte.call(&["cpr", "password"]).ends_with(0);
    looks_up(direkte);
}

#[test]
fn killed_when_cpr_has_the_new_password_and_has_not_answered() {
    for has_expired in [false, true] {
        let direkte = Direkte::new();
        let control = direkte.simulator.control();
        if has_expired {
            control.expire_password();
        }
        control.fault(Fault::Late(LONG), Scope::Logons, Times::Next(1));
        let child = change(&direkte);
        until(|| has_changed(&direkte));
        kill(child);
        looks_up(&direkte);
        looks_up(&direkte);
        assert_eq!(control.counts().refused, 1, "the old one is tried once more");
        direkte.call(&["cpr", "password"]).ends_with(0);
        looks_up(&direkte);
    }
}

#[test]
fn killed_when_the_new_password_is_kept_and_not_sent() {
    for has_expired in [false, true] {
        let direkte = Direkte::new();
        let control = direkte.simulator.control();
        if has_expired {
            control.expire_password();
        }
        control.fault(Fault::SlowHandshake(LONG), Scope::Everything, Times::Next(1));
        let child = change(&direkte);
        until(|| control.counts().connections > 0);
        kill(child);
        assert!(!has_changed(&direkte));
        if has_expired {
            an_expired_one_can_be_changed(&direkte);
        } else {
            looks_up(&direkte);
            age_the_change(&direkte);
            direkte.call(&["cpr", "password"]).ends_with(0);
            looks_up(&direkte);
            assert_eq!(control.counts().refused, 0);
        }
    }
}

#[test]
fn killed_at_any_moment() {
    // How long a change takes here, so that the kills spread over all of it.
    let direkte = Direkte::new();
    let began = Instant::now();
    direkte.call(&["cpr", "password"]).ends_with(0);
    let whole = began.elapsed();
    for round in 0..8_u32 {
        let direkte = Direkte::new();
        let child = change(&direkte);
        // Not a wait for something to happen, but the moment of the kill.
        std::thread::sleep(whole * (round + 1) / 8);
        kill(child);
        looks_up(&direkte);
    }
}

#[test]
fn of_two_processes_that_change_at_once_none_locks_the_other_out() {
    let direkte = Direkte::new();
    let codes = [change(&direkte), change(&direkte)].map(|mut child| child.wait().unwrap().code().unwrap());
    let changed = codes.iter().filter(|code| **code == 0).count();
    assert!(changed > 0 && codes.iter().all(|code| [0, 3].contains(code)), "{codes:?}");
    looks_up(&direkte);
    let control = direkte.simulator.control();
    assert_eq!((control.passwords_used().len(), control.counts().refused), (changed, 0));
}
