use crate::codes::{Digits, Sex, Status};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;
use crate::records::{CompactDate, PersonRef};

record! {
    /// Aktuelle data: what holds for the person today, on one line.
    ///
    /// One record takes the place of the public 001, 002, 003, 004 and 008. The fields up to position 442 are in the
    /// client's table; the last 27 characters are not, and the two fields there are inferred: REKBESKHAENSTART follows
    /// VEJADRNVN in the address match U08080-P as well, and 15 characters are what a key constant needs.
    ///
    /// Source: cpr-records.md section 5, record 001.
    P001CurrentData: 1, 469 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Date of birth, `YYYYMMDD` without hyphens, unlike the public record.
        foeddto: CompactDate = "FOEDDTO" 14 8,
        /// Sex `M`/`K`.
        koen: Sex = "KOEN" 22 1,
        /// Status code.
        status: Status = "STATUS" 23 2,
        /// Status date.
        statushaenstart: Option<Timestamp> = "STATUSHAENSTART" 25 12,
        /// The person number now valid instead of PNR, when it was changed.
        pnrgaeld: PersonRef = "PNRGAELD" 37 10,
        /// Under guardianship from; zeros when not. The guardian is in record 005.
        umynmynhaenstart: Option<Timestamp> = "UMYNMYNHAENSTART" 47 12,
        /// Moved in.
        tilflydto: Option<Timestamp> = "TILFLYDTO" 59 12,
        /// Name and address protected from; zeros when not.
        nvnadrbeskhaenstart: Option<Timestamp> = "NVNADRBESKHAENSTART" 71 12,
        /// Occupation or title.
        stilling: Text<'a> = "STILLING" 83 34,
        /// Addressing name.
        adrnvn: Text<'a> = "ADRNVN" 117 34,
        /// C/o line.
        convn: Text<'a> = "CONVN" 151 34,
        /// Locality.
        lokalitet: Text<'a> = "LOKALITET" 185 34,
        /// Street address on one line, for print; the coded fields below are for programs.
        standardadr: Text<'a> = "STANDARDADR" 219 34,
        /// Supplementary town or place.
        bynvn: Text<'a> = "BYNVN" 253 34,
        /// Postal code; `0000` without an address.
        postnr: Digits<4> = "POSTNR" 287 4,
        /// Postal district.
        postdisttxt: Text<'a> = "POSTDISTTXT" 291 20,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 311 4,
        /// Street code.
        vejkod: Digits<4> = "VEJKOD" 315 4,
        /// House number: three zero-filled digits and perhaps a letter.
        husnr: Text<'a> = "HUSNR" 319 4,
        /// Floor.
        etage: Text<'a> = "ETAGE" 323 2,
        /// Side or door.
        sidedoer: Text<'a> = "SIDEDOER" 325 4,
        /// Building number, Greenland.
        bnr: Text<'a> = "BNR" 329 4,
        /// First and middle names together.
        formelnvn: Text<'a> = "FORMELNVN" 333 50,
        /// Last name.
        efternvn: Text<'a> = "EFTERNVN" 383 40,
        /// Street addressing name, the short form of 20 characters.
        vejadrnvn: Text<'a> = "VEJADRNVN" 423 20,
        /// Protected from marketing from; zeros when not. Position and name inferred.
        rekbeskhaenstart: Option<Timestamp> = "REKBESKHAENSTART" 443 12,
        /// The customer's key constant. Position and name inferred.
        nglkonst: Text<'a> = "NGLKONST" 455 15,
    }
}
