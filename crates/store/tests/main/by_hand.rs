//! Edits that people make with tools of their own: they are noticed, and rows that people add survive.

use kartotek_register::contact::{AddressRow, AddressType, ContactId, Label, SourceId};
use kartotek_register::import::Changes;

use crate::fixture::Register;
use crate::rows::*;

/// Whether the source record of a contact says that somebody edited it.
fn is_edited(register: &Register, id: &ContactId) -> bool {
    let known = register.reader().known(SOURCE, std::slice::from_ref(&id.name_code)).unwrap();
    known.first().unwrap().unwrap().edited
}

for_each_store! {
    an_address_that_a_person_changed_is_noticed,
    a_contact_that_a_person_changed_is_noticed,
    a_text_that_a_person_changed_is_noticed,
    what_the_importer_writes_counts_as_no_edit,
    the_next_import_takes_the_note_back,
    rows_that_a_person_added_belong_to_nobodys_source_and_stay,
}

fn an_address_that_a_person_changed_is_noticed(register: &mut Register) {
    let (id, changes) = full_person();
    register.apply(&changes);
    register.apply(&new_contact(4, person("0004"), "Uberørt", "B"));
    match register.memory() {
        Some(memory) => memory.edit_addresses(&id, |row| row.lines.address1 = "Håndvej 1".into()),
        None => register.sql("UPDATE address SET address1 = 'Håndvej 1' WHERE contact_key = 1"),
    }
    assert!(is_edited(register, &id));
    assert!(!is_edited(register, &person("0004")));
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    assert!(states.first().unwrap().addresses.iter().all(AddressRow::is_by_hand));
}

fn a_contact_that_a_person_changed_is_noticed(register: &mut Register) {
    let (id, changes) = full_person();
    register.apply(&changes);
    match register.memory() {
        Some(memory) => memory.edit_contact(&id, |row| row.text = "Set i byen".into()),
        None => register.sql("UPDATE contact SET text = 'Set i byen' WHERE contact_key = 1"),
    }
    assert!(is_edited(register, &id));
    assert_eq!(register.card(&id).text, "Set i byen");
}

fn a_text_that_a_person_changed_is_noticed(register: &mut Register) {
    let (id, changes) = full_person();
    register.apply(&changes);
    match register.memory() {
        Some(memory) => memory.edit_info(&id, Label::Status, SOURCE, "20"),
        None => register.sql("UPDATE contact_info SET info = '20' WHERE contact_key = 1 AND custom_label = 'Status'"),
    }
    assert!(is_edited(register, &id));
    assert!(register.card(&id).infos.iter().any(|row| row.custom_label == "Status" && row.info == "20"));
}

fn what_the_importer_writes_counts_as_no_edit(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    let mut changes = Changes::of(SOURCE);
    changes.contacts_changed = vec![contact(1, id.clone(), "Ny", "Ny")];
    changes.addresses_changed = vec![address(11, 1, AddressType::FormerCpr, "Ny 1")];
    changes.infos_changed = vec![info(1, Label::Status, 1, "01")];
    changes.infos_removed = vec![(1, Label::Koen, 1)];
    register.apply(&changes);
    assert!(!is_edited(register, &id));
}

fn the_next_import_takes_the_note_back(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    match register.memory() {
        Some(memory) => memory.edit_contact(&id, |row| row.text = "x".into()),
        None => register.sql("UPDATE contact SET text = 'x' WHERE contact_key = 1"),
    }
    let mut changes = Changes::of(SOURCE);
    changes.sources_changed = vec![source(1, &id)];
    register.apply(&changes);
    assert!(!is_edited(register, &id));
}

fn rows_that_a_person_added_belong_to_nobodys_source_and_stay(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    if let Some(memory) = register.memory() {
        memory.add_info(&id, Label::Status, "99");
        memory.add_address(&id, address(0, 1, AddressType::Main, "Håndvej 1"));
    } else {
        register.sql(
            "INSERT INTO contact_info (contact_key, custom_label, info) VALUES (1, 'Status', '99');
             INSERT INTO address (address_key, contact_key, address_type, address1, postcode)
             VALUES (99, 1, 'HA', 'Håndvej 1', '8000')",
        );
    }
    assert!(!is_edited(register, &id));
    let mut changes = Changes::of(SOURCE);
    changes.infos_removed = vec![(1, Label::Status, 1)];
    register.apply(&changes);
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    let state = states.first().unwrap();
    assert!(state.infos.iter().all(|row| row.label != Label::Status));
    let theirs: Vec<_> = state.addresses.iter().filter(|row| row.source == SourceId::HAND).collect();
    assert!(theirs.len() == 1 && theirs.iter().all(|row| row.is_by_hand()));
    let card = register.card(&id);
    let statuses: Vec<_> = card.infos.iter().filter(|row| row.custom_label == "Status").collect();
    assert!(statuses.iter().map(|row| (row.info.as_str(), row.source.as_str())).eq([("99", "")]));
}

for_each_database! {
    every_public_view_can_be_edited,
    rows_are_added_through_every_public_view,
    a_label_of_ones_own_is_declared_before_it_is_used,
}

