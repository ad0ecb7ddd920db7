//! Everything that CPR's records tell about a person on a day.

mod parts;

use kartotek_formats::codes::{Church, Sex, Status};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;

use super::calendar::Day;
use super::values::{Moment, Name, When};

pub(crate) use parts::{
    Birthplace, Civil, Condition, ContactAddress, Custody, Election, Emigration, FormerNumber, Guardian,
    GuardianRecords, Guardianship, Note, Parent, Period, Protection, Residence, Separation, Spouse, Stay, StayAbroad,
    Supplementary,
};

/// A person of the synthetic register on one day: what the records of an extract are written from.
#[derive(Clone)]
pub struct PersonState {
    pub(crate) index: u32,
    pub(crate) number: CprNumber,
    pub(crate) valid_number: Option<CprNumber>,
    pub(crate) status: Status,
    pub(crate) status_from: Moment,
    pub(crate) sex: Sex,
    pub(crate) born: Day,
    pub(crate) birth: When,
    pub(crate) number_from: When,
    pub(crate) number_to: When,
    pub(crate) occupation: &'static [u8],
    pub(crate) residence: Option<Residence>,
    pub(crate) protections: Vec<Protection>,
    pub(crate) credit_warning: Option<Timestamp>,
    pub(crate) emigration: Option<Emigration>,
    pub(crate) disappearance: Option<Moment>,
    pub(crate) contact_address: Option<ContactAddress>,
    pub(crate) name: Name,
    pub(crate) name_from: Moment,
    pub(crate) birthplace: Birthplace,
    pub(crate) citizenship: u16,
    pub(crate) citizenship_from: Moment,
    pub(crate) church: Church,
    pub(crate) church_from: When,
    pub(crate) civil: Civil,
    pub(crate) separation: Option<Separation>,
    pub(crate) children: Vec<CprNumber>,
    pub(crate) mother: Parent,
    pub(crate) father: Parent,
    pub(crate) custody: Vec<Custody>,
    pub(crate) guardianship: Option<Guardianship>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) notes: Vec<Note>,
    pub(crate) election: Option<Election>,
    pub(crate) relocation_order: Option<PartialDate>,
    pub(crate) former_numbers: Vec<FormerNumber>,
    pub(crate) former_addresses: Vec<Period<Stay>>,
    pub(crate) stays_abroad: Vec<StayAbroad>,
    pub(crate) former_disappearances: Vec<Period<()>>,
    pub(crate) former_names: Vec<Period<Name>>,
    pub(crate) former_citizenships: Vec<Period<u16>>,
    pub(crate) former_churches: Vec<(Church, When, When)>,
    pub(crate) former_civil: Vec<Period<Civil>>,
    pub(crate) former_separations: Vec<(Separation, When)>,
}

/// Denmark as a country of citizenship.
pub(crate) const DENMARK: u16 = 5100;

impl PersonState {
    /// Somebody born in Denmark on that day, of whom the register knows nothing else.
    pub(crate) fn blank(index: u32, number: CprNumber, born: Day) -> Self {
        let birth = When::on(born);
        Self {
            index,
            number,
            valid_number: None,
            status: Status::default(),
            status_from: Moment::default(),
            sex: if number.is_female() { Sex::Female } else { Sex::Male },
            born,
            birth,
            number_from: birth,
            number_to: When::default(),
            occupation: &[],
            residence: None,
            protections: Vec::new(),
            credit_warning: None,
            emigration: None,
            disappearance: None,
            contact_address: None,
            name: Name::default(),
            name_from: Moment::default(),
            birthplace: Birthplace::default(),
            citizenship: DENMARK,
            citizenship_from: Moment::default(),
            church: Church::Outside,
            church_from: birth,
            civil: Civil::UNMARRIED,
            separation: None,
            children: Vec::new(),
            mother: Parent::Unknown { from: birth },
            father: Parent::Unknown { from: birth },
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
        }
    }

    /// The person's place in the population; the same on every day.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The person number.
    pub fn number(&self) -> CprNumber {
        self.number
    }

    /// The number that replaced this one (PNRGAELD).
    pub fn valid_number(&self) -> Option<CprNumber> {
        self.valid_number
    }

    /// The status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The spouse or partner by number; also the former or late one, as record 012 keeps it.
    pub fn spouse(&self) -> Option<CprNumber> {
        match self.civil.spouse {
            Spouse::Number(number) => Some(number),
            Spouse::None | Spouse::Unnumbered { .. } => None,
        }
    }

    /// Mother and father (or co-mother) by number.
    pub fn parents(&self) -> [Option<CprNumber>; 2] {
        [&self.mother, &self.father].map(|parent| match parent {
            Parent::Number { number, .. } => Some(*number),
            Parent::Unknown { .. } | Parent::Named { .. } => None,
        })
    }

    /// The guardian, where that is a person with a number.
    pub fn guardian(&self) -> Option<CprNumber> {
        match self.guardianship?.guardian {
            Guardian::Number(number) => Some(number),
            Guardian::NotRegistered | Guardian::Named { .. } => None,
        }
    }

    /// The children by number.
    pub fn children(&self) -> &[CprNumber] {
        &self.children
    }

    /// True while the person lives in a register, status 01-07.
    pub fn is_active(&self) -> bool {
        self.status.is_active()
    }
}

impl std::fmt::Debug for PersonState {
    /// Index and status: these persons are made up, but their states travel where real ones might.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonState({}, status {})", self.index, self.status.as_str())
    }
}
