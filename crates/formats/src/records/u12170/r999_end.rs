use crate::codes::Digits;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Slutrecord: end record.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 999.
    R999End: 999, 21 {
        /// Sort filler `9999999999`.
        sortfelt_10: Text<'a> = "SORTFELT-10" 4 10,
        /// Number of records between 000 and 999, these two not counted.
        taeller: Digits<8> = "TAELLER" 14 8,
    }
}
