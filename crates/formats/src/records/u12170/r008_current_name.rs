use crate::codes::{NameMarker, Uncertainty};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Aktuelle navneoplysninger: current name.
    ///
    /// Occurrence: 1. Source: cpr-records.md, record 008.
    R008CurrentName: 8, 193 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// First names.
        fornvn: Text<'a> = "FORNVN" 14 50,
        /// Marker of the first names.
        fornvn_mrk: NameMarker = "FORNVN_MRK" 64 1,
        /// Middle name.
        melnvn: Text<'a> = "MELNVN" 65 40,
        /// Marker of the middle name.
        melnvn_mrk: NameMarker = "MELNVN_MRK" 105 1,
        /// Last name.
        efternvn: Text<'a> = "EFTERNVN" 106 40,
        /// Marker of the last name.
        efternvn_mrk: NameMarker = "EFTERNVN_MRK" 146 1,
        /// Name valid from.
        nvnhaenstart: Option<Timestamp> = "NVNHAENSTART" 147 12,
        /// Uncertainty marker of NVNHAENSTART.
        haenstart_umrk_navne: Uncertainty = "HAENSTART_UMRK-NAVNE" 159 1,
        /// Addressing name.
        adrnvn: Text<'a> = "ADRNVN" 160 34,
    }
}
