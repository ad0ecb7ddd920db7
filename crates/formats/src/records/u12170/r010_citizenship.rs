use crate::codes::{Digits, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Aktuelt statsborgerskab: current citizenship.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 010.
    R010Citizenship: 10, 30 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Country code (5100 = Denmark).
        landekod: Digits<4> = "LANDEKOD" 14 4,
        /// From.
        haenstart_statsborgerskab: Option<Timestamp> = "HAENSTART-STATSBORGERSKAB" 18 12,
        /// Uncertainty marker of start.
        haenstart_umrk_statsborgerskab: Uncertainty = "HAENSTART_UMRK-STATSBORGERSKAB" 30 1,
    }
}
