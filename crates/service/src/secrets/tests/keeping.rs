use kartotek_register::ports::{SecretChange, SecretsWritten, Store as _};

use super::super::{Change, seal};
use super::{House, Key, SecretsError, all_are_readable_with, environment, name};

#[test]
fn a_secret_is_kept_replaced_and_removed() {
    let house = House::new();
    let vault = house.vault();
    let password = name("cpr.password");
    assert_eq!(vault.get(&password).unwrap(), None);
    assert_eq!(vault.version(&password).unwrap(), 0);
    vault.put(&password, b"first").unwrap();
    vault.put(&password, b"second").unwrap();
    let [found, nothing] = house.vault().get_all([&password, &name("cpr.password.next")]).unwrap();
    let (secret, version) = found.unwrap();
    assert_eq!((secret.as_slice(), version), (b"second".as_slice(), 2));
    assert!(nothing.is_none());
    assert!(vault.remove(&password).unwrap());
    assert!(!vault.remove(&password).unwrap());
    assert_eq!(vault.get(&password).unwrap(), None);
}

#[test]
fn the_register_never_holds_the_plaintext() {
    let house = House::with(&["cpr.password"]);
    let rows = house.store.reader().unwrap().secrets().unwrap();
    assert!(!rows[0].sealed.windows(12).any(|window| window == b"CPR.PASSWORD"));
}

#[test]
fn an_expected_version_that_is_not_there_changes_nothing() {
    let house = House::with(&["a", "b"]);
    let vault = house.vault();
    assert_eq!(vault.put_if(&name("a"), 0, b"x").unwrap(), SecretsWritten::Conflict);
    assert_eq!(vault.put_if(&name("c"), 1, b"x").unwrap(), SecretsWritten::Conflict);
    let (a, b) = (name("a"), name("b"));
    let changes = [
        Change { name: &a, expected_version: 1, secret: Some(b"x") },
        Change { name: &b, expected_version: 7, secret: None },
    ];
    assert_eq!(vault.change(&changes).unwrap(), SecretsWritten::Conflict);
    house.all_are_readable();
    assert_eq!(vault.put_if(&name("a"), 1, b"x").unwrap(), SecretsWritten::Done);
}

#[test]
fn a_secret_cannot_be_put_in_the_place_of_another() {
    let house = House::with(&["cpr.password", "smtp.password"]);
    let rows = house.store.reader().unwrap().secrets().unwrap();
    let other = rows.iter().find(|row| row.name == "smtp.password").unwrap();
    let swapped = SecretChange {
        name: "cpr.password".into(),
        expected_version: 1,
        sealed: Some((other.key_id.clone(), other.sealed.clone())),
    };
    house.store.clone().write_secrets(&[swapped], "2026-01-05T08:00:00Z").unwrap();
    let error = house.vault().get(&name("cpr.password")).unwrap_err();
    assert!(matches!(&error, SecretsError::Damaged { name } if name.as_str() == "cpr.password"), "{error}");
}

#[test]
fn many_writers_at_once_lose_no_change() {
    let house = House::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let vault = house.vault();
            scope.spawn(move || vault.put(&name("x"), format!("{thread}").as_bytes()).unwrap());
        }
    });
    assert_eq!(house.vault().version(&name("x")).unwrap(), 8);
    assert_eq!(house.keys().0.len(), 1, "all of them made one key");
}

#[test]
fn a_key_of_the_environment_needs_no_file() {
    let house = House::new();
    let key = Key::generate().unwrap();
    house.vault_with(environment(Some(&key), None)).put(&name("x"), b"X").unwrap();
    assert!(!house.path().exists());
    all_are_readable_with(&house.vault_with(environment(Some(&key), None)));
    all_are_readable_with(&house.vault_with(environment(None, Some(&key))));
}

#[test]
fn a_secret_of_a_key_that_is_nowhere_names_it() {
    let house = House::new();
    let (key, another) = (Key::generate().unwrap(), Key::generate().unwrap());
    house.vault_with(environment(Some(&key), None)).put(&name("x"), b"X").unwrap();
    let error = house.vault_with(environment(Some(&another), None)).get(&name("x")).unwrap_err();
    assert!(matches!(&error, SecretsError::UnknownKey { key_id, .. } if key_id == key.id()), "{error}");
}

#[test]
fn a_row_with_sealed_bytes_of_another_format_is_damaged() {
    let house = House::with(&["x"]);
    let vault = house.vault();
    let row = house.store.reader().unwrap().secrets().unwrap().remove(0);
    let mut sealed = row.sealed.clone();
    sealed[0] = 2;
    let change = SecretChange { name: "x".into(), expected_version: 1, sealed: Some((row.key_id.clone(), sealed)) };
    house.store.clone().write_secrets(&[change], "2026-01-05T08:00:00Z").unwrap();
    assert!(matches!(vault.get(&name("x")), Err(SecretsError::Damaged { .. })));
    // Another program's secret of the same format opens, as long as the key is the same.
    let file = super::KeyFile::new(house.path()).read().unwrap().unwrap();
    let sealed = seal::seal(&file[0], &name("x"), b"X").unwrap();
    let change = SecretChange { name: "x".into(), expected_version: 2, sealed: Some((row.key_id, sealed)) };
    house.store.clone().write_secrets(&[change], "2026-01-05T08:00:00Z").unwrap();
    house.all_are_readable();
}
