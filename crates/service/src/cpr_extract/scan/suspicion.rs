//! Whose record is it when its number cannot be read? Absence of a record means "no longer true", so the person who lost
//! it must not be taken in without it: a lost protection would send a letter to a hidden address.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kartotek_formats::extract::Layout;
use kartotek_register::ports::{Message, Severity};

use crate::cpr_extract::persons::PersonSet;
use crate::cpr_extract::stream::RawRecord;

use super::EVERYBODY;

/// A record that cannot be told whose it is: its number is no number, or it is too short to have one.
pub(super) struct Unreadable {
    record_type: Option<u16>,
    is_short: bool,
    line: u64,
    offset: u64,
}

impl Unreadable {
    pub fn message(&self, layout: Layout) -> Message {
        let text = match (self.is_short, self.record_type) {
            (true, _) => "expected at least 13 characters, a record type and a CPR number; found fewer",
            (false, None) => "expected a record type of three digits at position 1-3, found something else",
            (false, Some(_)) => "expected a CPR number that begins with a date at position 4-13, found something else",
        };
        Message {
            severity: Severity::Error,
            code: "no-number".into(),
            line: (layout == Layout::Lines).then_some(self.line),
            byte: Some(self.offset),
            record: self.record_type,
            person: None,
            subject: None,
            contact: None,
            text: text.to_owned(),
        }
    }
}

/// Persons who may have lost a record, each with the place that made them suspect.
type Suspects = Vec<(u64, u64, u64)>;

/// Byte and line of a record.
type Place = (u64, u64);

/// Consecutive records of one person without a 001 among them, as [`Suspicion`] sees them.
pub(super) struct Apart {
    pub number: u64,
    pub record_type: u16,
    pub records: u32,
    pub offset: u64,
    pub line: u64,
}

/// A single record of a person of whom nothing was known yet. If nothing else comes, its number is likely to be wrong.
struct Stray {
    number: u64,
    record_type: u16,
    offset: u64,
    line: u64,
}

/// What the neighbours of a place may have lost.
#[derive(Clone, Copy)]
enum Doubt {
    /// An unreadable record, by its position in the list of them.
    Unreadable(usize),
    /// A stray, likewise.
    Stray(usize),
}

#[derive(Default)]
pub(super) struct Suspicion {
    unreadable: Vec<(Unreadable, Option<[u8; 10]>)>,
    /// Keys that are no number and have a 001 of their own: a person with a bad number, not a lost record.
    bad_persons: BTreeMap<[u8; 10], u64>,
    strays: Vec<Stray>,
    /// Persons beside doubtful records.
    neighbours: Vec<(Doubt, u64)>,
    /// Doubtful records since the last run, whose next neighbour is still to come.
    waiting: Vec<Doubt>,
    before: Option<u64>,
    /// The two last runs, and the place of one without a 001.
    last: [Option<(u64, Option<Place>)>; 2],
    /// Runs without a 001 that stand within another person's: who, the stranger, and where.
    sandwiched: Vec<(u64, u64, Place)>,
}

/// What [`Suspicion::finish`] found.
pub(super) struct Suspected {
    /// Record types that somebody lost, of those that everybody has.
    pub lost: BTreeSet<u16>,
    /// Persons who may have lost another record.
    pub suspects: Suspects,
    /// Records that cannot be told whose they are.
    pub unreadable: Vec<Unreadable>,
    /// How many persons had a bad number.
    pub without_number: u64,
}

impl Suspicion {
    pub fn unreadable(&mut self, record: &RawRecord<'_>, record_type: Option<u16>) {
        let key: Option<[u8; 10]> = record.bytes.get(3..13).and_then(|key| key.try_into().ok());
        if let (Some(1), Some(key)) = (record_type, key) {
            *self.bad_persons.entry(key).or_default() += 1;
        }
        let doubt = Doubt::Unreadable(self.unreadable.len());
        let is_short = key.is_none();
        let (line, offset) = (record.line, record.offset);
        self.unreadable.push((Unreadable { record_type, is_short, line, offset }, key));
        self.doubt(doubt, self.before);
    }

    /// Takes a run with a 001.
    pub fn person(&mut self, number: u64) {
        self.neighbour(number);
        self.last(number, None);
    }

    /// Takes a run without a 001; `known` says whether the person's 001 has been seen.
    pub fn apart(&mut self, run: &Apart, known: bool) {
        let &Apart { number, record_type, records, offset, line } = run;
        let before = self.before;
        self.neighbour(number);
        if records == 1 && !known {
            let doubt = Doubt::Stray(self.strays.len());
            self.strays.push(Stray { number, record_type, offset, line });
            if !owner_shows(record_type) {
                self.doubt(doubt, before);
            }
        }
        self.last(number, Some((offset, line)));
    }

    fn doubt(&mut self, doubt: Doubt, before: Option<u64>) {
        self.neighbours.extend(before.map(|before| (doubt, before)));
        self.waiting.push(doubt);
    }

    fn neighbour(&mut self, number: u64) {
        self.before = Some(number);
        self.neighbours.extend(self.waiting.drain(..).map(|doubt| (doubt, number)));
    }

    fn last(&mut self, number: u64, apart: Option<Place>) {
        if let [Some((outer, _)), Some((inner, Some(place)))] = self.last
            && outer == number
        {
            self.sandwiched.push((outer, inner, place));
        }
        let [_, last] = self.last;
        self.last = [last, Some((number, apart))];
    }

    /// `known` are the persons with a 001, `once` those without whose records all stand in one place.
    pub fn finish(self, known: &PersonSet, once: &HashSet<u64>) -> Suspected {
        let is_bad_person = |key: &Option<[u8; 10]>| key.is_some_and(|key| self.bad_persons.contains_key(&key));
        let is_stray = |stray: &Stray| !known.contains(stray.number) && once.contains(&stray.number);

        let unreadable = self.unreadable.iter().filter(|(_, key)| !is_bad_person(key));
        let unreadable_types = unreadable.filter_map(|(unreadable, _)| unreadable.record_type);
        let stray_types = self.strays.iter().filter(|stray| is_stray(stray)).map(|stray| stray.record_type);
        let lost = unreadable_types.chain(stray_types).filter(|lost| EVERYBODY.contains(lost)).collect();

        let mut suspects = Vec::new();
        let mut seen = HashSet::new();
        for (doubt, number) in &self.neighbours {
            let place = match *doubt {
                Doubt::Unreadable(at) => self
                    .unreadable
                    .get(at)
                    .filter(|(record, key)| !record.record_type.is_some_and(owner_shows) && !is_bad_person(key))
                    .map(|(record, _)| (record.offset, record.line)),
                Doubt::Stray(at) => {
                    self.strays.get(at).filter(|stray| is_stray(stray)).map(|stray| (stray.offset, stray.line))
                }
            };
            if let Some((offset, line)) = place
                && seen.insert(*number)
            {
                suspects.push((*number, offset, line));
            }
        }
        for (outer, inner, (offset, line)) in &self.sandwiched {
            if !known.contains(*inner) && seen.insert(*outer) {
                suspects.push((*outer, *offset, *line));
            }
        }
        Suspected {
            lost,
            suspects,
            without_number: self.bad_persons.len() as u64,
            unreadable: self.unreadable.into_iter().map(|(unreadable, _)| unreadable).collect(),
        }
    }
}

/// Of these types the owner shows as the one who lacks it, a lost 001 as a person without, and an event is no loss.
fn owner_shows(record_type: u16) -> bool {
    matches!(record_type, 1 | 99) || EVERYBODY.contains(&record_type)
}
