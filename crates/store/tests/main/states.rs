//! What planning reads back of what a batch wrote: every kind of change, column by column.

use kartotek_register::contact::{AddressType, ContactRow, Label, Role, SourceId, SourceRow, Target};
use kartotek_register::import::{Changes, Touch};

use crate::fixture::Register;
use crate::rows::*;

for_each_store! {
    new_rows_come_back_as_they_were_written_and_in_the_order_of_their_keys,
    changed_rows_are_overwritten_in_every_column,
    removed_rows_are_gone_and_others_stay,
    a_touch_moves_the_stamp_and_the_state_at_the_source_and_nothing_else,
    states_come_in_the_order_asked_for_even_twice,
    a_state_of_an_unknown_key_is_an_error,
    a_source_sees_its_own_rows_and_main_addresses,
    a_new_row_with_the_key_of_another_is_refused_and_nothing_of_the_batch_stays,
    many_rows_are_written_in_one_batch,
}

fn new_rows_come_back_as_they_were_written_and_in_the_order_of_their_keys(register: &mut Register) {
    let (_, changes) = full_person();
    register.apply(&changes);
    let states = register.try_out(|t| t.states(SOURCE, &[1, 2, 3]).unwrap());
    let [state, other, named] = states.as_slice() else { panic!("expected three states") };
    assert!([&state.contact, &other.contact, &named.contact].into_iter().eq(&changes.contacts_new));
    assert!(state.source.as_ref() == changes.sources_new.first());
    assert!(other.source.is_none());
    let mut infos = changes.infos_new.clone();
    infos.sort_by_key(|row| (row.label.id(), row.priority));
    assert!(state.infos == infos);
    assert!(state.dates == changes.dates_new);
    assert!(state.addresses == changes.addresses_new);
    assert!(state.parts.iter().map(|(row, _)| row).eq(&changes.parts_new));
    let targets: Vec<_> = state.parts.iter().map(|(_, target)| target.clone()).collect();
    let spouse = Target::Contact(person("0002"));
    let father = Target::Named { name1: "Far".into(), name2: "Far til Åse".into() };
    assert!(targets == [spouse.clone(), spouse, father]);
    assert!(state.protections == changes.protections_new);
}

fn changed_rows_are_overwritten_in_every_column(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    let mut changes = Changes::of(SOURCE);
    let blank = contact(1, id.clone(), "", "Ny");
    changes.contacts_changed = vec![ContactRow { start_date: some("1941-02-00"), placeholder: true, ..blank }];
    changes.infos_changed = vec![info(1, Label::Status, 1, "01"), info(1, Label::TidligereNavn, 2, "x")];
    changes.dates_changed = vec![dated(1, Label::Foedselsdag, "1941-03-04", false)];
    let mut closed = address(11, 1, AddressType::FormerCpr, "");
    closed.start_date = None;
    closed.end_date = some("2026-00-00");
    closed.source = SourceId::HAND;
    closed.imported_hash = -1;
    changes.addresses_changed = vec![closed];
    let mut ended = part(1, Role::Aegtefaelle, 2, 2);
    ended.start_date = some("1999-00-00");
    ended.end_date = some("2026-01-05");
    changes.parts_changed = vec![ended];
    let mut lifted = protection(1, "0001", 2);
    lifted.deletion_date = None;
    lifted.end_date = some("2026-01-05");
    changes.protections_changed = vec![lifted];
    changes.sources_changed = vec![SourceRow {
        src_subscribed: false,
        stamp: stamp("2026-01-06"),
        content_hash: 7,
        mapping_hash: 8,
        stated: 0,
        edited: true,
        ..source(1, &id)
    }];
    register.apply(&changes);

    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    let state = states.first().unwrap();
    assert!(Some(&state.contact) == changes.contacts_changed.first());
    assert!(state.source.as_ref() == changes.sources_changed.first());
    let infos: Vec<_> = state.infos.iter().map(|row| (row.label, row.priority, row.info.as_str())).collect();
    let expected = [
        (Label::Koen, 1, "K"),
        (Label::Status, 1, "01"),
        (Label::TidligereNavn, 1, "Åse Æ"),
        (Label::TidligereNavn, 2, "x"),
    ];
    assert_eq!(infos, expected);
    assert!(state.dates.first() == changes.dates_changed.first());
    assert!(state.dates.get(1) == new.dates_new.get(1));
    assert!(state.parts.get(1).map(|(row, _)| row) == changes.parts_changed.first());
    assert!(state.protections.get(1) == changes.protections_changed.first());
    // The closed address became a person's, and such a row is seen only while it is a main address.
    assert!(state.addresses.as_slice() == &new.addresses_new[..1]);
    let theirs = register.try_out(|t| t.states(SourceId::HAND, &[1]).unwrap());
    assert!(theirs.first().unwrap().addresses == changes.addresses_changed);
}

