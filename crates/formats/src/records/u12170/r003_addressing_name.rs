use crate::codes::Digits;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Adresseringsnavn og klarskriftadresse: addressing name and clear-text address.
    ///
    /// Occurrence: 1 per person. Source: cpr-records.md, record 003.
    R003AddressingName: 3, 249 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Addressing name (form set per task: `First Last` or `Last,First`).
        adrnvn: Text<'a> = "ADRNVN" 14 34,
        /// C/o line; text may itself begin with `c/o `.
        convn: Text<'a> = "CONVN" 48 34,
        /// Locality.
        lokalitet: Text<'a> = "LOKALITET" 82 34,
        /// One-line street address: street addressing name, house no., floor, door (BNR for Greenland); wording changed 2023, see conventions.
        standardadr: Text<'a> = "STANDARDADR" 116 34,
        /// Supplementary town/place name.
        bynvn: Text<'a> = "BYNVN" 150 34,
        /// Postal code; `0000` when no address.
        postnr: Digits<4> = "POSTNR" 184 4,
        /// Postal district name.
        postdisttxt: Text<'a> = "POSTDISTTXT" 188 20,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 208 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 212 4,
        /// House number: 3 zero-filled digits + optional letter.
        husnr: Text<'a> = "HUSNR" 216 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 220 2,
        /// Side/door.
        sidedoer: Text<'a> = "SIDEDOER" 222 4,
        /// Building number (Greenland).
        bnr: Text<'a> = "BNR" 226 4,
        /// Street addressing name (short form, 20 chars).
        vejadrnvn: Text<'a> = "VEJADRNVN" 230 20,
    }
}
