use std::sync::{Arc, Mutex};

use compact_str::CompactString;

use crate::contact::{ContactId, SourceId};
use crate::ports::{Change, ContactCard, ContactSummary, DeliveryKey, FindQuery, Known, Message, Reader, StoreError};

use super::tables::Tables;
use super::{cards, find, lock};

/// Sees what was committed before each of its calls.
pub(super) struct MemoryReader {
    committed: Arc<Mutex<Tables>>,
}

impl MemoryReader {
    pub fn new(committed: Arc<Mutex<Tables>>) -> Self {
        Self { committed }
    }
}

impl Reader for MemoryReader {
    fn known(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>, StoreError> {
        let tables = lock(&self.committed);
        Ok(keys.iter().map(|key| tables.sources.get(&(source, key.clone())).map(|s| Known::from(&s.row))).collect())
    }

    fn contact(&mut self, id: &ContactId) -> Result<Option<ContactCard>, StoreError> {
        let tables = lock(&self.committed);
        Ok(tables.key_by_id(id).and_then(|key| cards::card(&tables, key)))
    }

    fn find(&mut self, query: &FindQuery) -> Result<Vec<ContactSummary>, StoreError> {
        Ok(find::find(&lock(&self.committed), query))
    }

    fn history(&mut self, id: &ContactId) -> Result<Vec<Change>, StoreError> {
        let tables = lock(&self.committed);
        let Some(contact) = tables.key_by_id(id) else { return Ok(Vec::new()) };
        let changes = tables.changes.range((contact, i64::MIN)..=(contact, i64::MAX));
        Ok(changes
            .filter_map(|((_, change_seq), change)| {
                Some(Change {
                    change_seq: *change_seq,
                    run: change.run,
                    started_at: tables.runs.get(&change.run)?.started_at.clone(),
                    delivery: change.delivery.and_then(|key| Some(tables.deliveries.get(&key)?.delivery.name.clone())),
                    what: change.entry.what.name().to_owned(),
                    source: change.source.name().to_owned(),
                    source_stamp: change.entry.stamp.to_string(),
                    fields: change.entry.fields.clone(),
                })
            })
            .collect())
    }

    fn messages(&mut self, delivery: DeliveryKey) -> Result<Vec<Message>, StoreError> {
        let tables = lock(&self.committed);
        let of_delivery = tables.messages.iter().filter(|(key, _)| *key == Some(delivery));
        Ok(of_delivery.map(|(_, message)| message.clone()).collect())
    }
}
