//! Puts a person together.

use kartotek_formats::codes::{Church, CivilStatus, Sex, Status};

use super::life::{Fate, Life};
use super::{Census, identity};
use crate::population::state::{Civil, FormerNumber, Parent, PersonState, Residence, Spouse, Stay};
use crate::population::values::{Dwelling, Moment, Name, When};

/// The authority that numbers for tax purposes are registered with, in place of a municipality.
const TAX_AUTHORITY: u16 = 19;

impl Census {
    pub(super) fn describe(&self, index: u32) -> Option<PersonState> {
        let life = self.life(index);
        let mut person = self.blank(&life)?;
        match life.fate {
            Fate::Administrative(day) | Fate::Cancelled(day) => {
                let at = Moment::draw(self.seed, day, u64::from(index));
                person.status_from = at;
                person.number_from = When::on(day);
                self.tell_name(&life, &super::union::Union::default(), &mut person);
                if matches!(life.fate, Fate::Cancelled(_)) {
                    person.status = Status::Cancelled;
                    person.number_from = When::on(life.born);
                    person.number_to = When::on(day);
                    return Some(person);
                }
                person.status = Status::Administrative;
                let stay = Stay { dwelling: Dwelling::nowhere(TAX_AUTHORITY), care_of: None };
                person.residence = Some(Residence {
                    stay,
                    from: at,
                    in_municipality_from: at,
                    from_municipality: None,
                    supplementary: None,
                });
                self.tell_remarks(&life, &mut person);
            }
            Fate::Superseded { by, on, .. } => {
                let successor = self.life(by);
                person.valid_number = self.number_of(by, successor.female);
                person.number_to = When::on(on);
                self.tell_name(&successor, &self.union_of(&successor), &mut person);
                person.former_names.clear();
                self.tell_residence(
                    &life,
                    &self.home(&life, &super::union::Union::default(), &self.parents(&life)),
                    &mut person,
                );
                person.former_addresses.retain(|period| period.from.stamp < period.to.stamp);
            }
            Fate::Resident | Fate::Dead(_) | Fate::Emigrated(_) | Fate::Disappeared(_) => {
                self.tell_life(&life, &mut person)
            }
        }
        Some(person)
    }

    fn tell_life(&self, life: &Life, person: &mut PersonState) {
        let union = self.union_of(life);
        let parents = self.parents(life);
        self.tell_residence(life, &self.home(life, &union, &parents), person);
        self.tell_absences(life, person);
        self.tell_name(life, &union, person);
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

    /// A person of whom nothing is known but when and as what born.
    fn blank(&self, life: &Life) -> Option<PersonState> {
        let (day, slot) = (life.born, life.slot);
        let number = crate::population::numbers::number(self.seed, day, slot, life.female)?;
        let of_birth = When::draw(self.seed, life.here_from(), u64::from(life.index));
        let mut person = PersonState {
            index: life.index,
            number,
            valid_number: None,
            status: Status::default(),
            status_from: Moment::default(),
            sex: if life.female { Sex::Female } else { Sex::Male },
            born: life.born,
            birth: When { date: life.born.date(), uncertain: of_birth.uncertain && life.index.is_multiple_of(40) },
            number_from: of_birth,
            number_to: When::default(),
            occupation: self.occupation(life),
            residence: None,
            protections: Vec::new(),
            credit_warning: None,
            emigration: None,
            disappearance: None,
            contact_address: None,
            name: Name::default(),
            name_from: Moment::default(),
            birthplace: self.birthplace(life),
            citizenship: identity::DENMARK,
            citizenship_from: Moment::draw(self.seed, life.born, u64::from(life.index)),
            church: Church::Outside,
            church_from: of_birth,
            civil: Civil {
                status: CivilStatus::Unmarried,
                spouse: Spouse::None,
                from: Moment::default(),
                separation: None,
            },
            separation: None,
            children: Vec::new(),
            mother: Parent::Unknown { from: of_birth },
            father: Parent::Unknown { from: of_birth },
            custody: Vec::new(),
            guardianship: None,
            conditions: Vec::new(),
            notes: Vec::new(),
            election: None,
            relocation_order: None,
            former_numbers: Vec::new(),
            former_addresses: Vec::new(),
            stays_abroad: Vec::new(),
            former_disappearances: Vec::new(),
            former_names: Vec::new(),
            former_citizenships: Vec::new(),
            former_churches: Vec::new(),
            former_civil: Vec::new(),
            former_separations: Vec::new(),
        };
        if person.birth.uncertain {
            person.number_from.uncertain = true;
        }
        Some(person)
    }
}
