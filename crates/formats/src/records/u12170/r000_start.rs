use crate::codes::Digits;
use crate::latin1::Text;
use crate::records::CompactDate;
use crate::records::table::record;

record! {
    /// Startrecord: start record.
    ///
    /// Each extract names the one before it: PRODDTOFORRIG equals the PRODDTO of the last file of the same task, or a
    /// file is missing.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 000.
    R000Start: 0, 35 {
        /// Sort filler, `0000000000`.
        sortfelt_10: Text<'a> = "SORTFELT-10" 4 10,
        /// Task number; online the customer number, filled with zeros.
        opgavenr: Digits<6> = "OPGAVENR" 14 6,
        /// Production date.
        proddto: CompactDate = "PRODDTO" 20 8,
        /// Production date of the extract before; zeros online, PRODDTO again or an earlier date in status extracts.
        proddtoforrig: CompactDate = "PRODDTOFORRIG" 28 8,
    }
}
