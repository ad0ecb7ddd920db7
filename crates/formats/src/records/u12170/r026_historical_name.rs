use crate::codes::{CorrectionMarker, NameMarker, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Historisk navn: historical name.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 026.
    R026HistoricalName: 26, 173 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Correction marker.
        annkor: CorrectionMarker = "ANNKOR" 14 1,
        /// First names.
        fornvn: Text<'a> = "FORNVN" 15 50,
        /// Marker of the first names.
        fornvn_mrk: NameMarker = "FORNVN_MRK" 65 1,
        /// Middle name.
        melnvn: Text<'a> = "MELNVN" 66 40,
        /// Marker of the middle name.
        melnvn_mrk: NameMarker = "MELNVN_MRK" 106 1,
        /// Last name.
        efternvn: Text<'a> = "EFTERNVN" 107 40,
        /// Marker of the last name.
        efternvn_mrk: NameMarker = "EFTERNVN_MRK" 147 1,
        /// From.
        nvnhaenstart: Option<Timestamp> = "NVNHAENSTART" 148 12,
        /// Uncertainty marker of the start.
        haenstart_umrk_navne: Uncertainty = "HAENSTART_UMRK-NAVNE" 160 1,
        /// To.
        nvnhaenslut: Option<Timestamp> = "NVNHAENSLUT" 161 12,
        /// Uncertainty marker of the end.
        haenslut_umrk_navne: Uncertainty = "HAENSLUT_UMRK-NAVNE" 173 1,
    }
}
