//! A store that fails at a chosen call.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use kartotek_register::import::Changes;
use kartotek_register::ports::{
    Block, Case, CaseBook, CaseKey, Change, ContactCard, ContactSummary, Counts, Delivery, DeliveryKey, DeliveryState,
    Direction, ExternalSource, FindQuery, KeyKind, Known, LeaseTaken, Message, NewCase, NewDelivery, NewOrder, NewRun,
    Order, OrderKey, OrderState, Party, PersonInRun, PersonOutcome, Reader, Rewish, RunCard, RunKey, RunState,
    SealedSecret, SecretChange, SecretsWritten, SourceTable, Store, StoreError, StoreErrorKind, SubscriptionBook,
    SubscriptionFacts, Transaction, Transfer, TransferBook, TransferKey, TransferState, Wish,
};

/// How the accident goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One call fails; the next one goes through.
    Once,
    /// From that call on all fail, as after the end of the process.
    ForGood,
    /// As `ForGood`, and if the call is a commit, it counts: only the answer is lost.
    AnswerLost,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Once, Self::ForGood, Self::AnswerLost];
}

/// Counts the calls, and says when one fails.
#[derive(Clone)]
pub struct Trap {
    left: Arc<AtomicI64>,
    calls: Arc<AtomicU64>,
    mode: Mode,
}

impl Trap {
    /// Goes off at the `nth` call, from 0.
    pub fn at(nth: usize, mode: Mode) -> Self {
        let left = i64::try_from(nth).unwrap();
        Self { left: Arc::new(AtomicI64::new(left)), calls: Arc::default(), mode }
    }

    /// Only counts.
    pub fn never() -> Self {
        Self::at(1 << 40, Mode::Once)
    }

    pub fn calls(&self) -> usize {
        usize::try_from(self.calls.load(Ordering::Relaxed)).unwrap()
    }

    pub fn has_gone_off(&self) -> bool {
        self.left.load(Ordering::Relaxed) < 0
    }

    fn call(&self) -> Result<(), StoreError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        if left == 0 || (left < 0 && self.mode != Mode::Once) { Err(accident()) } else { Ok(()) }
    }
}

fn accident() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "do anything", "an accident")
}

/// A store whose calls, and those of its transactions and readers, go through a trap.
pub struct Failing<'s> {
    pub store: &'s mut dyn Store,
    pub trap: Trap,
}

struct FailingTransaction<'t> {
    inner: Box<dyn Transaction + 't>,
    trap: Trap,
}

struct FailingReader {
    inner: Box<dyn Reader>,
    trap: Trap,
}

impl Store for Failing<'_> {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.trap.call()?;
        Ok(Box::new(FailingTransaction { inner: self.store.begin()?, trap: self.trap.clone() }))
    }

    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.trap.call()?;
        Ok(Box::new(FailingTransaction { inner: self.store.begin_durable()?, trap: self.trap.clone() }))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.trap.call()?;
        Ok(Box::new(FailingReader { inner: self.store.reader()?, trap: self.trap.clone() }))
    }

    fn begin_load(&mut self) -> Result<(), StoreError> {
        self.trap.call()?;
        self.store.begin_load()
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        self.trap.call()?;
        self.store.finish_load()
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        self.trap.call()?;
        self.store.write_secrets(changes, now)
    }

    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
        self.trap.call()?;
        self.store.lease(name, holder)
    }
}

/// Each method asks the trap first.
macro_rules! trapped {
    ($($name:ident($($argument:ident: $type:ty),*) -> $output:ty;)+) => {$(
        fn $name(&mut self, $($argument: $type),*) -> Result<$output, StoreError> {
            self.trap.call()?;
            self.inner.$name($($argument),*)
        }
    )+};
}

impl Transaction for FailingTransaction<'_> {
    trapped! {
        is_empty() -> bool;
        sources(source: SourceId, keys: &[CompactString]) -> Vec<Option<SourceRow>>;
        contact_keys(ids: &[ContactId]) -> Vec<Option<ContactKey>>;
        named_keys(names: &[(CompactString, CompactString)]) -> Vec<Option<ContactKey>>;
        states(source: SourceId, keys: &[ContactKey]) -> Vec<ContactState>;
        allot(kind: KeyKind, count: usize) -> i64;
        apply(changes: &Changes, run: RunKey, delivery: Option<DeliveryKey>, now: &str) -> ();
        insert_run(run: &NewRun) -> RunKey;
        is_running(run: RunKey) -> bool;
        finish_run(run: RunKey, state: RunState, counts: &Counts, now: &str) -> ();
        insert_delivery(delivery: &NewDelivery) -> DeliveryKey;
        resume_delivery(run: RunKey, delivery: DeliveryKey) -> ();
        delivery_by_hash(source: SourceId, sha256: &str) -> Option<Delivery>;
        latest_delivery(source: SourceId, task: &str) -> Option<Delivery>;
        move_delivery(delivery: DeliveryKey, state: DeliveryState, position: u64, counts: &Counts) -> ();
        insert_messages(run: RunKey, delivery: Option<DeliveryKey>, messages: &[Message]) -> ();
        insert_run_persons(
            run: RunKey, delivery: Option<DeliveryKey>, persons: &[(ContactKey, PersonOutcome)]
        ) -> ();
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        match (self.trap.call(), self.trap.mode) {
            (Ok(()), _) => self.inner.commit(),
            (Err(lost), Mode::AnswerLost) => self.inner.commit().and(Err(lost)),
            (Err(error), _) => Err(error),
        }
    }
}

