use crate::codes::Digits;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Fejlrecord: error record.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 910.
    R910Error: 910, 157 {
        /// Sort field: what the error concerns (a PNR, or e.g. FOEDDTO, KOEN, KOMKOD, VEJKOD).
        sortfelt_10: Text<'a> = "SORTFELT-10" 4 10,
        /// The rejected inddata line (first 75 chars).
        inddata: Text<'a> = "INDDATA" 14 75,
        /// Error number.
        fejlnr: Digits<4> = "FEJLNR" 89 4,
        /// Error text.
        fejltxt_udtraek: Text<'a> = "FEJLTXT-UDTRÆK" 93 65,
    }
}
