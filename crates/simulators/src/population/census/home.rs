//! Where a person lives: with the parents, with the partner, or alone.

use super::life::{Fate, Life};
use super::traits::Trait;
use super::union::Union;
use super::{Census, between, lately};
use crate::population::calendar::Day;
use crate::population::families::Couple;
use crate::population::random::{Draw, Purpose};
use crate::population::values::{Dwelling, DwellingTraits};

/// Dwellings are keyed by who lives there; the tags keep couples, persons and what events add apart.
const OF_COUPLE: u64 = 1 << 60;
const OF_PERSON: u64 = 2 << 60;

/// A dwelling by key and the day of moving in, and the one before.
#[derive(Clone, Copy)]
pub(super) struct Home {
    pub(super) key: u64,
    pub(super) from: Day,
    pub(super) before: Option<(u64, Day)>,
}

impl Census {
    /// The person's home, or the last one of a person who left.
    pub(super) fn home(&self, life: &Life, union: &Union) -> Home {
        match self.host(life, union) {
            Some(host) => self.home_with(life, &host),
            None => self.own_home(life, union),
        }
    }

    /// The dwelling of a key.
    pub(crate) fn dwelling(&self, key: u64) -> Dwelling {
        let traits = DwellingTraits {
            special_street: self.has(Trait::SpecialStreet, key),
            greenland: self.has(Trait::Greenland, key),
            old_wording: self.has(Trait::OldWording, key),
            former_spelling: self.has(Trait::FormerSpelling, key),
            locality: self.has(Trait::Locality, key),
        };
        Dwelling::draw(self.seed, key, traits)
    }

    /// Whom a child, or somebody who has not moved out yet, lives with: a parent, or who has custody instead.
    fn host(&self, life: &Life, union: &Union) -> Option<Life> {
        let age = self.today.years_since(life.born);
        if age >= 25 || life.fate != Fate::Resident || life.arrival.is_some() || union.from.is_some() {
            return None;
        }
        let moves_out = 18 + i32::try_from(self.draw(Purpose::Home, life.index).below(7)).unwrap_or_default();
        if age >= moves_out {
            return None;
        }
        if self.is_in_other_custody(life) {
            return self.custodian(life, 0);
        }
        // A child without any parent here lives with somebody else.
        let parent = self.parents(life).residents().next().copied();
        parent.or_else(|| (age < 18).then(|| self.custodian(life, 0)).flatten())
    }

    fn home_with(&self, life: &Life, host: &Life) -> Home {
        let home = self.home(host, &self.union_of(host));
        let before = home.before.filter(|_| home.from > life.born).map(|(key, from)| (key, from.max(life.born)));
        Home { from: home.from.max(life.born), before, ..home }
    }

    pub(super) fn own_home(&self, life: &Life, union: &Union) -> Home {
        let until = life.here_until(self.today);
        let of_couple = life.couple.as_ref().and_then(|couple| Some((couple, self.couple_home(couple, union)?)));
        let mut before = None;
        if let Some((couple, home)) = of_couple {
            let keeps = union.separated.is_none() || couple.second == life.index;
            if keeps && home.from < until {
                return home;
            }
            before = Some((home.key, home.from));
        }
        let mut draw = self.draw(Purpose::Home, life.index);
        let grown_up = life.born.plus_years(18).max(life.here_from());
        let earliest = union.apart.unwrap_or(grown_up);
        let from = if earliest < until { lately(&mut draw, earliest, until) } else { life.here_from() };
        if before.is_none() && draw.per_mille(500) && grown_up.plus(100) < from {
            before = Some((OF_PERSON | 1 | u64::from(life.index) << 4, between(&mut draw, grown_up, from)));
        }
        Home { key: OF_PERSON | u64::from(life.index) << 4, from, before: before.filter(|(_, day)| *day < from) }
    }

    /// Where a couple lived last, while it lived together.
    fn couple_home(&self, couple: &Couple, union: &Union) -> Option<Home> {
        let together = union.from?;
        let key = OF_COUPLE | couple.key << 4;
        let mut draw = Draw::new(self.seed, Purpose::Home, key);
        let from = lately(&mut draw, together, union.apart.unwrap_or(self.today));
        let before =
            (draw.per_mille(450) && together.plus(200) < from).then(|| (key | 1, between(&mut draw, together, from)));
        Some(Home { key, from, before })
    }

    /// The person's couple's common life.
    pub(super) fn union_of(&self, life: &Life) -> Union {
        let Some(couple) = &life.couple else { return Union::default() };
        let other = self.life(couple.other(life.index));
        if couple.first == life.index { self.union(couple, life, &other) } else { self.union(couple, &other, life) }
    }
}
