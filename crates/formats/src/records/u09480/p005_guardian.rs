use crate::identifiers::CprNumber;
use crate::latin1::Text;
use crate::records::table::record;

record! {
    /// Værgemål: the guardian's name and address as text.
    ///
    /// Since when is UMYNMYNHAENSTART of record 001. Field names as in the address match U08080-P.
    ///
    /// Source: cpr-records.md section 5, record 005.
    P005Guardian: 5, 217 {
        /// Person number of the person under guardianship.
        pnr: CprNumber = "PNR" 4 10,
        /// Guardian's name or addressee.
        vaergeadrnvn: Text<'a> = "VÆRGEADRNVN/ADRESSAT" 14 34,
        /// Guardian's address, line 1.
        vaergeadressetxt_linie1: Text<'a> = "VÆRGEADRESSETXT-LINIE1" 48 34,
        /// Guardian's address, line 2.
        vaergeadressetxt_linie2: Text<'a> = "VÆRGEADRESSETXT-LINIE2" 82 34,
        /// Guardian's address, line 3.
        vaergeadressetxt_linie3: Text<'a> = "VÆRGEADRESSETXT-LINIE3" 116 34,
        /// Guardian's address, line 4.
        vaergeadressetxt_linie4: Text<'a> = "VÆRGEADRESSETXT-LINIE4" 150 34,
        /// Guardian's address, line 5.
        vaergeadressetxt_linie5: Text<'a> = "VÆRGEADRESSETXT-LINIE5" 184 34,
    }
}
