use crate::codes::{MunicipalCondition, Uncertainty};
use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Kommunale forhold: municipal conditions.
    ///
    /// The register cuts the name of the uncertainty marker as it stands here.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 018.
    R018MunicipalCondition: 18, 60 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Kind of condition.
        komforhtyp: MunicipalCondition = "KOMFORHTYP" 14 1,
        /// Code within the type.
        komforhkod: Text<'a> = "KOMFORHKOD" 15 5,
        /// From.
        start_dt_kommunale_forhold: Option<PartialDate> = "START_DT-KOMMUNALE-FORHOLD" 20 10,
        /// Uncertainty marker of start.
        start_dt_umrk_kommunale_forhold: Uncertainty = "START_DT_UMRK-KOMMUNALE-FORHOL" 30 1,
        /// Remark.
        bemaerk_kommunale_forhold: Text<'a> = "BEMAERK-KOMMUNALE-FORHOLD" 31 30,
    }
}
