use std::collections::BTreeSet;

use kartotek_formats::dates::PartialDate;
use kartotek_formats::records::u12170::{R000Start, R001Person, R099Event, R999End};
use kartotek_formats::records::{Record, read_type};
use kartotek_simulators::population::{Population, PopulationError, PopulationOptions};

use crate::file::{TASK, changes, establishing, lines, number, population, status};

#[test]
fn counts_and_production_dates_chain_without_weekends() {
    let mut population = population(2_000, 1);
    let mut last = None;
    for day in 0..=20 {
        let file = if day == 0 { establishing(&population) } else { changes(&mut population, day) };
        let lines = lines(&file);
        let start = R000Start::decode(lines[0]).unwrap();
        let end = R999End::decode(lines[lines.len() - 1]).unwrap();
        assert_eq!(start.opgavenr.as_number(), u64::from(TASK));
        assert_eq!(end.taeller.as_number(), lines.len() as u64 - 2);
        assert_eq!(start.proddtoforrig.0, last.or(start.proddto.0));
        assert_eq!(start.proddto.0, population.calendar().production_date(day));
        last = start.proddto.0;
    }
    // Four weeks of five days after 2026-01-05.
    assert_eq!(last, PartialDate::new(2026, 2, 2));
}

#[test]
fn persons_come_by_birth_and_their_records_by_type() {
    let mut population = population(4_000, 2);
    for (file, events) in [(changes(&mut population, 12), true), (status(&mut population, 12), false)] {
        let lines = lines(&file);
        let records: Vec<_> = lines[1..lines.len() - 1].iter().filter(|line| read_type(line) != Some(3)).collect();
        let groups: Vec<_> = records.chunk_by(|a, b| number(a) == number(b)).collect();
        assert!(groups.iter().map(|group| number(group[0]).birth_date()).is_sorted());
        let numbers: BTreeSet<_> = groups.iter().map(|group| number(group[0])).collect();
        assert_eq!(numbers.len(), groups.len(), "a person's records stand together");
        for group in groups {
            assert!(group.iter().map(|line| read_type(line)).is_sorted());
            assert_eq!(read_type(group[0]), Some(R001Person::TYPE));
            assert_eq!(read_type(group[group.len() - 1]) == Some(R099Event::TYPE), events);
        }
    }
}

#[test]
fn events_were_registered_since_the_file_before() {
    let mut population = population(3_000, 3);
    for day in 1..=10 {
        let [before, today] = [day - 1, day].map(|day| population.calendar().production_date(day).unwrap());
        let file = changes(&mut population, day);
        for line in lines(&file).into_iter().filter(|line| read_type(line) == Some(R099Event::TYPE)) {
            let event = R099Event::decode(line).unwrap();
            match event.timestampu.0 {
                Some(at) => assert!(before < at.date() && at.date() <= today),
                None => assert_eq!(&event.haendelse.as_str(), "A74"),
            }
        }
    }
}

#[test]
fn every_day_has_ten_persons_at_least_and_two_of_a_thousand_in_a_large_population() {
    let mut small = population(500, 4);
    small.advance_to(20);
    assert!((1..=20).all(|day| (10..40).contains(&small.changed_on(day).len())));
    let mut large = population(50_000, 4);
    large.advance_to(2);
    assert!((1..=2).all(|day| (100..120).contains(&large.changed_on(day).len())));
}

#[test]
fn the_smallest_populations_have_files_too() {
    for persons in [0, 1, 2, 10, 66] {
        let mut population = population(persons, 5);
        assert_eq!(lines(&establishing(&population)).len() > 2, persons > 0);
        population.advance_to(30);
        assert!(lines(&status(&mut population, 30)).len() >= 2);
    }
}

#[test]
fn what_has_no_numbers_is_refused() {
    let too_many = PopulationOptions::new(PopulationOptions::MAX_PERSONS + 1, 1);
    assert!(matches!(Population::new(too_many), Err(PopulationError::TooManyPersons { .. })));
    let too_early = PopulationOptions { start: PartialDate::new(1999, 12, 31), ..PopulationOptions::new(1, 1) };
    assert!(matches!(Population::new(too_early), Err(PopulationError::StartOutOfRange { year: 1999 })));
}
