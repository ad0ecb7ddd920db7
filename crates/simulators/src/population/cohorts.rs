//! How the index of a person relates to the date of birth: by arithmetic, in both directions.
//!
//! The persons are laid out in birth cohorts of two years, the oldest first, so that index order is birth order, as the
//! persons of an establishing extract are ordered. Within a cohort the births are spread evenly over its days, except
//! 1 January. The only table has one row per cohort.

use super::calendar::Day;

/// Days in a cohort.
const COHORT_DAYS: i32 = 730;

/// Relative sizes of the cohorts, oldest first: what is left in the register of old generations, the large ones of the
/// forties and sixties, the small ones of the eighties. 66 cohorts reach 132 years back, into the 19th century, whose
/// numbers have their own seventh digits.
const WEIGHTS: [u32; 66] = [
    4, 4, 5, 6, 8, 10, 14, 20, 28, 40, 60, 85, 115, 150, 190, 230, 270, 310, 350, 390, 430, 470, 510, 550, 590, 640,
    720, 780, 790, 760, 740, 730, 730, 740, 750, 770, 790, 800, 790, 770, 740, 710, 680, 650, 620, 600, 590, 590, 610,
    640, 670, 690, 700, 690, 680, 670, 660, 650, 640, 630, 620, 620, 630, 640, 640, 620,
];

/// Number of cohorts.
pub(crate) const COHORTS: u32 = 66;

/// A person's place: the cohort and the rank by birth within it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) cohort: u32,
    pub(crate) rank: u32,
}

/// A birth cohort.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cohort {
    pub(crate) first: u32,
    pub(crate) size: u32,
    /// How many partner relations lead into the next younger cohort.
    pub(crate) older_partners: u32,
    /// How many lead into the next older cohort.
    pub(crate) younger_partners: u32,
    days: BirthDays,
}

impl Cohort {
    /// How many couples it has: those whose elder one it has.
    pub(crate) fn couples(&self) -> u32 {
        self.older_partners + (self.size - self.older_partners - self.younger_partners) / 2
    }
}

/// The layout of the base population.
pub(crate) struct Cohorts {
    list: Vec<Cohort>,
    begins: Day,
}

impl Cohorts {
    /// Spreads `persons` over the cohorts; the last one ends on the day before `start`.
    pub(crate) fn new(persons: u32, start: Day) -> Self {
        let total: u64 = WEIGHTS.iter().copied().map(u64::from).sum();
        let mut weight = 0;
        let mut first = 0;
        let mut begin = start.plus(-i32::try_from(COHORTS).unwrap_or_default() * COHORT_DAYS);
        let begins = begin;
        let mut list = Vec::with_capacity(WEIGHTS.len());
        for cohort in WEIGHTS {
            weight += u64::from(cohort);
            let end = u32::try_from(u64::from(persons) * weight / total).unwrap_or(u32::MAX);
            list.push(Cohort { first, size: end - first, days: BirthDays::from(begin), ..Cohort::default() });
            first = end;
            begin = begin.plus(COHORT_DAYS);
        }
        let mut from_older = 0;
        for cohort in 0..list.len() {
            let next = list.get(cohort + 1).map_or(0, |next| next.size);
            let Some(this) = list.get_mut(cohort) else { break };
            this.younger_partners = from_older;
            this.older_partners = this.size.min(next) / 4;
            from_older = this.older_partners;
        }
        Self { list, begins }
    }

    /// The cohort; an empty one when there is none of that number.
    pub(crate) fn get(&self, cohort: u32) -> Cohort {
        self.list.get(cohort as usize).copied().unwrap_or_default()
    }

    /// Where the person of that index stands. Beyond the last index: behind the last person.
    pub(crate) fn place(&self, index: u32) -> Place {
        let after = self.list.partition_point(|cohort| cohort.first + cohort.size <= index);
        let cohort = u32::try_from(after).unwrap_or_default().min(COHORTS - 1);
        Place { cohort, rank: index.saturating_sub(self.get(cohort).first) }
    }

    pub(crate) fn index(&self, place: Place) -> u32 {
        self.get(place.cohort).first + place.rank
    }

