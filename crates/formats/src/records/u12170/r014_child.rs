use crate::identifiers::CprNumber;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Børn: child.
    ///
    /// One record for each child, without a limit.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 014.
    R014Child: 14, 23 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// The child; the register calls this field PNR as well.
        pnr_barn: PersonRef = "PNR-BARN" 14 10,
    }
}
