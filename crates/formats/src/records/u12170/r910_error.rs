use crate::codes::Digits;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Fejlrecord: error record.
    ///
    /// CPR refuses a line of the customer's input. Positions 4-13 are a sort field and no person number in the sense of
    /// other records, though one may stand there.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 910.
    R910Error: 910, 157 {
        /// What the error concerns: a person number, or the name of a field such as FOEDDTO or KOMKOD.
        sortfelt_10: Text<'a> = "SORTFELT-10" 4 10,
        /// The first 75 characters of the line that was refused.
        inddata: Text<'a> = "INDDATA" 14 75,
        /// Error number.
        fejlnr: Digits<4> = "FEJLNR" 89 4,
        /// Error text.
        fejltxt_udtraek: Text<'a> = "FEJLTXT-UDTRÆK" 93 65,
    }
}
