use crate::dates::PartialDate;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Kontaktadresse: contact address.
    ///
    /// Occurrence: 0..1. Source: cpr-records.md, record 006.
    R006ContactAddress: 6, 203 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Contact address, line 1.
        adr1_kontaktadr: Text<'a> = "ADR1-KONTAKTADR" 14 34,
        /// Contact address, line 2.
        adr2_kontaktadr: Text<'a> = "ADR2-KONTAKTADR" 48 34,
        /// Contact address, line 3.
        adr3_kontaktadr: Text<'a> = "ADR3-KONTAKTADR" 82 34,
        /// Contact address, line 4.
        adr4_kontaktadr: Text<'a> = "ADR4-KONTAKTADR" 116 34,
        /// Contact address, line 5.
        adr5_kontaktadr: Text<'a> = "ADR5-KONTAKTADR" 150 34,
        /// From.
        start_dt_adrtxt: Option<PartialDate> = "START_DT-ADRTXT" 184 10,
        /// Deletion date.
        slet_dt_adrtxt: Option<PartialDate> = "SLET_DT-ADRTXT" 194 10,
    }
}
