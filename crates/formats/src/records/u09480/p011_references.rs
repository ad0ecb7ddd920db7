use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Andre kundereferencenumre: the customer's further references to the person, beside the key constant.
    ///
    /// Field names as in the address match U08080-P.
    ///
    /// Source: cpr-records.md section 5, record 011.
    P011References: 11, 88 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Reference 1.
        kunderefnrandet_1: Text<'a> = "KUNDEREFNRANDET-1" 14 15,
        /// Reference 2.
        kunderefnrandet_2: Text<'a> = "KUNDEREFNRANDET-2" 29 15,
        /// Reference 3.
        kunderefnrandet_3: Text<'a> = "KUNDEREFNRANDET-3" 44 15,
        /// Reference 4.
        kunderefnrandet_4: Text<'a> = "KUNDEREFNRANDET-4" 59 15,
        /// Reference 5.
        kunderefnrandet_5: Text<'a> = "KUNDEREFNRANDET-5" 74 15,
    }
}
