//! The first load of an empty register, which builds some indexes at its end.

use crate::fixture::Register;
use crate::rows::*;

const PUT_OFF: [&str; 5] =
    ["address_by_postcode", "contact_by_name1", "contact_by_name2", "info_by_status", "part_by_reference"];

fn present(register: &Register) -> Vec<String> {
    register.indexes().into_iter().filter(|name| PUT_OFF.contains(&name.as_str())).collect()
}

for_each_store! {
    a_load_ends_with_the_same_register,
}

fn a_load_ends_with_the_same_register(register: &mut Register) {
    let (id, changes) = full_person();
    register.store.begin_load().unwrap();
    register.apply(&changes);
    register.store.finish_load().unwrap();
    assert_eq!(register.card(&id).infos.len(), 4);
    register.store.begin_load().unwrap();
    register.store.finish_load().unwrap();
    register.store.finish_load().unwrap();
}

for_each_database! {
    indexes_are_put_off_and_built_at_the_end,
    a_register_in_use_keeps_its_indexes,
    a_load_that_was_cut_off_is_caught_up_with_by_a_later_one,
}

fn indexes_are_put_off_and_built_at_the_end(register: &mut Register) {
    assert_eq!(present(register), PUT_OFF);
    register.store.begin_load().unwrap();
    assert!(present(register).is_empty());
    register.apply(&full_person().1);
    register.store.finish_load().unwrap();
    assert_eq!(present(register), PUT_OFF);
}

fn a_register_in_use_keeps_its_indexes(register: &mut Register) {
    register.apply(&full_person().1);
    register.store.begin_load().unwrap();
    assert_eq!(present(register), PUT_OFF);
}

fn a_load_that_was_cut_off_is_caught_up_with_by_a_later_one(register: &mut Register) {
    register.store.begin_load().unwrap();
    register.apply(&full_person().1);
    let mut later = register.open_again();
    register.store = register.open_again();
    assert!(present(register).is_empty());
    later.begin_load().unwrap();
    later.finish_load().unwrap();
    assert_eq!(present(register), PUT_OFF);
}