impl CaseBook for FailingTransaction<'_> {
    trapped! {
        case(case_no: &str) -> Option<Case>;
        insert_case(case: &NewCase) -> CaseKey;
        set_case_state(case: CaseKey, is_open: bool, end_date: Option<PartialDate>) -> ();
        set_case_start(case: CaseKey, start_date: PartialDate) -> ();
        set_case_type(case: CaseKey, case_type: Option<&str>) -> ();
        parties(case: CaseKey) -> Vec<Party>;
        put_party(party: &Party) -> ();
    }
}

impl SubscriptionBook for FailingTransaction<'_> {
    trapped! {
        set_wishes(source: SourceId, wishes: &[(CompactString, ContactKey, Option<bool>)]) -> ();
        rewish(source: SourceId, wishes: &[Rewish]) -> ();
        set_src_subscribed(
            source: SourceId, states: &[(CompactString, ContactKey, bool)], deliveries_from: Option<PartialDate>
        ) -> ();
        set_deliveries_from(source: SourceId, keys: &[CompactString], deliveries_from: PartialDate) -> ();
        insert_orders(source: SourceId, run: RunKey, orders: &[NewOrder], now: &str) -> Vec<OrderKey>;
        move_to_file(orders: &[OrderKey], file: &str, process_date: PartialDate) -> ();
        move_orders(orders: &[OrderKey], state: OrderState, error: Option<&str>) -> ();
        pending_orders(source: SourceId) -> Vec<Order>;
        put_block(source: SourceId, key: &str, reason: &str, now: &str) -> ();
        remove_block(source: SourceId, key: &str) -> bool;
    }
}

impl SourceTable for FailingTransaction<'_> {
    trapped! {
        put_external_source(name: &str, parameters: &str, now: &str) -> ();
        remove_external_source(name: &str) -> bool;
    }
}

impl TransferBook for FailingTransaction<'_> {
    trapped! {
        insert_transfer(transfer: &Transfer) -> TransferKey;
        update_transfer(transfer: &Transfer) -> ();
        transfers(source: SourceId, direction: Direction, state: Option<TransferState>) -> Vec<Transfer>;
        put_transfer_setting(source: SourceId, name: &str, value: Option<&str>, now: &str) -> ();
        transfer_settings(source: SourceId) -> Vec<(String, String)>;
        fail_dead_runs(source: SourceId, kind: &str, now: &str) -> u64;
    }
}

impl Reader for FailingReader {
    trapped! {
        known(source: SourceId, keys: &[CompactString]) -> Vec<Option<Known>>;
        contact_keys(ids: &[ContactId]) -> Vec<Option<ContactKey>>;
        contact(id: &ContactId) -> Option<ContactCard>;
        find(query: &FindQuery) -> Vec<ContactSummary>;
        history(id: &ContactId) -> Vec<Change>;
        messages(delivery: DeliveryKey) -> Vec<Message>;
        external_sources() -> Vec<ExternalSource>;
        secrets() -> Vec<SealedSecret>;
        subscription_facts(
            source: SourceId, today: PartialDate, after: Option<&str>, limit: u32
        ) -> Vec<SubscriptionFacts>;
        wishes(source: SourceId, after: Option<&str>, limit: u32) -> Vec<Wish>;
        orders(source: SourceId, state: Option<OrderState>, limit: u32) -> Vec<Order>;
        blocks(source: SourceId) -> Vec<Block>;
        transfers(source: SourceId, direction: Direction, state: Option<TransferState>) -> Vec<Transfer>;
        transfer_settings(source: SourceId) -> Vec<(String, String)>;
        runs(source: SourceId, limit: u32) -> Vec<RunCard>;
        run(run: RunKey) -> Option<RunCard>;
        runs_of_delivery(delivery: DeliveryKey) -> Vec<RunCard>;
        persons_in_runs(runs: &[RunKey], outcome: Option<PersonOutcome>, skip: u64, limit: u32) -> Vec<PersonInRun>;
        runs_of_person(id: &ContactId, limit: u32) -> Vec<PersonInRun>;
    }
}
