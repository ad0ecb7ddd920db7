//! The records of the private product.

use kartotek_formats::codes::{ProtectionType, Status};
use kartotek_formats::dates::PartialDate;
use kartotek_formats::records::u09480::{
    P001CurrentData, P002ForeignAddress, P003ContactAddress, P004CivilStatus, P005Guardian, P050CreditWarning,
    PrivateRecord,
};
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::u12170::{
    R003AddressingName, R004Protection, R005Emigration, R006ContactAddress, R008CurrentName, R012CivilStatus,
    R050CreditWarning, R052GuardianshipWithType,
};
use kartotek_formats::records::{PersonRef, read_type};
use kartotek_simulators::population::Population;

use crate::file::{of_type, only, population};

const PERSONS: u32 = 4_000;

/// A person in both products.
struct Person {
    public: Vec<u8>,
    private: Vec<u8>,
}

impl Person {
    fn public(&self) -> Vec<&[u8]> {
        split(&self.public, PublicRecord::length)
    }

    fn private(&self) -> Vec<&[u8]> {
        split(&self.private, PrivateRecord::length)
    }

    fn current(&self) -> P001CurrentData<'_> {
        only(&self.private())
    }

    fn is_protected(&self) -> bool {
        let today = PartialDate::new(2026, 1, 5).unwrap();
        of_type::<R004Protection<'_>>(&self.public()).iter().any(|own| {
            own.beskyttype == ProtectionType::NameAndAddress
                && own.slet_dt_beskyttelse.is_none_or(|until| until > today)
        })
    }
}

fn split(mut bytes: &[u8], length_of: fn(u16) -> Option<usize>) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let (record, rest) = bytes.split_at(length_of(read_type(bytes).unwrap()).unwrap());
        records.push(record);
        bytes = rest;
    }
    records
}

fn persons(population: &Population) -> Vec<Person> {
    let both = |index| Person {
        public: population.person_records(index, 0).unwrap(),
        private: population.private_person_records(index, 0).unwrap(),
    };
    (0..PERSONS).map(both).collect()
}

#[test]
fn every_record_decodes_and_encodes_to_the_same_bytes() {
    for person in persons(&population(PERSONS, 1)) {
        let records = person.private();
        assert!(records.iter().map(|record| read_type(record)).is_sorted());
        let mut encoded = Vec::new();
        for record in records {
            PrivateRecord::decode(record).unwrap().unwrap().encode(&mut encoded).unwrap();
        }
        assert!(encoded == person.private);
    }
}

#[test]
fn a_protected_person_has_neither_name_nor_address() {
    let mut protected = 0;
    for person in persons(&population(PERSONS, 2)) {
        let current = person.current();
        let is_protected = person.is_protected();
        assert_eq!(current.nvnadrbeskhaenstart.is_some(), is_protected);
        let name: R008CurrentName<'_> = only(&person.public());
        if is_protected {
            protected += 1;
            let withheld = [
                current.adrnvn,
                current.formelnvn,
                current.efternvn,
                current.standardadr,
                current.postdisttxt,
                current.convn,
            ];
            assert!(withheld.iter().all(|field| field.is_blank()));
            assert!(current.postnr.is_empty() && current.komkod.is_empty() && current.tilflydto.is_none());
            assert!(of_type::<P002ForeignAddress<'_>>(&person.private()).is_empty());
            assert!(of_type::<P003ContactAddress<'_>>(&person.private()).is_empty());
        } else {
            assert_eq!(current.efternvn, name.efternvn);
            assert!(current.formelnvn.as_bytes().starts_with(name.fornvn.as_bytes()));
        }
    }
    assert!(protected > 5, "{protected}");
}

#[test]
fn the_dead_and_the_absent_have_no_address_and_the_others_their_own() {
    let (mut dead, mut here) = (0, 0);
    for person in persons(&population(PERSONS, 3)).iter().filter(|person| !person.is_protected()) {
        let current = person.current();
        let address: R003AddressingName<'_> = only(&person.public());
        if current.status == Status::Dead {
            dead += 1;
            assert!(current.standardadr.is_blank() && current.komkod.is_empty());
        } else {
            here += usize::from(!address.standardadr.is_blank());
            assert_eq!(current.standardadr, address.standardadr);
            assert_eq!((current.komkod, current.vejkod), (address.komkod, address.vejkod));
            assert_eq!(current.postnr, address.postnr);
        }
    }
    assert!(dead > 100 && here > 1_000, "{dead} {here}");
}

#[test]
fn what_has_a_record_of_its_own_comes_from_the_public_one() {
    let mut seen = [0; 4];
    for person in persons(&population(PERSONS, 4)) {
        let (public, private) = (person.public(), person.private());
        let civil: P004CivilStatus<'_> = only(&private);
        assert_eq!(civil.civst, only::<R012CivilStatus<'_>>(&public).civst);
        let credit = of_type::<P050CreditWarning<'_>>(&private).len();
        assert_eq!(credit, of_type::<R050CreditWarning<'_>>(&public).len());
        seen[0] += credit;
        if person.is_protected() {
            continue;
        }
        let abroad = of_type::<P002ForeignAddress<'_>>(&private);
        let emigrated = of_type::<R005Emigration<'_>>(&public);
        if person.current().status == Status::Dead {
            assert!(abroad.is_empty());
        } else {
            assert_eq!(abroad.len(), emigrated.len());
        }
        for (own, public) in abroad.iter().zip(&emigrated) {
            assert_eq!((own.udlandadr1, own.udlandadrdto), (public.udlandadr1, public.udrdto));
        }
        seen[1] += abroad.len();
        let contact = of_type::<P003ContactAddress<'_>>(&private);
        for (own, public) in contact.iter().zip(of_type::<R006ContactAddress<'_>>(&public)) {
            assert_eq!(own.kontaktadr2, public.adr2_kontaktadr);
        }
        seen[2] += contact.len();
        seen[3] += usize::from(person.current().rekbeskhaenstart.is_some());
    }
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}

#[test]
fn a_guardian_is_told_by_name_and_address_even_with_a_number() {
    let population = population(PERSONS, 5);
    let mut by_number = 0;
    for person in persons(&population) {
        let guardians = of_type::<P005Guardian<'_>>(&person.private()).len();
        assert!(guardians == 0 || person.current().umynmynhaenstart.is_some());
        for told in of_type::<R052GuardianshipWithType<'_>>(&person.public()) {
            let PersonRef::Number(number) = told.relpnr else { continue };
            let Some(index) = population.index_of(number) else { continue };
            let guardian = Person {
                public: population.person_records(index, 0).unwrap(),
                private: population.private_person_records(index, 0).unwrap(),
            };
            if guardian.is_protected() || told.slet_dt_umyndig.is_some() {
                continue;
            }
            let own: P005Guardian<'_> = only(&person.private());
            let address: R003AddressingName<'_> = only(&guardian.public());
            assert_eq!((own.vaergeadrnvn, own.vaergeadressetxt_linie1), (address.adrnvn, address.standardadr));
            by_number += 1;
        }
    }
    assert!(by_number > 0);
}
