use crate::codes::{Digits, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Aktuelle udrejseoplysninger / udlandsadresse: current emigration data and foreign address.
    ///
    /// Occurrence: 0..1 (status 80). Source: cpr-records.md, record 005.
    R005Emigration: 5, 200 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Country moved to.
        udr_landekod: Digits<4> = "UDR_LANDEKOD" 14 4,
        /// Emigration date/time.
        udrdto: Option<Timestamp> = "UDRDTO" 18 12,
        /// Uncertainty marker of UDRDTO.
        udrdto_umrk: Uncertainty = "UDRDTO_UMRK" 30 1,
        /// Foreign address, line 1.
        udlandadr1: Text<'a> = "UDLANDADR1" 31 34,
        /// Foreign address, line 2.
        udlandadr2: Text<'a> = "UDLANDADR2" 65 34,
        /// Foreign address, line 3.
        udlandadr3: Text<'a> = "UDLANDADR3" 99 34,
        /// Foreign address, line 4.
        udlandadr4: Text<'a> = "UDLANDADR4" 133 34,
        /// Foreign address, line 5.
        udlandadr5: Text<'a> = "UDLANDADR5" 167 34,
    }
}
