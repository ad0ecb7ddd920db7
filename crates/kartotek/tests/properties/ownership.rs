//! Invariant 4: what a person typed stays, whatever CPR delivers afterwards.

use std::collections::BTreeMap;

use kartotek_register::import::{ForceUpdate, ImportOptions};
use kartotek_service::cpr_extract::ExtractImport;

use crate::support::{Case, Dice, Files, Kind, Register, Tables, anyway, assert_same};

property_in_each_database! {
    rows_typed_by_hand_survive_any_deliveries: 10, 3;
    a_telephone_number_moves_along_with_the_person: 10, 3;
    edited_addresses_stay_under_force_update_n: 10, 3;
}

/// The establishing extract is in; the later deliveries come in any order, contradictions among them.
struct Later {
    register: Register,
    files: Files,
}

impl Later {
    fn of(kind: Kind, case: &Case, dice: &mut Dice) -> Self {
        let mut extracts = case.extracts();
        let register = Register::with(kind, &anyway(), &Files::of(&[extracts.remove(0)]).paths);
        extracts.push(case.status_extract(1).contradicted(dice));
        dice.shuffle(&mut extracts);
        Self { register, files: Files::of(&extracts) }
    }

    fn take(&mut self, settings: &ExtractImport) {
        self.files.paths.iter().for_each(|path| drop(self.register.take(settings, path)));
    }
}

/// Persons to type something about.
fn some_persons(tables: &mut Tables, dice: &mut Dice) -> Vec<String> {
    let keys = tables.rows(&["contact_key"], "contact WHERE name_type = 'C' ORDER BY contact_key");
    keys.into_iter().filter(|_| dice.one_in(2)).collect()
}

fn rows_typed_by_hand_survive_any_deliveries(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut later = Later::of(kind, case, &mut dice);
    let mut tables = later.register.tables();
    let persons = some_persons(&mut tables, &mut dice);
    // The labels and the role are ones that CPR delivers too.
    let type_in = |key: String| {
        let other = 1 + dice.below(case.persons as usize);
        format!(
            "INSERT INTO address (contact_key, address_type, address1, start_date)
                 VALUES ({key}, 'SOM', 'Strandvej {key}', '2020-05-01');
             INSERT INTO contact_info (contact_key, custom_label, info) VALUES ({key}, 'Status', 'ring {key}');
             INSERT INTO contact_info (contact_key, custom_label, info) VALUES ({key}, 'Branche', 'fisker');
             INSERT INTO contact_date (contact_key, custom_label, date) VALUES ({key}, 'Umyndig', '2019-02-03');
             INSERT INTO part (contact_key, name_ref_key, role, start_date)
                 VALUES ({key}, {other}, 'Værge', '2018-07-06');"
        )
    };
    let statements: String = persons.into_iter().map(type_in).collect();
    tables.by_hand(&format!("BEGIN; {statements} COMMIT;"));
    let before = typed(&mut tables);
    assert!(!before.is_empty());
    later.take(&anyway());
    assert_same(&typed(&mut tables), &before, "rows typed by hand");
}

fn typed(tables: &mut Tables) -> Vec<String> {
    let names = ["info_row", "date_row", "part_row", "address"];
    let of = |name: &str| {
        let columns = tables.columns(name);
        let columns: Vec<_> = columns.iter().map(String::as_str).collect();
        tables.dump_columns(&format!("{name} WHERE source_id = 0"), &columns)
    };
    let mut rows: Vec<_> = names.into_iter().flat_map(of).collect();
    rows.sort_unstable();
    rows
}

fn a_telephone_number_moves_along_with_the_person(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut later = Later::of(kind, case, &mut dice);
    let mut tables = later.register.tables();
    for key in some_persons(&mut tables, &mut dice) {
        tables.by_hand(&format!(
            "UPDATE address SET phone_no = 'tlf {key}', email = '{key}@example.dk'
                 WHERE contact_key = {key} AND address_type = 'HA'"
        ));
    }
    let mut before = reachable(&mut tables);
    assert!(before.values().any(|means| means.starts_with("tlf")));
    for path in later.files.paths.clone() {
        later.register.take(&anyway(), &path);
        let after = reachable(&mut tables);
        // A person who has no address for a while begins anew.
        for (key, means) in &after {
            assert!(before.get(key).is_none_or(|before| before == means), "{means:?} of {key}, before: {before:?}");
        }
        before = after;
    }
}

/// Telephone and e-mail on the main address in force, by contact.
fn reachable(tables: &mut Tables) -> BTreeMap<String, String> {
    let columns = ["contact_key", "phone_no", "email"];
    let rows = tables.rows(&columns, "address WHERE address_type = 'HA' AND end_date IS NULL");
    rows.iter().filter_map(|row| row.split_once('|')).map(|(key, means)| (key.to_owned(), means.to_owned())).collect()
}

fn edited_addresses_stay_under_force_update_n(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut later = Later::of(kind, case, &mut dice);
    let mut tables = later.register.tables();
    for key in some_persons(&mut tables, &mut dice) {
        tables.by_hand(&format!(
            "UPDATE address SET address1 = 'Rettet {key}' WHERE contact_key = {key} AND address_type = 'HA'"
        ));
    }
    let edited = "address WHERE address1 LIKE 'Rettet %'";
    let columns = ["address_key", "contact_key", "address_type", "address1", "postcode", "start_date", "end_date"];
    let before = tables.dump_columns(edited, &columns);
    assert!(!before.is_empty());
    let options = ImportOptions { force_update: ForceUpdate::No, ..ImportOptions::default() };
    later.take(&ExtractImport { options, ..anyway() });
    assert_same(&tables.dump_columns(edited, &columns), &before, "edited addresses");
}
