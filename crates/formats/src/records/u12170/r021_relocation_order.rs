use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Flyttepåbud: order to move (relocation order).
    ///
    /// Medium confidence: the total length is documented, the split into date and remark is inferred from one record.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 021.
    R021RelocationOrder: 21, 63 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Date; name inferred.
        dt_flyttepaabud: Option<PartialDate> = "DT-FLYTTEPÅBUD" 14 10,
        /// Remark.
        bemaerk_flyttepaabud: Text<'a> = "BEMAERK-FLYTTEPÅBUD" 24 40,
    }
}
