use crate::codes::{Alpha, DerivedMarker};
use crate::dates::Timestamp;
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Hændelse: event.
    ///
    /// Occurrence: 0..n (batch change extracts, always). Source: cpr-records.md, record 099.
    R099Event: 99, 45 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Time of update in CPR.
        timestampu: Option<Timestamp> = "TIMESTAMPU" 14 12,
        /// Event code (letter + 2 digits).
        haendelse: Alpha<3> = "HAENDELSE" 26 3,
        /// Derived marker: how this person relates to the event's main person.
        afledtmrk: DerivedMarker = "AFLEDTMRK" 29 2,
        /// Key constant echoed from inddata; blank otherwise.
        nglkonst: Text<'a> = "NGLKONST" 31 15,
    }
}
