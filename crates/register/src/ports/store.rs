use compact_str::CompactString;

use crate::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use crate::import::Changes;

use super::{
    CaseBook, Counts, Delivery, DeliveryKey, DeliveryState, LeaseTaken, Message, NewDelivery, NewRun, PersonOutcome,
    Reader, RunKey, RunState, SecretChange, SecretsWritten, SourceTable, StoreError, SubscriptionBook, TransferBook,
};

/// A register that can be written.
pub trait Store: Send {
    /// Waits for the one writer's place and begins a transaction. Dropping it undoes everything.
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// As [`Store::begin`], for what has to be known before something is done outside the register: its commit returns only
    /// when it is on disk, so that a power cut cannot take it back.
    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// Opens a reader, which sees what was committed before each of its calls and never waits for the writer.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreError>;

    /// Says that a large load of new contacts begins: a store may put off what is cheaper at the end, as long as a
    /// crash leaves it able to catch up. Called outside a transaction; only an empty register may make use of it.
    fn begin_load(&mut self) -> Result<(), StoreError>;

    /// Ends what [`Store::begin_load`] began, or what a crash left of it, and makes all that was committed durable.
    fn finish_load(&mut self) -> Result<(), StoreError>;

    /// Changes secrets, all or none, and returns only when the change is on disk: a power cut must not take back a password
    /// that was sent to its service.
    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError>;

    /// Asks for the right to be the only one who works at `name`, over all processes that use this register. `holder` says
    /// who asks, for the one who is refused. A call does not wait, and within one process the second is refused too.
    ///
    /// `name` is a word of the program's own, of letters, digits and hyphens.
    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError>;
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `contact_key`.
    Contact,
    /// `address_key`.
    Address,
}

/// One transaction of the one writer.
pub trait Transaction: CaseBook + SubscriptionBook + SourceTable + TransferBook {
    /// Whether the register has no contacts at all.
    fn is_empty(&mut self) -> Result<bool, StoreError>;

    /// The source's rows of some objects, in the order asked for.
    fn sources(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<SourceRow>>, StoreError>;

    /// The keys of contacts by their identity, in the order asked for.
    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError>;

    /// The keys of persons without a number by `name1` and `name2`, in the order asked for.
    fn named_keys(&mut self, names: &[(CompactString, CompactString)]) -> Result<Vec<Option<ContactKey>>, StoreError>;

    /// What the register holds about contacts as one source sees it, in the order asked for; each key must exist.
    fn states(&mut self, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>, StoreError>;

    /// Allots `count` keys that follow each other and returns the first.
    fn allot(&mut self, kind: KeyKind, count: usize) -> Result<i64, StoreError>;

    /// Writes a batch and numbers its journal entries without gaps, for a run and, when there is one, a delivery.
    fn apply(
        &mut self,
        changes: &Changes,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        now: &str,
    ) -> Result<(), StoreError>;

    /// Enters a run.
    fn insert_run(&mut self, run: &NewRun) -> Result<RunKey, StoreError>;

    /// Whether a run still stands as running. A run whose lease was lost does not, once its successor has taken the lease.
    fn is_running(&mut self, run: RunKey) -> Result<bool, StoreError>;

    /// Ends a run.
    fn finish_run(&mut self, run: RunKey, state: RunState, counts: &Counts, now: &str) -> Result<(), StoreError>;

    /// Enters a delivery as running, at position 0.
    fn insert_delivery(&mut self, delivery: &NewDelivery) -> Result<DeliveryKey, StoreError>;

    /// Notes that a run goes on with a delivery that an earlier run began.
    fn resume_delivery(&mut self, run: RunKey, delivery: DeliveryKey) -> Result<(), StoreError>;

    /// The latest entry of a delivery by its hash.
    fn delivery_by_hash(&mut self, source: SourceId, sha256: &str) -> Result<Option<Delivery>, StoreError>;

    /// The delivery of a task with the latest production date that was taken in whole.
    fn latest_delivery(&mut self, source: SourceId, task: &str) -> Result<Option<Delivery>, StoreError>;

    /// Moves a delivery on.
    fn move_delivery(
        &mut self,
        delivery: DeliveryKey,
        state: DeliveryState,
        position: u64,
        counts: &Counts,
    ) -> Result<(), StoreError>;

    /// Adds messages to a run and, when there is one, a delivery.
    fn insert_messages(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        messages: &[Message],
    ) -> Result<(), StoreError>;

    /// Enters persons whom a run has left as they were: unchanged or older; other outcomes are refused, since they stand in
    /// the journal or in the messages. A person who is there already with the same outcome is passed over.
    fn insert_run_persons(
        &mut self,
        run: RunKey,
        delivery: Option<DeliveryKey>,
        persons: &[(ContactKey, PersonOutcome)],
    ) -> Result<(), StoreError>;

    /// Makes everything since `begin` count.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
