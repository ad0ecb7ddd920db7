use std::collections::BTreeSet;

use kartotek_formats::records::Record;
use kartotek_formats::records::read_type;
use kartotek_formats::records::u12170::R099Event;

use crate::file::{changes, establishing, lines, persons, population, status};

/// The rule of the change extract: what arrives for a person replaces all that was known.
#[test]
fn the_chain_leads_to_what_a_new_establishing_extract_would_say() {
    for (size, seed) in [(250, 1), (10_000, 2)] {
        let mut population = population(size, seed);
        let first = establishing(&population);
        let files: Vec<_> = (1..=20).map(|day| changes(&mut population, day)).collect();
        let mut register = persons(&first);
        for file in &files {
            for (number, mut records) in persons(file) {
                records.retain(|line| read_type(line) != Some(R099Event::TYPE));
                register.insert(number, records);
            }
        }
        let expected = status(&mut population, 20);
        assert!(register == persons(&expected));
    }
}

#[test]
fn every_kind_of_event_happens_within_twenty_days() {
    let mut population = population(2_000, 3);
    let files: Vec<_> = (1..=20).map(|day| changes(&mut population, day)).collect();
    let codes: BTreeSet<String> = files
        .iter()
        .flat_map(|file| lines(file))
        .filter(|line| read_type(line) == Some(R099Event::TYPE))
        .map(|line| R099Event::decode(line).unwrap().haendelse.as_str().into_owned())
        .collect();
    let expected = [
        "A01", "A02", "A03", "A04", "A06", "A09", "A13", "A14", "A21", "A24", "A25", "A33", "A34", "A47", "A73", "A74",
        "P03", "P10", "P11",
    ];
    assert!(codes.iter().eq(expected), "{codes:?}");
}

/// A day that happened stays as it was, however many follow.
#[test]
fn a_day_can_be_asked_for_again() {
    let mut population = population(800, 4);
    let then = changes(&mut population, 3);
    population.advance_to(25);
    assert!(changes(&mut population, 3) == then);
}
