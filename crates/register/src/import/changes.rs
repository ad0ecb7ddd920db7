use compact_str::CompactString;

use crate::contact::{
    AddressRow, ContactKey, ContactRow, DateRow, InfoRow, Label, PartRow, ProtectionRow, SourceId, SourceRow,
    SourceStamp,
};

use super::JournalEntry;

/// A newer delivery of unchanged content: the stamp moves, and the source may now report changes.
#[derive(Clone)]
pub struct Touch {
    /// The object's key at the source.
    pub source_key: CompactString,
    /// The new stamp.
    pub stamp: SourceStamp,
    /// `SRC_SUBSCRIBED` from now on.
    pub src_subscribed: bool,
}

/// What applying a batch writes, table by table. New rows are apart from changed ones so that a store can load them in
/// bulk. Everything of one `Changes` is written in one transaction.
#[derive(Default)]
pub struct Changes {
    /// Whose rows the new infos, dates, parts, protections and source records are.
    pub source: SourceId,
    /// New contacts.
    pub contacts_new: Vec<ContactRow>,
    /// Contacts to overwrite.
    pub contacts_changed: Vec<ContactRow>,
    /// New texts.
    pub infos_new: Vec<InfoRow>,
    /// Texts to overwrite.
    pub infos_changed: Vec<InfoRow>,
    /// Texts that are no longer true.
    pub infos_removed: Vec<(ContactKey, Label, i16)>,
    /// New dates.
    pub dates_new: Vec<DateRow>,
    /// Dates to overwrite.
    pub dates_changed: Vec<DateRow>,
    /// Dates that are no longer true.
    pub dates_removed: Vec<(ContactKey, Label, i16)>,
    /// New addresses.
    pub addresses_new: Vec<AddressRow>,
    /// Addresses to overwrite.
    pub addresses_changed: Vec<AddressRow>,
    /// New references.
    pub parts_new: Vec<PartRow>,
    /// References to overwrite.
    pub parts_changed: Vec<PartRow>,
    /// New protections.
    pub protections_new: Vec<ProtectionRow>,
    /// Protections to overwrite.
    pub protections_changed: Vec<ProtectionRow>,
    /// New source records.
    pub sources_new: Vec<SourceRow>,
    /// Source records to overwrite.
    pub sources_changed: Vec<SourceRow>,
    /// Source records of which the content is the same as before.
    pub touched: Vec<Touch>,
    /// What happened, one entry a contact, in the order in which it shall be numbered.
    pub journal: Vec<JournalEntry>,
}

impl Default for SourceId {
    fn default() -> Self {
        Self::HAND
    }
}

impl Changes {
    /// No changes yet, for a source.
    pub fn of(source: SourceId) -> Self {
        Self { source, ..Self::default() }
    }

    /// True when applying them would write nothing.
    pub fn is_empty(&self) -> bool {
        self.contacts_new.is_empty()
            && self.contacts_changed.is_empty()
            && self.infos_new.is_empty()
            && self.infos_changed.is_empty()
            && self.infos_removed.is_empty()
            && self.dates_new.is_empty()
            && self.dates_changed.is_empty()
            && self.dates_removed.is_empty()
            && self.addresses_new.is_empty()
            && self.addresses_changed.is_empty()
            && self.parts_new.is_empty()
            && self.parts_changed.is_empty()
            && self.protections_new.is_empty()
            && self.protections_changed.is_empty()
            && self.sources_new.is_empty()
            && self.sources_changed.is_empty()
            && self.touched.is_empty()
            && self.journal.is_empty()
    }
}