fn every_public_view_can_be_edited(register: &mut Register) {
    let (id, new) = full_person();
    for (sql, expected) in [
        ("DELETE FROM contact_info WHERE custom_label = 'Status'", "SELECT count(*) FROM info_row WHERE label_id = 3"),
        (
            "UPDATE contact_date SET date = '1941-05-06' WHERE custom_label = 'Fødselsdag'",
            "SELECT count(*) FROM date_row WHERE label_id = 20 AND (date <> '1941-05-06' OR date_text IS NOT NULL)",
        ),
        (
            "DELETE FROM contact_date WHERE custom_label = 'Fødselsdag'",
            "SELECT count(*) FROM date_row WHERE label_id = 20",
        ),
        (
            "UPDATE part SET end_date = '2026-01-01' WHERE seq = 1",
            "SELECT count(*) FROM part_row
             WHERE seq = 1 AND (end_date <> '2026-01-01' OR end_date_text IS NOT NULL OR start_date <> '1999-05-01')",
        ),
        ("DELETE FROM part WHERE role = 'Forældre'", "SELECT count(*) FROM part_row WHERE role_id = 2"),
        ("DELETE FROM address WHERE address_key = 10", "SELECT count(*) FROM address WHERE address_key = 10"),
    ] {
        register.sql(
            "DELETE FROM change_row; DELETE FROM part_row; DELETE FROM date_row; DELETE FROM info_row;
                      DELETE FROM protection_row; DELETE FROM address; DELETE FROM source_record; DELETE FROM contact",
        );
        register.apply(&new);
        assert!(!is_edited(register, &id));
        register.sql(sql);
        assert!(is_edited(register, &id), "{sql}");
        assert_eq!(register.query(expected).concat(), ["0"], "{sql}");
    }
}

fn rows_are_added_through_every_public_view(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    register.sql(
        "INSERT INTO contact_date (contact_key, custom_label, date) VALUES (1, 'Umyndig', '2026-01-01');
         INSERT INTO contact_info (contact_key, custom_label, priority, info) VALUES (1, 'Branche', 2, 'Bager');
         INSERT INTO part (contact_key, role, name_ref_key, start_date) VALUES (1, 'Værge', 2, '2026-01-01')",
    );
    assert!(!is_edited(register, &id));
    let card = register.card(&id);
    let date = card.dates.iter().find(|row| row.custom_label == "Umyndig").unwrap();
    assert_eq!((date.date.as_str(), date.uncertain, date.source.as_str()), ("2026-01-01", false, ""));
    let info = card.infos.iter().find(|row| row.custom_label == "Branche").unwrap();
    assert_eq!((info.priority, info.info.as_str(), info.source.as_str()), (2, "Bager", ""));
    let part = card.parts.iter().find(|row| row.role == "Værge").unwrap();
    assert_eq!((part.start_date.as_deref(), part.source.as_str()), (Some("2026-01-01"), ""));
}

fn a_label_of_ones_own_is_declared_before_it_is_used(register: &mut Register) {
    let (id, new) = full_person();
    register.apply(&new);
    let insert = "INSERT INTO contact_info (contact_key, custom_label, info) VALUES (1, 'Skostørrelse', '43')";
    assert!(register.try_sql(insert).unwrap_err().contains("add it to table label first"));
    register.sql("INSERT INTO label (label_id, custom_label) VALUES (1000, 'Skostørrelse')");
    register.sql(insert);
    assert!(register.card(&id).infos.iter().any(|row| row.custom_label == "Skostørrelse" && row.info == "43"));
    // The engine does not know the label and leaves it alone.
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    assert_eq!(states.first().unwrap().infos.len(), 4);
    let unknown_role = "INSERT INTO part (contact_key, role, name_ref_key) VALUES (1, 'Nabo', 2)";
    assert!(register.try_sql(unknown_role).unwrap_err().contains("add it to table role first"));
}

/// Otherwise a batch that has read the address already would write over the edit and over the note of it. SQLite has one
/// writer by itself.
#[test]
fn an_edit_on_postgres_waits_for_the_batch_under_way() {
    let mut register = Register::on_postgres();
    let (id, new) = full_person();
    register.apply(&new);
    let mut writer = register.open_again();
    let mut batch = writer.begin().unwrap();
    let tool = register.postgres_session();
    std::thread::scope(|scope| {
        scope.spawn(move || tool.execute("UPDATE address SET address1 = 'Håndvej 1' WHERE contact_key = 1").unwrap());
        register.wait_for_somebody_who_waits();
        let mut changes = Changes::of(SOURCE);
        changes.addresses_changed = vec![address(11, 1, AddressType::Main, "Importvej 1")];
        changes.sources_changed = vec![source(1, &id)];
        batch.apply(&changes, 1, None, NOW).unwrap();
        batch.commit().unwrap();
    });
    assert!(is_edited(&register, &id));
    assert!(register.card(&id).addresses.iter().all(|row| row.lines[0] == "Håndvej 1"));
}
