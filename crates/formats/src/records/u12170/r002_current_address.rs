use crate::codes::{Digits, Uncertainty};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Aktuelle adresseoplysninger: current address.
    ///
    /// A task that has this record must have 004 too. KOMKOD from `0900` is Greenland, where BNR tells the building.
    ///
    /// Occurrence: 0..1, only status < 30. Source: cpr-records.md, record 002.
    R002CurrentAddress: 2, 306 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Municipality code.
        komkod: Digits<4> = "KOMKOD" 14 4,
        /// Street code; 9900-9999 are special, such as no fixed address.
        vejkod: Digits<4> = "VEJKOD" 18 4,
        /// House number, 3 digits + letter (`016 `, `077A`).
        husnr: Text<'a> = "HUSNR" 22 4,
        /// Floor: `01` and up, `st`, `kl`; lower case.
        etage: Text<'a> = "ETAGE" 26 2,
        /// `th`, `tv`, `mf` or door number `0001`, at the left when text.
        sidedoer: Text<'a> = "SIDEDOER" 28 4,
        /// Building number, Greenland.
        bnr: Text<'a> = "BNR" 32 4,
        /// C/o name.
        convn: Text<'a> = "CONVN" 36 34,
        /// Moved-in date/time.
        tilflydto: Option<Timestamp> = "TILFLYDTO" 70 12,
        /// Uncertainty marker of TILFLYDTO.
        tilflydt_umrk: Uncertainty = "TILFLYDT_UMRK" 82 1,
        /// Moved into municipality.
        tilflykomdto: Option<Timestamp> = "TILFLYKOMDTO" 83 12,
        /// Uncertainty marker of TILFLYKOMDTO.
        tilflykomdt_umrk: Uncertainty = "TILFLYKOMDT_UMRK" 95 1,
        /// Municipality moved from; `0000` none.
        fraflykomkod: Digits<4> = "FRAFLYKOMKOD" 96 4,
        /// Moved out of that municipality.
        fraflykomdto: Option<Timestamp> = "FRAFLYKOMDTO" 100 12,
        /// Uncertainty marker of FRAFLYKOMDTO.
        fraflykomdt_umrk: Uncertainty = "FRAFLYKOMDT_UMRK" 112 1,
        /// Authority that registered the supplementary address; `0000` none.
        start_mynkod_adrtxt: Digits<4> = "START_MYNKOD-ADRTXT" 113 4,
        /// Supplementary address, line 1.
        adr1_supladr: Text<'a> = "ADR1-SUPLADR" 117 34,
        /// Supplementary address, line 2.
        adr2_supladr: Text<'a> = "ADR2-SUPLADR" 151 34,
        /// Supplementary address, line 3.
        adr3_supladr: Text<'a> = "ADR3-SUPLADR" 185 34,
        /// Supplementary address, line 4.
        adr4_supladr: Text<'a> = "ADR4-SUPLADR" 219 34,
        /// Supplementary address, line 5.
        adr5_supladr: Text<'a> = "ADR5-SUPLADR" 253 34,
        /// Supplementary address from.
        start_dt_adrtxt: Option<PartialDate> = "START_DT-ADRTXT" 287 10,
        /// Supplementary address deletion date.
        slet_dt_adrtxt: Option<PartialDate> = "SLET_DT-ADRTXT" 297 10,
    }
}