    /// Day of birth, and which of that day's births the person is.
    pub(crate) fn birth(&self, place: Place) -> (Day, u32) {
        let cohort = self.get(place.cohort);
        let (size, days) = (u64::from(cohort.size.max(1)), cohort.days.count);
        let ordinal = u64::from(place.rank) * days / size;
        let first = (ordinal * size).div_ceil(days.max(1));
        (cohort.days.day(ordinal), place.rank - u32::try_from(first).unwrap_or_default())
    }

    /// The person born on a day as the `slot`th; the inverse of [`Cohorts::birth`].
    pub(crate) fn born(&self, day: Day, slot: u32) -> Option<Place> {
        let (cohort, first, births) = self.ranks(day)?;
        (slot < births).then_some(Place { cohort, rank: first + slot })
    }

    /// How many persons of the base population are born on a day.
    pub(crate) fn births(&self, day: Day) -> u32 {
        self.ranks(day).map_or(0, |(.., births)| births)
    }

    /// The cohort of a day, the rank of the first person born on it, and how many are. `None` for 1 January and days
    /// outside the cohorts.
    fn ranks(&self, day: Day) -> Option<(u32, u32, u32)> {
        let number = u32::try_from(day.since(self.begins).div_euclid(COHORT_DAYS)).ok()?;
        let cohort = self.list.get(number as usize)?;
        let ordinal = cohort.days.ordinal(day)?;
        let rank = |ordinal: u64| u32::try_from((ordinal * u64::from(cohort.size)).div_ceil(cohort.days.count)).ok();
        let (first, end) = (rank(ordinal)?, rank(ordinal + 1)?);
        Some((number, first, end - first))
    }
}

/// The days of a cohort on which somebody may be born: all but 1 January, of which 730 days hold one or two.
#[derive(Clone, Copy)]
struct BirthDays {
    begin: Day,
    /// Where 1 January is, counted from the first day; beyond the cohort when there is no second one.
    left_out: [i32; 2],
    count: u64,
}

impl BirthDays {
    fn from(begin: Day) -> Self {
        let year = i32::from(begin.year());
        let mut left_out = [i32::MAX; 2];
        let january_firsts = (year..=year + 2).map(|year| Day::of(year, 1, 1).since(begin));
        let in_cohort = january_firsts.filter(|offset| (0..COHORT_DAYS).contains(offset));
        let mut count = u64::from(COHORT_DAYS.unsigned_abs());
        for (slot, offset) in left_out.iter_mut().zip(in_cohort) {
            *slot = offset;
            count -= 1;
        }
        Self { begin, left_out, count }
    }

    fn day(&self, ordinal: u64) -> Day {
        let mut offset = i32::try_from(ordinal).unwrap_or_default();
        for left_out in self.left_out {
            offset += i32::from(offset >= left_out);
        }
        self.begin.plus(offset)
    }

    /// `None` for 1 January.
    fn ordinal(&self, day: Day) -> Option<u64> {
        let offset = day.since(self.begin);
        let before = i32::try_from(self.left_out.iter().filter(|left_out| **left_out < offset).count()).ok()?;
        (!self.left_out.contains(&offset)).then(|| u64::try_from(offset - before).ok()).flatten()
    }
}

impl Default for BirthDays {
    fn default() -> Self {
        Self { begin: Day::of(1970, 1, 1), left_out: [i32::MAX; 2], count: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_order_is_birth_order_and_finds_back() {
        for (persons, start) in [(1, Day::of(2026, 1, 5)), (777, Day::of(2025, 1, 2)), (150_000, Day::of(2030, 7, 1))] {
            let cohorts = Cohorts::new(persons, start);
            let mut last = None;
            for index in 0..persons {
                let place = cohorts.place(index);
                assert_eq!(cohorts.index(place), index);
                let (day, slot) = cohorts.birth(place);
                assert!(!day.is_new_years_day());
                assert!(day < start && slot < cohorts.births(day));
                assert_eq!(cohorts.born(day, slot), Some(place));
                assert!(last <= Some((day, slot)));
                last = Some((day, slot));
            }
        }
    }

    #[test]
    fn the_cohorts_reach_into_the_19th_century() {
        let cohorts = Cohorts::new(1_000_000, Day::of(2026, 1, 5));
        assert_eq!(cohorts.birth(cohorts.place(0)).0.year(), 1894);
    }
}
