use std::collections::{BTreeMap, BTreeSet};

use kartotek_formats::codes::{CivilStatus, CorrectionMarker, Status};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::PersonRef;
use kartotek_formats::records::u12170::{
    R001Person, R002CurrentAddress, R003AddressingName, R012CivilStatus, R013Separation, R014Child, R015Parents,
    R016Custody, R017Guardianship, R022HistoricalNumber, R029HistoricalCivilStatus, R052GuardianshipWithType,
};

use crate::file::{establishing, of_type, only, persons, population, status};

type Persons<'a> = BTreeMap<CprNumber, Vec<&'a [u8]>>;

#[test]
fn references_agree_in_both_directions_on_the_first_day() {
    for (size, seed) in [(200, 1), (2_000, 2), (20_000, 3)] {
        check(&persons(&establishing(&population(size, seed))));
    }
}

#[test]
fn references_agree_after_twenty_days() {
    for (size, seed) in [(200, 4), (2_000, 5), (20_000, 6)] {
        check(&persons(&status(&mut population(size, seed), 20)));
    }
}

#[test]
fn numbers_are_nobodys() {
    let mut population = population(30_000, 7);
    let file = status(&mut population, 20);
    let persons = persons(&file);
    assert_eq!(persons.len(), population.indices(20) as usize);
    for number in persons.keys() {
        let birth = number.birth_date().unwrap();
        assert!(!number.satisfies_modulus_11());
        assert!((birth.month(), birth.day()) != (1, 1));
        let index = population.index_of(*number).unwrap();
        assert_eq!(population.person(index, 20).unwrap().number(), *number);
    }
}

fn check(persons: &Persons) {
    for (number, records) in persons {
        let person: R001Person = only(records);
        assert_eq!(person.koen.as_bytes() == b"K", number.is_female());
        assert_eq!(person.foed_dt, number.birth_date());
        check_residence(&person, records);
        check_numbers(persons, &person, records);
        if !matches!(person.status, Status::Changed | Status::Deleted | Status::Cancelled | Status::Administrative) {
            check_spouse(persons, *number, records);
            check_family(persons, *number, records);
            check_guardians(persons, *number, records);
        }
    }
}

fn check_residence(person: &R001Person<'_>, records: &[&[u8]]) {
    let here = person.status.as_bytes() < b"30".as_slice();
    assert_eq!(of_type::<R002CurrentAddress>(records).len(), usize::from(here));
    let address: R003AddressingName = only(records);
    assert!(!address.adrnvn.is_blank());
    if here {
        let current: R002CurrentAddress = only(records);
        assert_eq!((current.komkod, current.vejkod), (address.komkod, address.vejkod));
        let special = current.vejkod.as_number() >= 9900;
        assert_eq!(special, matches!(person.status, Status::SpecialStreet | Status::SpecialStreetGreenland));
        let greenland = current.komkod.as_number() >= 900;
        assert_eq!(greenland, matches!(person.status, Status::ResidentGreenland | Status::SpecialStreetGreenland));
        assert!(current.tilflydto.is_some());
    } else {
        assert!(address.standardadr.is_blank() && address.komkod.is_empty() && address.postnr.is_empty());
    }
}

/// A number that was replaced names the valid one, which remembers it.
fn check_numbers(persons: &Persons, person: &R001Person<'_>, records: &[&[u8]]) {
    assert_eq!(person.pnrgaeld.number().is_some(), matches!(person.status, Status::Changed | Status::Deleted));
    if let Some(valid) = person.pnrgaeld.number() {
        let former: Vec<R022HistoricalNumber> = of_type(&persons[&valid]);
        assert!(former.iter().any(|former| former.pnr == PersonRef::Number(person.pnr)));
    }
    for former in of_type::<R022HistoricalNumber>(records) {
        let first: R001Person = only(&persons[&former.pnr.number().unwrap()]);
        assert!(matches!(first.status, Status::Changed | Status::Deleted));
    }
}

fn check_spouse(persons: &Persons, number: CprNumber, records: &[&[u8]]) {
    let civil: R012CivilStatus = only(records);
    let status: R001Person = only(records);
    assert_eq!(civil.civst == CivilStatus::Dead, status.status == Status::Dead);
    let separation: Vec<R013Separation> = of_type(records);
    assert_eq!(separation.first().and_then(|own| own.sep_henvis_separation.0), civil.sep_henvis_civilstand.0);
    match civil.civst {
        CivilStatus::Unmarried => assert_eq!(civil.aegtepnr, PersonRef::None),
        CivilStatus::Dead => {}
        _ => assert_ne!(civil.aegtepnr, PersonRef::None),
    }
    let Some(spouse) = civil.aegtepnr.number() else { return };
    assert_ne!(spouse, number);
    let of_spouse: R012CivilStatus = only(&persons[&spouse]);
    let back = of_spouse.aegtepnr == PersonRef::Number(number);
    match civil.civst {
        CivilStatus::Married | CivilStatus::RegisteredPartner => {
            assert!(back && of_spouse.civst == civil.civst, "the spouse is married to another");
            assert_eq!(of_spouse.haenstart_civilstand, civil.haenstart_civilstand);
        }
        // The other may have married again, or died since.
        _ => {
            let history: Vec<R029HistoricalCivilStatus> = of_type(&persons[&spouse]);
            let once = history.iter().any(|row| {
                row.aegtepnr == PersonRef::Number(number)
                    && !matches!(row.annkor, CorrectionMarker::Annulled | CorrectionMarker::Corrected)
            });
            assert!(back || once, "the former spouse knows nothing of it");
        }
    }
}

fn check_family(persons: &Persons, number: CprNumber, records: &[&[u8]]) {
    let year = |number: CprNumber| i32::from(number.birth_date().unwrap().year());
    let parents: R015Parents = only(records);
    for parent in [parents.pnrmor, parents.pnrfar].into_iter().filter_map(PersonRef::number) {
        let children: Vec<R014Child> = of_type(&persons[&parent]);
        assert!(
            children.iter().any(|child| child.pnr_barn == PersonRef::Number(number)),
            "a parent does not list the child"
        );
        assert!((15..=51).contains(&(year(number) - year(parent))));
    }
    let children: Vec<CprNumber> =
        of_type::<R014Child>(records).iter().map(|child| child.pnr_barn.number().unwrap()).collect();
    assert_eq!(children.iter().collect::<BTreeSet<_>>().len(), children.len(), "a child twice");
    for child in children {
        let parents: R015Parents = only(&persons[&child]);
        assert!(
            [parents.pnrmor, parents.pnrfar].contains(&PersonRef::Number(number)),
            "a child does not list the parent"
        );
    }
}

fn check_guardians(persons: &Persons, number: CprNumber, records: &[&[u8]]) {
    let holders = of_type::<R016Custody>(records).into_iter().map(|custody| custody.relpnr);
    let guardians = of_type::<R017Guardianship>(records).into_iter().map(|guardianship| guardianship.relpnr);
    let typed = of_type::<R052GuardianshipWithType>(records).into_iter().map(|guardianship| guardianship.relpnr);
    for other in holders.chain(guardians).chain(typed).filter_map(PersonRef::number) {
        assert!(other != number && persons.contains_key(&other));
    }
}
