//! One record of each private type, invented around a published test person, since no real extract is public.

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u09480::{P002ForeignAddress, PrivateRecord};
use kartotek_formats::records::{PersonRef, Record as _};

const EXTRACT: &[u8] = include_bytes!("../fixtures/u09480-invented.txt");

fn records() -> Vec<PrivateRecord<'static>> {
    let text = EXTRACT.strip_suffix(b"\n").unwrap();
    text.split(|byte| *byte == b'\n').map(|line| PrivateRecord::decode(line).unwrap().unwrap()).collect()
}

#[test]
fn every_record_encodes_to_the_bytes_it_came_from() {
    let mut encoded = Vec::new();
    for record in records() {
        record.encode(&mut encoded).unwrap();
        encoded.truncate(encoded.trim_ascii_end().len());
        encoded.push(b'\n');
    }
    assert_eq!(encoded, EXTRACT);
}

#[test]
fn current_data_holds_the_person_on_one_line() {
    let records = records();
    let [PrivateRecord::R000Start(start), PrivateRecord::P001CurrentData(person), ..] = &records[..] else {
        panic!("start and current data are the first two records")
    };
    assert_eq!(start.opgavenr.as_number(), 90_001);
    assert_eq!(person.pnr, CprNumber::parse("070761-4285").unwrap());
    assert_eq!(person.foeddto.0.unwrap().to_string(), "1961-07-07");
    assert_eq!(person.pnrgaeld, PersonRef::None);
    assert_eq!(person.umynmynhaenstart, None);
    assert!(person.nvnadrbeskhaenstart.is_some());
    assert_eq!(person.standardadr.to_str(), "Testvænget 12B, 2. tv");
    assert_eq!(person.postnr.as_str(), "9999");
    assert_eq!(person.formelnvn.to_str(), "Åse Øre");
    assert_eq!(person.vejadrnvn.to_str(), "Testvænget");
    assert_eq!(person.rekbeskhaenstart, None);
    assert_eq!(person.nglkonst.to_str(), "KUNDE-0001");
    assert!(person.extra.is_blank());
}

#[test]
fn the_longer_variant_of_the_foreign_address_keeps_its_four_characters() {
    let mut record = format!("0020707614285{:170}201901021130", "12 Sample Street").into_bytes();
    assert_eq!(record.len(), P002ForeignAddress::LENGTH);
    record.extend_from_slice(b"5170");
    assert_eq!(P002ForeignAddress::decode(&record).unwrap().extra.as_bytes(), b"5170");
}
