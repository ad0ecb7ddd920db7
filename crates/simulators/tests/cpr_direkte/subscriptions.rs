use std::collections::{BTreeMap, BTreeSet};

use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::{R000Start, R099Event, R997SubscriptionReceipt, R999End};
use kartotek_formats::records::{Record, read_type};
use kartotek_simulators::population::{LineEnd, Shape};

use crate::support::{Place, error, lookup};

const TASK: u32 = 110_901;

/// A batch file, by person; the frame is checked and left out.
struct Batch {
    persons: BTreeMap<CprNumber, Vec<Vec<u8>>>,
    receipts: Vec<(CprNumber, Option<Timestamp>)>,
}

impl Batch {
    fn of(place: &Place, day: u32) -> Self {
        let bytes = bytes(place, day);
        let lines: Vec<&[u8]> = bytes[..bytes.len() - 1].split(|byte| *byte == b'\n').collect();
        let [start, records @ .., end] = lines.as_slice() else { panic!("no frame") };
        let start = R000Start::decode(start).unwrap();
        let calendar = place.population.read().calendar();
        assert_eq!(start.opgavenr.as_number(), u64::from(TASK));
        assert_eq!(start.proddto.0, calendar.production_date(day));
        assert_eq!(start.proddtoforrig.0, calendar.production_date(day - 1));
        assert_eq!(R999End::decode(end).unwrap().taeller.as_number(), records.len() as u64);
        let mut batch = Self { persons: BTreeMap::new(), receipts: Vec::new() };
        for record in records {
            if read_type(record) == Some(997) {
                let receipt = R997SubscriptionReceipt::decode(record).unwrap();
                batch.receipts.push((receipt.pnr, receipt.timestampu.0));
            } else {
                let number = CprNumber::from_digits(&record[3..13]).unwrap();
                batch.persons.entry(number).or_default().push(record.to_vec());
            }
        }
        batch
    }

    fn numbers(&self) -> BTreeSet<CprNumber> {
        self.persons.keys().copied().collect()
    }

    /// The codes of a person's events.
    fn events(&self, number: CprNumber) -> Vec<String> {
        let own = self.persons[&number].iter().filter(|record| read_type(record) == Some(99));
        own.map(|record| R099Event::decode(record).unwrap().haendelse.as_str().into_owned()).collect()
    }
}

fn bytes(place: &Place, day: u32) -> Vec<u8> {
    let mut file = Vec::new();
    place.simulator.control().write_batch(day, Shape::default(), TASK, &mut file).unwrap();
    file
}

fn ask(place: &Place, types: &str, numbers: &[CprNumber]) {
    let token = place.token();
    for number in numbers {
        assert_eq!(error(&place.client.ask(&lookup(types, &token, *number))), 0);
    }
}

/// Some who are in the file of the day and some who are not, of those that exist from the start.
fn some(place: &Place, day: u32) -> (Vec<CprNumber>, Vec<CprNumber>) {
    place.population.write().advance_to(day);
    let changed: BTreeSet<u32> = place.population.read().changed_on(day).iter().copied().collect();
    let (with, without): (Vec<_>, Vec<_>) = (0..300).partition(|index| changed.contains(index));
    let numbers = |indices: &[u32]| indices.iter().take(5).map(|index| place.number(*index)).collect();
    (numbers(&with), numbers(&without))
}

#[test]
fn a_subscription_is_set_with_or_without_data_and_deleted() {
    let place = Place::new(|_| {});
    let [first, second, third] = [1, 2, 3].map(|index| place.number(index));
    ask(&place, "16", &[first]);
    ask(&place, "10", &[second]);
    ask(&place, "06", &[third]);
    let control = place.simulator.control();
    assert_eq!(control.subscribed(), BTreeSet::from([first, second]));
    ask(&place, "30", &[first, third]);
    ask(&place, "10", &[second]);
    assert_eq!(control.subscribed(), BTreeSet::from([second]));
    let log: Vec<_> = control.subscription_log().iter().map(|own| (own.number, own.set, own.day)).collect();
    assert_eq!(log, [(first, true, 0), (second, true, 0), (first, false, 0)], "only what changes something");
    assert!(control.subscription_log().iter().map(|own| own.at.unwrap()).is_sorted());
}

#[test]
fn nobody_is_subscribed_by_a_request_that_fails() {
    let place = Place::new(|_| {});
    let unknown = CprNumber::parse("0707614285").unwrap();
    assert_eq!(error(&place.client.ask(&lookup("16", &place.token(), unknown))), 5);
    assert_eq!(error(&place.client.ask(&lookup("16", b"ZZZZZZZZ", place.number(3)))), 7);
    assert!(place.simulator.control().subscribed().is_empty());
}

