use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Kontaktadresse: where somebody can be reached about a person who emigrated, disappeared or died.
    ///
    /// The same shape as record 002. Field names as in the address match U08080-P.
    ///
    /// Source: cpr-records.md section 5, record 003.
    P003ContactAddress: 3, 195 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Contact address, line 1.
        kontaktadr1: Text<'a> = "KONTAKTADR1" 14 34,
        /// Contact address, line 2.
        kontaktadr2: Text<'a> = "KONTAKTADR2" 48 34,
        /// Contact address, line 3.
        kontaktadr3: Text<'a> = "KONTAKTADR3" 82 34,
        /// Contact address, line 4.
        kontaktadr4: Text<'a> = "KONTAKTADR4" 116 34,
        /// Contact address, line 5.
        kontaktadr5: Text<'a> = "KONTAKTADR5" 150 34,
        /// Contact address from.
        kontaktadrdato: Option<Timestamp> = "KONTAKTADRDATO" 184 12,
    }
}
