use crate::codes::{Church, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Folkekirkeoplysninger: relation to the Church of Denmark.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 011.
    R011Church: 11, 25 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Church code.
        fkirk: Church = "FKIRK" 14 1,
        /// From.
        start_dt_folkekirke: Option<PartialDate> = "START_DT-FOLKEKIRKE" 15 10,
        /// Uncertainty marker of start.
        start_dt_umrk_folkekirke: Uncertainty = "START_DT_UMRK-FOLKEKIRKE" 25 1,
    }
}
