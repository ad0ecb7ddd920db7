use crate::codes::ProtectionType;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Beskyttelse: protection.
    ///
    /// One record for each kind of protection. The documented maximum of four is older than the fifth kind (0005), so
    /// nothing may depend on it. SLET_DT-BESKYTTELSE may lie in the future: the protection holds until then.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 004.
    R004Protection: 4, 37 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Kind of protection.
        beskyttype: ProtectionType = "BESKYTTYPE" 14 4,
        /// From.
        start_dt_beskyttelse: Option<PartialDate> = "START_DT-BESKYTTELSE" 18 10,
        /// Planned end; blank or far in the future when open.
        slet_dt_beskyttelse: Option<PartialDate> = "SLET_DT-BESKYTTELSE" 28 10,
    }
}
