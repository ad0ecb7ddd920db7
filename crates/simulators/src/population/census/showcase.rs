//! Sees to it that a small population has everything that a large one has by chance.
//!
//! Whatever a sample of the population does not show is given to somebody: the traits that lead there are forced on
//! the first person whom they suit. In a large population that is a handful among millions.

use std::collections::BTreeSet;

use super::goals::{GOALS, Goal, Subject};
use super::traits::Trait;
use super::{Census, Detail};
use crate::population::permutation::Permutation;
use crate::population::random::{Draw, Purpose};
use crate::population::state::PersonState;

/// The smallest population with a showcase; in a smaller one hardly anybody would be left as they were.
const SMALLEST: u32 = 200;

/// How many persons are looked at before something is taken to be missing.
const SAMPLE: u32 = 400;

/// How often the population is looked over; twice is enough but for the smallest.
const ROUNDS: u32 = 4;

/// How many persons are tried for something that is missing.
const CANDIDATES: u32 = 3000;

impl Census {
    /// Gives the population what it has not by chance.
    pub(super) fn stage_showcase(&mut self) {
        if self.persons < SMALLEST {
            return;
        }
        let shuffle = Permutation::new(self.persons, Draw::new(self.seed, Purpose::Showcase, 0).next());
        let mut given = Vec::new();
        // What is forced on one may take something away from a relative; a second look finds that.
        for _ in 0..ROUNDS {
            if !self.stage(shuffle, &mut given) {
                return;
            }
        }
    }

    /// Gives what is missing; true when something was. `given` are those to whom something was given before.
    fn stage(&mut self, shuffle: Permutation, given: &mut Vec<u32>) -> bool {
        let mut missing: Vec<&Goal> = GOALS.iter().collect();
        // Who shows something already must not have it taken away by what is forced on them later.
        let mut taken = BTreeSet::new();
        let sample = (0..self.persons.min(SAMPLE)).map(|n| shuffle.forward(n));
        for index in given.clone().into_iter().chain(sample) {
            if missing.is_empty() {
                return false;
            }
            let Some(person) = self.person(index, Detail::Everything) else { continue };
            let still = missing.len();
            missing.retain(|goal| !(goal.shows)(&person, self.today));
            if missing.len() < still {
                self.take(index, &mut taken);
            }
        }
        for goal in missing {
            let persons = self.persons.min(CANDIDATES);
            let candidates = || (0..persons).map(|n| shuffle.forward(n));
            // Where nobody free suits, somebody else must; the next round sees what that took away.
            let mut preferred: Vec<u32> = candidates().filter(|index| !taken.contains(index)).collect();
            preferred.extend(candidates());
            if let Some(index) = preferred.into_iter().find(|index| self.give(goal, *index)) {
                self.take(index, &mut taken);
                given.push(index);
            }
        }
        true
    }

    /// Forces the traits of a goal on a person; false, and nothing forced, when that does not show it.
    fn give(&mut self, goal: &Goal, index: u32) -> bool {
        let Some(before) = self.person(index, Detail::Everything) else { return false };
        let keys: Option<Vec<(Trait, u64)>> =
            goal.gives.iter().map(|(feature, subject)| Some((*feature, self.key_of(*subject, &before)?))).collect();
        let Some(keys) = keys else { return false };
        let forced: Vec<_> = keys.into_iter().filter(|(feature, key)| self.force(*feature, *key)).collect();
        if self.person(index, Detail::Everything).is_some_and(|person| (goal.shows)(&person, self.today)) {
            return true;
        }
        for (feature, key) in forced {
            self.unforce(feature, key);
        }
        false
    }

    fn key_of(&self, subject: Subject, person: &PersonState) -> Option<u64> {
        let couple = || self.couple_of(person.index);
        match subject {
            Subject::Person => Some(u64::from(person.index)),
            Subject::Couple => Some(couple()?.key),
            Subject::Partner => Some(u64::from(couple()?.other(person.index))),
            Subject::Home => Some(person.residence?.stay.dwelling.key),
        }
    }

    /// Takes a person and all whose state hangs together with the person's out of the choice.
    fn take(&self, index: u32, taken: &mut BTreeSet<u32>) {
        let couples = [self.couple_of(index), self.families.parents_of(index)];
        let neighbours = [Some(index), index.checked_sub(1), Some(index + 1)];
        taken.extend(couples.into_iter().flatten().flat_map(|couple| [couple.first, couple.second]));
        taken.extend(neighbours.into_iter().flatten());
    }

    fn force(&mut self, feature: Trait, key: u64) -> bool {
        if feature == Trait::OfOneSex {
            let free = self.families.of_one_sex.iter_mut().find(|slot| slot.is_none());
            return free.map(|slot| *slot = Some(key)).is_some();
        }
        self.forced.insert(feature, key)
    }

    fn unforce(&mut self, feature: Trait, key: u64) {
        if feature == Trait::OfOneSex {
            for slot in self.families.of_one_sex.iter_mut().filter(|slot| **slot == Some(key)) {
                *slot = None;
            }
        }
        self.forced.remove(feature, key);
    }
}
