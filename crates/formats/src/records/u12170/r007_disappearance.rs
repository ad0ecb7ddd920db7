use crate::codes::Uncertainty;
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::records::table::record;

record! {
    /// Aktuelle forsvindingsoplysninger: current disappearance.
    ///
    /// Occurrence: 0..1 (status 70). Source: cpr-records.md, record 007.
    R007Disappearance: 7, 26 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Disappearance date/time.
        forsvinddto: Option<Timestamp> = "FORSVINDDTO" 14 12,
        /// Uncertainty marker of FORSVINDDTO.
        forsvinddto_umrk: Uncertainty = "FORSVINDDTO_UMRK" 26 1,
    }
}
