use crate::codes::Digits;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Adresseringsnavn og klarskriftadresse: addressing name and clear-text address.
    ///
    /// In a change extract the 003 records stand in one block at the end of the file, after every other record; online
    /// they stand in their numeric place. So a person is complete only at the end of the file.
    ///
    /// With a status from 30 on, only the addressing name is filled; codes are zeros and texts blank.
    ///
    /// Occurrence: 1 per person. Source: cpr-records.md, record 003.
    R003AddressingName: 3, 249 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Addressing name, `First Last` or `Last,First` as the task says.
        adrnvn: Text<'a> = "ADRNVN" 14 34,
        /// C/o line; the text may itself begin with `c/o `.
        convn: Text<'a> = "CONVN" 48 34,
        /// Locality.
        lokalitet: Text<'a> = "LOKALITET" 82 34,
        /// Street address on one line: street, house number, floor, door, and BNR in Greenland. For print only: its
        /// wording changed in 2023 (`9,5 tv` became `9, 5. tv`), and the coded fields below say the same.
        standardadr: Text<'a> = "STANDARDADR" 116 34,
        /// Supplementary town/place name.
        bynvn: Text<'a> = "BYNVN" 150 34,
        /// Postal code; `0000` without an address.
        postnr: Digits<4> = "POSTNR" 184 4,
        /// Postal district name.
        postdisttxt: Text<'a> = "POSTDISTTXT" 188 20,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 208 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 212 4,
        /// House number: three zero-filled digits and perhaps a letter.
        husnr: Text<'a> = "HUSNR" 216 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 220 2,
        /// Side or door.
        sidedoer: Text<'a> = "SIDEDOER" 222 4,
        /// Building number, Greenland.
        bnr: Text<'a> = "BNR" 226 4,
        /// Street addressing name, the short form of 20 characters.
        vejadrnvn: Text<'a> = "VEJADRNVN" 230 20,
    }
}
