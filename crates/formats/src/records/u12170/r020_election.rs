use crate::codes::ElectionCode;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Valgoplysninger: election information.
    ///
    /// One source has a misprint at SLET_DT-VALGOPLYSNINGER; position and length here agree with the data.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 020.
    R020Election: 20, 47 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Election code.
        valgkode: ElectionCode = "VALGKODE" 14 4,
        /// Right to vote date.
        valgret_dt: Option<PartialDate> = "VALGRET_DT" 18 10,
        /// From.
        start_dt_valgoplysninger: Option<PartialDate> = "START_DT-VALGOPLYSNINGER" 28 10,
        /// Deletion date.
        slet_dt_valgoplysninger: Option<PartialDate> = "SLET_DT-VALGOPLYSNINGER" 38 10,
    }
}
