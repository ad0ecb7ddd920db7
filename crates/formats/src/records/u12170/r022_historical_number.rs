use crate::codes::Uncertainty;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Historiske personnumre: historical person numbers.
    ///
    /// The person is at the usual place but under another name: PNRGAELD is the number that counts now, PNR the one
    /// that the person had.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 022.
    R022HistoricalNumber: 22, 45 {
        /// The number that counts now, at the position where PNR is in other records.
        pnrgaeld: CprNumber = "PNRGAELD" 4 10,
        /// The number that the person had.
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
