//! Whose record is it when its number cannot be read? Absence of a record means "no longer true", so the person who lost
//! it must not be taken in without it: a lost protection would send a letter to a hidden address.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kartotek_formats::extract::Layout;
use kartotek_register::ports::{Message, Severity};

use crate::cpr_extract::persons::PersonSet;
use crate::cpr_extract::stream::RawRecord;

use super::EVERYBODY;

/// A record whose number is no number, or that is too short to have one.
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
            contact: None,
            text: text.to_owned(),
        }
    }
}

/// Persons who may have lost a record, each with the place that made them suspect.
type Suspects = Vec<(u64, u64, u64)>;

#[derive(Default)]
pub(super) struct Suspicion {
    unreadable: Vec<(Unreadable, Option<[u8; 10]>)>,
    /// Keys that are no number and have a 001 of their own: a person with a bad number, not a lost record.
    bad_persons: BTreeMap<[u8; 10], u64>,
    /// Neighbours of unreadable records: which record, and who.
    neighbours: Vec<(usize, u64)>,
    /// Unreadable records since the last run, whose next neighbour is still to come.
    waiting: Vec<usize>,
    before: Option<u64>,
    /// The two last runs and whether they had a 001.
    last: [Option<(u64, bool)>; 2],
    /// Runs without a 001 that stand within another person's: who, and the stranger.
    sandwiched: Vec<(u64, u64)>,
}

impl Suspicion {
    pub fn unreadable(&mut self, record: &RawRecord<'_>, record_type: Option<u16>) {
        let key: Option<[u8; 10]> = record.bytes.get(3..13).and_then(|key| key.try_into().ok());
        if let (Some(1), Some(key)) = (record_type, key) {
            *self.bad_persons.entry(key).or_default() += 1;
        }
        let at = self.unreadable.len();
        let is_short = key.is_none();
        let (line, offset) = (record.line, record.offset);
        self.unreadable.push((Unreadable { record_type, is_short, line, offset }, key));
        if let Some(before) = self.before {
            self.neighbours.push((at, before));
        }
        self.waiting.push(at);
    }

    pub fn run(&mut self, number: u64, has_person: bool) {
        self.before = Some(number);
        self.neighbours.extend(self.waiting.drain(..).map(|at| (at, number)));
        if let [Some((outer, _)), Some((inner, false))] = self.last
            && outer == number
        {
            self.sandwiched.push((outer, inner));
        }
        let [_, last] = self.last;
        self.last = [last, Some((number, has_person))];
    }

    /// Record types that somebody lost; who may have lost another record; what to say; how many persons had a bad number.
    pub fn finish(self, known: &PersonSet) -> (BTreeSet<u16>, Suspects, Vec<Unreadable>, u64) {
        let mut lost = BTreeSet::new();
        let mut suspects = Vec::new();
        let mut seen = HashSet::new();
        let is_bad_person = |key: &Option<[u8; 10]>| key.is_some_and(|key| self.bad_persons.contains_key(&key));
        for (unreadable, key) in &self.unreadable {
            if let Some(record_type) = unreadable.record_type
                && EVERYBODY.contains(&record_type)
                && !is_bad_person(key)
            {
                lost.insert(record_type);
            }
        }
        for (at, number) in &self.neighbours {
            let Some((unreadable, key)) = self.unreadable.get(*at) else { continue };
            // Of these types the owner shows as the one who lacks it, and a lost 001 as a person without.
            let owner_shows = unreadable.record_type.is_some_and(|t| t == 1 || EVERYBODY.contains(&t));
            if !owner_shows && !is_bad_person(key) && seen.insert(*number) {
                suspects.push((*number, unreadable.offset, unreadable.line));
            }
        }
        for (outer, inner) in &self.sandwiched {
            if !known.contains(*inner) && seen.insert(*outer) {
                suspects.push((*outer, 0, 0));
            }
        }
        let unreadable = self.unreadable.into_iter().map(|(unreadable, _)| unreadable).collect();
        (lost, suspects, unreadable, self.bad_persons.len() as u64)
    }
}
