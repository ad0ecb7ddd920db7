//! The code lists of CPR as open enums: a code that is not in the list is kept as it came (cpr-records.md section 3).

mod countries;
mod lists;
mod raw;

pub use countries::country_iso;
pub use lists::{
    Church, CivilStatus, CorrectionMarker, CustodyRelation, DerivedMarker, ElectionCode, GuardianRelation,
    GuardianshipType, MunicipalCondition, NameMarker, ProtectionType, Sex, Status, Uncertainty,
};
pub use raw::{Alpha, Digits};
