use crate::codes::{CorrectionMarker, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::StampOrBlank;
use crate::records::table::record;

record! {
    /// Historisk separation: historical separation.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 030.
    R030HistoricalSeparation: 30, 48 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Key that the marriage in record 029 refers to.
        sep_henvis_separation: StampOrBlank = "SEP_HENVIS-SEPARATION" 15 12,
        /// From.
        start_dt_separation: Option<PartialDate> = "START_DT-SEPARATION" 27 10,
        /// Uncertainty marker of the start.
        start_dt_umrk_separation: Uncertainty = "START_DT_UMRK-SEPARATION" 37 1,
        /// To.
        slut_dt_separation: Option<PartialDate> = "SLUT_DT-SEPARATION" 38 10,
        /// Uncertainty marker of the end.
        slut_dt_umrk_separation: Uncertainty = "SLUT_DT_UMRK-SEPARATION" 48 1,
    }
}
