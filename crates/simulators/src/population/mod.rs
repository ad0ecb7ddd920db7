//! The synthetic CPR population: made-up persons, their families and what happens to them day by day, and the extracts
//! in which CPR would tell of it. See docs/SYNTHETIC.md.
//!
//! | Part | Holds |
//! | --- | --- |
//! | `random`, `permutation` | randomness that is a function of seed, purpose and key |
//! | `cohorts`, `numbers`, `families` | who is born when, with which number, and related to whom, by arithmetic |
//! | `census` | the population on the start date |
//! | `chronicle` | what happens on the working days after it |
//! | `extract` | the records and files |

mod calendar;
mod census;
mod chronicle;
mod cohorts;
mod extract;
mod families;
mod lists;
mod numbers;
mod options;
mod permutation;
mod random;
mod shared;
mod state;
pub(crate) mod text;
mod values;

use std::io;

use kartotek_formats::identifiers::CprNumber;

pub use calendar::Calendar;
pub use extract::{AddressBlock, Counts, LineEnd, Ordered, Refusal, Selection, Shape, file_name};
pub use options::{PopulationError, PopulationOptions};
pub use shared::SharedPopulation;
pub use state::PersonState;

use census::{Census, Detail};
use chronicle::Chronicle;
use extract::{Frame, Sink};

/// A synthetic population, from the start date on.
///
/// The persons of the start date are computed, never stored. Of the days after it, the changes are kept; a day happens
/// when [`Population::advance_to`] first reaches it, or an extract of it is written.
///
/// ```
/// use kartotek_simulators::population::{Population, PopulationOptions, Shape};
///
/// let mut population = Population::new(PopulationOptions::new(1_000, 1))?;
/// let mut establishing = Vec::new();
/// let counts = population.write_establishing(Shape::default(), 123_456, &mut establishing)?;
/// assert_eq!(counts.persons, 1_000);
/// let mut changes = Vec::new();
/// population.write_changes(1, Shape::default(), 123_456, &mut changes)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Population {
    options: PopulationOptions,
    calendar: Calendar,
    census: Census,
    chronicle: Chronicle,
}

impl Population {
    /// Makes the population.
    pub fn new(options: PopulationOptions) -> Result<Self, PopulationError> {
        let calendar = Calendar::new(options.start_day()?);
        let census = Census::new(options.seed, options.persons, calendar.day(0));
        Ok(Self { options, calendar, census, chronicle: Chronicle::default() })
    }

    /// The production dates.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// Lets the working days up to `day` happen; 0 is the start date. Days that happened stay as they are.
    pub fn advance_to(&mut self, day: u32) {
        self.chronicle.advance_to(day, &self.census, self.calendar, self.options.changes_per_mille);
    }

    /// How many indices there are on a day: one per number, and births and changed numbers add some.
    pub fn indices(&self, day: u32) -> u32 {
        self.chronicle.indices(&self.census, day)
    }

    /// A person on a day that happened; on a later one, as of the last that did. `None` when nobody has the index yet.
    pub fn person(&self, index: u32, day: u32) -> Option<PersonState> {
        self.chronicle.person(index, day, &self.census, Detail::Everything)
    }

    /// The person who has, or had, a number.
    pub fn index_of(&self, number: CprNumber) -> Option<u32> {
        self.chronicle.index_of(number, &self.census)
    }

    /// The persons in the change extract of a day that happened, by index.
    pub fn changed_on(&self, day: u32) -> &[u32] {
        self.chronicle.changed_on(day)
    }

    /// A person's records on a day as an online answer has them: full length, no line ends, 003 after 002, no events.
    /// Empty when nobody has the index yet.
    pub fn person_records(&self, index: u32, day: u32) -> io::Result<Vec<u8>> {
        let mut records = Vec::new();
        let mut sink = Sink::new(&mut records, Shape::ONLINE);
        if let Some(person) = self.person(index, day) {
            extract::write_person(&person, std::iter::empty(), &mut sink)?;
        }
        sink.finish()?;
        Ok(records)
    }

    /// A person's records on a day as an online answer to a private company has them (U09480-P). Empty when nobody has
    /// the index yet.
    pub fn private_person_records(&self, index: u32, day: u32) -> io::Result<Vec<u8>> {
        let mut records = Vec::new();
        let mut sink = Sink::new(&mut records, Shape::ONLINE);
        if let Some(person) = self.person(index, day) {
            let guardian = person.guardian().and_then(|number| self.index_of(number));
            let guardian = guardian.and_then(|index| self.person(index, day));
            extract::write_private_person(&person, guardian.as_ref(), self.calendar.day(day), &mut sink)?;
        }
        sink.finish()?;
        Ok(records)
    }

    /// Writes the establishing extract: everybody on the start date, in order of birth.
    pub fn write_establishing<W: io::Write>(&self, shape: Shape, task: u32, to: &mut W) -> io::Result<Counts> {
        self.write_everybody(0, shape, task, to)
    }

    /// Writes everybody on a later day, in order of birth: what an establishing extract ordered on that day holds.
    pub fn write_status<W: io::Write>(&mut self, day: u32, shape: Shape, task: u32, to: &mut W) -> io::Result<Counts> {
        self.advance_to(day);
        self.write_everybody(day, shape, task, to)
    }

    /// Writes the change extract of a day, 1 or later: all records of everybody to whom something happened on it.
    pub fn write_changes<W: io::Write>(&mut self, day: u32, shape: Shape, task: u32, to: &mut W) -> io::Result<Counts> {
        self.advance_to(day);
        let subscribed = self.changed_on(day).iter().copied().collect();
        let everybody = Selection { subscribed, ..Selection::default() };
        self.write_selected(day, &everybody, shape, task, to)
    }

    /// Writes the change extract of a day that happened, 1 or later, as a customer with subscriptions gets it: all records
    /// of the subscribed to whom something happened on it, and what follows from changed subscriptions.
    pub fn write_selected<W: io::Write>(
        &self,
        day: u32,
        selection: &Selection,
        shape: Shape,
        task: u32,
        to: &mut W,
    ) -> io::Result<Counts> {
        let Some(before) = day.checked_sub(1) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "expected day 1 or later, found the start date"));
        };
        let [produced, previously] = [day, before].map(|day| self.calendar.production_date(day));
        let mut sink = Sink::new(to, shape);
        Frame { task, produced, previously }.begin(&mut sink)?;
        let indices = self.chronicle.by_birth(selection.indices(self.changed_on(day)), &self.census);
        extract::write_persons(
            || indices.iter().copied(),
            |index, detail| self.chronicle.person(index, day, &self.census, detail),
            |index| self.chronicle.events(index, day).chain(selection.event(index)),
            &mut sink,
        )?;
        selection.write_refusals(&mut sink)?;
        selection.write_receipts(&mut sink)?;
        Frame::end(&mut sink)?;
        sink.finish()
    }

    /// An extract of everybody. Its start record repeats the production date, so that the next day's changes follow.
    fn write_everybody<W: io::Write>(&self, day: u32, shape: Shape, task: u32, to: &mut W) -> io::Result<Counts> {
        let produced = self.calendar.production_date(day);
        let mut sink = Sink::new(to, shape);
        Frame { task, produced, previously: produced }.begin(&mut sink)?;
        let persons = || self.chronicle.everybody_by_birth(day, &self.census);
        extract::write_persons(
            persons,
            |index, detail| self.chronicle.person(index, day, &self.census, detail),
            |_| std::iter::empty(),
            &mut sink,
        )?;
        Frame::end(&mut sink)?;
        sink.finish()
    }
}