fn removed_rows_are_gone_and_others_stay(register: &mut Register) {
    let (_, new) = full_person();
    register.apply(&new);
    let mut changes = Changes::of(SOURCE);
    changes.infos_removed = vec![(1, Label::TidligereNavn, 1), (1, Label::Koen, 1), (1, Label::Branche, 1)];
    changes.dates_removed = vec![(1, Label::Foedselsdag, 1)];
    register.apply(&changes);
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    let state = states.first().unwrap();
    let infos: Vec<_> = state.infos.iter().map(|row| (row.label, row.priority)).collect();
    assert_eq!(infos, [(Label::Status, 1), (Label::TidligereNavn, 2)]);
    assert_eq!(state.dates.iter().map(|row| row.label).collect::<Vec<_>>(), [Label::Statusfra]);
}

fn a_touch_moves_the_stamp_and_the_state_at_the_source_and_nothing_else(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    let mut changes = Changes::of(SOURCE);
    changes.touched =
        vec![Touch { source_key: id.name_code.clone(), stamp: stamp("2026-02-01"), src_subscribed: false }];
    register.write(|t| t.apply(&changes, 1, None, "2026-02-01T23:59:59Z").unwrap());
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    let expected = SourceRow { stamp: stamp("2026-02-01"), src_subscribed: false, ..source(1, &id) };
    assert!(states.first().unwrap().source == Some(expected));
    let card = register.card(&id);
    let updated: Vec<_> = card.sources.iter().map(|row| row.source_updated_at.as_deref()).collect();
    assert_eq!(updated, [Some("2026-02-01T23:59:59Z")]);
}

fn states_come_in_the_order_asked_for_even_twice(register: &mut Register) {
    for key in 1..=5 {
        register.apply(&new_contact(key, person(&format!("000{key}")), "A", "B"));
    }
    let keys = [4, 1, 5, 4];
    let states = register.try_out(|t| t.states(SOURCE, &keys).unwrap());
    assert!(states.iter().map(|state| state.contact.key).eq(keys));
    assert!(states.iter().all(|state| state.source.as_ref().is_some_and(|row| row.contact == state.contact.key)));
    assert!(register.try_out(|t| t.states(SOURCE, &[]).unwrap()).is_empty());
}

fn a_state_of_an_unknown_key_is_an_error(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    assert!(register.try_out(|t| t.states(SOURCE, &[1, 2]).is_err()));
}

fn a_source_sees_its_own_rows_and_main_addresses(register: &mut Register) {
    let (_, new) = full_person();
    register.apply(&new);
    let states = register.try_out(|t| t.states(SourceId(2), &[1]).unwrap());
    let state = states.first().unwrap();
    assert!(state.source.is_none());
    assert!(state.infos.is_empty() && state.dates.is_empty());
    assert!(state.parts.is_empty() && state.protections.is_empty());
    assert_eq!(state.addresses.iter().map(|row| row.key).collect::<Vec<_>>(), [11]);
}

fn a_new_row_with_the_key_of_another_is_refused_and_nothing_of_the_batch_stays(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    for (key, id) in [(1, person("0002")), (2, person("0001"))] {
        let changes = new_contact(key, id, "C", "D");
        let error = register.try_out(|t| t.apply(&changes, 1, None, NOW).unwrap_err());
        assert!(!error.may_be_retried());
        assert!(!error.to_string().contains("9999990001"), "an error shows a number");
    }
    assert!(register.reader().contact(&person("0002")).unwrap().is_none());
    assert_eq!(register.card(&person("0001")).name1, "A");
}

fn many_rows_are_written_in_one_batch(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    let long = "Æ".repeat(2_000);
    for key in 1..=2_000 {
        let id = id('C', &format!("{key:010}"));
        changes.sources_new.push(source(key, &id));
        changes.contacts_new.push(contact(key, id, &long, "Efternavn"));
        changes.infos_new.push(info(key, Label::Status, 1, "01"));
    }
    register.apply(&changes);
    let keys: Vec<_> = (1..=2_000).rev().collect();
    let states = register.try_out(|t| t.states(SOURCE, &keys).unwrap());
    assert!(states.iter().map(|state| state.contact.key).eq(keys));
    assert!(states.iter().all(|state| state.contact.name1 == long && state.infos.len() == 1));
}
