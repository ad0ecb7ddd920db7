//! What operators configure in the register: external sources, and secrets that change together or not at all.

use kartotek_register::ports::{ExternalSource, SealedSecret, SecretChange, SecretsWritten, Store};

use crate::fixture::Register;
use crate::rows::*;

const LATER: &str = "2026-02-01T23:59:59Z";

fn set(name: &str, expected_version: i64, sealed: &[u8]) -> SecretChange {
    SecretChange { name: name.into(), expected_version, sealed: Some(("key-1".into(), sealed.into())) }
}

fn removed(name: &str, expected_version: i64) -> SecretChange {
    SecretChange { name: name.into(), expected_version, sealed: None }
}

fn secret(name: &str, version: i64, sealed: &[u8], updated_at: &str) -> SealedSecret {
    SealedSecret {
        name: name.into(),
        version,
        key_id: "key-1".into(),
        sealed: sealed.into(),
        updated_at: updated_at.into(),
    }
}

for_each_store! {
    external_sources_are_entered_changed_and_removed,
    an_external_source_of_a_transaction_that_is_dropped_is_gone,
    secrets_come_back_as_they_were_sealed_by_name,
    the_versions_of_a_secret_count_its_changes,
    another_version_than_expected_changes_nothing,
    a_secret_that_is_removed_is_gone_and_begins_anew,
    a_reader_sees_secrets_at_once,
    of_two_writers_who_expect_the_same_version_one_has_to_look_again,
}

fn external_sources_are_entered_changed_and_removed(register: &mut Register) {
    register.write(|t| {
        t.put_external_source("CVR-J", "URL=http://127.0.0.1;", NOW).unwrap();
        t.put_external_source("CPR", "IP=127.0.0.1;Subscription=1;", NOW).unwrap();
    });
    register.write(|t| t.put_external_source("CVR-J", "", LATER).unwrap());
    let source = |name: &str, parameters: &str, updated_at: &str| ExternalSource {
        name: name.into(),
        parameters: parameters.into(),
        updated_at: updated_at.into(),
    };
    let expected = [source("CPR", "IP=127.0.0.1;Subscription=1;", NOW), source("CVR-J", "", LATER)];
    assert_eq!(register.reader().external_sources().unwrap(), expected);
    let was_there =
        register.write(|t| [t.remove_external_source("CPR").unwrap(), t.remove_external_source("CPR").unwrap()]);
    assert_eq!(was_there, [true, false]);
    assert_eq!(register.reader().external_sources().unwrap(), expected[1..]);
}

fn an_external_source_of_a_transaction_that_is_dropped_is_gone(register: &mut Register) {
    register.try_out(|t| t.put_external_source("CPR", "", NOW).unwrap());
    assert!(register.reader().external_sources().unwrap().is_empty());
}

fn secrets_come_back_as_they_were_sealed_by_name(register: &mut Register) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let changes = [set("cpr.password", 0, &every_byte), set("batch.password", 0, b"")];
    assert_eq!(register.store.write_secrets(&changes, NOW).unwrap(), SecretsWritten::Done);
    let secrets = register.reader().secrets().unwrap();
    assert!(secrets == [secret("batch.password", 1, b"", NOW), secret("cpr.password", 1, &every_byte, NOW)]);
    assert_eq!(format!("{:?}", secrets[1]), "SealedSecret(cpr.password, version 1)");
}

fn the_versions_of_a_secret_count_its_changes(register: &mut Register) {
    for (version, sealed) in [(0, b"a"), (1, b"b"), (2, b"b")] {
        register.store.write_secrets(&[set("a", version, sealed)], LATER).unwrap();
    }
    assert!(register.reader().secrets().unwrap() == [secret("a", 3, b"b", LATER)]);
    // Within one call too.
    let changes = [set("a", 3, b"c"), set("a", 4, b"d")];
    assert_eq!(register.store.write_secrets(&changes, LATER).unwrap(), SecretsWritten::Done);
    assert!(register.reader().secrets().unwrap() == [secret("a", 5, b"d", LATER)]);
}

