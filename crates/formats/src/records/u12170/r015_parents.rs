use crate::codes::{NameMarker, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Forældreoplysninger: parents.
    ///
    /// A parent is either a number or, without one, a birth date and a name. Both may have the same sex: the slots are
    /// called mother and father, but say nothing of it.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 015.
    R015Parents: 15, 147 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Mother: date of relation.
        mor_dt: Option<PartialDate> = "MOR_DT" 14 10,
        /// Uncertainty marker of MOR_DT.
        mor_dt_umrk: Uncertainty = "MOR_DT_UMRK" 24 1,
        /// Mother; `0000000000` is none or unknown.
        pnrmor: PersonRef = "PNRMOR" 25 10,
        /// Mother birth date when no PNR.
        mor_foed_dt: Option<PartialDate> = "MOR_FOED_DT" 35 10,
        /// Uncertainty marker of mother birth date.
        mor_foed_dt_umrk: Uncertainty = "MOR_FOED_DT_UMRK" 45 1,
        /// Mother name when no PNR.
        mornvn: Text<'a> = "MORNVN" 46 34,
        /// Marker of the mother's name.
        mornvn_mrk: NameMarker = "MORNVN_MRK" 80 1,
        /// Father/co-mother: date of relation.
        far_dt: Option<PartialDate> = "FAR_DT" 81 10,
        /// Uncertainty marker of FAR_DT.
        far_dt_umrk: Uncertainty = "FAR_DT_UMRK" 91 1,
        /// Father/co-mother PNR.
        pnrfar: PersonRef = "PNRFAR" 92 10,
        /// Birth date when no PNR.
        far_foed_dt: Option<PartialDate> = "FAR_FOED_DT" 102 10,
        /// Uncertainty marker of birth date.
        far_foed_dt_umrk: Uncertainty = "FAR_FOED_DT_UMRK" 112 1,
        /// Name when no PNR.
        farnvn: Text<'a> = "FARNVN" 113 34,
        /// Marker of the father's or co-mother's name.
        farnvn_mrk: NameMarker = "FARNVN_MRK" 147 1,
    }
}
