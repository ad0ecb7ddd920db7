use crate::codes::{CorrectionMarker, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Historisk forsvinding/genfinding: historical disappearance/retrieval.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 025.
    R025HistoricalDisappearance: 25, 40 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Disappeared.
        forsvinddto: Option<Timestamp> = "FORSVINDDTO" 15 12,
        /// Uncertainty marker of disappeared.
        forsvinddto_umrk: Uncertainty = "FORSVINDDTO_UMRK" 27 1,
        /// Found.
        genfinddto: Option<Timestamp> = "GENFINDDTO" 28 12,
        /// Uncertainty marker of found.
        genfinddto_umrk: Uncertainty = "GENFINDDTO_UMRK" 40 1,
    }
}
