use crate::codes::Digits;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Notat: note.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 019.
    R019Note: 19, 75 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Note number.
        notatnr: Digits<2> = "NOTATNR" 14 2,
        /// Text.
        notatlinie: Text<'a> = "NOTATLINIE" 16 40,
        /// From.
        start_dt_notat: Option<PartialDate> = "START_DT-NOTAT" 56 10,
        /// Deletion date.
        slet_dt_notat: Option<PartialDate> = "SLET_DT-NOTAT" 66 10,
    }
}
