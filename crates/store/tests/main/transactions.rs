//! All or nothing, and readers that never wait.

use crate::fixture::{Register, new_run};
use crate::rows::*;

for_each_store! {
    dropping_undoes_everything,
    a_reader_sees_what_is_committed_and_does_not_wait_for_the_writer,
    opening_twice_is_harmless,
}

fn dropping_undoes_everything(register: &mut Register) {
    let (id, changes) = full_person();
    register.try_out(|t| {
        let run = new_run(t);
        t.apply(&changes, run, None, NOW).unwrap();
        assert!(!t.is_empty().unwrap());
    });
    assert!(register.try_out(|t| t.is_empty().unwrap()));
    assert!(register.reader().contact(&id).unwrap().is_none());
    // And it can be done again.
    register.apply(&changes);
    assert_eq!(register.card(&id).infos.len(), 4);
}

fn a_reader_sees_what_is_committed_and_does_not_wait_for_the_writer(register: &mut Register) {
    let mut reader = register.reader();
    let mut transaction = register.store.begin().unwrap();
    let run = new_run(transaction.as_mut());
    transaction.apply(&new_contact(1, person("0001"), "A", "B"), run, None, NOW).unwrap();
    assert!(reader.contact(&person("0001")).unwrap().is_none());
    transaction.commit().unwrap();
    assert!(reader.contact(&person("0001")).unwrap().is_some());
}

fn opening_twice_is_harmless(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    let mut again = register.open_again();
    assert!(!again.begin().unwrap().is_empty().unwrap());
    assert_eq!(again.reader().unwrap().contact(&person("0001")).unwrap().unwrap().name1, "A");
    register.apply(&new_contact(2, person("0002"), "A", "B"));
}
