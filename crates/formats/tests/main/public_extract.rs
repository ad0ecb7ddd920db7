//! The CPR Office's own test extract, task 110901.

use std::collections::BTreeMap;

use kartotek_formats::records::u12170::PublicRecord;

const EXTRACT: &[u8] = include_bytes!("../fixtures/u12170-110901.txt");

/// The lines with their numbers, which is all that a failing test may say about a person.
fn lines() -> impl Iterator<Item = (usize, &'static [u8])> {
    let text = EXTRACT.strip_suffix(b"\n").unwrap();
    text.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line))
}

fn decoded(number: usize, line: &[u8]) -> PublicRecord<'_> {
    match PublicRecord::decode(line) {
        Ok(Some(record)) => record,
        Ok(None) => panic!("line {number}: unknown record type"),
        Err(error) => panic!("line {number}: {error}"),
    }
}

#[test]
fn every_record_encodes_to_the_bytes_it_came_from() {
    let mut encoded = Vec::new();
    let mut count = 0;
    for (number, line) in lines() {
        encoded.clear();
        decoded(number, line).encode(&mut encoded).unwrap();
        let record_type = str::from_utf8(&line[..3]).unwrap().parse().unwrap();
        assert_eq!(Some(encoded.len()), PublicRecord::length(record_type), "line {number}: length");
        let differing = encoded.trim_ascii_end().iter().zip(line).position(|(ours, theirs)| ours != theirs);
        assert_eq!(differing, None, "line {number}: first differing byte");
        assert_eq!(encoded.trim_ascii_end().len(), line.len(), "line {number}: length without trailing blanks");
        count += 1;
    }
    assert_eq!(count, 1_100);
}

#[test]
fn the_extract_has_the_record_types_that_are_known_of_it() {
    let mut counts = BTreeMap::<&[u8], usize>::new();
    for (_, line) in lines() {
        *counts.entry(&line[..3]).or_default() += 1;
    }
    assert_eq!(counts.len(), 33);
    assert_eq!(counts[&b"001"[..]], 80);
    assert_eq!(counts[&b"003"[..]], 80);
    assert_eq!(counts[&b"099"[..]], 116);
}

#[test]
fn the_end_record_counts_what_stands_between_start_and_end() {
    let (number, line) = lines().last().unwrap();
    let PublicRecord::R999End(end) = decoded(number, line) else { panic!("the last record is no end record") };
    assert_eq!(end.taeller.as_number(), 1_098);
}

#[test]
fn debug_shows_nothing_of_a_person() {
    for (number, line) in lines() {
        let record = decoded(number, line);
        let record_type = str::from_utf8(&line[..3]).unwrap().parse().unwrap();
        // The type's name has digits and words that a field may have by chance.
        let name = format!("{record:?}").chars().take_while(|c| *c != '(').collect::<String>();
        for debug in [format!("{record:?}"), format!("{record:#?}")] {
            let debug = debug.replace(&name, "");
            for field in PublicRecord::fields(record_type).unwrap() {
                let content = line.get(field.start - 1..).unwrap_or_default();
                let content = kartotek_formats::latin1::decode(&content[..field.len.min(content.len())]);
                for word in content.split(' ').filter(|word| !word.is_empty() && *word != "*") {
                    assert!(!debug.contains(word), "line {number}: field {} shows in Debug", field.name);
                }
            }
            assert!(!debug.contains(str::from_utf8(&line[3..13]).unwrap()), "line {number}: number shows in Debug");
        }
    }
}
