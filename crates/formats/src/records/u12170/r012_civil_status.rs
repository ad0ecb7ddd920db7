use crate::codes::{CivilStatus, NameMarker, Uncertainty};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;
use crate::records::{PersonRef, StampOrBlank};

record! {
    /// Aktuel civilstand: current civil status.
    ///
    /// The spouse is either a number or, without one, a birth date and a name. A separation is not a civil status of
    /// its own: SEP_HENVIS-CIVILSTAND leads to it in record 013.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 012.
    R012CivilStatus: 12, 95 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Civil status code.
        civst: CivilStatus = "CIVST" 14 1,
        /// Spouse or partner; `0000000000` is a spouse without a number.
        aegtepnr: PersonRef = "AEGTEPNR" 15 10,
        /// Spouse birth date, only when no spouse PNR.
        aegtefoed_dt: Option<PartialDate> = "AEGTEFOED_DT" 25 10,
        /// Uncertainty marker of spouse birth date.
        aegtefoeddt_umrk: Uncertainty = "AEGTEFOEDDT_UMRK" 35 1,
        /// Spouse name, only when no spouse PNR.
        aegtenvn: Text<'a> = "AEGTENVN" 36 34,
        /// Marker of the spouse's name.
        aegtenvn_mrk: NameMarker = "AEGTENVN_MRK" 70 1,
        /// From; zeros for somebody who never married.
        haenstart_civilstand: Option<Timestamp> = "HAENSTART-CIVILSTAND" 71 12,
        /// Uncertainty marker of start.
        haenstart_umrk_civilstand: Uncertainty = "HAENSTART_UMRK-CIVILSTAND" 83 1,
        /// Key of the separation in record 013.
        sep_henvis_civilstand: StampOrBlank = "SEP_HENVIS-CIVILSTAND" 84 12,
    }
}
