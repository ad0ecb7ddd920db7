use crate::codes::{CivilStatus, NameMarker, Uncertainty};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;
use crate::records::{PersonRef, Reference};

record! {
    /// Aktuel civilstand: current civil status.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 012.
    R012CivilStatus: 12, 95 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Civil status code.
        civst: CivilStatus = "CIVST" 14 1,
        /// Spouse/partner PNR; blank if none; `0000000000` if the spouse has no PNR.
        aegtepnr: PersonRef = "AEGTEPNR" 15 10,
        /// Spouse birth date, only when no spouse PNR.
        aegtefoed_dt: Option<PartialDate> = "AEGTEFOED_DT" 25 10,
        /// Uncertainty marker of spouse birth date.
        aegtefoeddt_umrk: Uncertainty = "AEGTEFOEDDT_UMRK" 35 1,
        /// Spouse name, only when no spouse PNR.
        aegtenvn: Text<'a> = "AEGTENVN" 36 34,
        /// Name marker.
        aegtenvn_mrk: NameMarker = "AEGTENVN_MRK" 70 1,
        /// From; zeros e.g. for never married.
        haenstart_civilstand: Option<Timestamp> = "HAENSTART-CIVILSTAND" 71 12,
        /// Uncertainty marker of start.
        haenstart_umrk_civilstand: Uncertainty = "HAENSTART_UMRK-CIVILSTAND" 83 1,
        /// Reference (timestamp key) to a separation in 013; blank if none.
        sep_henvis_civilstand: Reference = "SEP_HENVIS-CIVILSTAND" 84 12,
    }
}
