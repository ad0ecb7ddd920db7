//! What happens after the start date: the events of each working day, kept as the changes they make to persons.
//!
//! A person on a day is the person of the census with all changes up to that day applied in order. What is kept grows
//! with the changes so far (about 120 bytes for each person in a day's file), not with the population.

mod change;
mod family;
mod household;
mod kind;
mod rights;
mod today;

use std::collections::BTreeMap;

use kartotek_formats::codes::{Church, CustodyRelation, DerivedMarker};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::KeyConstant;

use super::calendar::{Calendar, Day};
use super::census::{Census, Detail, resident_status};
use super::extract::Event;
use super::state::{Birthplace, Custody, Parent, PersonState};
use super::values::{Moment, Name, When};
use change::Change;
use kind::Kind;
use today::Today;

/// The events up to a day.
#[derive(Default)]
pub(crate) struct Chronicle {
    /// The last day told of; 0 is the start date, on which nothing happens.
    days: u32,
    changes: BTreeMap<u32, Vec<Entry>>,
    /// Who is in the file of each day, by index; the first list is day 1.
    changed: Vec<Vec<u32>>,
    /// Who came after the base population, in this order.
    joined: Vec<Joined>,
    by_number: BTreeMap<CprNumber, u32>,
    /// How many numbers of a birth date were issued beyond the base population's.
    issued: BTreeMap<Day, u32>,
}

/// A change to a person with its event.
#[derive(Clone, Copy)]
struct Entry {
    day: u32,
    at: Timestamp,
    kind: Kind,
    marker: DerivedMarker,
    change: Change,
}

/// A number that was issued after the start date.
struct Joined {
    day: u32,
    number: CprNumber,
    born: Day,
    on: Timestamp,
    origin: Origin,
}

enum Origin {
    Birth {
        mother: u32,
        father: Option<CprNumber>,
        key: u64,
    },
    /// A person of the register has another number now.
    Renumbering {
        from: u32,
    },
}

impl Chronicle {
    /// Tells of the days up to `day`, as far as they are not told of yet. About `per_mille` of the population are in
    /// each day's file, ten persons at least.
    pub(crate) fn advance_to(&mut self, day: u32, census: &Census, calendar: Calendar, per_mille: u32) {
        while self.days < day {
            self.days += 1;
            let persons = u64::from(census.persons) * u64::from(per_mille) / 1000;
            let changed =
                Today::new(self, census, calendar).happen(usize::try_from(persons).unwrap_or_default().max(10));
            self.changed.push(changed);
        }
    }

    /// How many indices there are on a day, those of the base population included.
    pub(crate) fn indices(&self, census: &Census, day: u32) -> u32 {
        census.persons + u32::try_from(self.joined_by(day).len()).unwrap_or_default()
    }

    /// Who is in the file of a day, by index.
    pub(crate) fn changed_on(&self, day: u32) -> &[u32] {
        let at = (day as usize).checked_sub(1);
        at.and_then(|at| self.changed.get(at)).map_or(&[], Vec::as_slice)
    }

    /// A person's events of a day.
    pub(crate) fn events(&self, index: u32, day: u32) -> impl Iterator<Item = Event> {
        self.entries(index).iter().filter(move |entry| entry.day == day).map(|entry| Event {
            // A requisition updates nothing, so it has no time of update.
            at: (entry.kind != Kind::Requisition).then_some(entry.at),
            code: entry.kind.code(),
            marker: entry.marker,
            key_constant: KeyConstant::EMPTY,
        })
    }

    /// The person on a day; `None` before the number was issued.
    pub(crate) fn person(&self, index: u32, day: u32, census: &Census, detail: Detail) -> Option<PersonState> {
        let mut person = match index.checked_sub(census.persons) {
            None => census.person(index, detail)?,
            Some(joined) => {
                let joined = self.joined.get(joined as usize).filter(|joined| joined.day <= day)?;
                self.newcomer(index, joined, census)?
            }
        };
        let entries = self.entries(index);
        let told = entries.get(..entries.partition_point(|entry| entry.day <= day)).unwrap_or_default();
        for (at, entry) in told.iter().enumerate() {
            let later = told.get(at + 1..).unwrap_or_default();
            if !later.iter().any(|later| later.change.undoes(&entry.change)) {
                entry.change.apply(census, entry.at, &mut person);
            }
        }
        Some(person)
    }

