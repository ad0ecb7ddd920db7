use crate::codes::{CivilStatus, CorrectionMarker, NameMarker, Uncertainty};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;
use crate::records::{PersonRef, StampOrBlank};

record! {
    /// Historisk civilstand: historical civil status.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 029.
    R029HistoricalCivilStatus: 29, 109 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// Civil status.
        civst: CivilStatus = "CIVST" 15 1,
        /// Spouse PNR.
        aegtepnr: PersonRef = "AEGTEPNR" 16 10,
        /// Spouse birth date.
        aegtefoed_dt: Option<PartialDate> = "AEGTEFOED_DT" 26 10,
        /// Uncertainty marker of spouse birth date.
        aegtefoeddt_umrk: Uncertainty = "AEGTEFOEDDT_UMRK" 36 1,
        /// Spouse name.
        aegtenvn: Text<'a> = "AEGTENVN" 37 34,
        /// Marker of the spouse's name.
        aegtenvn_mrk: NameMarker = "AEGTENVN_MRK" 71 1,
        /// From.
        haenstart_civilstand: Option<Timestamp> = "HAENSTART-CIVILSTAND" 72 12,
        /// Uncertainty marker of the start.
        haenstart_umrk_civilstand: Uncertainty = "HAENSTART_UMRK-CIVILSTAND" 84 1,
        /// To.
        haenslut_civilstand: Option<Timestamp> = "HAENSLUT-CIVILSTAND" 85 12,
        /// Uncertainty marker of the end.
        haenslut_umrk_civilstand: Uncertainty = "HAENSLUT_UMRK-CIVILSTAND" 97 1,
        /// Key of the separation in record 030.
        sep_henvis_civilstand: StampOrBlank = "SEP_HENVIS-CIVILSTAND" 98 12,
    }
}
