//! Runs and deliveries.

use kartotek_formats::dates::PartialDate;

use crate::contact::SourceId;
use crate::ports::{Counts, Delivery, DeliveryKey, DeliveryState, NewDelivery, NewRun, RunKey};

use super::tables::{StoredDelivery, Tables};

pub(super) fn insert_run(tables: &mut Tables, run: &NewRun) -> RunKey {
    let key = tables.runs.last_key_value().map_or(1, |(key, _)| key + 1);
    tables.runs.insert(key, run.clone());
    key
}

pub(super) fn insert_delivery(tables: &mut Tables, new: &NewDelivery) -> DeliveryKey {
    let key = tables.deliveries.last_key_value().map_or(1, |(key, _)| key + 1);
    let delivery = Delivery {
        key,
        name: new.name.clone(),
        sha256: new.sha256.clone(),
        task: new.task.clone(),
        production_date: new.production_date.earliest(),
        previous_date: new.previous_date.map(PartialDate::earliest),
        state: DeliveryState::Running,
        position: 0,
        counts: Counts::default(),
    };
    tables.deliveries.insert(key, StoredDelivery { source: new.source, delivery });
    key
}

pub(super) fn delivery_by_hash(tables: &Tables, source: SourceId, sha256: &str) -> Option<Delivery> {
    let mut latest_first = tables.deliveries.values().rev();
    latest_first.find(|stored| stored.source == source && stored.delivery.sha256 == sha256).map(|s| s.delivery.clone())
}

pub(super) fn latest_delivery(tables: &Tables, source: SourceId, task: &str) -> Option<Delivery> {
    let of_task = |stored: &&StoredDelivery| stored.source == source && stored.delivery.task == task;
    tables
        .deliveries
        .values()
        .filter(of_task)
        .map(|stored| &stored.delivery)
        .filter(|delivery| delivery.state == DeliveryState::Done)
        .max_by_key(|delivery| (delivery.production_date, delivery.key))
        .cloned()
}

pub(super) fn move_delivery(
    tables: &mut Tables,
    key: DeliveryKey,
    state: DeliveryState,
    position: u64,
    counts: &Counts,
) {
    if let Some(stored) = tables.deliveries.get_mut(&key) {
        stored.delivery.state = state;
        stored.delivery.position = position;
        stored.delivery.counts = *counts;
    }
}
