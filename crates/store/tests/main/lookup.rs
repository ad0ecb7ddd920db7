//! Finding out what is there before planning.

use compact_str::CompactString;
use kartotek_register::contact::SourceId;

use crate::fixture::Register;
use crate::rows::*;

for_each_store! {
    a_new_register_is_empty_until_something_is_committed,
    source_records_come_in_the_order_asked_for,
    contacts_are_found_by_kind_and_number,
    persons_without_a_number_are_found_by_their_names,
}

fn a_new_register_is_empty_until_something_is_committed(register: &mut Register) {
    assert!(register.try_out(|t| t.is_empty().unwrap()));
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    assert!(!register.try_out(|t| t.is_empty().unwrap()));
}

fn source_records_come_in_the_order_asked_for(register: &mut Register) {
    for key in 1..=3 {
        register.apply(&new_contact(key, person(&format!("000{key}")), "A", "B"));
    }
    let keys = ["0003", "0009", "0001", "0003"].map(|number| person(number).name_code);
    let expected = [Some(3), None, Some(1), Some(3)];
    let rows = register.try_out(|t| t.sources(SOURCE, &keys).unwrap());
    assert_eq!(rows.iter().map(|row| row.as_ref().map(|row| row.contact)).collect::<Vec<_>>(), expected);
    assert!(rows.first().unwrap().as_ref() == Some(&source(3, &person("0003"))));
    assert!(register.try_out(|t| t.sources(SourceId::HAND, &keys).unwrap()).iter().all(Option::is_none));
    assert!(register.try_out(|t| t.sources(SOURCE, &[]).unwrap()).is_empty());

    let known = register.reader().known(SOURCE, &keys).unwrap();
    let hashes: Vec<_> = known.iter().map(|known| known.map(|known| known.content_hash)).collect();
    assert_eq!(hashes, expected.map(|key| key.map(|key| i64::MIN + key)));
    let first = known.first().unwrap().unwrap();
    assert_eq!((first.stamp, first.mapping_hash, first.edited), (stamp("2026-01-05"), i64::MAX - 3, false));
    assert!(register.reader().known(SOURCE, &[]).unwrap().is_empty());
}

fn contacts_are_found_by_kind_and_number(register: &mut Register) {
    register.apply(&new_contact(1, id('C', "12345678"), "A", "B"));
    register.apply(&new_contact(2, id('J', "12345679"), "A", "B"));
    let ids = [id('J', "12345679"), id('C', "12345679"), id('C', "12345678"), id('J', "12345679")];
    let keys = register.try_out(|t| t.contact_keys(&ids).unwrap());
    assert_eq!(keys, [Some(2), None, Some(1), Some(2)]);
    assert!(register.try_out(|t| t.contact_keys(&[]).unwrap()).is_empty());
    let mut reader = register.reader();
    assert_eq!(reader.contact_keys(&ids).unwrap(), keys, "without the writer's place too");
    assert!(reader.contact_keys(&[]).unwrap().is_empty());
}

fn persons_without_a_number_are_found_by_their_names(register: &mut Register) {
    let names =
        [('P', "Far", "Far til Å"), ('P', "Far", "Far til Å"), ('C', "Mor", "Mor til Å"), ('P', "", "Mor til Å")];
    for (key, (name_type, name1, name2)) in (1..).zip(names) {
        register.apply(&new_contact(key, id(name_type, &format!("{key}")), name1, name2));
    }
    let asked = [("Mor", "Mor til Å"), ("Far", "Far til Å"), ("", "Mor til Å"), ("far", "Far til Å"), ("", "")];
    let asked = asked.map(|(name1, name2)| (CompactString::from(name1), CompactString::from(name2)));
    let keys = register.try_out(|t| t.named_keys(&asked).unwrap());
    assert_eq!(keys, [None, Some(1), Some(4), None, None]);
    assert!(register.try_out(|t| t.named_keys(&[]).unwrap()).is_empty());
}
