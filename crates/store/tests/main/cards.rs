//! One contact with everything about it, as a person reads it.

use kartotek_register::contact::{AddressType, Label, Role};
use kartotek_register::import::Changes;

use crate::fixture::Register;
use crate::rows::*;

for_each_store! {
    a_card_holds_every_group_in_the_order_of_its_meaning,
    a_contact_that_is_not_there_is_no_error,
    a_contact_of_which_little_is_known_is_shown_with_empty_texts,
    addresses_in_force_come_first_then_the_latest,
    letters_sort_by_their_codes_in_every_database,
}

fn a_card_holds_every_group_in_the_order_of_its_meaning(register: &mut Register) {
    let (id, changes) = full_person();
    register.apply(&changes);
    let card = register.card(&id);
    assert_eq!((card.contact_key, &card.id), (1, &id));
    assert_eq!((card.name1.as_str(), card.name2.as_str()), ("Åse \"Søs\"", "Ægidius Ø'Hara"));
    assert_eq!((card.position.as_str(), card.text.as_str()), ("Bødker", "Ø'Hara,Åse Ægidius"));
    assert_eq!((card.start_date.as_deref(), card.end_date.as_deref()), (Some("1941-00-00"), Some("2025-12-24")));
    assert!(!card.placeholder);

    let infos: Vec<_> =
        card.infos.iter().map(|row| (row.custom_label.as_str(), row.priority, row.info.as_str())).collect();
    let expected =
        [("Køn", 1, "K"), ("Status", 1, "90"), ("Tidligere navn", 1, "Åse Æ"), ("Tidligere navn", 2, "Åse Ø")];
    assert_eq!(infos, expected);
    assert!(card.infos.iter().all(|row| row.source == "CPR"));
    let dates: Vec<_> =
        card.dates.iter().map(|row| (row.custom_label.as_str(), row.date.as_str(), row.uncertain)).collect();
    assert_eq!(dates, [("Fødselsdag", "1941-00-00", true), ("Statusfra", "2025-12-24", false)]);

    let [main, former] = card.addresses.as_slice() else { panic!("expected two addresses") };
    assert_eq!((main.address_type.as_str(), former.address_type.as_str()), ("HA", "CPRADR"));
    assert_eq!(main.lines, ["Nygade 2, 5. tv", "Vor By", "c/o Å", "8000", "0751", "DK"]);
    assert_eq!(former.lines, ["Gammelgade 1", "", "", "8000", "", ""]);
    assert_eq!((main.start_date.as_deref(), main.end_date.as_deref()), (Some("2020-02-00"), None));
    assert_eq!((former.start_date.as_deref(), former.end_date.as_deref()), (Some("2020-02-29"), Some("2020-02-29")));
    assert_eq!((main.protection.as_deref(), former.protection.as_deref()), (Some("2025-06-01"), None));
    assert_eq!([&main.phone_no, &main.fax, &main.email], ["12345678", "87654321", "aase@example.dk"]);
    assert_eq!([&former.phone_no, &former.fax, &former.email], ["", "", ""]);

    let parts: Vec<_> =
        card.parts.iter().map(|row| (row.role.as_str(), row.reference.clone(), row.end_date.as_deref())).collect();
    let spouse = person("0002");
    assert_eq!(
        parts,
        [
            ("Forældre", id_of_named(), None),
            ("Ægtefælle", spouse.clone(), None),
            ("Ægtefælle", spouse, Some("2001-00-00")),
        ]
    );
    let names: Vec<_> = card.parts.iter().map(|row| (row.name1.as_str(), row.start_date.as_deref())).collect();
    assert_eq!(names.first(), Some(&("Far", Some("1999-05-01"))));

    let protections: Vec<_> = card
        .protections
        .iter()
        .map(|row| [&row.start_date, &row.deletion_date, &row.end_date].map(Option::as_deref))
        .collect();
    assert_eq!(
        protections,
        [[Some("2025-06-01"), Some("2026-06-01"), None], [None, Some("2026-06-01"), Some("2025-01-01")]]
    );
    let [source] = card.sources.as_slice() else { panic!("expected one source record") };
    assert_eq!([&source.source, &source.source_key, &source.src_subscribed], ["CPR", "9999990001", "J"]);
    assert_eq!(source.subscribed, None);
    assert_eq!(source.source_stamp.as_deref(), Some("2026-01-05 2026-01-04T15:30"));
    assert_eq!(source.source_updated_at.as_deref(), Some(NOW));
}

fn a_contact_that_is_not_there_is_no_error(register: &mut Register) {
    assert!(register.reader().contact(&person("0001")).unwrap().is_none());
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    assert!(register.reader().contact(&id('J', "9999990001")).unwrap().is_none());
}

fn a_contact_of_which_little_is_known_is_shown_with_empty_texts(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = vec![contact(1, person("0001"), "", "")];
    register.apply(&changes);
    let card = register.card(&person("0001"));
    assert_eq!([&card.name1, &card.name2, &card.position, &card.text], [""; 4]);
    assert_eq!((card.start_date, card.end_date), (None, None));
    assert!(card.sources.is_empty() && card.addresses.is_empty());
}

fn addresses_in_force_come_first_then_the_latest(register: &mut Register) {
    let mut changes = new_contact(1, person("0001"), "A", "B");
    let row = |key, kind, end: Option<&str>| {
        let mut row = address(key, 1, kind, &format!("Vej {key}"));
        row.end_date = end.map(date);
        row
    };
    changes.addresses_new = vec![
        row(1, AddressType::FormerCpr, Some("2001-00-00")),
        row(2, AddressType::FormerCpr, Some("2010-05-01")),
        row(3, AddressType::Contact, None),
        row(4, AddressType::Main, None),
        row(5, AddressType::Other("SOMMER".into()), None),
        row(6, AddressType::FormerCpr, Some("2001-01-01")),
        row(7, AddressType::Main, Some("1999-01-01")),
    ];
    register.apply(&changes);
    let lines: Vec<_> = register.card(&person("0001")).addresses.iter().map(|row| row.lines[0].clone()).collect();
    assert_eq!(lines, ["Vej 4", "Vej 5", "Vej 3", "Vej 7", "Vej 2", "Vej 6", "Vej 1"]);
}

fn letters_sort_by_their_codes_in_every_database(register: &mut Register) {
    let mut changes = new_contact(1, person("0001"), "A", "B");
    for (key, number) in (2..).zip(["b", "Å", "a", "B", "10", "9"]) {
        changes.contacts_new.push(contact(key, id('X', number), "A", "B"));
        changes.parts_new.push(part(1, Role::Barn, key, 1));
    }
    changes.infos_new = [Label::FoedregMyn, Label::Foedregkode, Label::GaeldendePnr, Label::Bynavn]
        .map(|label| info(1, label, 1, "x"))
        .into();
    register.apply(&changes);
    let card = register.card(&person("0001"));
    let parts: Vec<_> = card.parts.iter().map(|row| row.reference.name_code.as_str()).collect();
    assert_eq!(parts, ["10", "9", "B", "a", "b", "Å"]);
    let labels: Vec<_> = card.infos.iter().map(|row| row.custom_label.as_str()).collect();
    assert_eq!(labels, ["Bynavn", "Fødreg.myn.", "Fødregkode", "GældendePNR"]);
}
