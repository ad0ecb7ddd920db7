use crate::codes::Digits;
use crate::latin1::Text;
use crate::records::CompactDate;
use crate::records::table::record;

record! {
    /// Startrecord: start record.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 000.
    R000Start: 0, 35 {
        /// Sort filler, `0000000000`.
        sortfelt_10: Text<'a> = "SORTFELT-10" 4 10,
        /// Task number (online: zero-filled customer number, e.g. `000384`).
        opgavenr: Digits<6> = "OPGAVENR" 14 6,
        /// Production date ÅÅÅÅMMDD.
        proddto: CompactDate = "PRODDTO" 20 8,
        /// Previous production date ÅÅÅÅMMDD; online `00000000`; status extracts repeat PRODDTO or an earlier date.
        proddtoforrig: CompactDate = "PRODDTOFORRIG" 28 8,
    }
}
