use kartotek_formats::dates::PartialDate;

use super::calendar::Day;

/// Which population to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationOptions {
    /// How many persons on the start date, at most [`PopulationOptions::MAX_PERSONS`].
    pub persons: u32,
    /// The same seed gives the same bytes everywhere; another one, other persons.
    pub seed: u64,
    /// The date of the establishing extract, 2026-01-05 unless given; on a weekend, the Monday after it.
    pub start: Option<PartialDate>,
    /// About how many of a thousand persons are in each day's change extract, 2 by default; ten persons at least are.
    pub changes_per_mille: u32,
}

impl PopulationOptions {
    /// The most persons that the numbers of the strongest years suffice for.
    pub const MAX_PERSONS: u32 = 20_000_000;

    /// So many persons, all else by default.
    pub fn new(persons: u32, seed: u64) -> Self {
        Self { persons, seed, start: None, changes_per_mille: 2 }
    }

    pub(super) fn start_day(&self) -> Result<Day, PopulationError> {
        if self.persons > Self::MAX_PERSONS {
            return Err(PopulationError::TooManyPersons { found: self.persons });
        }
        match self.start {
            None => Ok(Day::of(2026, 1, 5)),
            Some(start) if (2000..=2050).contains(&start.year()) => Ok(Day::from_date(start)),
            Some(start) => Err(PopulationError::StartOutOfRange { year: start.year() }),
        }
    }
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
    /// A start date before or after which births would have no numbers.
    #[error("expected a start date in the years 2000 to 2050, found the year {year}")]
    StartOutOfRange {
        /// The year asked for.
        year: u16,
    },
}
