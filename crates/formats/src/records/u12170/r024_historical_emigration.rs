use crate::codes::{CorrectionMarker, Digits, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Historisk udrejse/indrejse: historical emigration/immigration.
    ///
    /// A stay abroad: out, in again, and the address in between. Its first half is empty for a person who came to
    /// Denmark for the first time.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 024.
    R024HistoricalEmigration: 24, 218 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Country moved to; `0000` for a first entry.
        udr_landekod: Digits<4> = "UDR_LANDEKOD" 15 4,
        /// Moved out.
        udrdto: Option<Timestamp> = "UDRDTO" 19 12,
        /// Uncertainty marker of UDRDTO.
        udrdto_umrk: Uncertainty = "UDRDTO_UMRK" 31 1,
        /// Country moved in from.
        indr_landekod: Digits<4> = "INDR_LANDEKOD" 32 4,
        /// Moved in.
        indrdto: Option<Timestamp> = "INDRDTO" 36 12,
        /// Uncertainty marker of INDRDTO.
        indrdto_umrk: Uncertainty = "INDRDTO_UMRK" 48 1,
        /// Foreign address, line 1.
        udlandadr1: Text<'a> = "UDLANDADR1" 49 34,
        /// Foreign address, line 2.
        udlandadr2: Text<'a> = "UDLANDADR2" 83 34,
        /// Foreign address, line 3.
        udlandadr3: Text<'a> = "UDLANDADR3" 117 34,
        /// Foreign address, line 4.
        udlandadr4: Text<'a> = "UDLANDADR4" 151 34,
        /// Foreign address, line 5.
        udlandadr5: Text<'a> = "UDLANDADR5" 185 34,
    }
}
