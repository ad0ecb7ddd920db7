use crate::codes::Alpha;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::StampOrBlank;
use crate::records::table::record;

record! {
    /// Kvittering for sletning af abonnement: subscription deletion receipt.
    ///
    /// Only for tasks that ask for receipts.
    ///
    /// Occurrence: 0..n. Source: cpr-records.md, record 997.
    R997SubscriptionReceipt: 997, 43 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Time of update. Taken to be blank when empty as in record 099; no data was at hand.
        timestampu: StampOrBlank = "TIMESTAMPU" 14 12,
        /// Event code.
        haendelse: Alpha<3> = "HAENDELSE" 26 3,
        /// Key constant from inddata, blank if none.
        nglkonst: Text<'a> = "NGLKONST" 29 15,
    }
}
