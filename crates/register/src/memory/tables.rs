//! The tables, each sorted by the key that it has in the databases.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{
    AddressRow, ContactId, ContactKey, ContactRow, Label, NameType, PartRow, ProtectionRow, Role, SourceId, SourceRow,
};
use crate::import::JournalEntry;
use crate::ports::{
    Block, Case, CaseKey, Counts, Delivery, DeliveryKey, ExternalSource, Message, NewRun, Order, OrderKey, Party,
    PersonOutcome, RunKey, RunState, SealedSecret, Transfer, TransferKey,
};

/// Contact, label, source, priority.
pub(super) type LabelKey = (ContactKey, Label, SourceId, i16);
/// Contact, role, reference, source, seq.
pub(super) type PartKey = (ContactKey, Role, ContactKey, SourceId, i16);
/// Contact, protection type, source, seq.
pub(super) type ProtectionKey = (ContactKey, CompactString, SourceId, i16);
/// Case, contact, role.
pub(super) type PartyKey = (CaseKey, ContactKey, String);
/// Run, contact, outcome.
pub(super) type RunPersonKey = (RunKey, ContactKey, PersonOutcome);
/// Source, key at the source.
pub(super) type SourceKey = (SourceId, CompactString);

#[derive(Clone)]
pub(super) struct Tables {
    contacts: BTreeMap<ContactKey, ContactRow>,
    by_id: BTreeMap<ContactId, ContactKey>,
    /// Persons without a number, by `name1` and `name2`.
    by_name: BTreeSet<(CompactString, CompactString, ContactKey)>,
    pub infos: BTreeMap<LabelKey, CompactString>,
    /// The date and whether it is uncertain.
    pub dates: BTreeMap<LabelKey, (PartialDate, bool)>,
    /// By contact and address key.
    pub addresses: BTreeMap<(ContactKey, i64), AddressRow>,
    pub parts: BTreeMap<PartKey, PartRow>,
    pub protections: BTreeMap<ProtectionKey, ProtectionRow>,
    pub sources: BTreeMap<SourceKey, StoredSource>,
    /// The source records of a contact.
    pub sources_of: BTreeSet<(ContactKey, SourceKey)>,
    pub runs: BTreeMap<RunKey, StoredRun>,
    pub deliveries: BTreeMap<DeliveryKey, StoredDelivery>,
    pub messages: Vec<StoredMessage>,
    /// Those whom runs left as they were: unchanged or older.
    pub run_persons: BTreeMap<RunPersonKey, Option<DeliveryKey>>,
    pub cases: BTreeMap<CaseKey, Case>,
    pub parties: BTreeMap<PartyKey, Party>,
    pub orders: BTreeMap<OrderKey, (SourceId, Order)>,
    pub blocks: BTreeMap<SourceKey, Block>,
    pub external_sources: BTreeMap<String, ExternalSource>,
    pub secrets: BTreeMap<String, SealedSecret>,
    pub transfers: BTreeMap<TransferKey, Transfer>,
    /// By source and name.
    pub transfer_settings: BTreeMap<(SourceId, String), String>,
    /// By contact and journal number.
    pub changes: BTreeMap<(ContactKey, i64), StoredChange>,
    pub next_contact: i64,
    pub next_address: i64,
    pub next_change: i64,
    pub next_order: OrderKey,
}

#[derive(Clone)]
pub(super) struct StoredSource {
    pub row: SourceRow,
    /// The wish.
    pub subscribed: Option<bool>,
    pub updated_at: Option<String>,
}

#[derive(Clone)]
pub(super) struct StoredRun {
    pub run: NewRun,
    pub finished_at: Option<String>,
    pub state: RunState,
    pub delivery: Option<DeliveryKey>,
    pub counts: Counts,
}

#[derive(Clone)]
pub(super) struct StoredMessage {
    pub run: RunKey,
    pub delivery: Option<DeliveryKey>,
    pub message: Message,
}

#[derive(Clone)]
pub(super) struct StoredDelivery {
    pub source: SourceId,
    pub delivery: Delivery,
}

#[derive(Clone)]
pub(super) struct StoredChange {
    pub entry: JournalEntry,
    pub run: RunKey,
    pub delivery: Option<DeliveryKey>,
    pub source: SourceId,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            contacts: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_name: BTreeSet::new(),
            infos: BTreeMap::new(),
            dates: BTreeMap::new(),
            addresses: BTreeMap::new(),
            parts: BTreeMap::new(),
            protections: BTreeMap::new(),
            sources: BTreeMap::new(),
            sources_of: BTreeSet::new(),
            runs: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            messages: Vec::new(),
            run_persons: BTreeMap::new(),
            cases: BTreeMap::new(),
            parties: BTreeMap::new(),
            orders: BTreeMap::new(),
            blocks: BTreeMap::new(),
            external_sources: BTreeMap::new(),
            secrets: BTreeMap::new(),
            transfers: BTreeMap::new(),
            transfer_settings: BTreeMap::new(),
            changes: BTreeMap::new(),
            next_contact: 1,
            next_address: 1,
            next_change: 1,
            next_order: 1,
        }
    }
}

