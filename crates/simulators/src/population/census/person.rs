//! Puts a person together.

use kartotek_formats::codes::Status;

use super::Census;
use super::life::{Fate, Life};
use super::union::Union;
use crate::population::calendar::Day;
use crate::population::state::{FormerNumber, Parent, PersonState, Residence, Stay};
use crate::population::values::{Dwelling, Moment, When};

/// The authority that numbers for tax purposes are registered with, in place of a municipality.
const TAX_AUTHORITY: u16 = 19;

/// How much of a person is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Everything,
    /// What record 003 shows: number, status, name and home. The rest is left blank.
    Address,
}

impl Census {
    pub(super) fn describe(&self, index: u32, detail: Detail) -> Option<PersonState> {
        let life = self.life(index);
        let mut person = self.blank(&life)?;
        match life.fate {
            Fate::Cancelled(day) => {
                person.status = Status::Cancelled;
                person.status_from = Moment::draw(self.seed, day, u64::from(index));
                person.number_to = When::on(day);
                self.tell_name(&life, &Union::default(), &mut person);
            }
            Fate::Administrative(day) => self.tell_administrative(&life, day, &mut person),
            Fate::Superseded { by, on, .. } => self.tell_superseded(&life, by, on, &mut person),
            Fate::Resident | Fate::Dead(_) | Fate::Emigrated(_) | Fate::Disappeared(_) => {
                self.tell_life(&life, &mut person, detail);
            }
        }
        Some(person)
    }

    fn tell_life(&self, life: &Life, person: &mut PersonState, detail: Detail) {
        let union = self.union_of(life);
        self.tell_residence(life, &self.home(life, &union), person);
        self.tell_name(life, &union, person);
        if detail == Detail::Address {
            return;
        }
        let parents = self.parents(life);
        self.tell_absences(life, person);
        self.tell_citizenship(life, person);
        self.tell_church(life, person);
        self.tell_civil_status(life, &union, person);
        self.tell_protections(life, person);
        self.tell_remarks(life, person);
        [person.mother, person.father] = self.parent_rows(life, &parents);
        person.children = self.children(life);
        person.custody = self.custody(life, &parents);
        person.guardianship = self.guardianship(life, &parents);
        if let Some(before) = life.index.checked_sub(1).filter(|before| before.is_multiple_of(2)) {
            self.tell_former_number(before, person);
        }
    }

    fn tell_administrative(&self, life: &Life, day: Day, person: &mut PersonState) {
        let from = Moment::draw(self.seed, day, u64::from(life.index));
        person.status = Status::Administrative;
        person.status_from = from;
        person.number_from = When::on(day);
        person.residence = Some(Residence {
            stay: Stay { dwelling: Dwelling::nowhere(TAX_AUTHORITY), care_of: None },
            from,
            in_municipality_from: from,
            from_municipality: None,
            supplementary: None,
        });
        self.tell_name(life, &Union::default(), person);
        self.tell_remarks(life, person);
    }

    /// A number that was replaced keeps the name, and the address of its last day.
    fn tell_superseded(&self, life: &Life, by: u32, on: Day, person: &mut PersonState) {
        let successor = self.life(by);
        person.valid_number = self.number_of(by, successor.female);
        person.number_to = When::on(on);
        self.tell_name(&successor, &self.union_of(&successor), person);
        person.former_names.clear();
        self.tell_residence(life, &self.own_home(life, &Union::default()), person);
        person.former_addresses.retain(|period| period.from.stamp < period.to.stamp);
    }

    /// The number before this one, when the person had another.
    fn tell_former_number(&self, before: u32, person: &mut PersonState) {
        let former = self.life(before);
        if let Fate::Superseded { on, .. } = former.fate
            && let Some(number) = self.number_of(before, former.female)
        {
            let from = When::draw(self.seed, former.born, u64::from(before));
            person.former_numbers.push(FormerNumber { number, from, to: When::on(on) });
            person.number_from = When::on(on);
        }
    }

    /// A person of whom nothing is known but when, where and as what born.
    fn blank(&self, life: &Life) -> Option<PersonState> {
        let number = self.number_of(life.index, life.female)?;
        let mut person = PersonState::blank(life.index, number, life.born);
        let since = When::draw(self.seed, life.here_from(), u64::from(life.index));
        person.number_from = since;
        person.church_from = since;
        person.mother = Parent::Unknown { from: since };
        person.father = Parent::Unknown { from: since };
        // An uncertain date of birth is rarer than an uncertain first day of the number.
        person.birth.uncertain = since.uncertain && life.index.is_multiple_of(40);
        person.occupation = self.occupation(life);
        person.birthplace = self.birthplace(life);
        person.citizenship_from = Moment::draw(self.seed, life.born, u64::from(life.index));
        Some(person)
    }
}
