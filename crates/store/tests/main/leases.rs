//! Who alone may work at something.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kartotek_register::ports::{Lease, LeaseTaken, Store, StoreErrorKind};
use kartotek_store::postgres::PostgresStore;
use kartotek_store::sqlite::SqliteStore;

use crate::databases::server;
use crate::fixture::{Home, Register};

const NAME: &str = "cpr-batch";

fn taken(store: &mut dyn Store, name: &str, holder: &str) -> Box<dyn Lease> {
    match store.lease(name, holder).unwrap() {
        LeaseTaken::Taken(lease) => lease,
        LeaseTaken::Held { by } => panic!("{by} has it"),
    }
}

fn held_by(store: &mut dyn Store, name: &str) -> String {
    match store.lease(name, "nobody").unwrap() {
        LeaseTaken::Taken(_) => panic!("nobody had it"),
        LeaseTaken::Held { by } => by,
    }
}

for_each_store! {
    the_second_is_refused_and_told_who_has_it,
    leases_of_other_names_are_others,
    a_lease_is_free_once_it_was_dropped,
    a_lease_is_kept_while_the_register_is_written,
}

fn the_second_is_refused_and_told_who_has_it(register: &mut Register) {
    let mut lease = taken(register.store.as_mut(), NAME, "cpr batch on host-1");
    let by = held_by(register.store.as_mut(), NAME);
    assert!(by.contains("cpr batch on host-1"), "{by}");
    let by = held_by(register.open_again().as_mut(), NAME);
    assert!(by.contains("cpr batch on host-1"), "{by}");
    lease.check().unwrap();
}

fn leases_of_other_names_are_others(register: &mut Register) {
    let _one = taken(register.store.as_mut(), NAME, "one");
    let _two = taken(register.store.as_mut(), "cpr-batch2", "two");
    assert!(held_by(register.store.as_mut(), NAME).contains("one"));
    assert!(held_by(register.store.as_mut(), "cpr-batch2").contains("two"));
}

fn a_lease_is_free_once_it_was_dropped(register: &mut Register) {
    for holder in ["one", "two", "three"] {
        let mut lease = taken(register.open_again().as_mut(), NAME, holder);
        lease.check().unwrap();
        assert!(held_by(register.store.as_mut(), NAME).contains(holder));
    }
}

fn a_lease_is_kept_while_the_register_is_written(register: &mut Register) {
    let mut lease = taken(register.store.as_mut(), NAME, "one");
    register.write(|t| {
        t.put_transfer_setting(crate::rows::SOURCE, "a", Some("b"), crate::rows::NOW).unwrap();
        lease.check().unwrap();
    });
    lease.check().unwrap();
    assert!(held_by(register.store.as_mut(), NAME).contains("one"));
}

#[test]
fn in_memory_a_lease_can_be_lost_and_is_then_anothers() {
    let mut register = Register::in_memory();
    let mut lost = taken(register.store.as_mut(), NAME, "one");
    register.memory().unwrap().lose_leases();
    assert_eq!(lost.check().unwrap_err().kind, StoreErrorKind::Unavailable);
    let mut next = taken(register.store.as_mut(), NAME, "two");
    assert!(lost.check().is_err());
    drop(lost);
    next.check().unwrap();
    assert!(held_by(register.store.as_mut(), NAME).contains("two"));
}

/// The file of the lease beside a register.
fn file(register: &Register) -> std::path::PathBuf {
    match &register.home {
        Home::Sqlite(sqlite) => sqlite.path().with_file_name("register.db.cpr-batch.lease"),
        Home::Memory(_) | Home::Postgres(_) => panic!("not a SQLite register"),
    }
}

#[test]
fn on_sqlite_a_file_left_behind_means_nothing() {
    let mut register = Register::on_sqlite();
    std::fs::write(file(&register), "somebody with a very long name who died long ago").unwrap();
    let _lease = taken(register.store.as_mut(), NAME, "one");
    let by = held_by(register.store.as_mut(), NAME);
    assert!(by.starts_with(&format!("one (process {}, since 2", std::process::id())), "{by}");
    assert!(by.ends_with("Z)"), "{by}");
}

