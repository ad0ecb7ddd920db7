//! The day that is being told of: finding whom something can happen to, and writing down that it did.

use std::collections::BTreeSet;

use kartotek_formats::codes::DerivedMarker;
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use super::change::Change;
use super::kind::Kind;
use super::{Chronicle, Entry, Joined, Origin};
use crate::population::calendar::{Calendar, Day};
use crate::population::census::{Census, Detail};
use crate::population::numbers;
use crate::population::random::{Draw, Purpose};
use crate::population::state::PersonState;

/// So many kinds take turns to happen every day, rare ones included; all have their turn within six days.
const TURNS: u32 = 4;

/// How often another person is tried before an event is given up.
const TRIES: u32 = 300;

pub(super) struct Today<'c> {
    chronicle: &'c mut Chronicle,
    pub(super) census: &'c Census,
    number: u32,
    pub(super) day: Day,
    yesterday: Day,
    pub(super) draw: Draw,
    /// Who is in today's file already; nobody has two things happen on one day.
    touched: BTreeSet<u32>,
    kind: Kind,
    /// When the event that is being written down happened; it cannot have been registered before.
    on: Option<Timestamp>,
    serial: u64,
}

impl<'c> Today<'c> {
    pub(super) fn new(chronicle: &'c mut Chronicle, census: &'c Census, calendar: Calendar) -> Self {
        let number = chronicle.days;
        Self {
            day: calendar.day(number),
            yesterday: calendar.day(number.saturating_sub(1)),
            draw: Draw::new(census.seed, Purpose::Event, u64::from(number)),
            chronicle,
            census,
            number,
            touched: BTreeSet::new(),
            kind: Kind::Move,
            on: None,
            serial: 0,
        }
    }

    /// Lets things happen until so many persons are in the file, and tells who.
    pub(super) fn happen(mut self, persons: usize) -> Vec<u32> {
        let kinds = u32::try_from(Kind::ALL.len()).unwrap_or(1);
        for turn in 0..TURNS {
            let turn = (self.number - 1) * TURNS + turn;
            self.attempt(Kind::ALL.get((turn % kinds) as usize).copied().unwrap_or(Kind::Move));
        }
        // A population in which hardly anything can happen must not hold the day up.
        let mut failures = 0;
        while self.touched.len() < persons && failures < 20 {
            let kind = self.draw_kind();
            failures = if self.attempt(kind) { 0 } else { failures + 1 };
        }
        self.touched.into_iter().collect()
    }

    fn draw_kind(&mut self) -> Kind {
        let mut roll = self.draw.below(1000);
        let drawn = Kind::ALL.into_iter().find(|kind| {
            let hit = roll < kind.per_mille();
            roll = roll.saturating_sub(kind.per_mille());
            hit
        });
        drawn.unwrap_or(Kind::Move)
    }

    fn attempt(&mut self, kind: Kind) -> bool {
        self.kind = kind;
        (0..TRIES).any(|_| {
            self.on = None;
            self.candidate(kind).is_some_and(|person| self.befall(kind, &person))
        })
    }

    fn befall(&mut self, kind: Kind, person: &PersonState) -> bool {
        match kind {
            Kind::Move => self.household_moves(person),
            Kind::Respelling => self.street_is_respelt(person),
            Kind::CareOf => self.care_of_changes(person),
            Kind::Emigration => self.emigrates(person),
            Kind::Return | Kind::Found => self.comes_back(kind, person),
            Kind::Disappearance => self.disappears(person),
            Kind::Marriage => self.marries(person),
            Kind::Separation => self.separates(person),
            Kind::Divorce => self.divorces(person),
            Kind::Death => self.dies(person),
            Kind::DeathCorrection => self.death_is_corrected(person),
            Kind::Birth => self.gives_birth(person),
            Kind::Renumbering => self.gets_another_number(person),
            Kind::NameChange => self.changes_name(person),
            Kind::Protection => self.is_protected(person),
            Kind::ProtectionLapse => self.protection_lapses(person),
            Kind::Guardian | Kind::GuardianChange | Kind::GuardianRemoval => self.guardian_changes(kind, person),
            Kind::ContactAddress => self.contact_address_is_set(person),
            Kind::Church => self.leaves_church(person),
            Kind::Requisition => {
                self.write(person.index, DerivedMarker::default(), Change::None);
                true
            }
        }
    }

