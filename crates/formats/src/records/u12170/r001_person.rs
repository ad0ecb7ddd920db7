use crate::codes::{Sex, Status, Uncertainty};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Personoplysninger: person information.
    ///
    /// It opens a person: what was known of the number is to be forgotten, and what follows is everything the task
    /// delivers.
    ///
    /// Variant: status extracts ordered with person numbers as keys were seen with 15 more characters (length 121),
    /// inferred to be NGLKONST at 107-121. They are kept in `extra`.
    ///
    /// Occurrence: 1 per person, always. Source: cpr-records.md, record 001.
    R001Person: 1, 106 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// The number that counts instead of PNR, when that was deleted or changed (status 50, 60).
        pnrgaeld: PersonRef = "PNRGAELD" 14 10,
        /// Status code.
        status: Status = "STATUS" 24 2,
        /// Status date; zero when none.
        statushaenstart: Option<Timestamp> = "STATUSHAENSTART" 26 12,
        /// Uncertainty marker of status date.
        statusdto_umrk: Uncertainty = "STATUSDTO_UMRK" 38 1,
        /// Sex `M`/`K`.
        koen: Sex = "KOEN" 39 1,
        /// Date of birth.
        foed_dt: Option<PartialDate> = "FOED_DT" 40 10,
        /// Uncertainty marker of birth date.
        foed_dt_umrk: Uncertainty = "FOED_DT_UMRK" 50 1,
        /// Date this person number starts.
        start_dt_person: Option<PartialDate> = "START_DT-PERSON" 51 10,
        /// Uncertainty marker of START_DT.
        start_dt_umrk_person: Uncertainty = "START_DT_UMRK-PERSON" 61 1,
        /// Date this person number ends; blank if current.
        slut_dt_person: Option<PartialDate> = "SLUT_DT-PERSON" 62 10,
        /// Uncertainty marker of SLUT_DT.
        slut_dt_umrk_person: Uncertainty = "SLUT_DT_UMRK-PERSON" 72 1,
        /// Occupation/title.
        stilling: Text<'a> = "STILLING" 73 34,
    }
}
