//! Where a person's life stands on the start date: here, gone, or never more than a number.

use super::traits::Trait;
use super::{Census, between, lately};
use crate::population::calendar::{CPR_BEGINS, Day};
use crate::population::families::Couple;
use crate::population::lists::Country;
use crate::population::random::{Draw, Purpose};

/// What became of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    Resident,
    Dead(Day),
    Emigrated(Day),
    Disappeared(Day),
    /// A number for tax purposes, whose holder never lived here.
    Administrative(Day),
    Cancelled(Day),
    /// The person has another number since; `duplicate` when this one should not have been issued.
    Superseded {
        by: u32,
        on: Day,
        duplicate: bool,
    },
}

impl Fate {
    /// False for what is but a number: no family relates to it.
    pub(crate) fn is_person(self) -> bool {
        !matches!(self, Self::Administrative(_) | Self::Cancelled(_) | Self::Superseded { .. })
    }

    /// The day on which the person left the register, if so.
    pub(crate) fn left(self) -> Option<Day> {
        match self {
            Self::Dead(day) | Self::Emigrated(day) | Self::Disappeared(day) => Some(day),
            Self::Superseded { on, .. } => Some(on),
            Self::Resident | Self::Administrative(_) | Self::Cancelled(_) => None,
        }
    }
}

/// The facts that everything else about a person follows from.
#[derive(Clone, Copy)]
pub(super) struct Life {
    pub(super) index: u32,
    pub(super) born: Day,
    pub(super) female: bool,
    pub(super) couple: Option<Couple>,
    pub(super) arrival: Option<Arrival>,
    pub(super) fate: Fate,
}

/// An immigration by somebody who was not here before.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    pub(super) on: Day,
    pub(super) country: &'static Country,
}

impl Life {
    /// From when on the person was here.
    pub(super) fn here_from(&self) -> Day {
        self.arrival.map_or(self.born, |arrival| arrival.on)
    }

    /// The day up to which the person was here: of leaving the register, or today.
    pub(super) fn here_until(&self, today: Day) -> Day {
        self.fate.left().unwrap_or(today)
    }
}

/// Deaths by age, per mille: from the given year of age on, up to the next row's.
const MORTALITY: [(i32, u32); 10] =
    [(0, 4), (1, 6), (20, 15), (40, 55), (60, 110), (70, 230), (80, 360), (90, 205), (100, 13), (108, 2)];

impl Census {
    /// What everything else about a person follows from.
    pub(super) fn life(&self, index: u32) -> Life {
        let (born, _) = self.birth(index);
        let couple = self.families.couple_of(index);
        let female = self.is_female(index, couple.as_ref());
        let arrival = self.arrival(index, born);
        let fate = self.fate(index, born, arrival.map_or(born, |arrival| arrival.on));
        Life { index, born, female, couple, arrival, fate }
    }

    /// Immigrants come grown up, so that no family of theirs has to fit.
    pub(super) fn arrival(&self, index: u32, born: Day) -> Option<Arrival> {
        let grown_up = born.plus_years(18).max(CPR_BEGINS);
        let latest = born.plus_years(45).min(self.today.plus(-60));
        if latest <= grown_up || !self.has(Trait::Foreign, index) {
            return None;
        }
        let mut draw = self.draw(Purpose::Arrival, index);
        Some(Arrival { on: between(&mut draw, grown_up, latest), country: Country::draw(&mut draw) })
    }

    fn fate(&self, index: u32, born: Day, here_from: Day) -> Fate {
        // Every second person only, so that the successor of a number is always a person.
        if index.is_multiple_of(2)
            && let Some(fate) = self.fate_of_number(index, born)
        {
            return fate;
        }
        let mut draw = self.draw(Purpose::Death, index);
        let death = self.death(&mut draw, index, born).max(here_from.plus(30));
        if death < self.today {
            return Fate::Dead(death);
        }
        let mut draw = self.draw(Purpose::Fate, index);
        let grown_up = born.plus_years(18).max(here_from.plus(300)).max(CPR_BEGINS);
        if grown_up < self.today && self.has(Trait::Emigrated, index) {
            return Fate::Emigrated(lately(&mut draw, grown_up, self.today));
        }
        if grown_up < self.today && self.has(Trait::Disappeared, index) {
            return Fate::Disappeared(lately(&mut draw, grown_up, self.today));
        }
        Fate::Resident
    }

    /// Numbers that are not, or no longer, a person's.
    fn fate_of_number(&self, index: u32, born: Day) -> Option<Fate> {
        let recently = born.plus(60).max(CPR_BEGINS.plus_years(20));
        if recently >= self.today {
            return None;
        }
        let mut draw = self.draw(Purpose::Fate, index);
        let day = between(&mut draw, recently, self.today);
        if self.has(Trait::CancelledNumber, index) {
            return Some(Fate::Cancelled(day));
        }
        if born.plus_years(18) < self.today && self.has(Trait::AdministrativeNumber, index) {
            return Some(Fate::Administrative(between(&mut draw, born.plus_years(18).max(recently), self.today)));
        }
        let duplicate = self.has(Trait::DuplicateNumber, index);
        if (duplicate || self.has(Trait::ChangedNumber, index)) && index + 1 < self.persons {
            let successor = self.life(index + 1);
            let latest = successor.fate.left().unwrap_or(self.today);
            let earliest = recently.max(successor.here_from().plus(30));
            let on = between(&mut draw, earliest, latest);
            return (earliest < latest).then_some(Fate::Superseded { by: index + 1, on, duplicate });
        }
        None
    }

    fn death(&self, draw: &mut Draw, index: u32, born: Day) -> Day {
        let mut roll = draw.below(1000);
        let mut rows = MORTALITY.iter().peekable();
        let mut death = born.plus_years(110);
        while let Some((from, share)) = rows.next() {
            let to = rows.peek().map_or(111, |(next, _)| *next);
            if roll < *share {
                death = between(draw, born.plus_years(*from), born.plus_years(to));
                break;
            }
            roll -= share;
        }
        if self.has(Trait::DiedLately, index) {
            return between(draw, self.today.plus_years(-8).max(born), self.today);
        }
        // Who died before there were numbers has none: that death comes later.
        if death < CPR_BEGINS { CPR_BEGINS.plus(draw.days(9000)) } else { death }
    }
}
