use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Udlandsadresse: address abroad of a person who emigrated.
    ///
    /// There are two variants: A of 195 characters, and B of 199. This type is A; the four further characters of B,
    /// inferred to be the country code, are kept in `extra`. Field names as in the address match U08080-P.
    ///
    /// In data without line ends nothing tells the variants apart but the place where the next record begins.
    ///
    /// Source: cpr-records.md section 5, record 002.
    P002ForeignAddress: 2, 195 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Foreign address, line 1.
        udlandadr1: Text<'a> = "UDLANDADR1" 14 34,
        /// Foreign address, line 2.
        udlandadr2: Text<'a> = "UDLANDADR2" 48 34,
        /// Foreign address, line 3.
        udlandadr3: Text<'a> = "UDLANDADR3" 82 34,
        /// Foreign address, line 4.
        udlandadr4: Text<'a> = "UDLANDADR4" 116 34,
        /// Foreign address, line 5.
        udlandadr5: Text<'a> = "UDLANDADR5" 150 34,
        /// Foreign address from.
        udlandadrdto: Option<Timestamp> = "UDLANDADRDTO" 184 12,
    }
}