impl Tables {
    pub fn contact(&self, key: ContactKey) -> Option<&ContactRow> {
        self.contacts.get(&key)
    }

    /// All contacts, by kind and number.
    pub fn contacts_by_id(&self) -> impl Iterator<Item = &ContactRow> {
        self.by_id.values().filter_map(|key| self.contacts.get(key))
    }

    pub fn key_by_id(&self, id: &ContactId) -> Option<ContactKey> {
        self.by_id.get(id).copied()
    }

    /// The person without a number who has this name and the lowest key.
    pub fn key_by_name(&self, name1: &str, name2: &str) -> Option<ContactKey> {
        let from = (CompactString::from(name1), CompactString::from(name2), ContactKey::MIN);
        let (first, second, key) = self.by_name.range(from..).next()?;
        (first == name1 && second == name2).then_some(*key)
    }

    /// Enters a contact, or overwrites the one with this key.
    pub fn put_contact(&mut self, row: ContactRow) {
        if let Some(before) = self.contacts.get(&row.key) {
            self.by_id.remove(&before.id);
            self.by_name.remove(&(before.name1.clone(), before.name2.clone(), before.key));
        }
        self.by_id.insert(row.id.clone(), row.key);
        if row.id.name_type == NameType::PERSON {
            self.by_name.insert((row.name1.clone(), row.name2.clone(), row.key));
        }
        self.contacts.insert(row.key, row);
    }

    /// Erases a contact and all that the register has of it, apart from the journal.
    pub fn erase_contact(&mut self, key: ContactKey) {
        let Some(row) = self.contacts.remove(&key) else { return };
        self.by_id.remove(&row.id);
        self.by_name.remove(&(row.name1, row.name2, key));
        self.infos.retain(|(of, ..), _| *of != key);
        self.dates.retain(|(of, ..), _| *of != key);
        self.addresses.retain(|(of, _), _| *of != key);
        self.parts.retain(|(of, _, reference, ..), _| *of != key && *reference != key);
        self.protections.retain(|(of, ..), _| *of != key);
        self.sources.retain(|_, stored| stored.row.contact != key);
        self.sources_of.retain(|(of, _)| *of != key);
        self.parties.retain(|(_, of, _), _| *of != key);
        self.run_persons.retain(|(_, of, _), _| *of != key);
        if row.id.name_type == NameType::CPR_PERSON {
            let at_cpr = (SourceId::CPR, row.id.name_code);
            self.orders.retain(|_, (source, order)| *source != at_cpr.0 || order.source_key != at_cpr.1);
            self.blocks.remove(&at_cpr);
        }
        self.next_contact += 1;
    }

    pub fn infos_of(&self, contact: ContactKey) -> impl Iterator<Item = (&LabelKey, &CompactString)> {
        self.infos.range(first_label(contact)..).take_while(move |((of, ..), _)| *of == contact)
    }

    pub fn dates_of(&self, contact: ContactKey) -> impl Iterator<Item = (&LabelKey, &(PartialDate, bool))> {
        self.dates.range(first_label(contact)..).take_while(move |((of, ..), _)| *of == contact)
    }

    pub fn addresses_of(&self, contact: ContactKey) -> impl DoubleEndedIterator<Item = &AddressRow> {
        self.addresses.range((contact, i64::MIN)..=(contact, i64::MAX)).map(|(_, row)| row)
    }

    pub fn parts_of(&self, contact: ContactKey) -> impl Iterator<Item = (&PartKey, &PartRow)> {
        let first = (contact, Role::Aegtefaelle, ContactKey::MIN, SourceId(i16::MIN), i16::MIN);
        self.parts.range(first..).take_while(move |((of, ..), _)| *of == contact)
    }

    pub fn protections_of(&self, contact: ContactKey) -> impl Iterator<Item = (&ProtectionKey, &ProtectionRow)> {
        let first = (contact, CompactString::default(), SourceId(i16::MIN), i16::MIN);
        self.protections.range(first..).take_while(move |((of, ..), _)| *of == contact)
    }

    pub fn source_keys_of(&self, contact: ContactKey) -> impl Iterator<Item = &SourceKey> {
        let first = (contact, (SourceId(i16::MIN), CompactString::default()));
        self.sources_of.range(first..).take_while(move |(of, _)| *of == contact).map(|(_, key)| key)
    }

    /// Notes that a person changed something about a contact.
    pub fn mark_edited(&mut self, contact: ContactKey) {
        let keys: Vec<_> = self.source_keys_of(contact).cloned().collect();
        for key in keys {
            if let Some(source) = self.sources.get_mut(&key) {
                source.row.edited = true;
            }
        }
    }
}

fn first_label(contact: ContactKey) -> LabelKey {
    (contact, Label::GaeldendePnr, SourceId(i16::MIN), i16::MIN)
}