    /// The person who has a number.
    pub(crate) fn index_of(&self, number: CprNumber, census: &Census) -> Option<u32> {
        self.by_number.get(&number).copied().or_else(|| census.index_of(number))
    }

    /// Everybody on a day, by date of birth.
    pub(crate) fn everybody_by_birth(&self, day: u32, census: &Census) -> impl Iterator<Item = u32> {
        let mut newcomers: Vec<(u32, Day, u32)> = (census.persons..)
            .zip(self.joined_by(day))
            .map(|(index, joined)| (census.first_born_after(joined.born), joined.born, index))
            .collect();
        newcomers.sort_unstable();
        let mut newcomers = newcomers.into_iter().peekable();
        let mut base = 0..census.persons;
        std::iter::from_fn(move || {
            newcomers.next_if(|(before, ..)| *before <= base.start).map(|(.., index)| index).or_else(|| base.next())
        })
    }

    /// Persons by date of birth.
    pub(crate) fn by_birth(&self, indices: impl Iterator<Item = u32>, census: &Census) -> Vec<u32> {
        let mut persons: Vec<(u32, Option<Day>, u32)> = indices
            .map(|index| match index.checked_sub(census.persons).and_then(|at| self.joined.get(at as usize)) {
                None => (index, None, index),
                Some(joined) => (census.first_born_after(joined.born), Some(joined.born), index),
            })
            .collect();
        // A newcomer belongs before the base person of that index, who was born later.
        persons.sort_unstable_by_key(|(position, newcomer, index)| (*position, newcomer.is_none(), *newcomer, *index));
        persons.into_iter().map(|(.., index)| index).collect()
    }

    fn joined_by(&self, day: u32) -> &[Joined] {
        self.joined.get(..self.joined.partition_point(|joined| joined.day <= day)).unwrap_or_default()
    }

    fn entries(&self, index: u32) -> &[Entry] {
        self.changes.get(&index).map_or(&[], Vec::as_slice)
    }

    /// A person as the number was issued.
    fn newcomer(&self, index: u32, joined: &Joined, census: &Census) -> Option<PersonState> {
        match joined.origin {
            Origin::Renumbering { from } => {
                // The state of the day before: the changes of the day of issue concern the old number.
                let mut person = self.person(from, joined.day - 1, census, Detail::Everything)?;
                change::succeed(&mut person, index, joined.number, joined.born, joined.on);
                Some(person)
            }
            Origin::Birth { mother, father, key } => {
                let mother = self.person(mother, joined.day, census, Detail::Everything)?;
                Some(newborn(index, joined, &mother, father, key, census.seed))
            }
        }
    }
}

fn newborn(
    index: u32,
    joined: &Joined,
    mother: &PersonState,
    father: Option<CprNumber>,
    key: u64,
    seed: u64,
) -> PersonState {
    let mut child = PersonState::blank(index, joined.number, joined.born);
    let born = When::on(joined.born);
    let at = Moment::certain(Some(joined.on));
    child.residence = mother.residence;
    if let Some(residence) = &mut child.residence {
        residence.from = at;
        residence.in_municipality_from = at;
        residence.from_municipality = None;
        residence.stay.care_of = None;
        residence.supplementary = None;
        child.status = resident_status(&residence.stay.dwelling);
    }
    child.name = Name::danish(seed, key, joined.number.is_female(), joined.born, mother.name.last);
    child.name_from = at;
    child.birthplace = Birthplace { authority: 7001 + u16::try_from(key % 2300).unwrap_or_default(), text: &[] };
    child.citizenship_from = at;
    child.church = Church::Awaiting;
    child.mother = Parent::Number { number: mother.number, from: born };
    child.father = father.map_or(Parent::Unknown { from: born }, |number| Parent::Number { number, from: born });
    let until = Some(joined.born.plus_years(18));
    for relation in
        [CustodyRelation::Mother, CustodyRelation::Father].into_iter().take(1 + usize::from(father.is_some()))
    {
        child.custody.push(Custody { relation, from: born, until, holder: None });
    }
    child
}