#[cfg(unix)]
#[test]
fn on_sqlite_only_the_owner_can_read_who_has_a_lease() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut register = Register::on_sqlite();
    let _lease = taken(register.store.as_mut(), NAME, "one");
    assert_eq!(file(&register).metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn on_sqlite_a_register_reached_by_a_link_has_the_same_leases() {
    let mut register = Register::on_sqlite();
    let link = file(&register).with_file_name("link.db");
    std::os::unix::fs::symlink("register.db", &link).unwrap();
    let _lease = taken(register.store.as_mut(), NAME, "one");
    assert!(held_by(&mut SqliteStore::open(&link).unwrap(), NAME).contains("one"));
}

#[cfg(unix)]
#[test]
fn on_sqlite_a_lease_is_lost_with_its_file() {
    let mut register = Register::on_sqlite();
    let mut lost = taken(register.store.as_mut(), NAME, "one");
    std::fs::remove_file(file(&register)).unwrap();
    let error = lost.check().unwrap_err();
    assert!(error.message.contains("register.db.cpr-batch.lease"), "{error}");
    let mut next = taken(register.store.as_mut(), NAME, "two");
    assert!(lost.check().is_err());
    drop(lost);
    next.check().unwrap();
    assert!(held_by(register.store.as_mut(), NAME).contains("two"));
}

/// Until a query has rows, or has none.
fn wait_until(register: &Register, query: &str, has_rows: bool) {
    let began = Instant::now();
    while register.query(query).is_empty() == has_rows {
        assert!(began.elapsed() < Duration::from_mins(1), "{query}");
        std::thread::yield_now();
    }
}

#[test]
fn on_postgres_a_lease_is_lost_with_its_session() {
    let mut register = Register::on_postgres();
    let mut lost = taken(register.store.as_mut(), NAME, "one");
    register.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'one'");
    wait_until(&register, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'one'", false);
    for _ in 0..2 {
        let error = lost.check().unwrap_err();
        assert_eq!((error.kind, error.operation), (StoreErrorKind::Unavailable, "keep the lease"));
    }
    let mut next = taken(register.store.as_mut(), NAME, "two");
    drop(lost);
    next.check().unwrap();
    assert!(held_by(register.store.as_mut(), NAME).contains("two"));
}

#[test]
fn on_postgres_a_long_name_of_the_holder_is_cut_off() {
    let mut register = Register::on_postgres();
    let long = format!("{}å and more", "x".repeat(62));
    let _lease = taken(register.store.as_mut(), NAME, &long);
    let by = held_by(register.store.as_mut(), NAME);
    assert!(by.starts_with(&format!("{} (session ", "x".repeat(62))), "{by}");
    assert!(by.contains(", from 127.0.0.1, since 2"), "{by}");
}

#[test]
fn on_postgres_leases_of_another_database_are_others() {
    let (mut one, mut two) = (Register::on_postgres(), Register::on_postgres());
    let _lease = taken(one.store.as_mut(), NAME, "one");
    let mut other = taken(two.store.as_mut(), NAME, "two");
    other.check().unwrap();
}

/// Where the process that a test starts finds the register to hold a lease of.
const HOLD: &str = "KARTOTEK_TEST_HOLD";

/// Takes the lease, says so, and keeps it until the process is killed, or the one that started it is gone.
fn hold(store: &mut dyn Store) {
    let _lease = taken(store, NAME, "the other process");
    println!("held");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// Starts this test once more, which then holds the lease, and kills it.
fn killed_while_holding(test: &str, register: &mut Register, place: &std::ffi::OsStr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("leases::{test}"), "--nocapture"])
        .env(HOLD, place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("held")), "the other process ended");
    let by = held_by(register.store.as_mut(), NAME);
    assert!(by.contains("the other process"), "{by}");
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was killed");
}

#[test]
fn on_sqlite_a_lease_is_free_once_its_holder_was_killed() {
    if let Some(path) = std::env::var_os(HOLD) {
        return hold(&mut SqliteStore::open(path.as_ref()).unwrap());
    }
    let mut register = Register::on_sqlite();
    let Home::Sqlite(sqlite) = &register.home else { unreachable!() };
    let path = sqlite.path();
    killed_while_holding("on_sqlite_a_lease_is_free_once_its_holder_was_killed", &mut register, path.as_os_str());
    taken(register.store.as_mut(), NAME, "one").check().unwrap();
}

#[test]
fn on_postgres_a_lease_is_free_once_its_holder_was_killed() {
    if let Ok(name) = std::env::var(HOLD) {
        return hold(&mut PostgresStore::open(server().dbname(&name)).unwrap());
    }
    let mut register = Register::on_postgres();
    let Home::Postgres(postgres) = &register.home else { unreachable!() };
    let name = postgres.config.get_dbname().unwrap().to_owned();
    killed_while_holding("on_postgres_a_lease_is_free_once_its_holder_was_killed", &mut register, name.as_ref());
    wait_until(&register, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'the other process'", false);
    taken(register.store.as_mut(), NAME, "one").check().unwrap();
}
