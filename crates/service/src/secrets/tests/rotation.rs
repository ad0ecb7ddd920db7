//! New keys: the steps one by one, cut off between any two of them.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::rotate::add_key;
use super::{House, Key, SecretsError, all_are_readable_with, environment, name};

const NAMES: [&str; 3] = ["cpr.password", "cvr-j.password", "smtp"];

#[test]
fn a_rotation_leaves_one_new_key_for_all() {
    let house = House::with(&NAMES);
    let (before, _) = house.keys();
    let rotated = house.vault().rotate().unwrap();
    let (after, used) = house.keys();
    assert_eq!((rotated.secrets, rotated.finished_earlier, rotated.dropped), (3, false, 1));
    assert_eq!((after.len(), &after, &after[0]), (1, &used, &rotated.key_id));
    assert_ne!(after, before);
    house.all_are_readable();
}

#[test]
fn a_rotation_cut_off_anywhere_leaves_all_readable_and_is_finished_by_the_next() {
    for steps in 0..=3 {
        let house = House::with(&NAMES);
        let old = house.keys().0;
        let running = house.vault();
        {
            let mut file = running.hold_file().unwrap();
            if steps >= 1 {
                add_key(&mut file).unwrap();
            }
            if steps >= 2 {
                running.reseal(&file.keys[0]).unwrap();
            }
            if steps >= 3 {
                running.drop_old_keys(&mut file).unwrap();
            }
            // The process ends here: the lock goes, what was written stays.
        }
        let between = house.keys().0;
        house.all_are_readable();
        all_are_readable_with(&running);
        house.vault().put(&name("new"), b"NEW").unwrap();
        house.all_are_readable();

        let rotated = house.vault().rotate().unwrap();
        let (after, used) = house.keys();
        assert_eq!((after.len(), &after), (1, &used), "cut off after step {steps}");
        assert!(!old.contains(&after[0]), "cut off after step {steps}");
        assert_eq!(rotated.finished_earlier, steps == 1 || steps == 2);
        assert_eq!(
            rotated.finished_earlier,
            after[0] == between[0],
            "an earlier rotation is finished with its own key"
        );
        house.all_are_readable();
    }
}

#[test]
fn a_crash_while_the_file_is_written_leaves_the_old_one() {
    let house = House::with(&NAMES);
    let left = house.folder.path().join(".register.key.0123456789abcdef");
    let not_ours = house.folder.path().join(".register.key.backup");
    for path in [&left, &not_ours] {
        fs::write(path, "half a li").unwrap();
    }
    house.all_are_readable();
    house.vault().rotate().unwrap();
    house.all_are_readable();
    assert!(!left.exists() && not_ours.exists(), "what the crash left is cleared away, and nothing else");
}

#[test]
fn a_process_with_the_old_keys_reads_on_after_a_rotation() {
    let house = House::with(&NAMES);
    let running = house.vault();
    all_are_readable_with(&running);
    house.vault().rotate().unwrap();
    all_are_readable_with(&running);
    running.put(&name("new"), b"NEW").unwrap();
    house.all_are_readable();
}

#[test]
fn secrets_that_are_set_during_rotations_are_never_lost() {
    let house = House::with(&NAMES);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|number| {
                let (house, done) = (&house, &done);
                scope.spawn(move || {
                    let vault = house.vault();
                    let name = name(&format!("w{number}"));
                    let mut written = 0;
                    while !done.load(Ordering::Relaxed) || written < 5 {
                        vault.put(&name, name.as_str().to_uppercase().as_bytes()).unwrap();
                        assert!(vault.get(&name).unwrap().is_some());
                        written += 1;
                    }
                })
            })
            .collect();
        let rotators: Vec<_> = (0..2)
            .map(|_| {
                let house = &house;
                scope.spawn(move || {
                    let vault = house.vault();
                    for _ in 0..10 {
                        vault.rotate().unwrap();
                        house.all_are_readable();
                    }
                })
            })
            .collect();
        for thread in rotators {
            thread.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for thread in writers {
            thread.join().unwrap();
        }
    });
    house.all_are_readable();
    assert_eq!(house.keys().0, house.keys().1);
}

#[test]
fn a_rotation_begins_only_when_every_secret_can_be_opened() {
    let house = House::with(&NAMES);
    let foreign = Key::generate().unwrap();
    house.vault_with(environment(Some(&foreign), None)).put(&name("foreign"), b"FOREIGN").unwrap();
    let before = fs::read(house.path()).unwrap();
    assert!(matches!(house.vault().rotate(), Err(SecretsError::UnknownKey { .. })));
    assert_eq!(fs::read(house.path()).unwrap(), before);
    house.vault_with(environment(None, Some(&foreign))).rotate().unwrap();
    house.all_are_readable();
}

#[test]
fn the_environments_new_key_takes_over_from_its_old_one() {
    let (old, new) = (Key::generate().unwrap(), Key::generate().unwrap());
    let house = House::new();
    for name in NAMES {
        house
            .vault_with(environment(Some(&old), None))
            .put(&super::name(name), name.to_uppercase().as_bytes())
            .unwrap();
    }
    let vault = house.vault_with(environment(Some(&new), Some(&old)));
    all_are_readable_with(&vault);
    assert_eq!(vault.rotate().unwrap().secrets, 3);
    assert_eq!(vault.rotate().unwrap().secrets, 0, "a second time there is nothing to do");
    all_are_readable_with(&house.vault_with(environment(Some(&new), None)));
    assert!(!house.path().exists());
}

#[test]
fn secrets_of_a_key_file_move_to_a_key_of_the_environment_and_back() {
    let house = House::with(&NAMES);
    let key = Key::generate().unwrap();
    assert_eq!(house.vault_with(environment(Some(&key), None)).rotate().unwrap().secrets, 3);
    assert_eq!(house.keys().1, [key.id()]);
    fs::remove_file(house.path()).unwrap();
    all_are_readable_with(&house.vault_with(environment(Some(&key), None)));
    assert_eq!(house.vault_with(environment(None, Some(&key))).rotate().unwrap().secrets, 3);
    house.all_are_readable();
}
