//! Records of the public CPR extract (U12170-P, OFF4) to contacts: contact-model.md section 5, one file per record type.
//!
//! What contact-model.md leaves unmapped is mapped only with [`MappingOptions::extended`].

mod draft;
mod extended;
mod options;
mod private;
mod r001_person;
mod r002_current_address;
mod r003_addressing_name;
mod r004_protection;
mod r008_current_name;
mod r009_birth_registration;
mod r012_civil_status;
mod r015_parents;
mod r017_guardianship;

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::PublicRecord;

use crate::contact::{ContactUpdate, SourceStamp};

pub use options::{MappingOptions, RecordSet};
pub use private::PrivatePersonMapper;

use draft::Draft;

/// Collects the records of one person and turns them into what CPR states about that person.
///
/// Records may come in any order; the outcome does not depend on it.
pub struct PersonMapper<'o> {
    options: &'o MappingOptions,
    present: RecordSet,
    draft: Draft,
}

impl<'o> PersonMapper<'o> {
    /// Starts a person.
    pub fn new(options: &'o MappingOptions, number: CprNumber, stamp: SourceStamp, content_hash: i64) -> Self {
        Self { options, present: RecordSet::EMPTY, draft: Draft::new(number, stamp, content_hash) }
    }

    /// Takes one record of the person.
    pub fn record(&mut self, record_type: u16, record: &PublicRecord<'_>) {
        self.present = self.present.with(record_type);
        let draft = &mut self.draft;
        match record {
            PublicRecord::R001Person(r) => r001_person::map(r, self.options, draft),
            PublicRecord::R002CurrentAddress(r) => r002_current_address::map(r, draft),
            PublicRecord::R003AddressingName(r) => r003_addressing_name::map(r, draft),
            PublicRecord::R004Protection(r) => r004_protection::map(r, draft),
            PublicRecord::R008CurrentName(r) => r008_current_name::map(r, draft),
            PublicRecord::R009BirthRegistration(r) => r009_birth_registration::map(r, draft),
            PublicRecord::R012CivilStatus(r) => r012_civil_status::map(r, draft),
            PublicRecord::R015Parents(r) => r015_parents::map(r, draft),
            PublicRecord::R017Guardianship(r) => r017_guardianship::map_017(r, draft),
            PublicRecord::R052GuardianshipWithType(r) => r017_guardianship::map_052(r, draft),
            other if self.options.extended => extended::map(other, draft),
            _ => {}
        }
    }

    /// What CPR states about the person.
    pub fn finish(self) -> ContactUpdate {
        let spoken = self.options.delivers.union(self.present);
        self.draft.finish(self.options, spoken)
    }
}
