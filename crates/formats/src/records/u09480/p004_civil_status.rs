use crate::codes::CivilStatus;
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Civilstand: civil status.
    ///
    /// The spouse is not in it, unlike the public record 012.
    ///
    /// Source: cpr-records.md section 5, record 004.
    P004CivilStatus: 4, 26 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Civil status code.
        civst: CivilStatus = "CIVST" 14 1,
        /// From.
        haenstart: Option<Timestamp> = "HAENSTART" 15 12,
    }
}
