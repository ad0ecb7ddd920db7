use crate::codes::Uncertainty;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Historiske personnumre: historical person numbers.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 022.
    R022HistoricalNumber: 22, 45 {
        /// The current PNR (this is the person key, at the position PNR normally has).
        pnrgaeld: CprNumber = "PNRGAELD" 4 10,
        /// The old person number.
        pnr: PersonRef = "PNR" 14 10,
        /// Old number from.
        start_dt_person: Option<PartialDate> = "START_DT-PERSON" 24 10,
        /// Uncertainty marker of start.
        start_dt_umrk_person: Uncertainty = "START_DT_UMRK-PERSON" 34 1,
        /// Old number to.
        slut_dt_person: Option<PartialDate> = "SLUT_DT-PERSON" 35 10,
        /// Uncertainty marker of end.
        slut_dt_umrk_person: Uncertainty = "SLUT_DT_UMRK-PERSON" 45 1,
    }
}
