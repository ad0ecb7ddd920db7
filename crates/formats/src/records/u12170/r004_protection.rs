use crate::codes::ProtectionType;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Beskyttelse: protection.
    ///
    /// Occurrence: 0..n (spec: max 4). Source: cpr-records.md, record 004.
    R004Protection: 4, 37 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Protection type, see code list.
        beskyttype: ProtectionType = "BESKYTTYPE" 14 4,
        /// From.
        start_dt_beskyttelse: Option<PartialDate> = "START_DT-BESKYTTELSE" 18 10,
        /// Planned deletion date; far-future or blank = open ended.
        slet_dt_beskyttelse: Option<PartialDate> = "SLET_DT-BESKYTTELSE" 28 10,
    }
}
