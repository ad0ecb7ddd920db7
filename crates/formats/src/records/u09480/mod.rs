//! U09480-P, the private change extract; CPR Direkte returns the same records for transaction PRIV
//! (cpr-records.md section 5).
//!
//! Confidence is medium throughout: the lengths come from two independent clients, the order of the fields from one of
//! them, and no data was at hand to check either. Where the fields have no public name, they carry the one that their
//! counterpart has in the address match U08080-P. Whether the extract has error records (910), events (099) or
//! receipts (997) is not known, so they are not in the set.
//!
//! The extract leaves out name and address of a person with name and address protection unless the task agrees
//! otherwise, and the address of a dead person unless the task asks for the last known one.

mod p001_current_data;
mod p002_foreign_address;
mod p003_contact_address;
mod p004_civil_status;
mod p005_guardian;
mod p011_references;
mod p050_credit_warning;

pub use p001_current_data::P001CurrentData;
pub use p002_foreign_address::P002ForeignAddress;
pub use p003_contact_address::P003ContactAddress;
pub use p004_civil_status::P004CivilStatus;
pub use p005_guardian::P005Guardian;
pub use p011_references::P011References;
pub use p050_credit_warning::P050CreditWarning;

use crate::records::table::record_set;
use crate::records::u12170::{R000Start, R999End};

record_set! {
    /// Any record of the private change extract. Start and end are those of the public one.
    #[expect(
        clippy::large_enum_variant,
        reason = "current data makes up most of an extract, and a record lives only while it is read"
    )]
    PrivateRecord {
        R000Start,
        P001CurrentData,
        P002ForeignAddress,
        P003ContactAddress,
        P004CivilStatus,
        P005Guardian,
        P011References,
        P050CreditWarning,
        R999End,
    }
}
