//! The population on the start date: every person a pure function of seed and index.

mod civil;
mod custody;
mod goals;
mod history;
mod home;
mod identity;
mod kin;
mod life;
mod person;
mod remarks;
mod showcase;
mod traits;
mod union;

use kartotek_formats::identifiers::CprNumber;

use super::calendar::Day;
use super::cohorts::Cohorts;
use super::families::{Couple, Families};
use super::numbers;
use super::random::{Draw, Purpose};
use super::state::PersonState;
use traits::Forced;

use life::Fate;

pub(crate) use history::resident_status;
pub(crate) use person::Detail;

/// The base population, before any event.
pub(crate) struct Census {
    pub(crate) seed: u64,
    pub(crate) persons: u32,
    /// The start date; everything told here happened before it.
    pub(crate) today: Day,
    families: Families,
    forced: Forced,
}

impl Census {
    pub(crate) fn new(seed: u64, persons: u32, today: Day) -> Self {
        let families = Families::new(seed, Cohorts::new(persons, today));
        let mut census = Self { seed, persons, today, families, forced: Forced::default() };
        census.stage_showcase();
        census
    }

    /// A person; `None` beyond the population.
    pub(crate) fn person(&self, index: u32, detail: Detail) -> Option<PersonState> {
        (index < self.persons).then(|| self.describe(index, detail)).flatten()
    }

    /// The number of a person; `None` beyond the population.
    fn number(&self, index: u32) -> Option<CprNumber> {
        self.number_of(index, self.is_female(index, self.couple_of(index).as_ref()))
    }

    /// The person who has a number.
    pub(crate) fn index_of(&self, number: CprNumber) -> Option<u32> {
        let (day, slot, _) = numbers::slot(self.seed, number)?;
        let index = self.families.cohorts.index(self.families.cohorts.born(day, slot)?);
        (self.number(index) == Some(number)).then_some(index)
    }

    /// How many of the base population are born on a day: the first slot of the day that is free for others.
    pub(crate) fn births(&self, day: Day) -> u32 {
        self.families.cohorts.births(day)
    }

    /// The index of the first person born after a day; the number of persons when nobody is.
    pub(crate) fn first_born_after(&self, day: Day) -> u32 {
        let (mut low, mut high) = (0, self.persons);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.birth(middle).0 <= day { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The couple that a person of the base population is part of.
    pub(crate) fn couple_of(&self, index: u32) -> Option<Couple> {
        (index < self.persons).then(|| self.families.couple_of(index)).flatten()
    }

    fn number_of(&self, index: u32, female: bool) -> Option<CprNumber> {
        let (day, slot) = self.birth(index);
        (index < self.persons).then(|| numbers::number(self.seed, day, slot, female)).flatten()
    }

    fn birth(&self, index: u32) -> (Day, u32) {
        self.families.cohorts.birth(self.families.cohorts.place(index))
    }

    fn is_female(&self, index: u32, couple: Option<&Couple>) -> bool {
        match couple {
            Some(couple) if couple.first == index => couple.first_is_female,
            Some(couple) => couple.second_is_female,
            None => self.draw(Purpose::Single, index).per_mille(500),
        }
    }

    fn draw(&self, purpose: Purpose, index: u32) -> Draw {
        Draw::new(self.seed, purpose, u64::from(index))
    }
}

/// Evenly between two days; the first when the second is not later.
fn between(draw: &mut Draw, from: Day, to: Day) -> Day {
    from.plus(draw.days(to.since(from)))
}

/// Between two days, the later ones more likely.
fn lately(draw: &mut Draw, from: Day, to: Day) -> Day {
    between(draw, from, to).max(between(draw, from, to))
}
