//! Two imports at the same moment: the journal has no gaps, and the register is what it is after one and the other.

use std::path::Path;

use kartotek_register::ports::Store;

use crate::support::{Case, Kind, Register, anyway, assert_same, current, import};

property_in_each_database! {
    two_files_at_once_leave_a_journal_without_gaps: 10, 3;
    one_file_twice_at_once_is_taken_in_once: 6, 2;
}

property_in_each_store! {
    two_files_at_once_say_the_same_as_one_after_the_other: 10, 5, 2;
}

fn two_files_at_once_leave_a_journal_without_gaps(kind: Kind, case: &Case) {
    let files = case.files();
    let mut register = Register::new(kind);
    at_once(&mut register, &files.paths[0], &files.paths[1]);
    register.tables().assert_gapless();
}

fn two_files_at_once_say_the_same_as_one_after_the_other(kind: Kind, case: &Case) {
    let files = case.files();
    let expected = Register::with(Kind::Memory, &anyway(), &files.paths);
    let mut register = Register::new(kind);
    for pair in files.paths.chunks(2) {
        at_once(&mut register, &pair[0], pair.get(1).unwrap_or(&pair[0]));
    }
    assert_same(&current(register.store.as_ref()), &current(expected.store.as_ref()), "current state");
}

/// Whoever comes second takes what the first has begun for something that was cut off.
fn one_file_twice_at_once_is_taken_in_once(kind: Kind, case: &Case) {
    let files = case.files();
    let expected = Register::with(Kind::Memory, &anyway(), &files.paths[..1]);
    let mut register = Register::new(kind);
    at_once(&mut register, &files.paths[0], &files.paths[0]);
    assert_same(&current(register.store.as_ref()), &current(expected.store.as_ref()), "current state");
    let mut tables = register.tables();
    tables.assert_gapless();
    let contacts = tables.number("count(DISTINCT contact_key)", "change_row");
    assert_eq!(tables.number("count(*)", "change_row"), contacts, "one entry of the journal a contact");
    assert_eq!(tables.rows(&["state"], "delivery"), ["done"]);
}

fn at_once(register: &mut Register, first: &Path, second: &Path) {
    let mut another = register.open_another();
    let take = |store: &mut dyn Store, path: &Path| drop(import(store, &anyway(), path).unwrap());
    std::thread::scope(|scope| {
        scope.spawn(|| take(another.as_mut(), second));
        take(register.store.as_mut(), first);
    });
}
