use crate::codes::{Alpha, DerivedMarker};
use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::StampOrBlank;
use crate::records::table::record;

record! {
    /// Hændelse: event.
    ///
    /// Why a person is in the extract: what happened, and to whom. The list of event codes is open, so HAENDELSE is no
    /// enum. Neither the online service nor status extracts have this record.
    ///
    /// Occurrence: 0..n (batch change extracts, always). Source: cpr-records.md, record 099.
    R099Event: 99, 45 {
        /// Person number of the person the record is about.
        pnr: CprNumber = "PNR" 4 10,
        /// Time of update in CPR. Blank, and not zeros, for a requisition (A74, K74), which updates nothing.
        timestampu: StampOrBlank = "TIMESTAMPU" 14 12,
        /// Event code (letter + 2 digits).
        haendelse: Alpha<3> = "HAENDELSE" 26 3,
        /// Derived marker: how this person relates to the event's main person.
        afledtmrk: DerivedMarker = "AFLEDTMRK" 29 2,
        /// Key constant echoed from inddata; blank otherwise.
        nglkonst: Text<'a> = "NGLKONST" 31 15,
    }
}
