//! What another number does to a person and to the relatives.

use kartotek_formats::codes::Status;
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use super::home::leave;
use crate::population::calendar::Day;
use crate::population::state::{FormerNumber, Guardian, Parent, PersonState, Spouse};
use crate::population::values::{Moment, Name, When};

/// The person as it goes on under a new number.
pub(in crate::population::chronicle) fn succeed(
    person: &mut PersonState,
    index: u32,
    number: CprNumber,
    born: Day,
    on: Timestamp,
) {
    let ended = Moment::certain(Some(on)).when();
    person.former_numbers.push(FormerNumber { number: person.number, from: person.number_from, to: ended });
    let vague = person.birth.uncertain;
    *person = PersonState {
        index,
        number,
        born,
        birth: When { date: born.date(), uncertain: vague },
        sex: PersonState::blank(index, number, born).sex,
        number_from: ended,
        ..person.clone()
    };
}

pub(super) fn supersede(person: &mut PersonState, by: CprNumber, on: Timestamp) {
    let at = Moment::certain(Some(on));
    leave(person, Status::Changed, at);
    person.valid_number = Some(by);
    person.number_to = at.when();
    person.children.clear();
    person.mother = Parent::Unknown { from: person.number_from };
    person.father = Parent::Unknown { from: person.number_from };
    person.protections.clear();
    person.credit_warning = None;
    if matches!(person.civil.spouse, Spouse::Number(_)) {
        person.civil.spouse = Spouse::Unnumbered { name: Name::default(), birth: When::default() };
    }
    person.former_civil.clear();
}

pub(super) fn renumber_relative(person: &mut PersonState, from: CprNumber, to: CprNumber) {
    for child in person.children.iter_mut().filter(|child| **child == from) {
        *child = to;
    }
    for parent in [&mut person.mother, &mut person.father] {
        if let Parent::Number { number, .. } = parent
            && *number == from
        {
            *number = to;
        }
    }
    let civil = person.former_civil.iter_mut().map(|period| &mut period.value).chain([&mut person.civil]);
    for civil in civil.filter(|civil| civil.spouse == Spouse::Number(from)) {
        civil.spouse = Spouse::Number(to);
    }
    if let Some(guardianship) = &mut person.guardianship
        && matches!(guardianship.guardian, Guardian::Number(number) if number == from)
    {
        guardianship.guardian = Guardian::Number(to);
    }
    for custody in person.custody.iter_mut().filter(|custody| custody.holder == Some(from)) {
        custody.holder = Some(to);
    }
}
