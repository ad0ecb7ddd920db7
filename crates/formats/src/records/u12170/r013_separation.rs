use crate::codes::Uncertainty;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::StampOrBlank;
use crate::records::table::record;

record! {
    /// Aktuel separation: current separation.
    ///
    /// SEP_HENVIS-SEPARATION equals SEP_HENVIS-CIVILSTAND of the marriage that it belongs to.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 013.
    R013Separation: 13, 36 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Key that the marriage in record 012 refers to.
        sep_henvis_separation: StampOrBlank = "SEP_HENVIS-SEPARATION" 14 12,
        /// From.
        start_dt_separation: Option<PartialDate> = "START_DT-SEPARATION" 26 10,
        /// Uncertainty marker of start.
        start_dt_umrk_separation: Uncertainty = "START_DT_UMRK-SEPARATION" 36 1,
    }
}