fn another_version_than_expected_changes_nothing(register: &mut Register) {
    register.store.write_secrets(&[set("a", 0, b"a"), set("b", 0, b"b")], NOW).unwrap();
    let before = register.reader().secrets().unwrap();
    for changes in [
        vec![set("a", 1, b"x"), set("b", 0, b"x")],
        vec![set("a", 1, b"x"), set("b", 2, b"x")],
        vec![removed("a", 1), set("c", 1, b"x")],
        vec![set("c", 0, b"x"), removed("b", 3)],
        vec![set("c", 0, b"x"), removed("d", 1)],
        vec![set("a", 1, b"x"), set("a", 1, b"x")],
    ] {
        assert_eq!(register.store.write_secrets(&changes, LATER).unwrap(), SecretsWritten::Conflict);
        assert!(register.reader().secrets().unwrap() == before);
    }
    // The place is free again.
    assert_eq!(register.store.write_secrets(&[set("a", 1, b"x")], LATER).unwrap(), SecretsWritten::Done);
    register.write(|t| t.put_external_source("CPR", "", NOW).unwrap());
}

fn a_secret_that_is_removed_is_gone_and_begins_anew(register: &mut Register) {
    register.store.write_secrets(&[set("a", 0, b"a"), set("b", 0, b"b")], NOW).unwrap();
    let changes = [removed("a", 1), removed("never there", 0)];
    assert_eq!(register.store.write_secrets(&changes, LATER).unwrap(), SecretsWritten::Done);
    assert!(register.reader().secrets().unwrap() == [secret("b", 1, b"b", NOW)]);
    register.store.write_secrets(&[set("a", 0, b"c")], LATER).unwrap();
    assert!(register.reader().secrets().unwrap()[0] == secret("a", 1, b"c", LATER));
}

fn a_reader_sees_secrets_at_once(register: &mut Register) {
    let mut reader = register.reader();
    assert!(reader.secrets().unwrap().is_empty());
    register.store.write_secrets(&[set("a", 0, b"a")], NOW).unwrap();
    assert_eq!(reader.secrets().unwrap().len(), 1);
}

/// Adds one to the version, however often somebody else is faster.
fn change_once(store: &mut dyn Store) {
    let mut reader = store.reader().unwrap();
    loop {
        let version = reader.secrets().unwrap().first().map_or(0, |secret| secret.version);
        if store.write_secrets(&[set("a", version, b"a")], NOW).unwrap() == SecretsWritten::Done {
            return;
        }
    }
}

fn of_two_writers_who_expect_the_same_version_one_has_to_look_again(register: &mut Register) {
    const EACH: i64 = 10;
    let mut second = register.open_again();
    std::thread::scope(|scope| {
        scope.spawn(move || (0..EACH).for_each(|_| change_once(second.as_mut())));
        (0..EACH).for_each(|_| change_once(register.store.as_mut()));
    });
    assert_eq!(register.reader().secrets().unwrap()[0].version, 2 * EACH);
}

/// Reading goes on in a snapshot of its own; the writer does not wait for its end.
#[test]
fn secrets_are_written_on_sqlite_while_somebody_reads() {
    let mut register = Register::on_sqlite();
    let tool = register.sqlite_connection();
    tool.execute_batch("BEGIN; SELECT count(*) FROM secret").unwrap();
    assert_eq!(register.store.write_secrets(&[set("a", 0, b"a")], NOW).unwrap(), SecretsWritten::Done);
    let count = |sql| tool.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM secret"), 0);
    tool.execute_batch("COMMIT").unwrap();
    assert_eq!(count("SELECT count(*) FROM secret"), 1);
}

/// Whatever the database does for others: a password that was sent to its service must not be lost.
#[test]
fn secrets_on_postgres_are_on_disk_when_the_call_returns() {
    let mut register = Register::on_postgres();
    let database = register.query("SELECT current_database()").concat().concat();
    register.sql(&format!("ALTER DATABASE {database} SET synchronous_commit = off"));
    register.store = register.open_again();
    let before = register.query("SELECT pg_current_wal_insert_lsn()").concat().concat();
    assert_eq!(register.store.write_secrets(&[set("a", 0, b"a")], NOW).unwrap(), SecretsWritten::Done);
    let is_on_disk = register.query(&format!("SELECT pg_current_wal_flush_lsn() > '{before}'")).concat();
    assert_eq!(is_on_disk, ["t"]);
}

/// A change of password does not wait for an import.
#[test]
fn secrets_are_written_on_postgres_while_somebody_reads_and_an_import_writes() {
    let mut register = Register::on_postgres();
    let tool = register.postgres_session();
    tool.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM secret").unwrap();
    let mut writer = register.open_again();
    let mut batch = writer.begin().unwrap();
    batch.put_external_source("CPR", "", NOW).unwrap();
    assert_eq!(register.store.write_secrets(&[set("a", 0, b"a")], NOW).unwrap(), SecretsWritten::Done);
    batch.commit().unwrap();
    tool.execute("COMMIT").unwrap();
    assert_eq!(register.reader().secrets().unwrap().len(), 1);
}
