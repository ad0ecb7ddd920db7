//! Parents and children, as far as the register knows them.

use kartotek_formats::identifiers::CprNumber;

use super::Census;
use super::life::{Fate, Life};
use super::traits::Trait;
use crate::population::calendar::Day;
use crate::population::families::Couple;
use crate::population::random::Purpose;
use crate::population::state::Parent;
use crate::population::values::{Name, When};

/// Parents were registered for those born from about here on; of the births before, half as many each year.
const PARENTS_KNOWN: (Day, Day) = (Day::of(1952, 1, 1), Day::of(1966, 1, 1));

/// The mother's or the father's place in record 015.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Mother,
    Father,
}

/// What the register knows about a parent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Name,
    Number,
}

/// A person's parents with what follows from them.
pub(super) struct Parents {
    couple: Option<Couple>,
    lives: [Option<Life>; 2],
}

impl Parents {
    /// The lives of the parents known by number, the mother's first.
    pub(super) fn lives(&self) -> impl Iterator<Item = &Life> {
        self.lives.iter().flatten()
    }

    pub(super) fn couple(&self) -> Option<&Couple> {
        self.couple.as_ref()
    }
}

impl Census {
    /// The parents of a person whom the register knows by number.
    pub(super) fn parents(&self, child: &Life) -> Parents {
        let couple = self.parents_known(child);
        let lives = couple.map_or([None; 2], |couple| {
            let (mother, father) = couple.as_parents();
            [(mother, Slot::Mother), (father, Slot::Father)].map(|(parent, slot)| {
                let parent = self.life(parent);
                (self.known(child, &parent, slot) == Known::Number).then_some(parent)
            })
        });
        Parents { couple, lives }
    }

    /// The two parents as record 015 tells.
    pub(super) fn parent_rows(&self, child: &Life, parents: &Parents) -> [Parent; 2] {
        let from = When::draw(self.seed, child.born, u64::from(child.index));
        let [mother, father] = &parents.lives;
        [(mother, Slot::Mother), (father, Slot::Father)].map(|(parent, slot)| {
            let number = parent.as_ref().and_then(|parent| self.number_of(parent.index, parent.female));
            match number {
                Some(number) => Parent::Number { number, from },
                None if self.is_named(child, slot) => self.named_parent(child, slot, from),
                None => Parent::Unknown { from },
            }
        })
    }

    /// The numbers of a person's children, the eldest first.
    pub(super) fn children(&self, parent: &Life) -> Vec<CprNumber> {
        let Some(couple) = parent.couple.filter(|_| parent.fate.is_person()) else { return Vec::new() };
        let slot = if couple.as_parents().0 == parent.index { Slot::Mother } else { Slot::Father };
        let mut children = Vec::new();
        for index in self.families.children_of(&couple) {
            let child = self.life(index);
            if self.parents_known(&child).is_some() && self.known(&child, parent, slot) == Known::Number {
                children.extend(self.number_of(index, child.female));
            }
        }
        children
    }

    /// The couple of parents, when the register has anything about it.
    fn parents_known(&self, child: &Life) -> Option<Couple> {
        let (nobody, everybody) = PARENTS_KNOWN;
        let registered =
            child.born >= everybody || child.born >= nobody && self.draw(Purpose::Parents, child.index).per_mille(500);
        (registered
            && child.fate.is_person()
            && child.arrival.is_none()
            && !self.has(Trait::ParentsUnknown, child.index))
        .then(|| self.families.parents_of(child.index))
        .flatten()
    }

    fn known(&self, child: &Life, parent: &Life, slot: Slot) -> Known {
        if slot == Slot::Father && self.has(Trait::FatherUnknown, child.index) {
            return Known::Nothing;
        }
        if self.is_named(child, slot) {
            return Known::Name;
        }
        let lived = match parent.fate {
            Fate::Dead(day) => day >= child.born,
            fate => fate.is_person(),
        };
        if lived && parent.here_from() <= child.born { Known::Number } else { Known::Nothing }
    }

    fn is_named(&self, child: &Life, slot: Slot) -> bool {
        child.fate.is_person()
            && match slot {
                Slot::Mother => self.has(Trait::MotherByName, child.index),
                Slot::Father => self.has(Trait::FatherByName, child.index),
            }
    }

    fn named_parent(&self, child: &Life, slot: Slot, from: When) -> Parent {
        let mut draw = self.draw(Purpose::Parents, child.index);
        let key = draw.next();
        let born = child.born.plus_years(-20).plus(-draw.days(15 * 365));
        let female = slot == Slot::Mother;
        Parent::Named { name: Name::of_stranger(self.seed, key, female), birth: When::draw(self.seed, born, key), from }
    }
}
