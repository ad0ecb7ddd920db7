//! Writing a batch. A new row whose key is taken is refused, as a database refuses it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::contact::ContactRow;
use crate::import::Changes;
use crate::ports::{DeliveryKey, RunKey, StoreError, StoreErrorKind};

use super::tables::{SourceKey, StoredChange, StoredSource, Tables};

pub(super) fn apply(
    tables: &mut Tables,
    changes: &Changes,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    now: &str,
) -> Result<(), StoreError> {
    contacts(tables, changes)?;
    labels(tables, changes)?;
    for row in &changes.addresses_new {
        insert(&mut tables.addresses, (row.contact, row.key), row.clone())?;
    }
    for row in &changes.addresses_changed {
        update(&mut tables.addresses, &(row.contact, row.key), row.clone());
    }
    let source = changes.source;
    for row in &changes.parts_new {
        insert(&mut tables.parts, (row.contact, row.role, row.reference, source, row.seq), row.clone())?;
    }
    for row in &changes.parts_changed {
        update(&mut tables.parts, &(row.contact, row.role, row.reference, source, row.seq), row.clone());
    }
    for row in &changes.protections_new {
        insert(&mut tables.protections, (row.contact, row.protection_type.clone(), source, row.seq), row.clone())?;
    }
    for row in &changes.protections_changed {
        update(&mut tables.protections, &(row.contact, row.protection_type.clone(), source, row.seq), row.clone());
    }
    sources(tables, changes, now)?;
    for entry in &changes.journal {
        let change = StoredChange { entry: entry.clone(), run, delivery, source };
        tables.changes.insert((entry.contact, tables.next_change), change);
        tables.next_change += 1;
    }
    Ok(())
}

fn insert<K: Ord, V>(table: &mut BTreeMap<K, V>, key: K, row: V) -> Result<(), StoreError> {
    match table.entry(key) {
        Entry::Vacant(place) => {
            place.insert(row);
            Ok(())
        }
        Entry::Occupied(_) => Err(refused()),
    }
}

fn refused() -> StoreError {
    StoreError::new(StoreErrorKind::Refused, "write a batch", "a new row has the key of another one")
}

fn update<K: Ord, V>(table: &mut BTreeMap<K, V>, key: &K, row: V) {
    if let Some(place) = table.get_mut(key) {
        *place = row;
    }
}

fn contacts(tables: &mut Tables, changes: &Changes) -> Result<(), StoreError> {
    for row in &changes.contacts_new {
        if tables.contact(row.key).is_some() || tables.key_by_id(&row.id).is_some() {
            return Err(refused());
        }
        tables.put_contact(row.clone());
    }
    for row in &changes.contacts_changed {
        if let Some(before) = tables.contact(row.key) {
            // A contact keeps its identity.
            let id = before.id.clone();
            tables.put_contact(ContactRow { id, ..row.clone() });
        }
    }
    Ok(())
}

fn labels(tables: &mut Tables, changes: &Changes) -> Result<(), StoreError> {
    let source = changes.source;
    for row in &changes.infos_new {
        insert(&mut tables.infos, (row.contact, row.label, source, row.priority), row.info.clone())?;
    }
    for row in &changes.infos_changed {
        update(&mut tables.infos, &(row.contact, row.label, source, row.priority), row.info.clone());
    }
    for (contact, label, priority) in &changes.infos_removed {
        tables.infos.remove(&(*contact, *label, source, *priority));
    }
    for row in &changes.dates_new {
        insert(&mut tables.dates, (row.contact, row.label, source, row.priority), (row.date, row.uncertain))?;
    }
    for row in &changes.dates_changed {
        update(&mut tables.dates, &(row.contact, row.label, source, row.priority), (row.date, row.uncertain));
    }
    for (contact, label, priority) in &changes.dates_removed {
        tables.dates.remove(&(*contact, *label, source, *priority));
    }
    Ok(())
}

fn sources(tables: &mut Tables, changes: &Changes, now: &str) -> Result<(), StoreError> {
    for row in &changes.sources_new {
        let key: SourceKey = (changes.source, row.source_key.clone());
        let stored = StoredSource { row: row.clone(), subscribed: None, updated_at: Some(now.to_owned()) };
        insert(&mut tables.sources, key.clone(), stored)?;
        tables.sources_of.insert((row.contact, key));
    }
    for row in &changes.sources_changed {
        let key: SourceKey = (changes.source, row.source_key.clone());
        if let Some(stored) = tables.sources.get_mut(&key) {
            tables.sources_of.remove(&(stored.row.contact, key.clone()));
            tables.sources_of.insert((row.contact, key));
            stored.row = row.clone();
            stored.updated_at = Some(now.to_owned());
        }
    }
    for touched in &changes.touched {
        if let Some(stored) = tables.sources.get_mut(&(changes.source, touched.source_key.clone())) {
            stored.row.stamp = touched.stamp;
            stored.row.src_subscribed = touched.src_subscribed;
            stored.updated_at = Some(now.to_owned());
        }
    }
    Ok(())
}
