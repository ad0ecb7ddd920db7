use crate::codes::Digits;
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Barn med klarskriftadresse: child with clear-text address.
    ///
    /// Medium confidence: known from one client, for a sibling of this extract. The layout is that of 003 with the
    /// child's number before it and the date of its protection after it.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 033.
    R033ChildWithAddress: 33, 269 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Child PNR.
        pnr_barn: PersonRef = "PNR-BARN" 14 10,
        /// Addressing name, `First Last` or `Last,First` as the task says.
        adrnvn: Text<'a> = "ADRNVN" 24 34,
        /// C/o line; the text may itself begin with `c/o `.
        convn: Text<'a> = "CONVN" 58 34,
        /// Locality.
        lokalitet: Text<'a> = "LOKALITET" 92 34,
        /// Street address on one line: street, house number, floor, door, and BNR in Greenland. For print only: its
        /// wording changed in 2023 (`9,5 tv` became `9, 5. tv`), and the coded fields below say the same.
        standardadr: Text<'a> = "STANDARDADR" 126 34,
        /// Supplementary town/place name.
        bynvn: Text<'a> = "BYNVN" 160 34,
        /// Postal code; `0000` without an address.
        postnr: Digits<4> = "POSTNR" 194 4,
        /// Postal district name.
        postdisttxt: Text<'a> = "POSTDISTTXT" 198 20,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 218 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 222 4,
        /// House number: three zero-filled digits and perhaps a letter.
        husnr: Text<'a> = "HUSNR" 226 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 230 2,
        /// Side or door.
        sidedoer: Text<'a> = "SIDEDOER" 232 4,
        /// Building number, Greenland.
        bnr: Text<'a> = "BNR" 236 4,
        /// Street addressing name, the short form of 20 characters.
        vejadrnvn: Text<'a> = "VEJADRNVN" 240 20,
        /// Start of the relative's name and address protection.
        start_dt_beskyttelse: Option<PartialDate> = "START_DT-BESKYTTELSE" 260 10,
    }
}