#[test]
fn the_next_batch_tells_of_new_subscriptions_once() {
    let place = Place::new(|_| {});
    let (changed, unchanged) = some(&place, 1);
    ask(&place, "16", &[changed[0], unchanged[0]]);
    let batch = Batch::of(&place, 1);
    assert_eq!(batch.numbers(), BTreeSet::from([changed[0], unchanged[0]]));
    assert_eq!(batch.events(unchanged[0]), ["A45"]);
    let events = batch.events(changed[0]);
    assert!(events.len() > 1 && events.last().unwrap() == "A45", "{events:?}");
    for (number, records) in &batch.persons {
        let index = place.population.read().index_of(*number).unwrap();
        let online = place.population.read().person_records(index, 1).unwrap();
        let length = online.len();
        let mut told: Vec<_> = records.iter().filter(|record| read_type(record) != Some(99)).cloned().collect();
        assert!(!told.is_empty());
        // 003 stands in a block of its own at the end of a file.
        told.sort_by_key(|record| read_type(record));
        let full = |record: &Vec<u8>| {
            let own = kartotek_formats::records::u12170::PublicRecord::length(read_type(record).unwrap()).unwrap();
            let mut record = record.clone();
            record.resize(own, b' ');
            record
        };
        let told: Vec<u8> = told.iter().flat_map(full).collect();
        assert!(told == online, "{length}");
    }
    let next = Batch::of(&place, 2);
    assert!(next.persons.values().flatten().all(|record| !record.windows(3).any(|own| own == b"A45")));
}

#[test]
fn a_batch_has_the_changes_of_the_subscribed_and_nobody_elses() {
    let place = Place::new(|_| {});
    let (changed, unchanged) = some(&place, 2);
    let everybody = [&changed[1..], &unchanged[..]].concat();
    ask(&place, "10", &everybody);
    Batch::of(&place, 1);
    place.simulator.control().set_day(2);
    let batch = Batch::of(&place, 2);
    assert_eq!(batch.numbers(), changed[1..].iter().copied().collect());
    let mut all = Vec::new();
    place.population.write().write_changes(2, Shape::default(), TASK, &mut all).unwrap();
    let lines: BTreeSet<&[u8]> = all.split(|byte| *byte == b'\n').collect();
    assert!(batch.persons.values().flatten().all(|record| lines.contains(record.as_slice())));
}

#[test]
fn a_deleted_subscription_is_receipted_and_its_changes_stay_away() {
    let place = Place::new(|_| {});
    let (changed, unchanged) = some(&place, 2);
    ask(&place, "10", &[changed[0], changed[1], unchanged[0]]);
    Batch::of(&place, 1);
    place.simulator.control().set_day(2);
    ask(&place, "30", &[changed[0], unchanged[0]]);
    let batch = Batch::of(&place, 2);
    assert_eq!(batch.numbers(), BTreeSet::from([changed[1]]));
    let receipted: BTreeSet<_> = batch.receipts.iter().map(|(number, _)| *number).collect();
    assert_eq!(receipted, BTreeSet::from([changed[0], unchanged[0]]));
    let today = place.population.read().calendar().production_date(2).unwrap();
    assert!(batch.receipts.iter().all(|(_, at)| at.unwrap().date() == today));
    assert!(Batch::of(&place, 3).receipts.is_empty());
}

#[test]
fn what_comes_after_the_file_of_a_day_is_in_the_next_one() {
    let place = Place::new(|_| {});
    place.simulator.control().set_day(1);
    let before = bytes(&place, 1);
    ask(&place, "10", &[place.number(3)]);
    assert!(bytes(&place, 1) == before, "a file stays as it was");
    assert_eq!(Batch::of(&place, 2).events(place.number(3)).last().unwrap(), "A45");
}

#[test]
fn the_file_of_the_day_on_which_it_starts_is_out() {
    let place = Place::new(|options| options.day = 2);
    assert_eq!(place.simulator.control().day(), 2);
    ask(&place, "10", &[place.number(3)]);
    assert!(Batch::of(&place, 2).persons.is_empty());
    assert_eq!(Batch::of(&place, 3).events(place.number(3)).last().unwrap(), "A45");
}

#[test]
fn a_subscription_that_is_deleted_on_the_same_day_is_only_receipted() {
    let place = Place::new(|_| {});
    let number = place.number(3);
    ask(&place, "10", &[number]);
    ask(&place, "30", &[number]);
    let batch = Batch::of(&place, 1);
    assert_eq!((batch.numbers().len(), batch.receipts.len()), (0, 1));
    ask(&place, "10", &[number]);
    ask(&place, "30", &[number]);
    ask(&place, "10", &[number]);
    let batch = Batch::of(&place, 2);
    assert_eq!((batch.events(number).last().unwrap().as_str(), batch.receipts.len()), ("A45", 1));
}

#[test]
fn the_same_requests_give_the_same_files() {
    let files = || {
        let place = Place::new(|_| {});
        let mut files = Vec::new();
        let shape = Shape { line_end: LineEnd::None, key_constant: true, ..Shape::default() };
        for day in 1..=3 {
            ask(&place, "16", &[10 * day, 10 * day + 1].map(|index| place.number(index)));
            ask(&place, "30", &[place.number(10 * day)]);
            place.simulator.control().write_batch(day, shape, TASK, &mut files).unwrap();
            place.simulator.control().set_day(day);
        }
        files
    };
    assert!(files() == files());
}

#[test]
fn the_start_date_has_no_batch() {
    let place = Place::new(|_| {});
    assert!(place.simulator.control().write_batch(0, Shape::default(), TASK, &mut Vec::new()).is_err());
}
