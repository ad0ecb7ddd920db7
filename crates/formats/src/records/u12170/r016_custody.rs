use crate::codes::{CustodyRelation, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::records::PersonRef;
use crate::records::table::record;

record! {
    /// Forældremyndighed: parental authority (custody).
    ///
    /// Types 0003 and 0004 name a parent's slot of record 015, so RELPNR is blank; 0005 and 0006 are other holders,
    /// given by number. A child may have one parent and one other holder.
    ///
    /// Occurrence: 0..2. Source: cpr-records.md, record 016.
    R016Custody: 16, 58 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// How the holder relates to the child.
        reltyp_foraeldremyn: CustodyRelation = "RELTYP-FORÆLDREMYN" 14 4,
        /// From.
        start_dt_foraeldremyn: Option<PartialDate> = "START_DT-FORÆLDREMYN" 18 10,
        /// Uncertainty marker of start.
        start_dt_umrk_foraeldremyn: Uncertainty = "START_DT_UMRK-FORÆLDREMYN" 28 1,
        /// Deletion date.
        slet_dt_foraeldremyn: Option<PartialDate> = "SLET_DT-FORÆLDREMYN" 29 10,
        /// Holder of types 0005 and 0006.
        relpnr: PersonRef = "RELPNR" 39 10,
        /// Holder PNR valid from.
        start_dt_relpnr_pnr: Option<PartialDate> = "START_DT-RELPNR_PNR" 49 10,
    }
}
