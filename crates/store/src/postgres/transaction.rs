use compact_str::CompactString;
use kartotek_register::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use kartotek_register::import::Changes;
use kartotek_register::ports::{
    Counts, Delivery, DeliveryKey, DeliveryState, KeyKind, Message, NewDelivery, NewRun, PersonOutcome, RunKey,
    RunState, StoreError, StoreErrorKind, Transaction,
};

use super::error::Failure;
use super::session::{Link, Session};
use super::{ledger, lookup, outcomes, write};

/// The writer's place: whoever holds this advisory lock writes, whichever process that is. So journal numbers come
/// without gaps in the order of commit. Edits by hand take it too (migrations, `take_writers_place`).
const WRITER: i64 = i64::from_be_bytes(*b"kartotek");

/// A transaction that has the writer's place from its beginning.
///
/// It reads what was committed before each of its statements, which is the same as before its beginning: nobody else
/// writes.
pub(super) struct PostgresTransaction<'s> {
    session: &'s mut Session,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A statement failed. The server would take a COMMIT as a ROLLBACK, without an error.
    Failed,
    Ended,
}

impl<'s> PostgresTransaction<'s> {
    pub fn begin(session: &'s mut Session) -> Result<Self, StoreError> {
        session.revive()?;
        let mut transaction = Self { session, state: State::Open };
        transaction.run("begin to write", async |link| {
            let begin = format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '60s';
                 SELECT pg_advisory_xact_lock({WRITER})"
            );
            Ok(link.client.batch_execute(&begin).await?)
        })?;
        Ok(transaction)
    }

    pub fn run<T>(
        &mut self,
        operation: &'static str,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.session.run(operation, work).inspect_err(|_| self.state = State::Failed)
    }
}

impl Transaction for PostgresTransaction<'_> {
    fn is_empty(&mut self) -> Result<bool, StoreError> {
        self.run("look for contacts", async |link| {
            let row = link.one("SELECT NOT EXISTS (SELECT FROM contact)", &[]).await?;
            Ok(row.try_get(0)?)
        })
    }

    fn sources(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<SourceRow>>, StoreError> {
        self.run("read source records", async |link| lookup::sources(link, source, keys).await)
    }

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        self.run("find contacts", async |link| lookup::contact_keys(link, ids).await)
    }

    fn named_keys(&mut self, names: &[(CompactString, CompactString)]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        self.run("find contacts by name", async |link| lookup::named_keys(link, names).await)
    }

    fn states(&mut self, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>, StoreError> {
        self.run("read contacts", async |link| lookup::states(link, source, keys).await)
    }

    fn allot(&mut self, kind: KeyKind, count: usize) -> Result<i64, StoreError> {
        self.run("allot keys", async |link| write::allot(link, kind, count).await)
    }

    fn apply(
        &mut self,
        changes: &Changes,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        now: &str,
    ) -> Result<(), StoreError> {
        self.run("write a batch", async |link| write::apply(link, changes, run, delivery, now).await)
    }

    fn insert_run(&mut self, run: &NewRun) -> Result<RunKey, StoreError> {
        self.run("enter the run", async |link| ledger::insert_run(link, run).await)
    }

    fn is_running(&mut self, run: RunKey) -> Result<bool, StoreError> {
        self.run("look for the run", async |link| ledger::is_running(link, run).await)
    }

    fn finish_run(&mut self, run: RunKey, state: RunState, counts: &Counts, now: &str) -> Result<(), StoreError> {
        self.run("end the run", async |link| ledger::finish_run(link, run, state, counts, now).await)
    }

    fn insert_delivery(&mut self, delivery: &NewDelivery) -> Result<DeliveryKey, StoreError> {
        self.run("enter the delivery", async |link| ledger::insert_delivery(link, delivery).await)
    }

    fn resume_delivery(&mut self, run: RunKey, delivery: DeliveryKey) -> Result<(), StoreError> {
        self.run("enter the delivery", async |link| ledger::resume_delivery(link, run, delivery).await)
    }

    fn delivery_by_hash(&mut self, source: SourceId, sha256: &str) -> Result<Option<Delivery>, StoreError> {
        self.run("look for the delivery", async |link| ledger::delivery_by_hash(link, source, sha256).await)
    }

    fn latest_delivery(&mut self, source: SourceId, task: &str) -> Result<Option<Delivery>, StoreError> {
        self.run("look for deliveries", async |link| ledger::latest_delivery(link, source, task).await)
    }

    fn move_delivery(
        &mut self,
        delivery: DeliveryKey,
        state: DeliveryState,
        position: u64,
        counts: &Counts,
    ) -> Result<(), StoreError> {
        self.run("move the delivery on", async |link| {
            ledger::move_delivery(link, delivery, state, position, counts).await
        })
    }

    fn insert_messages(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        messages: &[Message],
    ) -> Result<(), StoreError> {
        self.run("write messages", async |link| ledger::insert_messages(link, run, delivery, messages).await)
    }

    fn insert_run_persons(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        persons: &[(ContactKey, PersonOutcome)],
    ) -> Result<(), StoreError> {
        self.run("enter persons of a run", async |link| {
            outcomes::insert_run_persons(link, run, delivery, persons).await
        })
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.state == State::Failed {
            let message = "a statement of the transaction failed, so nothing of it counts";
            return Err(StoreError::new(StoreErrorKind::Refused, "commit", message));
        }
        self.run("commit", async |link| Ok(link.client.batch_execute("COMMIT").await?))?;
        self.state = State::Ended;
        Ok(())
    }
}

impl Drop for PostgresTransaction<'_> {
    fn drop(&mut self) {
        if self.state != State::Ended {
            // When the connection is gone, the server has rolled back already.
            drop(self.session.run("roll back", async |link| Ok(link.client.batch_execute("ROLLBACK").await?)));
        }
    }
}
