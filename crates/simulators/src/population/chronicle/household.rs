//! Moving, leaving, coming back: what happens to where people live.

use kartotek_formats::codes::Status;

use super::change::Change;
use super::kind::Kind;
use super::today::Today;
use crate::population::state::PersonState;

impl Today<'_> {
    pub(super) fn household_moves(&mut self, person: &PersonState) -> bool {
        if self.age(person) < 18 {
            return false;
        }
        let Some(household) = self.household(person) else { return false };
        let last = household.iter().filter_map(|member| member.residence?.from.stamp).max();
        let Some(on) = self.recently(last) else { return false };
        let dwelling = self.key();
        for member in &household {
            self.write_main(member.index, Change::Moved { dwelling, on });
        }
        true
    }

    pub(super) fn street_is_respelt(&mut self, person: &PersonState) -> bool {
        let misspelt = person.residence.is_some_and(|residence| residence.stay.dwelling.is_misspelt());
        let Some(household) = self.household(person).filter(|_| misspelt) else { return false };
        for member in &household {
            self.write_main(member.index, Change::Respelt);
        }
        true
    }

    pub(super) fn care_of_changes(&mut self, person: &PersonState) -> bool {
        let may = person.is_active() && self.age(person) >= 18;
        if may {
            let name = self.key();
            self.write_main(person.index, Change::CareOf { name });
        }
        may
    }

    pub(super) fn emigrates(&mut self, person: &PersonState) -> bool {
        if !self.may_leave(person) {
            return false;
        }
        let last = person.residence.and_then(|residence| residence.from.stamp);
        let Some(on) = self.recently(last) else { return false };
        let address = self.key();
        self.write_main(person.index, Change::Emigrated { address, on });
        true
    }

    pub(super) fn disappears(&mut self, person: &PersonState) -> bool {
        let Some(on) = self.now().filter(|_| self.may_leave(person)) else { return false };
        self.write_main(person.index, Change::Disappeared { on });
        true
    }

    pub(super) fn comes_back(&mut self, kind: Kind, person: &PersonState) -> bool {
        let gone = if kind == Kind::Return { Status::Emigrated } else { Status::Disappeared };
        let Some(on) = self.recently(person.status_from.stamp).filter(|_| person.status == gone) else { return false };
        let dwelling = self.key();
        self.write_main(person.index, Change::Returned { dwelling, on });
        true
    }

    /// Adults without children at home, so that no child stays behind alone.
    fn may_leave(&self, person: &PersonState) -> bool {
        let has_child_at_home = || {
            person
                .children
                .iter()
                .any(|child| self.untouched_number(*child).is_none_or(|child| same_home(person, &child)))
        };
        person.is_active() && self.age(person) >= 18 && !has_child_at_home()
    }

    /// Who lives in the person's dwelling: spouse or partner and the children of both. Somebody who lives with the
    /// parents is a household alone. `None` when one of them is in today's file already, or nobody lives anywhere.
    fn household(&self, person: &PersonState) -> Option<Vec<PersonState>> {
        if !person.is_active() {
            return None;
        }
        let mut members = vec![person.clone()];
        if let Some(couple) = self.census.couple_of(person.index) {
            join(&mut members, self.untouched(couple.other(person.index))?);
        }
        if let Some(spouse) = person.spouse() {
            join(&mut members, self.untouched_number(spouse)?);
        }
        let children: Vec<_> = members.iter().flat_map(|adult| adult.children.iter().copied()).collect();
        for child in children {
            join(&mut members, self.untouched_number(child)?);
        }
        Some(members)
    }
}

/// Adds somebody to a household, unless living elsewhere or in it already.
fn join(household: &mut Vec<PersonState>, other: PersonState) {
    let lives_there = household.first().is_some_and(|first| same_home(first, &other));
    if lives_there && household.iter().all(|member| member.index != other.index) {
        household.push(other);
    }
}

fn same_home(one: &PersonState, other: &PersonState) -> bool {
    match (&one.residence, &other.residence) {
        (Some(one), Some(other)) => one.stay.dwelling.key == other.stay.dwelling.key,
        _ => false,
    }
}
