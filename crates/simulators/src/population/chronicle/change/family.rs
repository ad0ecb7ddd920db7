//! What marriages and deaths do to a person.

use kartotek_formats::codes::{CivilStatus, CorrectionMarker, Status};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use super::home::leave;
use crate::population::state::{Civil, Period, PersonState, Separation, Spouse};
use crate::population::values::Moment;

/// A marriage or its end: the former civil status becomes history, and so does a separation.
fn enter(person: &mut PersonState, civil: Civil, on: Timestamp) {
    let at = Moment::certain(Some(on));
    if person.civil.status != CivilStatus::Unmarried {
        person.former_civil.push(Period::new(person.civil, person.civil.from, at));
    }
    if let Some(separation) = person.separation.take() {
        person.former_separations.push((separation, at.when()));
    }
    person.civil = Civil { from: at, separation: None, ..civil };
}

pub(super) fn marry(person: &mut PersonState, spouse: CprNumber, on: Timestamp) {
    let spouse = Spouse::Number(spouse);
    enter(person, Civil { status: CivilStatus::Married, spouse, ..Civil::UNMARRIED }, on);
}

pub(super) fn separate(person: &mut PersonState, on: Timestamp) {
    person.separation = Some(Separation { key: Some(on), from: Moment::certain(Some(on)).when() });
    person.civil.separation = Some(on);
}

pub(super) fn divorce(person: &mut PersonState, on: Timestamp) {
    let status = match person.civil.status {
        CivilStatus::RegisteredPartner => CivilStatus::DissolvedPartnership,
        _ => CivilStatus::Divorced,
    };
    enter(person, Civil { status, ..person.civil }, on);
}

pub(super) fn become_widowed(person: &mut PersonState, on: Timestamp) {
    let status = match person.civil.status {
        CivilStatus::RegisteredPartner => CivilStatus::SurvivingPartner,
        _ => CivilStatus::Widowed,
    };
    enter(person, Civil { status, ..person.civil }, on);
}

/// Death is a civil status too; it keeps the spouse of a marriage that lasted.
pub(super) fn die(person: &mut PersonState, on: Timestamp) {
    leave(person, Status::Dead, Moment::certain(Some(on)));
    let spouse = if person.civil.is_bound() { person.civil.spouse } else { Spouse::None };
    enter(person, Civil { status: CivilStatus::Dead, spouse, ..Civil::UNMARRIED }, on);
    person.protections.clear();
    person.credit_warning = None;
    person.contact_address = None;
    person.conditions.clear();
    person.notes.clear();
    person.election = None;
}

/// Leaves a row of history about what was undone.
pub(super) fn annul(person: &mut PersonState, status: CivilStatus, at: Timestamp) {
    let at = Moment::certain(Some(at));
    let mut row = Period::new(Civil { status, from: at, ..Civil::UNMARRIED }, at, at);
    row.correction = CorrectionMarker::Annulled;
    person.former_civil.push(row);
}
