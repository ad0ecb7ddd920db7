//! Invariant 6: rows are ended, not deleted, and who is not taken in stands in the messages with the place and reason.

use crate::support::{Case, Dice, Extract, Files, Kind, Register, Tables, anyway, put};

property_in_each_database! {
    no_contact_address_reference_or_protection_disappears: 10, 3;
}

property_in_each_store! {
    rejected_persons_are_told_of_with_place_and_reason: 16, 6, 2;
}

fn no_contact_address_reference_or_protection_disappears(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut extracts = case.extracts();
    extracts.extend(case.extracts().into_iter().map(|extract| extract.contradicted(&mut dice)).collect::<Vec<_>>());
    dice.shuffle(&mut extracts);
    let files = Files::of(&extracts);
    let mut settings = anyway();
    settings.mapping.extended = dice.one_in(2);

    let mut register = Register::new(kind);
    let mut tables = register.tables();
    let mut before = keys(&mut tables);
    for path in &files.paths {
        register.take(&settings, path);
        let after = keys(&mut tables);
        let gone: Vec<_> = before.iter().filter(|key| after.binary_search(key).is_err()).collect();
        assert!(gone.is_empty(), "rows that were there before: {gone:?}");
        before = after;
    }
}

/// The keys of all rows that are ended rather than deleted, with what tells a row from another one in its place.
fn keys(tables: &mut Tables) -> Vec<String> {
    let of = [
        ("contact", &["contact_key", "name_type", "name_code"][..]),
        ("address", &["address_key", "contact_key"]),
        ("part_row", &["contact_key", "role_id", "name_ref_key", "source_id", "seq"]),
        ("protection_row", &["contact_key", "protection_type", "source_id", "seq", "start_date"]),
    ];
    let mut keys = Vec::new();
    for (table, columns) in of {
        keys.extend(tables.rows(columns, table).into_iter().map(|row| format!("{table}: {row}")));
    }
    keys.sort_unstable();
    keys
}

fn rejected_persons_are_told_of_with_place_and_reason(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut files = Files::default();
    let mut bad = Vec::new();
    for mut extract in case.extracts() {
        spoil(&mut extract, &mut dice);
        let bytes = extract.bytes();
        bad.push(places(&bytes));
        files.add(&bytes);
    }
    let mut register = Register::new(kind);
    for (path, expected) in files.paths.iter().zip(&bad) {
        let report = register.take(&anyway(), path);
        assert_eq!(report.counts.rejected, expected.len() as u64);
        let mut told = Vec::new();
        for message in &report.messages {
            assert!(!message.text.is_empty());
            assert_eq!(message.record, Some(1));
            assert_eq!(message.code, "bad-field");
            told.push((message.line.unwrap(), message.byte.unwrap(), message.person.clone().unwrap()));
        }
        assert_eq!(&told, expected, "line, byte and person");
    }
    if kind != Kind::Memory {
        let told = "run_message JOIN delivery USING (delivery) JOIN run ON run.run = run_message.run
                    WHERE severity = 'error' AND line > 0 AND byte > 0 AND person <> '' AND run_message.text <> ''";
        let all: usize = bad.iter().map(Vec::len).sum();
        assert_eq!(register.tables().rows(&["count(*)"], told), [all.to_string()]);
    }
}

/// Makes the date of birth of some persons no date.
fn spoil(extract: &mut Extract, dice: &mut Dice) {
    let some = 1 + dice.below(9);
    for records in extract.persons.values_mut().skip(dice.below(5)).step_by(some) {
        put(records, *b"001", 40, 10, "19x1-01-01");
    }
}

/// Line, byte and masked person of each bad field, in the order of the file.
fn places(bytes: &[u8]) -> Vec<(u64, u64, String)> {
    let mut places = Vec::new();
    let mut offset = 0;
    for (nth, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if line.starts_with(b"001") && line.get(39..49) == Some(b"19x1-01-01") {
            let born = str::from_utf8(&line[3..9]).unwrap();
            places.push((nth as u64 + 1, offset + 39, format!("{born}-****")));
        }
        offset += line.len() as u64;
    }
    places
}
