use crate::codes::ProtectionType;
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Kreditadvarsel: credit warning.
    ///
    /// The same length and shape as the public record 050.
    ///
    /// Source: cpr-records.md section 5, record 050.
    P050CreditWarning: 50, 29 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Always `0005`.
        beskyttype: ProtectionType = "BESKYTTYPE" 14 4,
        /// From; may be in the future.
        start_beskyttelse: Option<Timestamp> = "START-BESKYTTELSE" 18 12,
    }
}
