use crate::codes::{CorrectionMarker, Digits, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Historisk adresse: historical address.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 023.
    R023HistoricalAddress: 23, 96 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 15 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 19 4,
        /// House number.
        husnr: Text<'a> = "HUSNR" 23 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 27 2,
        /// Side or door.
        sidedoer: Text<'a> = "SIDEDOER" 29 4,
        /// Building number, Greenland.
        bnr: Text<'a> = "BNR" 33 4,
        /// C/o line.
        convn: Text<'a> = "CONVN" 37 34,
        /// Moved in.
        tilflydto: Option<Timestamp> = "TILFLYDTO" 71 12,
        /// Uncertainty marker of TILFLYDTO.
        tilflydt_umrk: Uncertainty = "TILFLYDT_UMRK" 83 1,
        /// Moved out.
        fraflydto: Option<Timestamp> = "FRAFLYDTO" 84 12,
        /// Uncertainty marker of FRAFLYDTO.
        fraflydto_umrk: Uncertainty = "FRAFLYDTO_UMRK" 96 1,
    }
}
