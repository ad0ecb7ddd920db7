//! Edits by hand, which people make in a database with tools of their own.

use compact_str::CompactString;

use crate::contact::{AddressRow, ContactId, ContactRow, Label, SourceId};

use super::tables::Tables;
use super::{MemoryStore, lock};

impl MemoryStore {
    /// Changes a contact as a person would. Nothing happens when there is no such contact.
    pub fn edit_contact(&self, id: &ContactId, edit: impl FnOnce(&mut ContactRow)) {
        self.by_hand(id, |tables, contact| {
            if let Some(mut row) = tables.contact(contact).cloned() {
                edit(&mut row);
                tables.put_contact(row);
                tables.mark_edited(contact);
            }
        });
    }

    /// Changes each address of a contact as a person would.
    pub fn edit_addresses(&self, id: &ContactId, mut edit: impl FnMut(&mut AddressRow)) {
        self.by_hand(id, |tables, contact| {
            let of_contact = tables.addresses.range_mut((contact, i64::MIN)..=(contact, i64::MAX));
            of_contact.for_each(|(_, row)| edit(row));
            tables.mark_edited(contact);
        });
    }

    /// Adds an address that belongs to nobody's source; its key is allotted.
    pub fn add_address(&self, id: &ContactId, address: AddressRow) {
        self.by_hand(id, |tables, contact| {
            let key = tables.next_address;
            tables.next_address += 1;
            let row = AddressRow { key, contact, source: SourceId::HAND, imported_hash: 0, ..address };
            tables.addresses.insert((contact, key), row);
        });
    }

    /// Adds a text, with priority 1, that belongs to nobody's source.
    pub fn add_info(&self, id: &ContactId, label: Label, info: impl Into<CompactString>) {
        self.by_hand(id, |tables, contact| {
            tables.infos.insert((contact, label, SourceId::HAND, 1), info.into());
        });
    }

    /// Changes the text that a source stated with priority 1.
    pub fn edit_info(&self, id: &ContactId, label: Label, source: SourceId, info: impl Into<CompactString>) {
        self.by_hand(id, |tables, contact| {
            if let Some(stored) = tables.infos.get_mut(&(contact, label, source, 1)) {
                *stored = info.into();
                tables.mark_edited(contact);
            }
        });
    }

    /// Erases a contact as a person would.
    pub fn erase_contact(&self, id: &ContactId) {
        self.by_hand(id, Tables::erase_contact);
    }

    fn by_hand(&self, id: &ContactId, edit: impl FnOnce(&mut Tables, i64)) {
        let _place = lock(&self.writer);
        let mut tables = lock(&self.committed);
        if let Some(contact) = tables.key_by_id(id) {
            edit(&mut tables, contact);
        }
    }
}
