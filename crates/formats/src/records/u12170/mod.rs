//! U12170-P, the public change extract; CPR Direkte returns the same records for transaction OFF4
//! (cpr-records.md section 4).
//!
//! When anything that a task delivers may have changed for a person, the extract has every record that the person has
//! on that day, not the difference. So a 001 means: forget what is stored for this number and take what arrives.
//!
//! Start and end are the first and the last record; a person's records stand together in ascending order of type, but
//! for 003. Records 034-049, 051 and 053-098 have no public layout; 051 is likely to be the shared residence of
//! children (delt bopæl). An extended product for Greenland uses the same outer form with other numbers and lengths,
//! and only the task number tells it from this one.

mod r000_start;
mod r001_person;
mod r002_current_address;
mod r003_addressing_name;
mod r004_protection;
mod r005_emigration;
mod r006_contact_address;
mod r007_disappearance;
mod r008_current_name;
mod r009_birth_registration;
mod r010_citizenship;
mod r011_church;
mod r012_civil_status;
mod r013_separation;
mod r014_child;
mod r015_parents;
mod r016_custody;
mod r017_guardianship;
mod r018_municipal_condition;
mod r019_note;
mod r020_election;
mod r021_relocation_order;
mod r022_historical_number;
mod r023_historical_address;
mod r024_historical_emigration;
mod r025_historical_disappearance;
mod r026_historical_name;
mod r027_historical_citizenship;
mod r028_historical_church;
mod r029_historical_civil_status;
mod r030_historical_separation;
mod r031_mother_with_address;
mod r032_father_with_address;
mod r033_child_with_address;
mod r050_credit_warning;
mod r052_guardianship_with_type;
mod r099_event;
mod r910_error;
mod r997_subscription_receipt;
mod r999_end;

pub use r000_start::R000Start;
pub use r001_person::R001Person;
pub use r002_current_address::R002CurrentAddress;
pub use r003_addressing_name::R003AddressingName;
pub use r004_protection::R004Protection;
pub use r005_emigration::R005Emigration;
pub use r006_contact_address::R006ContactAddress;
pub use r007_disappearance::R007Disappearance;
pub use r008_current_name::R008CurrentName;
pub use r009_birth_registration::R009BirthRegistration;
pub use r010_citizenship::R010Citizenship;
pub use r011_church::R011Church;
pub use r012_civil_status::R012CivilStatus;
pub use r013_separation::R013Separation;
pub use r014_child::R014Child;
pub use r015_parents::R015Parents;
pub use r016_custody::R016Custody;
pub use r017_guardianship::R017Guardianship;
pub use r018_municipal_condition::R018MunicipalCondition;
pub use r019_note::R019Note;
pub use r020_election::R020Election;
pub use r021_relocation_order::R021RelocationOrder;
pub use r022_historical_number::R022HistoricalNumber;
pub use r023_historical_address::R023HistoricalAddress;
pub use r024_historical_emigration::R024HistoricalEmigration;
pub use r025_historical_disappearance::R025HistoricalDisappearance;
pub use r026_historical_name::R026HistoricalName;
pub use r027_historical_citizenship::R027HistoricalCitizenship;
pub use r028_historical_church::R028HistoricalChurch;
pub use r029_historical_civil_status::R029HistoricalCivilStatus;
pub use r030_historical_separation::R030HistoricalSeparation;
pub use r031_mother_with_address::R031MotherWithAddress;
pub use r032_father_with_address::R032FatherWithAddress;
pub use r033_child_with_address::R033ChildWithAddress;
pub use r050_credit_warning::R050CreditWarning;
pub use r052_guardianship_with_type::R052GuardianshipWithType;
pub use r099_event::R099Event;
pub use r910_error::R910Error;
pub use r997_subscription_receipt::R997SubscriptionReceipt;
pub use r999_end::R999End;

use crate::records::table::record_set;

record_set! {
    /// Any record of the public change extract.
    PublicRecord {
        R000Start,
        R001Person,
        R002CurrentAddress,
        R003AddressingName,
        R004Protection,
        R005Emigration,
        R006ContactAddress,
        R007Disappearance,
        R008CurrentName,
        R009BirthRegistration,
        R010Citizenship,
        R011Church,
        R012CivilStatus,
        R013Separation,
        R014Child,
        R015Parents,
        R016Custody,
        R017Guardianship,
        R018MunicipalCondition,
        R019Note,
        R020Election,
        R021RelocationOrder,
        R022HistoricalNumber,
        R023HistoricalAddress,
        R024HistoricalEmigration,
        R025HistoricalDisappearance,
        R026HistoricalName,
        R027HistoricalCitizenship,
        R028HistoricalChurch,
        R029HistoricalCivilStatus,
        R030HistoricalSeparation,
        R031MotherWithAddress,
        R032FatherWithAddress,
        R033ChildWithAddress,
        R050CreditWarning,
        R052GuardianshipWithType,
        R099Event,
        R910Error,
        R997SubscriptionReceipt,
        R999End,
    }
}
