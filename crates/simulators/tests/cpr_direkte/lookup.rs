use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_simulators::population::{Population, PopulationOptions};

use crate::support::{PERSONS, Place, error, length, lookup};

/// The record types in the data of an answer, walked by their lengths.
fn types(mut data: &[u8], length_of: fn(u16) -> Option<usize>) -> Vec<u16> {
    let mut types = Vec::new();
    while !data.is_empty() {
        let record_type = std::str::from_utf8(&data[..3]).unwrap().parse().unwrap();
        types.push(record_type);
        data = &data[length_of(record_type).unwrap()..];
    }
    types
}

#[test]
fn an_answer_has_header_start_records_and_end() {
    let place = Place::new(|_| {});
    let token = place.token();
    for index in 0..PERSONS {
        let number = place.number(index);
        let answer = place.client.ask(&lookup("06", &token, number));
        assert_eq!(&answer[..6], b"013206");
        assert_eq!(answer[6..14], token);
        assert_eq!(&answer[14..24], b"WU34    00");
        assert_eq!(length(&answer), answer.len());
        let data = &answer[28..];
        assert_eq!(&data[..35], b"00000000000000001322026010500000000");
        let (records, end) = data[35..].split_at(data.len() - 35 - 21);
        assert!(records == place.population.read().person_records(index, 0).unwrap());
        let types = types(records, PublicRecord::length);
        assert_eq!(end, format!("9999999999999{:08}", types.len()).as_bytes());
        assert!(types.is_sorted() && types[0] == 1 && !types.contains(&99), "{types:?}");
        assert!(records[3..13] == number.to_digits());
    }
}

/// No person has so much history that some would have to be left out.
#[test]
fn everybody_fits_into_an_answer() {
    let population = Population::new(PopulationOptions::new(20_000, 1)).unwrap();
    let longest = (0..20_000).map(|index| population.person_records(index, 0).unwrap().len()).max().unwrap();
    assert!((2_000..9_999 - 28 - 35 - 21).contains(&longest), "{longest}");
}

#[test]
fn a_number_that_nobody_has_is_unknown() {
    let place = Place::new(|_| {});
    let token = place.token();
    // The CPR Office's published test person, whose number satisfies modulus 11 as none of the population's does.
    let answer = place.client.ask(&lookup("06", &token, CprNumber::parse("0707614285").unwrap()));
    assert_eq!(error(&answer), 5);
    assert_eq!(length(&answer), answer.len());
    let request = [b"OFF4,013206", token.as_slice(), b"WU34    009999999999"].concat();
    assert_eq!(error(&place.client.ask(&request)), 5, "no date at all");
}

#[test]
fn a_changed_number_is_still_known() {
    let place = Place::new(|_| {});
    let changed =
        (0..PERSONS).find(|index| place.population.read().person(*index, 0).unwrap().valid_number().is_some());
    let answer = place.look_up(changed.unwrap());
    assert_eq!(error(&answer), 0);
    let current = place.population.read().person(changed.unwrap(), 0).unwrap().valid_number().unwrap();
    assert_eq!(answer[28 + 35 + 13..][..10], current.to_digits());
}

#[test]
fn private_companies_get_their_own_records() {
    let place = Place::new(|_| {});
    let token = place.token();
    for index in 0..PERSONS {
        let number = place.number(index).to_digits();
        let request = [b"PRIV,013206", token.as_slice(), b"WU34    00", &number].concat();
        let answer = place.client.ask(&request);
        assert_eq!(length(&answer), answer.len());
        let records = &answer[28 + 35..answer.len() - 21];
        assert!(records == place.population.read().private_person_records(index, 0).unwrap());
        let types = types(records, PrivateRecord::length);
        assert!(types.is_sorted() && types[0] == 1 && types.contains(&4), "{types:?}");
        assert_eq!(answer[answer.len() - 8..], *format!("{:08}", types.len()).as_bytes());
    }
}

#[test]
fn answers_are_as_of_the_day() {
    let place = Place::new(|_| {});
    let control = place.simulator.control();
    control.set_day(3);
    assert_eq!(control.day(), 3);
    let token = place.token();
    let changed = place.population.read().changed_on(3).to_vec();
    assert!(!changed.is_empty());
    let mut different = 0;
    for index in changed {
        let number = place.population.read().person(index, 3).unwrap().number();
        let answer = place.client.ask(&lookup("06", &token, number));
        assert_eq!(&answer[28..][19..35], b"2026010800000000");
        let [before, after] = [2, 3].map(|day| place.population.read().person_records(index, day).unwrap());
        assert!(answer[28 + 35..answer.len() - 21] == after);
        different += usize::from(before != after);
    }
    assert!(different > 0);
}

#[test]
fn unknown_types_and_a_blank_number_are_told_apart() {
    let place = Place::new(|_| {});
    let token = place.token();
    for (types, number) in [("26", 10), ("x6", 10), ("07", 11), ("0 ", 11)] {
        assert_eq!(error(&place.client.ask(&lookup(types, &token, place.number(3)))), number, "{types}");
    }
    let blank = [b"OFF4,013206", token.as_slice(), b"WU34    00          "].concat();
    assert_eq!(error(&place.client.ask(&blank)), 17);
}

#[test]
fn without_data_an_answer_is_a_header() {
    let place = Place::new(|_| {});
    let token = place.token();
    for types in ["00", "10", "30"] {
        let answer = place.client.ask(&lookup(types, &token, place.number(3)));
        let expected = [b"0132", types.as_bytes(), &token, b"WU34    000028"].concat();
        assert_eq!(answer, expected);
    }
}
