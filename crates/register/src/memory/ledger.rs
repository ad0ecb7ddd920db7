//! Runs and deliveries.

use kartotek_formats::dates::PartialDate;

use crate::contact::SourceId;
use crate::ports::{Counts, Delivery, DeliveryKey, DeliveryState, NewDelivery, NewRun, RunKey, RunState};

use super::tables::{StoredDelivery, StoredRun, Tables};

pub(super) fn insert_run(tables: &mut Tables, run: &NewRun) -> RunKey {
    let key = tables.runs.last_key_value().map_or(1, |(key, _)| key + 1);
    let run = StoredRun {
        run: run.clone(),
        finished_at: None,
        state: RunState::Running,
        delivery: None,
        counts: Counts::default(),
    };
    tables.runs.insert(key, run);
    key
}

pub(super) fn finish_run(tables: &mut Tables, key: RunKey, state: RunState, counts: &Counts, now: &str) {
    if let Some(stored) = tables.runs.get_mut(&key) {
        stored.state = state;
        stored.finished_at = Some(now.to_owned());
        stored.counts = *counts;
    }
}

pub(super) fn fail_dead_runs(tables: &mut Tables, source: SourceId, kind: &str, now: &str) -> u64 {
    let is_dead = |stored: &&mut StoredRun| {
        stored.state == RunState::Running && stored.run.source == source && stored.run.kind == kind
    };
    let mut dead = 0;
    for stored in tables.runs.values_mut().filter(is_dead) {
        let taken = stored.delivery.and_then(|delivery| tables.deliveries.get(&delivery));
        stored.counts = taken.map_or(stored.counts, |taken| taken.delivery.counts);
        stored.state = RunState::Failed;
        stored.finished_at = Some(now.to_owned());
        dead += 1;
    }
    dead
}

pub(super) fn resume_delivery(tables: &mut Tables, run: RunKey, delivery: DeliveryKey) {
    if let Some(stored) = tables.runs.get_mut(&run) {
        stored.delivery = Some(delivery);
    }
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
    resume_delivery(tables, new.run, key);
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
