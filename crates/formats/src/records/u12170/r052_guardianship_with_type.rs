use crate::codes::{GuardianRelation, GuardianshipType, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Værgemål med værgemålstype: guardianship with type.
    ///
    /// Optional, since the law changed on 1 January 2019. Positions 1-272 are those of 017, which it replaces.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 052.
    R052GuardianshipWithType: 52, 287 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// From.
        start_dt_umyndig: Option<PartialDate> = "START_DT-UMYNDIG" 14 10,
        /// Uncertainty marker of start.
        start_dt_umrk_umyndig: Uncertainty = "START_DT_UMRK-UMYNDIG" 24 1,
        /// Deletion date.
        slet_dt_umyndig: Option<PartialDate> = "SLET_DT-UMYNDIG" 25 10,
        /// Guardian relation type.
        umyn_reltyp: GuardianRelation = "UMYN_RELTYP" 35 4,
        /// Guardian PNR.
        relpnr: PersonRef = "RELPNR" 39 10,
        /// Guardian PNR from.
        start_dt_relpnr_pnr: Option<PartialDate> = "START_DT-RELPNR_PNR" 49 10,
        /// Guardian name/addressee.
        reladrsat_relpnr_txt: Text<'a> = "RELADRSAT_RELPNR_TXT" 59 34,
        /// Guardian text address from.
        start_dt_relpnr_txt: Option<PartialDate> = "START_DT-RELPNR_TXT" 93 10,
        /// Guardian address line 1.
        reltxt1: Text<'a> = "RELTXT1" 103 34,
        /// Guardian address line 2.
        reltxt2: Text<'a> = "RELTXT2" 137 34,
        /// Guardian address line 3.
        reltxt3: Text<'a> = "RELTXT3" 171 34,
        /// Guardian address line 4.
        reltxt4: Text<'a> = "RELTXT4" 205 34,
        /// Guardian address line 5.
        reltxt5: Text<'a> = "RELTXT5" 239 34,
        /// `FULD` (full) or `DELVIS` (partial).
        vaergemaals_type: GuardianshipType = "VAERGEMAALS_TYPE" 273 15,
    }
}
