use crate::codes::{Church, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Historiske folkekirkeoplysninger: historical relation to the Church of Denmark.
    ///
    /// What stands at position 14 is disputed: the layout has the church code there and no correction marker, unlike
    /// most historical records, and fills its length exactly so; the one record seen has `A`, which either list knows.
    /// The layout is followed.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 028.
    R028HistoricalChurch: 28, 36 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Church code.
        fkirk: Church = "FKIRK" 14 1,
        /// From.
        start_dt_folkekirke: Option<PartialDate> = "START_DT-FOLKEKIRKE" 15 10,
        /// Uncertainty marker of the start.
        start_dt_umrk_folkekirke: Uncertainty = "START_DT_UMRK-FOLKEKIRKE" 25 1,
        /// To.
        slut_dt_folkekirke: Option<PartialDate> = "SLUT_DT-FOLKEKIRKE" 26 10,
        /// Uncertainty marker of the end.
        slut_dt_umrk_folkekirke: Uncertainty = "SLUT_DT_UMRK-FOLKEKIRKE" 36 1,
    }
}
