use std::sync::{Arc, Mutex};

use compact_str::CompactString;

use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactId, ContactKey, SourceId};
use crate::ports::{
    Block, Change, ContactCard, ContactSummary, DeliveryKey, Direction, ExternalSource, FindQuery, Known, Message,
    Order, OrderState, PersonInRun, PersonOutcome, Reader, RunCard, RunKey, SealedSecret, StoreError,
    SubscriptionFacts, Transfer, TransferState, Wish,
};

use super::tables::Tables;
use super::{cards, find, lock, outcomes, subscriptions, transfers};

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

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        let tables = lock(&self.committed);
        Ok(ids.iter().map(|id| tables.key_by_id(id)).collect())
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
                    started_at: tables.runs.get(&change.run)?.run.started_at.clone(),
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
        let of_delivery = tables.messages.iter().filter(|stored| stored.delivery == Some(delivery));
        Ok(of_delivery.map(|stored| stored.message.clone()).collect())
    }

    fn external_sources(&mut self) -> Result<Vec<ExternalSource>, StoreError> {
        Ok(lock(&self.committed).external_sources.values().cloned().collect())
    }

    fn secrets(&mut self) -> Result<Vec<SealedSecret>, StoreError> {
        Ok(lock(&self.committed).secrets.values().cloned().collect())
    }

    fn subscription_facts(
        &mut self,
        source: SourceId,
        today: PartialDate,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SubscriptionFacts>, StoreError> {
        Ok(subscriptions::facts(&lock(&self.committed), source, today, after, limit))
    }

    fn wishes(&mut self, source: SourceId, after: Option<&str>, limit: u32) -> Result<Vec<Wish>, StoreError> {
        Ok(subscriptions::wishes(&lock(&self.committed), source, after, limit))
    }

    fn orders(&mut self, source: SourceId, state: Option<OrderState>, limit: u32) -> Result<Vec<Order>, StoreError> {
        Ok(subscriptions::orders(&lock(&self.committed), source, state, limit))
    }

    fn blocks(&mut self, source: SourceId) -> Result<Vec<Block>, StoreError> {
        Ok(subscriptions::blocks(&lock(&self.committed), source))
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError> {
        Ok(transfers::transfers(&lock(&self.committed), source, direction, state))
    }

    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError> {
        Ok(transfers::settings(&lock(&self.committed), source))
    }

    fn runs(&mut self, source: SourceId, limit: u32) -> Result<Vec<RunCard>, StoreError> {
        Ok(outcomes::runs(&lock(&self.committed), source, limit))
    }

    fn run(&mut self, run: RunKey) -> Result<Option<RunCard>, StoreError> {
        Ok(outcomes::run(&lock(&self.committed), run))
    }

    fn runs_of_delivery(&mut self, delivery: DeliveryKey) -> Result<Vec<RunCard>, StoreError> {
        Ok(outcomes::runs_of_delivery(&lock(&self.committed), delivery))
    }

    fn persons_in_runs(
        &mut self,
        runs: &[RunKey],
        outcome: Option<PersonOutcome>,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<PersonInRun>, StoreError> {
        Ok(outcomes::persons_in_runs(&lock(&self.committed), runs, outcome, skip, limit))
    }

    fn runs_of_person(&mut self, id: &ContactId, limit: u32) -> Result<Vec<PersonInRun>, StoreError> {
        Ok(outcomes::runs_of_person(&lock(&self.committed), id, limit))
    }
}
