use std::sync::{Mutex, MutexGuard};

use compact_str::CompactString;

use crate::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use crate::import::Changes;
use crate::ports::{
    Counts, Delivery, DeliveryKey, DeliveryState, KeyKind, Message, NewDelivery, NewRun, PersonOutcome, RunKey,
    RunState, StoreError, Transaction,
};

use super::accident::{self, Accident, Trap};
use super::tables::{StoredMessage, Tables};
use super::{apply, ledger, lock, outcomes, state};

/// Works on a copy of the tables, which takes their place when it is committed.
pub(super) struct MemoryTransaction<'s> {
    _place: MutexGuard<'s, ()>,
    committed: &'s Mutex<Tables>,
    trap: &'s Trap,
    pub(super) tables: Tables,
}

impl<'s> MemoryTransaction<'s> {
    pub fn new(place: MutexGuard<'s, ()>, committed: &'s Mutex<Tables>, trap: &'s Trap, tables: Tables) -> Self {
        Self { _place: place, committed, trap, tables }
    }
}

impl Transaction for MemoryTransaction<'_> {
    fn is_empty(&mut self) -> Result<bool, StoreError> {
        Ok(self.tables.contacts_by_id().next().is_none())
    }

    fn sources(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<SourceRow>>, StoreError> {
        let find = |key: &CompactString| self.tables.sources.get(&(source, key.clone())).map(|found| found.row.clone());
        Ok(keys.iter().map(find).collect())
    }

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        Ok(ids.iter().map(|id| self.tables.key_by_id(id)).collect())
    }

    fn named_keys(&mut self, names: &[(CompactString, CompactString)]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        Ok(names.iter().map(|(name1, name2)| self.tables.key_by_name(name1, name2)).collect())
    }

    fn states(&mut self, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>, StoreError> {
        keys.iter().map(|key| state::state(&self.tables, source, *key)).collect()
    }

    fn allot(&mut self, kind: KeyKind, count: usize) -> Result<i64, StoreError> {
        let next = match kind {
            KeyKind::Contact => &mut self.tables.next_contact,
            KeyKind::Address => &mut self.tables.next_address,
        };
        let first = *next;
        *next += i64::try_from(count).unwrap_or(i64::MAX);
        Ok(first)
    }

    fn apply(
        &mut self,
        changes: &Changes,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        now: &str,
    ) -> Result<(), StoreError> {
        apply::apply(&mut self.tables, changes, run, delivery, now)
    }

    fn insert_run(&mut self, run: &NewRun) -> Result<RunKey, StoreError> {
        Ok(ledger::insert_run(&mut self.tables, run))
    }

    fn is_running(&mut self, run: RunKey) -> Result<bool, StoreError> {
        Ok(self.tables.runs.get(&run).is_some_and(|stored| stored.state == RunState::Running))
    }

    fn finish_run(&mut self, run: RunKey, state: RunState, counts: &Counts, now: &str) -> Result<(), StoreError> {
        ledger::finish_run(&mut self.tables, run, state, counts, now);
        Ok(())
    }

    fn resume_delivery(&mut self, run: RunKey, delivery: DeliveryKey) -> Result<(), StoreError> {
        ledger::resume_delivery(&mut self.tables, run, delivery);
        Ok(())
    }

    fn insert_delivery(&mut self, delivery: &NewDelivery) -> Result<DeliveryKey, StoreError> {
        Ok(ledger::insert_delivery(&mut self.tables, delivery))
    }

    fn delivery_by_hash(&mut self, source: SourceId, sha256: &str) -> Result<Option<Delivery>, StoreError> {
        Ok(ledger::delivery_by_hash(&self.tables, source, sha256))
    }

    fn latest_delivery(&mut self, source: SourceId, task: &str) -> Result<Option<Delivery>, StoreError> {
        Ok(ledger::latest_delivery(&self.tables, source, task))
    }

    fn move_delivery(
        &mut self,
        delivery: DeliveryKey,
        state: DeliveryState,
        position: u64,
        counts: &Counts,
    ) -> Result<(), StoreError> {
        ledger::move_delivery(&mut self.tables, delivery, state, position, counts);
        Ok(())
    }

    fn insert_messages(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        messages: &[Message],
    ) -> Result<(), StoreError> {
        let stored = messages.iter().map(|message| StoredMessage { run, delivery, message: message.clone() });
        self.tables.messages.extend(stored);
        Ok(())
    }

    fn insert_run_persons(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        persons: &[(ContactKey, PersonOutcome)],
    ) -> Result<(), StoreError> {
        outcomes::insert_run_persons(&mut self.tables, run, delivery, persons)
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let accident = self.trap.step();
        if accident != Some(Accident::Before) {
            *lock(self.committed) = self.tables;
        }
        accident.map_or(Ok(()), |_| Err(accident::lost()))
    }
}
