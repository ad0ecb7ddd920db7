use crate::codes::{GuardianRelation, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Umyndiggørelse / værgemål: guardianship (legal incapacity).
    ///
    /// Being replaced by 052, which adds the type of the guardianship; positions 1-272 are the same. Where both arrive,
    /// 052 counts.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 017.
    R017Guardianship: 17, 272 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// From.
        start_dt_umyndig: Option<PartialDate> = "START_DT-UMYNDIG" 14 10,
        /// Uncertainty marker of start.
        start_dt_umrk_umyndig: Uncertainty = "START_DT_UMRK-UMYNDIG" 24 1,
        /// Deletion date.
        slet_dt_umyndig: Option<PartialDate> = "SLET_DT-UMYNDIG" 25 10,
        /// How the guardian is given.
        umyn_reltyp: GuardianRelation = "UMYN_RELTYP" 35 4,
        /// Guardian PNR (type 0001).
        relpnr: PersonRef = "RELPNR" 39 10,
        /// Guardian PNR from.
        start_dt_relpnr_pnr: Option<PartialDate> = "START_DT-RELPNR_PNR" 49 10,
        /// Guardian name/addressee (type 0002).
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
    }
}
