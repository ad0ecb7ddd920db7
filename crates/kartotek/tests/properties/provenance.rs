//! Invariant 5: for every stored value the journal says which run and delivery set it, and what stood there before.
//! Played forward from nothing it gives the register.

use std::collections::BTreeMap;

use kartotek_register::ports::ContactCard;
use serde_json::Value;

use crate::support::{Case, Files, Kind, Register, anyway, contacts, is_home};

property_in_each_store! {
    the_journal_played_forward_gives_the_register: 40, 12, 3;
}

property_in_each_database! {
    every_change_names_a_run_and_a_delivery: 6, 2;
}

/// Values by the field's name in the journal; several where a person has several rows of a kind.
type Fields = BTreeMap<String, Vec<String>>;

fn the_journal_played_forward_gives_the_register(kind: Kind, case: &Case) {
    let register = register(kind, case);
    let mut reader = register.reader();
    for contact in contacts(register.store.as_ref()) {
        let mut replayed = Fields::new();
        let mut ever = Fields::new();
        for change in reader.history(&contact.card.id).unwrap() {
            play(&change.fields, &mut replayed, &mut ever);
        }
        assert_eq!(in_force(replayed), in_force(stored(&contact.card)), "the fields of {}", contact.identity);
        for (field, values) in former(&contact.card) {
            for value in values {
                let known = ever.get(&field).is_some_and(|values| values.contains(&value));
                assert!(known, "{}: the journal never said {field} = {value}", contact.identity);
            }
        }
    }
}

/// Deliveries in a random order, contradictions among them.
fn register(kind: Kind, case: &Case) -> Register {
    let mut dice = case.dice();
    let mut extracts = case.extracts();
    let contradicted = dice.below(extracts.len());
    extracts.push(extracts[contradicted].clone().contradicted(&mut dice));
    if dice.one_in(2) {
        dice.shuffle(&mut extracts);
    }
    let files = Files::of(&extracts);
    let mut settings = anyway();
    settings.mapping.extended = dice.one_in(2);
    Register::with(kind, &settings, &files.paths)
}

/// Takes the value before away, which must stand there, and puts the value after in its place.
fn play(fields: &str, replayed: &mut Fields, ever: &mut Fields) {
    let entries: Vec<Vec<Value>> = serde_json::from_str(fields).unwrap();
    for entry in &entries {
        let field = entry[1].as_str().unwrap();
        let values = replayed.entry(field.to_owned()).or_default();
        match entry.get(3) {
            Some(before) => {
                let before = before.as_str().unwrap();
                let at = values.iter().position(|value| value == before);
                let at =
                    at.unwrap_or_else(|| panic!("{field}: {before:?} stood there before, the journal has {values:?}"));
                values.remove(at);
            }
            None if is_single(field) => assert!(values.is_empty(), "{field}: {values:?} stood there before, unsaid"),
            None => {}
        }
        if let Some(after) = entry[2].as_str() {
            values.push(after.to_owned());
            ever.entry(field.to_owned()).or_default().push(after.to_owned());
        }
    }
}

/// Fields of which a contact has one at most.
fn is_single(field: &str) -> bool {
    const CONTACT: [&str; 5] = ["name1", "name2", "position", "text", "end_date"];
    CONTACT.contains(&field) || field.starts_with("HA.") || field.ends_with(".uncertain")
}

/// What is compared: addresses of the other kinds have no names that tell their rows apart.
fn in_force(fields: Fields) -> Fields {
    let is_compared = |field: &String| ["UDL.", "KON.", "HIS."].iter().all(|kind| !field.starts_with(kind));
    let sorted = |(field, mut values): (String, Vec<String>)| {
        values.sort();
        (field, values)
    };
    fields.into_iter().filter(|(field, values)| is_compared(field) && !values.is_empty()).map(sorted).collect()
}

fn stored(card: &ContactCard) -> Fields {
    let mut fields = Fields::new();
    let mut add = |field: String, value: &str| {
        if !value.is_empty() {
            fields.entry(field).or_default().push(value.to_owned());
        }
    };
    for (field, value) in
        [("name1", &card.name1), ("name2", &card.name2), ("position", &card.position), ("text", &card.text)]
    {
        add(field.to_owned(), value);
    }
    add("end_date".to_owned(), text(card.end_date.as_ref()));
    for row in &card.infos {
        add(row.custom_label.clone(), &row.info);
    }
    for row in &card.dates {
        add(row.custom_label.clone(), &row.date);
        add(format!("{}.uncertain", row.custom_label), if row.uncertain { "J" } else { "" });
    }
    for row in card.addresses.iter().filter(|row| is_home(row)) {
        for (column, value) in COLUMNS.iter().zip(&row.lines) {
            add(format!("HA.{column}"), value);
        }
        add("HA.start_date".to_owned(), text(row.start_date.as_ref()));
        add("HA.protection".to_owned(), text(row.protection.as_ref()));
    }
    for row in card.addresses.iter().filter(|row| row.address_type == "CPRADR") {
        add("CPRADR.end_date".to_owned(), text(row.end_date.as_ref()));
    }
    for row in card.parts.iter().filter(|row| row.end_date.is_none()) {
        let target = match row.reference.name_type.as_char() {
            'P' => row.name1.clone(),
            kind => format!("{kind}:{}", row.reference.name_code),
        };
        add(row.role.clone(), &target);
        add(format!("{}.start_date", row.role), text(row.start_date.as_ref()));
    }
    for row in card.protections.iter().filter(|row| row.end_date.is_none()) {
        let period = format!("{}/{}", text(row.start_date.as_ref()), text(row.deletion_date.as_ref()));
        add(format!("Beskyttelse.{}", row.protection_type), &period);
    }
    fields
}

/// Values of ended rows, under the names that they had in force.
fn former(card: &ContactCard) -> Fields {
    let mut fields = Fields::new();
    for row in card.addresses.iter().filter(|row| row.address_type == "CPRADR") {
        for (column, value) in COLUMNS.iter().zip(&row.lines).filter(|(_, value)| !value.is_empty()) {
            fields.entry(format!("HA.{column}")).or_default().push(value.clone());
        }
    }
    for row in card.parts.iter().filter(|row| row.end_date.is_some() && row.reference.name_type.as_char() == 'C') {
        fields.entry(row.role.clone()).or_default().push(format!("C:{}", row.reference.name_code));
    }
    fields
}

const COLUMNS: [&str; 6] = ["address1", "address2", "address3", "postcode", "municipality", "country_code"];

fn text(date: Option<&String>) -> &str {
    date.map_or("", String::as_str)
}

fn every_change_names_a_run_and_a_delivery(kind: Kind, case: &Case) {
    let register = register(kind, case);
    let mut tables = register.tables();
    tables.assert_gapless();
    let whole = "change_row JOIN run USING (run) JOIN delivery USING (delivery) JOIN contact USING (contact_key)";
    assert_eq!(tables.number("count(*)", whole), tables.number("count(*)", "change_row"));
    let without = "contact WHERE contact_key NOT IN (SELECT contact_key FROM change_row)";
    assert_eq!(tables.number("count(*)", without), 0, "contacts of which the journal knows nothing");
}
