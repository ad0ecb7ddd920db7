//! What every population shows, down to two hundred persons.

use kartotek_formats::codes::{CivilStatus, CorrectionMarker, CustodyRelation, NameMarker, ProtectionType, Status};

use super::traits::Trait;
use crate::population::calendar::Day;
use crate::population::state::{Guardian, GuardianRecords, Parent, PersonState, Spouse};

/// Something that a person of every population shows.
pub(super) struct Goal {
    /// The traits that lead there.
    pub(super) gives: &'static [(Trait, Subject)],
    /// Whether the person shows it, as of today.
    pub(super) shows: fn(&PersonState, Day) -> bool,
}

/// Whom a trait is given to, seen from the person who is to show it.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    Person,
    Couple,
    Partner,
    Home,
}

use Subject::{Couple, Home, Partner, Person};

const fn goal(gives: &'static [(Trait, Subject)], shows: fn(&PersonState, Day) -> bool) -> Goal {
    Goal { gives, shows }
}

pub(super) const GOALS: &[Goal] = &[
    // What leaves few persons suited comes first.
    goal(&[(Trait::OfOneSex, Couple), (Trait::RegisteredPartnership, Couple)], |person, _| {
        person.civil.status == CivilStatus::RegisteredPartner && person.is_active()
    }),
    goal(
        &[(Trait::OfOneSex, Couple), (Trait::RegisteredPartnership, Couple), (Trait::Divorced, Couple)],
        |person, _| person.civil.status == CivilStatus::DissolvedPartnership,
    ),
    goal(
        &[(Trait::OfOneSex, Couple), (Trait::RegisteredPartnership, Couple), (Trait::DiedLately, Partner)],
        |person, _| person.civil.status == CivilStatus::SurvivingPartner,
    ),
    goal(&[(Trait::Separated, Couple)], |person, _| person.separation.is_some()),
    goal(&[(Trait::Divorced, Couple)], |person, _| !person.former_separations.is_empty()),
    goal(&[(Trait::DiedLately, Partner)], |person, _| {
        person.civil.status == CivilStatus::Widowed && person.is_active()
    }),
    goal(&[(Trait::ForeignSpouse, Person)], |person, _| matches!(person.civil.spouse, Spouse::Unnumbered { .. })),
    goal(&[(Trait::OtherCustody, Person)], |person, _| {
        person.custody.iter().any(|custody| custody.relation == CustodyRelation::OtherSecond)
    }),
    goal(&[(Trait::Foreign, Person), (Trait::Naturalised, Person)], |person, _| !person.former_citizenships.is_empty()),
    // Status.
    goal(&[(Trait::ChangedNumber, Person)], |person, _| person.status == Status::Changed),
    goal(&[(Trait::DuplicateNumber, Person)], |person, _| person.status == Status::Deleted),
    goal(&[(Trait::CancelledNumber, Person)], |person, _| person.status == Status::Cancelled),
    goal(&[(Trait::AdministrativeNumber, Person)], |person, _| person.status == Status::Administrative),
    goal(&[(Trait::DiedLately, Person)], |person, _| person.status == Status::Dead),
    goal(&[(Trait::Emigrated, Person)], |person, _| person.status == Status::Emigrated),
    goal(&[(Trait::Disappeared, Person)], |person, _| person.status == Status::Disappeared),
    goal(&[(Trait::Greenland, Home), (Trait::SpecialStreet, Home)], |person, _| {
        person.status == Status::SpecialStreetGreenland
    }),
    goal(&[(Trait::Greenland, Home)], |person, _| person.status == Status::ResidentGreenland),
    goal(&[(Trait::SpecialStreet, Home)], |person, _| person.status == Status::SpecialStreet),
    // Homes.
    goal(&[(Trait::Locality, Home)], |person, _| {
        person.residence.is_some_and(|residence| !residence.stay.dwelling.locality.is_empty())
    }),
    goal(&[(Trait::OldWording, Home)], |person, _| {
        person.residence.is_some_and(|residence| {
            let dwelling = residence.stay.dwelling;
            dwelling.old_wording && !dwelling.floor_code().as_bytes().is_empty()
        })
    }),
    goal(&[(Trait::FormerSpelling, Home)], |person, _| {
        person.residence.is_some_and(|residence| residence.stay.dwelling.is_misspelt())
    }),
    goal(&[(Trait::CareOf, Person)], |person, _| {
        person.residence.is_some_and(|residence| residence.stay.care_of.is_some())
    }),
    goal(&[(Trait::SupplementaryAddress, Person)], |person, _| {
        person.residence.is_some_and(|residence| residence.supplementary.is_some())
    }),
    goal(&[(Trait::ContactAddress, Person)], |person, _| person.is_active() && person.contact_address.is_some()),
    goal(&[(Trait::Foreign, Person)], |person, _| person.stays_abroad.iter().any(|stay| stay.out.is_none())),
    goal(&[(Trait::ReturnedFromAbroad, Person)], |person, _| person.stays_abroad.iter().any(|stay| stay.out.is_some())),
    goal(&[(Trait::FoundAgain, Person)], |person, _| !person.former_disappearances.is_empty()),
    // Names.
    goal(&[(Trait::LongName, Person)], |person, _| person.name.given_names().1 == NameMarker::Abbreviated),
    goal(&[(Trait::OtherCharacters, Person)], |person, _| person.name.given_marker == NameMarker::OtherCharacters),
    goal(&[(Trait::UndocumentedName, Person)], |person, _| person.name.last_marker == NameMarker::Undocumented),
    goal(&[(Trait::Renamed, Person)], |person, _| !person.former_names.is_empty()),
    goal(&[(Trait::CorrectedName, Person)], |person, _| {
        person.former_names.iter().any(|period| period.correction == CorrectionMarker::Corrected)
    }),
    // Protections.
    goal(&[(Trait::AddressProtection, Person)], |person, _| protected(person, ProtectionType::NameAndAddress)),
    goal(&[(Trait::DirectoryProtection, Person)], |person, _| protected(person, ProtectionType::LocalDirectory)),
    goal(&[(Trait::MarketingProtection, Person)], |person, _| protected(person, ProtectionType::Marketing)),
    goal(&[(Trait::ResearchProtection, Person)], |person, _| protected(person, ProtectionType::Research)),
    goal(&[(Trait::AddressProtection, Person)], |person, _| {
        protected(person, ProtectionType::NameAndAddress) && person.protections.iter().any(|own| own.until.is_none())
    }),
    goal(&[(Trait::AddressProtection, Person)], |person, today| {
        person.protections.iter().any(|own| own.until.is_some_and(|until| until > today))
    }),
    goal(&[(Trait::MarketingProtection, Person)], |person, today| {
        person.protections.iter().any(|own| own.until.is_some_and(|until| until < today))
    }),
    goal(&[(Trait::CreditWarning, Person)], |person, _| person.credit_warning.is_some()),
    // Parents.
    goal(&[(Trait::ParentsUnknown, Person)], |person, _| {
        person.is_active()
            && matches!((&person.mother, &person.father), (Parent::Unknown { .. }, Parent::Unknown { .. }))
    }),
    goal(&[(Trait::FatherUnknown, Person)], |person, _| {
        matches!((&person.mother, &person.father), (Parent::Number { .. }, Parent::Unknown { .. }))
    }),
    goal(&[(Trait::FatherByName, Person)], |person, _| matches!(person.father, Parent::Named { .. })),
    goal(&[(Trait::MotherByName, Person)], |person, _| matches!(person.mother, Parent::Named { .. })),
    // Guardians.
    goal(&[(Trait::Guardianship, Person)], |person, _| {
        guarded(person, |guardian| matches!(guardian, Guardian::Number(_)))
    }),
    goal(&[(Trait::Guardianship, Person)], |person, _| {
        guarded(person, |guardian| matches!(guardian, Guardian::Named { .. }))
    }),
    goal(&[(Trait::Guardianship, Person)], |person, _| {
        guarded(person, |guardian| matches!(guardian, Guardian::NotRegistered))
    }),
    goal(&[(Trait::Guardianship, Person)], |person, _| told_by(person, GuardianRecords::Both)),
    goal(&[(Trait::Guardianship, Person)], |person, _| told_by(person, GuardianRecords::OldOnly)),
    goal(&[(Trait::Guardianship, Person)], |person, _| told_by(person, GuardianRecords::TypedOnly)),
    // The rest.
    goal(&[(Trait::LeftChurch, Person)], |person, _| !person.former_churches.is_empty()),
    goal(&[(Trait::Condition, Person)], |person, _| !person.conditions.is_empty()),
    goal(&[(Trait::Note, Person)], |person, _| !person.notes.is_empty()),
    goal(&[(Trait::Election, Person)], |person, _| person.election.is_some()),
    goal(&[(Trait::RelocationOrder, Person)], |person, _| person.relocation_order.is_some()),
];

fn protected(person: &PersonState, kind: ProtectionType) -> bool {
    person.protections.iter().any(|protection| protection.kind == kind)
}

fn guarded(person: &PersonState, by: fn(&Guardian) -> bool) -> bool {
    person.guardianship.is_some_and(|guardianship| by(&guardianship.guardian))
}

fn told_by(person: &PersonState, records: GuardianRecords) -> bool {
    person.guardianship.is_some_and(|guardianship| guardianship.told_by == records)
}

#[cfg(test)]
mod tests {
    use super::super::{Census, Detail};
    use super::*;

    #[test]
    fn two_hundred_persons_show_everything() {
        for seed in 0..100 {
            let today = Day::of(2026, 1, 5);
            let census = Census::new(seed, 200, today);
            let persons: Vec<_> = (0..200).filter_map(|index| census.person(index, Detail::Everything)).collect();
            assert_eq!(persons.len(), 200);
            let missing: Vec<_> =
                (0..GOALS.len()).filter(|at| !persons.iter().any(|person| (GOALS[*at].shows)(person, today))).collect();
            assert!(missing.is_empty(), "seed {seed}: goals {missing:?}");
        }
    }
}
