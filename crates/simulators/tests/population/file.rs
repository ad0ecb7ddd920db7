//! Reading an extract back with the formats crate.

use std::collections::BTreeMap;

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{Record, read_type};
use kartotek_simulators::population::{Population, PopulationOptions, Shape};

pub const TASK: u32 = 110_901;

pub fn population(persons: u32, seed: u64) -> Population {
    Population::new(PopulationOptions::new(persons, seed)).unwrap()
}

pub fn establishing(population: &Population) -> Vec<u8> {
    let mut file = Vec::new();
    population.write_establishing(Shape::default(), TASK, &mut file).unwrap();
    file
}

pub fn changes(population: &mut Population, day: u32) -> Vec<u8> {
    let mut file = Vec::new();
    population.write_changes(day, Shape::default(), TASK, &mut file).unwrap();
    file
}

pub fn status(population: &mut Population, day: u32) -> Vec<u8> {
    let mut file = Vec::new();
    population.write_status(day, Shape::default(), TASK, &mut file).unwrap();
    file
}

pub fn lines(file: &[u8]) -> Vec<&[u8]> {
    assert_eq!(file.last(), Some(&b'\n'));
    file[..file.len() - 1].split(|byte| *byte == b'\n').collect()
}

pub fn decode(line: &[u8]) -> PublicRecord<'_> {
    match PublicRecord::decode(line) {
        Ok(Some(record)) => record,
        Ok(None) => panic!("record type {:?} is not in the set", read_type(line)),
        Err(error) => panic!("record {:?}: {error}", read_type(line)),
    }
}

/// The person number at positions 4-13 of a person's record.
pub fn number(line: &[u8]) -> CprNumber {
    CprNumber::from_digits(&line[3..13]).unwrap()
}

/// The records of each person, 000 and 999 left out, in the order of the file.
pub fn persons(file: &[u8]) -> BTreeMap<CprNumber, Vec<&[u8]>> {
    let lines = lines(file);
    let mut persons: BTreeMap<CprNumber, Vec<&[u8]>> = BTreeMap::new();
    for line in &lines[1..lines.len() - 1] {
        persons.entry(number(line)).or_default().push(line);
    }
    persons
}

/// The records of one type among a person's.
pub fn of_type<'a, R: Record<'a>>(records: &[&'a [u8]]) -> Vec<R> {
    let own = records.iter().filter(|line| read_type(line) == Some(R::TYPE));
    own.map(|line| R::decode(line).unwrap()).collect()
}

/// The only record of a type among a person's.
pub fn only<'a, R: Record<'a>>(records: &[&'a [u8]]) -> R {
    let mut own = of_type(records);
    assert_eq!(own.len(), 1, "records of type {:03}", R::TYPE);
    own.remove(0)
}
