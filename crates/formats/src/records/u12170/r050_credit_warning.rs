use crate::codes::ProtectionType;
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Kreditadvarsel: credit warning.
    ///
    /// In production since 2017. Length from two clients; the split and the names of the fields are inferred from the
    /// address match U08080-P.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 050.
    R050CreditWarning: 50, 29 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Always `0005`.
        beskyttype: ProtectionType = "BESKYTTYPE" 14 4,
        /// From; may be in the future.
        start_beskyttelse: Option<Timestamp> = "START-BESKYTTELSE" 18 12,
    }
}
