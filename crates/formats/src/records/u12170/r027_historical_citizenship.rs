use crate::codes::{CorrectionMarker, Digits, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Historisk statsborgerskab: historical citizenship.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 027.
    R027HistoricalCitizenship: 27, 44 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Country.
        landekod: Digits<4> = "LANDEKOD" 15 4,
        /// From.
        haenstart_statsborgerskab: Option<Timestamp> = "HAENSTART-STATSBORGERSKAB" 19 12,
        /// Uncertainty marker of the start.
        haenstart_umrk_statsborgerskab: Uncertainty = "HAENSTART_UMRK-STATSBORGERSKAB" 31 1,
        /// To.
        haenslut_statsborgerskab: Option<Timestamp> = "HAENSLUT-STATSBORGERSKAB" 32 12,
        /// Uncertainty marker of the end.
        haenslut_umrk_statsborgerskab: Uncertainty = "HAENSLUT_UMRK-STATSBORGERSKAB" 44 1,
    }
}
