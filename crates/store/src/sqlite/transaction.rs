use compact_str::CompactString;
use kartotek_register::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use kartotek_register::import::Changes;
use kartotek_register::ports::{
    Counts, Delivery, DeliveryKey, DeliveryState, KeyKind, Message, NewDelivery, NewRun, PersonOutcome, RunKey,
    RunState, StoreError, Transaction,
};

use super::error::failed;
use super::{ledger, lookup, outcomes, write};

/// A transaction that has SQLite's write lock from its beginning.
pub(super) struct SqliteTransaction<'c> {
    pub(super) inner: rusqlite::Transaction<'c>,
}

impl<'c> SqliteTransaction<'c> {
    pub fn new(inner: rusqlite::Transaction<'c>) -> Self {
        Self { inner }
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn is_empty(&mut self) -> Result<bool, StoreError> {
        self.inner
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM contact)", [], |row| row.get(0))
            .map_err(|error| failed("look for contacts", &error))
    }

    fn sources(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<SourceRow>>, StoreError> {
        lookup::sources(&self.inner, source, keys).map_err(|error| failed("read source records", &error))
    }

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        lookup::contact_keys(&self.inner, ids).map_err(|error| failed("find contacts", &error))
    }

    fn named_keys(&mut self, names: &[(CompactString, CompactString)]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        lookup::named_keys(&self.inner, names).map_err(|error| failed("find contacts by name", &error))
    }

    fn states(&mut self, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>, StoreError> {
        lookup::states(&self.inner, source, keys).map_err(|error| failed("read contacts", &error))
    }

    fn allot(&mut self, kind: KeyKind, count: usize) -> Result<i64, StoreError> {
        write::allot(&self.inner, kind, count).map_err(|error| failed("allot keys", &error))
    }

    fn apply(
        &mut self,
        changes: &Changes,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        now: &str,
    ) -> Result<(), StoreError> {
        write::apply(&self.inner, changes, run, delivery, now).map_err(|error| failed("write a batch", &error))
    }

    fn insert_run(&mut self, run: &NewRun) -> Result<RunKey, StoreError> {
        ledger::insert_run(&self.inner, run).map_err(|error| failed("enter the run", &error))
    }

    fn is_running(&mut self, run: RunKey) -> Result<bool, StoreError> {
        ledger::is_running(&self.inner, run).map_err(|error| failed("look for the run", &error))
    }

    fn finish_run(&mut self, run: RunKey, state: RunState, counts: &Counts, now: &str) -> Result<(), StoreError> {
        ledger::finish_run(&self.inner, run, state, counts, now).map_err(|error| failed("end the run", &error))
    }

    fn insert_delivery(&mut self, delivery: &NewDelivery) -> Result<DeliveryKey, StoreError> {
        ledger::insert_delivery(&self.inner, delivery).map_err(|error| failed("enter the delivery", &error))
    }

    fn resume_delivery(&mut self, run: RunKey, delivery: DeliveryKey) -> Result<(), StoreError> {
        ledger::resume_delivery(&self.inner, run, delivery).map_err(|error| failed("enter the delivery", &error))
    }

    fn delivery_by_hash(&mut self, source: SourceId, sha256: &str) -> Result<Option<Delivery>, StoreError> {
        ledger::delivery_by_hash(&self.inner, source, sha256).map_err(|error| failed("look for the delivery", &error))
    }

    fn latest_delivery(&mut self, source: SourceId, task: &str) -> Result<Option<Delivery>, StoreError> {
        ledger::latest_delivery(&self.inner, source, task).map_err(|error| failed("look for deliveries", &error))
    }

    fn move_delivery(
        &mut self,
        delivery: DeliveryKey,
        state: DeliveryState,
        position: u64,
        counts: &Counts,
    ) -> Result<(), StoreError> {
        ledger::move_delivery(&self.inner, delivery, state, position, counts)
            .map_err(|error| failed("move the delivery on", &error))
    }

    fn insert_messages(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        messages: &[Message],
    ) -> Result<(), StoreError> {
        ledger::insert_messages(&self.inner, run, delivery, messages).map_err(|error| failed("write messages", &error))
    }

    fn insert_run_persons(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        persons: &[(ContactKey, PersonOutcome)],
    ) -> Result<(), StoreError> {
        outcomes::insert_run_persons(&self.inner, run, delivery, persons)
            .map_err(|error| failed("enter persons of a run", &error))
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().map_err(|error| failed("commit", &error))
    }
}
