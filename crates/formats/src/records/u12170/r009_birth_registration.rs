use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Fødselsregistreringsoplysninger: birth registration.
    ///
    /// Sources disagree on whether the code is numeric; four digits in every record seen, and kept as text.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 009.
    R009BirthRegistration: 9, 37 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Authority that registered the birth: parish 7000-9999, municipality, or country 5xxx.
        start_mynkod_foedested: Text<'a> = "START_MYNKOD-FØDESTED" 14 4,
        /// Supplementary text.
        myntxt_foedested: Text<'a> = "MYNTXT-FØDESTED" 18 20,
    }
}
