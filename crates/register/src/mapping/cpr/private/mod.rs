//! Records of the private CPR products (U09480-P, PRIV) to contacts. contact-model.md has no rows for them; the fields
//! go where their public counterparts go, and docs/MAPPING.md has the table.
//!
//! A person under name and address protection comes without name and address unless the agreement with CPR says
//! otherwise. Withheld is not the same as gone: what is stored stays, and the protection is put on it.

mod extended;
mod p001_current_data;
mod p004_civil_status;
mod p005_guardian;

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u09480::PrivateRecord;

use crate::contact::{ContactUpdate, SourceStamp};

use super::draft::Draft;
use super::{MappingOptions, RecordSet};

/// Collects the records of one person and turns them into what CPR states about that person, as
/// [`super::PersonMapper`] does for the public products.
pub struct PrivatePersonMapper<'o> {
    options: &'o MappingOptions,
    present: RecordSet,
    draft: Draft,
    guardian: Option<p005_guardian::Guardian>,
    guardianship: p001_current_data::Guardianship,
    withheld: bool,
}

impl<'o> PrivatePersonMapper<'o> {
    /// Starts a person.
    pub fn new(options: &'o MappingOptions, number: CprNumber, stamp: SourceStamp, content_hash: i64) -> Self {
        Self {
            options,
            present: RecordSet::EMPTY,
            draft: Draft::new(number, stamp, content_hash),
            guardian: None,
            guardianship: None,
            withheld: false,
        }
    }

    /// Takes one record of the person.
    pub fn record(&mut self, record_type: u16, record: &PrivateRecord<'_>) {
        self.present = self.present.with(record_type);
        let draft = &mut self.draft;
        match record {
            PrivateRecord::P001CurrentData(r) => {
                self.withheld = p001_current_data::is_withheld(r);
                self.guardianship = p001_current_data::map(r, self.options, draft);
            }
            PrivateRecord::P004CivilStatus(r) => p004_civil_status::map(r, draft),
            PrivateRecord::P005Guardian(r) => self.guardian = p005_guardian::map(r, draft),
            other if self.options.extended => extended::map(other, draft),
            _ => {}
        }
    }

    /// What CPR states about the person.
    pub fn finish(mut self) -> ContactUpdate {
        let spoken = self.options.delivers.union(self.present);
        let scope = &mut self.draft.update.scope;
        p001_current_data::widen(self.withheld, scope);
        if spoken.contains(4) {
            p004_civil_status::widen(scope);
        }
        // A guardian whose name is not told is a guardian all the same.
        if spoken.contains(5) && (self.guardian.is_some() || self.guardianship.is_none()) {
            p005_guardian::widen(scope);
        }
        // Where a protected person can be found is not told, so that nothing came does not mean that there is nothing.
        extended::widen(spoken, if self.withheld { self.present } else { spoken }, scope);
        p005_guardian::finish(self.guardian, self.guardianship, &mut self.draft);
        self.draft.finish_private(self.options, self.withheld)
    }
}

#[cfg(test)]
mod tests {
    use kartotek_formats::dates::PartialDate;

    use super::*;

    /// A 001 of a test person of the CPR Office, with fields at positions from 1.
    fn p001(fields: &[(usize, &str)]) -> Vec<u8> {
        let mut record = vec![b' '; 469];
        let blank =
            [(1, "001"), (4, "0707614285"), (14, "19610707"), (22, "M01"), (25, "000000000000"), (37, "0000000000")];
        let dates = [(47, "000000000000"), (59, "000000000000"), (71, "000000000000"), (443, "000000000000")];
        let codes = [(287, "0000"), (311, "00000000")];
        for (start, text) in blank.iter().chain(&dates).chain(&codes).chain(fields) {
            record[start - 1..start - 1 + text.len()].copy_from_slice(text.as_bytes());
        }
        record
    }

    fn map(record: &[u8]) -> ContactUpdate {
        let options = MappingOptions { extended: true, ..MappingOptions::default() };
        let number = CprNumber::parse("0707614285").unwrap();
        let stamp = SourceStamp::new(PartialDate::new(2026, 1, 5).unwrap(), None);
        let mut mapper = PrivatePersonMapper::new(&options, number, stamp, 0);
        mapper.record(1, &PrivateRecord::decode(record).unwrap().unwrap());
        mapper.finish()
    }

    #[test]
    fn what_is_withheld_is_not_spoken_about() {
        let update = map(&p001(&[(71, "202001010000")]));
        assert_eq!(update.scope.other_addresses, [false; 3]);
        assert!(update.scope.credit_warning, "credit warnings are not withheld");
        assert!(!update.scope.address_start && !update.scope.labels.contains(crate::contact::Label::Postdist));
        assert!(matches!(update.address, crate::contact::Stated::Silent));
        assert!(matches!(update.contact.name1, crate::contact::Stated::Silent));
        assert_eq!(update.protections.len(), 1);
    }

    #[test]
    fn an_address_that_is_not_told_beside_the_name_is_withheld_and_one_that_there_is_not_is_none() {
        let protected = (71, "202001010000");
        let named = (117, "Hansen,Hans");
        let resident = map(&p001(&[protected, named]));
        assert!(matches!(resident.address, crate::contact::Stated::Silent));
        assert!(!resident.scope.labels.contains(crate::contact::Label::Postdist));
        assert!(matches!(resident.contact.text, crate::contact::Stated::Value(..)));
        let emigrated = (22, "M80");
        assert!(matches!(map(&p001(&[protected, named, emigrated])).address, crate::contact::Stated::None));
        assert!(matches!(map(&p001(&[protected, emigrated])).address, crate::contact::Stated::Silent));
    }

    #[test]
    fn a_guardian_who_is_not_told_stays_and_one_who_is_no_more_goes() {
        let under_guardianship = map(&p001(&[(47, "202001010000")]));
        assert!(!under_guardianship.scope.roles.contains(crate::contact::Role::Vaerge));
        assert!(map(&p001(&[])).scope.roles.contains(crate::contact::Role::Vaerge));
    }

    #[test]
    fn protections_that_the_private_records_do_not_know_stay() {
        let scope = map(&p001(&[])).scope.protections;
        assert_eq!(["0001", "0002", "0003", "0004"].map(|of| scope.speaks_of(of)), [true, false, true, false]);
    }

    #[test]
    fn nobody_who_is_not_protected_counts_as_withheld() {
        let update = map(&p001(&[]));
        assert_eq!(update.scope.other_addresses, [true, true, false]);
        assert!(matches!(update.address, crate::contact::Stated::None));
    }
}
