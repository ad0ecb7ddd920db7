//! A record that cannot be read is reported by place, never by what stands in it.

use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{FieldError, FieldSpec, Problem};

/// Everything that an error may say after the place. No sentence has room for content but for one control character.
const SENTENCES: [&str; 7] = [
    "expected digits, found other characters or too few",
    "expected a date of the form YYYY-MM-DD",
    "expected a date of the form YYYYMMDD",
    "expected a time stamp of the form YYYYMMDDHHMM",
    "expected a CPR number of ten digits that begins with a date",
    "expected the person's CPR number, found none",
    "control character 0x01; is the file in another character set than ISO-8859-1?",
];

/// A record that is all blank but for its person number and one field, which holds a name and a control character.
fn damaged(record_type: u16, length: usize, field: &FieldSpec) -> Vec<u8> {
    let mut record = format!("{record_type:03}0707614285").into_bytes();
    record.resize(length, b' ');
    let content = &mut record[field.start - 1..][..field.len];
    content.iter_mut().zip(*b"Lise").for_each(|(to, from)| *to = from);
    content[field.len - 1] = 0x01;
    record
}

fn assert_names_the_place(error: FieldError, record_type: u16, field: &FieldSpec) {
    assert_eq!(error.field, *field, "record {record_type:03}");
    let last = field.start + field.len - 1;
    let place = format!("field {} at position {}-{last}: ", field.name, field.start);
    let message = error.to_string();
    let sentence = message.strip_prefix(&place).unwrap_or_else(|| panic!("{message:?} does not begin with {place:?}"));
    assert!(SENTENCES.contains(&sentence), "{sentence:?}");
}

#[test]
fn every_field_of_the_public_extract_is_reported_by_its_place() {
    for record_type in PublicRecord::TYPES {
        for field in PublicRecord::fields(*record_type).unwrap() {
            let record = damaged(*record_type, PublicRecord::length(*record_type).unwrap(), field);
            assert_names_the_place(PublicRecord::decode(&record).unwrap_err(), *record_type, field);
        }
    }
}

#[test]
fn every_field_of_the_private_extract_is_reported_by_its_place() {
    for record_type in PrivateRecord::TYPES {
        for field in PrivateRecord::fields(*record_type).unwrap() {
            let record = damaged(*record_type, PrivateRecord::length(*record_type).unwrap(), field);
            assert_names_the_place(PrivateRecord::decode(&record).unwrap_err(), *record_type, field);
        }
    }
}

#[test]
fn a_record_without_its_person_number_is_refused() {
    for number in ["", "          ", "0000000000"] {
        let error = PublicRecord::decode(format!("014{number}").as_bytes()).unwrap_err();
        assert_eq!(error.problem, Problem::NoNumber);
        assert_eq!(error.field, FieldSpec { name: "PNR", start: 4, len: 10 });
    }
}

#[test]
fn a_field_that_the_end_of_the_record_cuts_is_refused() {
    // Only blanks are ever trimmed, so half a number is damage and not an empty field.
    assert_eq!(PublicRecord::decode(b"014070761").unwrap_err().problem, Problem::NotANumber);
    assert_eq!(PublicRecord::decode(b"0140707614285070761").unwrap_err().problem, Problem::NotANumber);
    assert_eq!(PublicRecord::decode(b"01407076142850000").unwrap_err().problem, Problem::NotANumber);
    assert_eq!(PublicRecord::decode(b"00707076142850000").unwrap_err().problem, Problem::NotATimestamp);
    assert_eq!(PublicRecord::decode(b"0100707614285510").unwrap_err().problem, Problem::NotDigits);
}

#[test]
fn the_names_of_a_file_in_utf8_are_refused_with_the_reason() {
    let mut record = format!("0080707614285{:50}", "S\u{f8}ren").into_bytes();
    let error = PublicRecord::decode(&record);
    assert!(error.is_ok(), "ø is C3 B8 in UTF-8, which are letters in ISO-8859-1 too");
    record.splice(13.., "\u{c6}gir".bytes());
    let error = PublicRecord::decode(&record).unwrap_err();
    assert_eq!(error.problem, Problem::ControlCharacter(0x86));
    assert!(error.to_string().contains("another character set"));
}
