use crate::codes::Alpha;
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Kvittering for sletning af abonnement: subscription deletion receipt.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 997.
    R997SubscriptionReceipt: 997, 43 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Time of update.
        timestampu: Option<Timestamp> = "TIMESTAMPU" 14 12,
        /// Event code.
        haendelse: Alpha<3> = "HAENDELSE" 26 3,
        /// Key constant from inddata, blank if none.
        nglkonst: Text<'a> = "NGLKONST" 29 15,
    }
}
