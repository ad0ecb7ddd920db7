//! Keys and journal numbers follow each other without gaps, whatever is undone and whoever writes.

use kartotek_register::import::What;
use kartotek_register::ports::{KeyKind, Transaction};

use crate::fixture::{Register, new_run};
use crate::rows::*;

/// Writes a contact with a journal entry under allotted keys.
fn add(transaction: &mut dyn Transaction, number: &str) {
    let key = transaction.allot(KeyKind::Contact, 1).unwrap();
    let mut changes = new_contact(key, person(number), "A", "B");
    changes.journal = vec![entry(key, What::Created, "[]"), entry(key, What::Updated, "[]")];
    let run = new_run(transaction);
    transaction.apply(&changes, run, None, NOW).unwrap();
}

fn numbers(register: &Register, count: usize) -> Vec<i64> {
    let mut numbers: Vec<_> = (0..count)
        .flat_map(|nth| register.reader().history(&person(&format!("{nth:04}"))).unwrap())
        .map(|change| change.change_seq)
        .collect();
    numbers.sort_unstable();
    numbers
}

for_each_store! {
    blocks_of_keys_follow_each_other,
    what_is_undone_leaves_no_gap,
    two_writers_in_two_threads_take_turns,
}

fn blocks_of_keys_follow_each_other(register: &mut Register) {
    let blocks = register.write(|t| {
        [
            t.allot(KeyKind::Contact, 3).unwrap(),
            t.allot(KeyKind::Address, 2).unwrap(),
            t.allot(KeyKind::Contact, 0).unwrap(),
            t.allot(KeyKind::Contact, 1).unwrap(),
        ]
    });
    assert_eq!(blocks, [1, 1, 4, 4]);
    let later = register.write(|t| [t.allot(KeyKind::Contact, 1).unwrap(), t.allot(KeyKind::Address, 1).unwrap()]);
    assert_eq!(later, [5, 3]);
}

fn what_is_undone_leaves_no_gap(register: &mut Register) {
    register.write(|t| add(t, "0000"));
    register.try_out(|t| add(t, "0001"));
    register.write(|t| add(t, "0001"));
    assert_eq!(register.card(&person("0001")).contact_key, 2);
    assert_eq!(numbers(register, 2), [1, 2, 3, 4]);
    let runs: Vec<_> = register.reader().history(&person("0001")).unwrap().iter().map(|change| change.run).collect();
    assert_eq!(runs, [2, 2]);
}

fn two_writers_in_two_threads_take_turns(register: &mut Register) {
    const EACH: usize = 10;
    let mut second = register.open_again();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for nth in 0..EACH {
                let mut transaction = second.begin().unwrap();
                add(transaction.as_mut(), &format!("{:04}", EACH + nth));
                transaction.commit().unwrap();
            }
        });
        for nth in 0..EACH {
            // Every other time it takes two goes.
            if nth % 2 == 0 {
                register.try_out(|t| add(t, &format!("{nth:04}")));
            }
            register.write(|t| add(t, &format!("{nth:04}")));
        }
    });
    let all: Vec<_> = (1..=i64::try_from(4 * EACH).unwrap()).collect();
    assert_eq!(numbers(register, 2 * EACH), all);
    let mut keys: Vec<_> = (0..2 * EACH).map(|nth| register.card(&person(&format!("{nth:04}"))).contact_key).collect();
    keys.sort_unstable();
    assert_eq!(keys, all[..2 * EACH]);
}

for_each_database! {
    keys_that_a_person_chose_are_not_given_out_again,
    a_row_that_a_person_adds_gets_a_key_by_itself,
}

fn keys_that_a_person_chose_are_not_given_out_again(register: &mut Register) {
    register.sql("INSERT INTO contact (contact_key, name_type, name_code) VALUES (7, 'J', '12345678')");
    register.sql("INSERT INTO address (address_key, contact_key, address_type) VALUES (3, 7, 'HA')");
    let keys = register.write(|t| [t.allot(KeyKind::Contact, 1).unwrap(), t.allot(KeyKind::Address, 1).unwrap()]);
    assert_eq!(keys, [8, 4]);
}

fn a_row_that_a_person_adds_gets_a_key_by_itself(register: &mut Register) {
    register.write(|t| add(t, "0000"));
    register.sql("INSERT INTO contact (name_type, name_code) VALUES ('J', '12345678')");
    register.write(|t| add(t, "0001"));
    let keys: Vec<_> = [id('J', "12345678"), person("0001")].map(|id| register.card(&id).contact_key).into();
    assert_eq!(keys, [2, 3]);
}