    /// Somebody to whom nothing happened today. What follows from an earlier event falls half the time on somebody
    /// whom that befell in this chain, since few others are eligible.
    fn candidate(&mut self, kind: Kind) -> Option<PersonState> {
        let follows: Option<fn(&Change) -> bool> = match kind {
            Kind::Found => Some(|change| matches!(change, Change::Disappeared { .. })),
            Kind::Return => Some(|change| matches!(change, Change::Emigrated { .. })),
            Kind::DeathCorrection => Some(|change| matches!(change, Change::Died { .. })),
            Kind::GuardianChange | Kind::GuardianRemoval => {
                Some(|change| matches!(change, Change::GuardianAppointed { .. }))
            }
            Kind::ProtectionLapse => Some(|change| matches!(change, Change::Protected { .. })),
            _ => None,
        };
        if let Some(follows) = follows
            && self.draw.per_mille(500)
        {
            return self.somebody_whom_befell(follows);
        }
        let everybody = self.census.persons + u32::try_from(self.chronicle.joined.len()).unwrap_or_default();
        let index = self.draw.below(everybody);
        self.untouched(index)
    }

    fn somebody_whom_befell(&mut self, follows: fn(&Change) -> bool) -> Option<PersonState> {
        let day = usize::try_from(self.draw.below(self.number)).ok()?;
        let indices = self.chronicle.changed.get(day)?;
        let count = u32::try_from(indices.len()).ok()?;
        let from = self.draw.below(count) as usize;
        let index = indices
            .iter()
            .skip(from)
            .take(50)
            .find(|index| self.chronicle.entries(**index).iter().any(|entry| follows(&entry.change)))?;
        self.untouched(*index)
    }

    /// The person as of now, unless something happened to it today or it does not exist.
    pub(super) fn untouched(&self, index: u32) -> Option<PersonState> {
        (!self.touched.contains(&index))
            .then(|| self.chronicle.person(index, self.number, self.census, Detail::Everything))
            .flatten()
    }

    /// As [`Today::untouched`], by number.
    pub(super) fn untouched_number(&self, number: CprNumber) -> Option<PersonState> {
        self.untouched(self.chronicle.index_of(number, self.census)?)
    }

    /// True while the last entry of a death is not undone.
    pub(super) fn died_in_chain(&self, index: u32) -> bool {
        matches!(self.chronicle.entries(index).last(), Some(entry) if matches!(entry.change, Change::Died { .. }))
    }

    pub(super) fn age(&self, person: &PersonState) -> i32 {
        self.day.years_since(person.born)
    }

    /// A key of its own for what an event needs to draw.
    pub(super) fn key(&mut self) -> u64 {
        self.serial += 1;
        3 << 60 | u64::from(self.number) << 36 | self.serial << 4
    }

    /// A time at which something is registered today, in office hours.
    pub(super) fn now(&mut self) -> Option<Timestamp> {
        self.on = self.moment_of(self.day);
        self.on
    }

    /// When something happened that is registered today: today or up to three days ago, but after `last`.
    pub(super) fn recently(&mut self, last: Option<Timestamp>) -> Option<Timestamp> {
        let ago = self.draw.days(4);
        let moment = self.moment_of(self.day.plus(-ago))?;
        if last.is_some_and(|last| last >= moment) {
            return self.now().filter(|now| Some(*now) > last);
        }
        self.on = Some(moment);
        self.on
    }

    fn moment_of(&mut self, day: Day) -> Option<Timestamp> {
        let (hour, minute) = (8 + self.draw.below(8), self.draw.below(60));
        day.at(u8::try_from(hour).ok()?, u8::try_from(minute).ok()?)
    }

    /// Writes down a change to a person, who is in today's file with that.
    pub(super) fn write(&mut self, index: u32, marker: DerivedMarker, change: Change) {
        // What happened on a weekend is registered then, now and then, and comes with Monday's file.
        let gap = self.day.since(self.yesterday);
        let back = if self.draw.per_mille(100) { self.draw.days(gap) } else { 0 };
        let Some(at) = self.moment_of(self.day.plus(-back)).max(self.on) else { return };
        self.touched.insert(index);
        let entry = Entry { day: self.number, at, kind: self.kind, marker, change };
        self.chronicle.changes.entry(index).or_insert_with(|| Vec::with_capacity(1)).push(entry);
    }

    /// Writes down a change to the main person of an event.
    pub(super) fn write_main(&mut self, index: u32, change: Change) {
        self.write(index, DerivedMarker::default(), change);
    }

    /// Issues a number to somebody born on that day; the index is the person's from now on. `None` when there is none left.
    pub(super) fn issue(&mut self, born: Day, female: bool, on: Timestamp, origin: Origin) -> Option<(u32, CprNumber)> {
        let issued = self.chronicle.issued.get(&born).copied().unwrap_or_default();
        let number = numbers::number(self.census.seed, born, self.census.births(born) + issued, female)?;
        let index = self.census.persons + u32::try_from(self.chronicle.joined.len()).ok()?;
        self.chronicle.issued.insert(born, issued + 1);
        self.chronicle.by_number.insert(number, index);
        self.chronicle.joined.push(Joined { day: self.number, number, born, on, origin });
        Some((index, number))
    }
}
