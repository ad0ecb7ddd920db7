//! Marriages, births and deaths: what happens to families. Both sides are in the file, and agree.

use kartotek_formats::codes::{CivilStatus, DerivedMarker, Status};

use super::Origin;
use super::change::Change;
use super::today::Today;
use crate::population::state::{PersonState, Spouse};

impl Today<'_> {
    pub(super) fn marries(&mut self, person: &PersonState) -> bool {
        let Some(other) = self.match_for(person).filter(|_| self.may_marry(person)) else { return false };
        let Some(on) = self.now() else { return false };
        let (one, two) = (person.index, other.index);
        self.write_main(one, Change::Married { spouse: other.number, on });
        self.write(two, DerivedMarker::NewSpouse, Change::Married { spouse: person.number, on });
        if self.draw.per_mille(450) {
            self.write(two, DerivedMarker::NewSpouse, Change::Renamed { last: person.name.last, on });
        }
        true
    }

    pub(super) fn separates(&mut self, person: &PersonState) -> bool {
        let Some(spouse) = self.resident_spouse(person).filter(|_| person.separation.is_none()) else { return false };
        let Some(on) = self.now() else { return false };
        self.write_main(person.index, Change::Separated { on });
        self.write(spouse.index, DerivedMarker::Spouse, Change::Separated { on });
        true
    }

    pub(super) fn divorces(&mut self, person: &PersonState) -> bool {
        let Some(spouse) = self.resident_spouse(person) else { return false };
        let Some(on) = self.now() else { return false };
        let marker = match person.civil.status {
            CivilStatus::RegisteredPartner => DerivedMarker::FormerPartner,
            _ => DerivedMarker::FormerSpouse,
        };
        self.write_main(person.index, Change::Divorced { on });
        self.write(spouse.index, marker, Change::Divorced { on });
        true
    }

    pub(super) fn dies(&mut self, person: &PersonState) -> bool {
        // The old die; now and then somebody younger does.
        let age = self.age(person);
        if !person.is_active() || (age < 60 && !self.draw.per_mille(30)) {
            return false;
        }
        let moved_in = person.residence.and_then(|residence| residence.from.stamp);
        let separated = person.separation.and_then(|separation| separation.key);
        let last = moved_in.max(person.civil.from.stamp).max(separated);
        let Some(on) = self.recently(last) else { return false };
        let spouse = match person.civil.spouse {
            Spouse::Number(number) if person.civil.is_bound() => {
                // A spouse who has something else happen today would be left married to a dead person.
                let Some(spouse) = self.untouched_number(number) else { return false };
                Some(spouse)
            }
            _ => None,
        };
        self.write_main(person.index, Change::Died { on });
        if let Some(spouse) = spouse {
            let marker = match spouse.civil.status {
                CivilStatus::RegisteredPartner => DerivedMarker::Partner,
                _ => DerivedMarker::Spouse,
            };
            self.write(spouse.index, marker, Change::Widowed { on });
        }
        true
    }

    pub(super) fn death_is_corrected(&mut self, person: &PersonState) -> bool {
        if person.status != Status::Dead || !self.died_in_chain(person.index) {
            return false;
        }
        let widowed = match person.civil.spouse {
            Spouse::Number(number) => {
                let Some(spouse) = self.untouched_number(number) else { return false };
                let still = matches!(spouse.civil.status, CivilStatus::Widowed | CivilStatus::SurvivingPartner)
                    && spouse.spouse() == Some(person.number);
                if !still {
                    return false;
                }
                Some(spouse.index)
            }
            _ => None,
        };
        self.write_main(person.index, Change::DeathUndone);
        if let Some(spouse) = widowed {
            self.write(spouse, DerivedMarker::Spouse, Change::WidowhoodUndone);
        }
        true
    }

    pub(super) fn gives_birth(&mut self, mother: &PersonState) -> bool {
        let age = self.age(mother);
        if !mother.number.is_female() || !mother.is_active() || !(19..43).contains(&age) {
            return false;
        }
        // Nine months at least since the last one.
        let born = self.day.plus(-self.draw.days(5));
        let siblings = mother.children.iter().filter_map(|child| child.birth_date());
        if born.is_new_years_day() || siblings.max().is_some_and(|last| Some(last) > born.plus(-300).date()) {
            return false;
        }
        let father = match self.father_for(mother) {
            Ok(father) => father,
            Err(Busy) => return false,
        };
        let female = self.draw.per_mille(487);
        let key = self.key();
        let Some(on) = born.at(11, 30) else { return false };
        let number_of_father = father.as_ref().map(|father| father.number);
        let origin = Origin::Birth { mother: mother.index, father: number_of_father, key };
        let Some((index, child)) = self.issue(born, female, on, origin) else { return false };
        self.write_main(index, Change::None);
        self.write(mother.index, DerivedMarker::Mother, Change::ChildBorn { child });
        if let Some(father) = father {
            self.write(father.index, DerivedMarker::Father, Change::ChildBorn { child });
        }
        true
    }

    pub(super) fn gets_another_number(&mut self, person: &PersonState) -> bool {
        let Some(on) = self.now().filter(|_| person.is_active()) else { return false };
        let Some(relatives) = self.relatives(person) else { return false };
        let sex_changes = self.draw.per_mille(400);
        let born = if sex_changes { person.born } else { person.born.plus(1 + self.draw.days(20)) };
        if born.is_new_years_day() || born >= self.day {
            return false;
        }
        let female = person.number.is_female() != sex_changes;
        let origin = Origin::Renumbering { from: person.index };
        let Some((index, number)) = self.issue(born, female, on, origin) else { return false };
        self.write_main(person.index, Change::Superseded { by: number, on });
        self.write(index, DerivedMarker::NewNumber, Change::None);
        for (relative, marker) in relatives {
            self.write(relative, marker, Change::RelativeRenumbered { from: person.number, to: number });
        }
        true
    }

    /// Spouse, present or former, parents and children. `None` when one of them is in today's file already.
    fn relatives(&self, person: &PersonState) -> Option<Vec<(u32, DerivedMarker)>> {
        let [mother, father] = person.parents();
        let former = person.former_civil.iter().filter_map(|period| match period.value.spouse {
            Spouse::Number(number) => Some(number),
            Spouse::None | Spouse::Unnumbered { .. } => None,
        });
        let spouses = person.spouse().into_iter().chain(former).map(|number| (number, DerivedMarker::Spouse));
        let parents = mother.map(|number| (number, DerivedMarker::Mother)).into_iter();
        let parents = parents.chain(father.map(|number| (number, DerivedMarker::Father)));
        let children = person.children.iter().map(|number| (*number, DerivedMarker::Child));
        let mut relatives: Vec<(u32, DerivedMarker)> = Vec::new();
        for (number, marker) in spouses.chain(parents).chain(children) {
            let relative = self.untouched_number(number)?;
            if relatives.iter().all(|(index, _)| *index != relative.index) {
                relatives.push((relative.index, marker));
            }
        }
        Some(relatives)
    }

    /// The partner of the couple if both are free, else somebody about as old and not of the family.
    fn match_for(&mut self, person: &PersonState) -> Option<PersonState> {
        let partner = self.census.couple_of(person.index).map(|couple| couple.other(person.index));
        if let Some(partner) = partner.and_then(|index| self.untouched(index)).filter(|partner| self.may_marry(partner))
        {
            return Some(partner);
        }
        let near = self.census.persons / 30 + 2;
        let index = person.index.saturating_sub(near / 2) + self.draw.below(near);
        self.untouched(index).filter(|other| {
            let one_family = person.parents().iter().flatten().any(|parent| other.parents().contains(&Some(*parent)));
            other.index != person.index
                && self.may_marry(other)
                && person.sex != other.sex
                && !one_family
                && !person.children.contains(&other.number)
                && !other.children.contains(&person.number)
        })
    }

    fn may_marry(&self, person: &PersonState) -> bool {
        person.is_active() && self.age(person) >= 18 && !person.civil.is_bound()
    }

    /// The spouse of a married person, when both live here and nothing happened to either today.
    fn resident_spouse(&self, person: &PersonState) -> Option<PersonState> {
        let number = person.spouse().filter(|_| person.is_active() && person.civil.is_bound())?;
        self.untouched_number(number).filter(PersonState::is_active)
    }

    /// The mother's husband, or the man of her couple; nobody when neither is.
    fn father_for(&self, mother: &PersonState) -> Result<Option<PersonState>, Busy> {
        if let Some(number) = mother.spouse().filter(|_| mother.civil.is_bound()) {
            return self.untouched_number(number).map(|spouse| Some(spouse).filter(PersonState::is_active)).ok_or(Busy);
        }
        let Some(couple) = self.census.couple_of(mother.index) else { return Ok(None) };
        let partner = self.untouched(couple.other(mother.index)).ok_or(Busy)?;
        let eligible = partner.is_active() && !partner.number.is_female() && !partner.civil.is_bound();
        Ok(Some(partner).filter(|_| eligible))
    }
}

/// Somebody has something else happen today.
struct Busy;
