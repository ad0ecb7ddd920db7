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

/// The parents whom the register knows by number.
#[derive(Default)]
pub(super) struct Parents {
    pub(super) mother: Option<Life>,
    pub(super) father: Option<Life>,
}

impl Parents {
    /// The parents who live here, the mother first.
    pub(super) fn residents(&self) -> impl Iterator<Item = &Life> {
        [&self.mother, &self.father].into_iter().flatten().filter(|parent| parent.fate == Fate::Resident)
    }
}

impl Census {
    pub(super) fn parents(&self, child: &Life) -> Parents {
        let Some(couple) = self.parents_known(child) else { return Parents::default() };
        let (mother, father) = couple.as_parents();
        let by_number = |parent, slot| Some(self.life(parent)).filter(|parent| self.knows_number(child, parent, slot));
        Parents { mother: by_number(mother, Slot::Mother), father: by_number(father, Slot::Father) }
    }

    /// The two parents as record 015 tells.
    pub(super) fn parent_rows(&self, child: &Life, parents: &Parents) -> [Parent; 2] {
        let from = When::draw(self.seed, child.born, u64::from(child.index));
        [(&parents.mother, Slot::Mother), (&parents.father, Slot::Father)].map(|(parent, slot)| {
            let number = parent.as_ref().and_then(|parent| self.number_of(parent.index, parent.female));
            match number {
                Some(number) => Parent::Number { number, from },
                None if self.knows_name(child, slot) => self.named_parent(child, slot, from),
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
            if self.parents_known(&child).is_some() && self.knows_number(&child, parent, slot) {
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

    /// Whether the register has the parent's number: not when it has the name instead, and only of somebody who lived
    /// here when the child was born.
    fn knows_number(&self, child: &Life, parent: &Life, slot: Slot) -> bool {
        let father_unknown = slot == Slot::Father && self.has(Trait::FatherUnknown, child.index);
        let lived = match parent.fate {
            Fate::Dead(day) => day >= child.born,
            fate => fate.is_person(),
        };
        lived && parent.here_from() <= child.born && !father_unknown && !self.knows_name(child, slot)
    }

    /// Whether the register has but the parent's name.
    fn knows_name(&self, child: &Life, slot: Slot) -> bool {
        match slot {
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
