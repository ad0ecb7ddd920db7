use crate::codes::Digits;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Far med klarskriftadresse: father with clear-text address.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 032.
    R032FatherWithAddress: 32, 269 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Father PNR.
        pnrfar: PersonRef = "PNRFAR" 14 10,
        /// Addressing name (form set per task: `First Last` or `Last,First`).
        adrnvn: Text<'a> = "ADRNVN" 24 34,
        /// C/o line; text may itself begin with `c/o `.
        convn: Text<'a> = "CONVN" 58 34,
        /// Locality.
        lokalitet: Text<'a> = "LOKALITET" 92 34,
        /// One-line street address: street addressing name, house no., floor, door (BNR for Greenland); wording changed 2023, see conventions.
        standardadr: Text<'a> = "STANDARDADR" 126 34,
        /// Supplementary town/place name.
        bynvn: Text<'a> = "BYNVN" 160 34,
        /// Postal code; `0000` when no address.
        postnr: Digits<4> = "POSTNR" 194 4,
        /// Postal district name.
        postdisttxt: Text<'a> = "POSTDISTTXT" 198 20,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 218 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 222 4,
        /// House number: 3 zero-filled digits + optional letter.
        husnr: Text<'a> = "HUSNR" 226 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 230 2,
        /// Side/door.
        sidedoer: Text<'a> = "SIDEDOER" 232 4,
        /// Building number (Greenland).
        bnr: Text<'a> = "BNR" 236 4,
        /// Street addressing name (short form, 20 chars).
        vejadrnvn: Text<'a> = "VEJADRNVN" 240 20,
        /// As 031.
        start_dt_beskyttelse: Option<PartialDate> = "START_DT-BESKYTTELSE" 260 10,
    }
}
