//! The synthetic CPR population: made-up persons, their families and what happens to them day by day, and the extracts
//! in which CPR would tell of it. See docs/SYNTHETIC.md.

mod calendar;
mod census;
mod cohorts;
mod extract;
mod families;
mod lists;
mod numbers;
mod permutation;
mod random;
mod state;
pub(crate) mod text;
mod values;

use std::io;

use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;

pub use calendar::Calendar;
pub use extract::{AddressBlock, Counts, LineEnd, Shape, file_name};
pub use state::PersonState;

use calendar::Day;
use census::Census;
use extract::{Frame, Sink};

/// Which population to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationOptions {
    /// How many persons on the start date, at most [`PopulationOptions::MAX_PERSONS`].
    pub persons: u32,
    /// Whatever; the same seed gives the same bytes everywhere.
    pub seed: u64,
    /// The date of the establishing extract; on a weekend, the Monday after it.
    pub start: PartialDate,
}

impl PopulationOptions {
    /// The most persons that the numbers of the strongest years suffice for.
    pub const MAX_PERSONS: u32 = 20_000_000;
}

/// Why a population cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PopulationError {
    /// More persons than there are numbers for.
    #[error("expected at most {} persons, found {found}", PopulationOptions::MAX_PERSONS)]
    TooManyPersons {
        /// The number asked for.
        found: u32,
    },
    /// A start date whose births have no numbers.
    #[error("expected a start date in 2000 to 2050, found the year {year}")]
    StartOutOfRange {
        /// The year asked for.
        year: u16,
    },
}

/// A synthetic population, from the start date on.
pub struct Population {
    options: PopulationOptions,
    calendar: Calendar,
    census: Census,
}

impl Population {
    /// Makes the population; nothing is stored per person.
    pub fn new(options: PopulationOptions) -> Result<Self, PopulationError> {
        if options.persons > PopulationOptions::MAX_PERSONS {
            return Err(PopulationError::TooManyPersons { found: options.persons });
        }
        if !(2000..=2050).contains(&options.start.year()) {
            return Err(PopulationError::StartOutOfRange { year: options.start.year() });
        }
        let calendar = Calendar::new(Day::from_date(options.start));
        let census = Census::new(options.seed, options.persons, calendar.day(0));
        Ok(Self { options, calendar, census })
    }

    /// Writes the establishing extract.
    pub fn write_establishing<W: io::Write>(&self, shape: &Shape, task: u32, to: &mut W) -> io::Result<Counts> {
        let mut sink = Sink::new(to, *shape);
        let produced = self.calendar.production_date(0);
        Frame { task, produced, previously: produced }.begin(&mut sink)?;
        for index in 0..self.options.persons {
            if let Some(person) = self.census.person(index) {
                extract::write_person(&person, std::iter::empty(), self.options.seed, &mut sink)?;
            }
        }
        if shape.address_block == AddressBlock::AtEnd {
            for index in 0..self.options.persons {
                if let Some(person) = self.census.person(index) {
                    extract::write_address(&person, &mut sink)?;
                }
            }
        }
        Frame::end(&mut sink)?;
        sink.finish()
    }

    /// The person who has a number.
    pub fn index_of(&self, number: CprNumber) -> Option<u32> {
        self.census.index_of(number)
    }
}
