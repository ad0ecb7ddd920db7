//! One file that is whole, from the ledger's entry to the last line of the report.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::import::{Batch, BatchReport, Importer, MappedAgain};
use kartotek_register::ports::{
    Clock, Counts, Delivery, DeliveryKey, DeliveryState, KeyKind, Message, NewDelivery, NewRun, PersonOutcome, RunKey,
    RunState, Severity, Store, StoreError, Transaction,
};

use super::ImportError;
use super::chain::check_chain;
use super::errlog::ErrorLog;
use super::file::ExtractFile;
use super::import::{ExtractImport, FileReport, Planned, Progress, Skipped};
use super::persons::PersonReader;
use super::prepare::{Prepared, Preparer};
use super::scan::Scan;
use crate::subscriptions::receipts::{answered, done_too_early, is_refused_order, settle_answered};

/// Persons that are read, prepared and planned together. Several batches are under way at a time, so their size decides
/// how much memory an import needs.
pub(super) const BATCH: usize = 4_000;

/// Batches in a transaction. Larger transactions write a page that many persons touch less often.
const BATCHES: u32 = 5;

/// A first load of more persons than this puts off the indexes that fill in random order.
const LARGE: u64 = 20_000;

/// Everything that taking in one file needs.
pub(super) struct Intake<'a> {
    pub import: &'a ExtractImport,
    pub store: &'a mut dyn Store,
    pub path: &'a Path,
    pub clock: &'a dyn Clock,
    pub file: &'a ExtractFile,
    pub scan: &'a Scan,
}

/// Where to begin.
struct Begun {
    run: RunKey,
    delivery: Option<DeliveryKey>,
    position: u64,
    counts: Counts,
    resumed: bool,
    /// The next key of a contact, when the register is empty.
    empty_at: Option<i64>,
    /// Those of the first pass.
    messages: Vec<Message>,
}

/// Errors and remarks: the first for the report, all for the error log.
struct Messages {
    first: Vec<Message>,
    count: u64,
    log: ErrorLog,
}

impl Messages {
    fn add(&mut self, mut messages: Vec<Message>) {
        self.log.add(&messages);
        self.count += messages.len() as u64;
        messages.truncate(FileReport::MESSAGES.saturating_sub(self.first.len()));
        self.first.append(&mut messages);
    }
}

impl Intake<'_> {
    pub fn run(
        &mut self,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<FileReport, ImportError> {
        let log = ErrorLog::of(self.path, !self.import.dry_run);
        let mut messages = Messages { first: Vec::new(), count: 0, log };
        let mut begun = match self.begin()? {
            Ok(begun) => begun,
            Err(done) => {
                // The import that took it in may have been cut off between its last entry and the end of its load.
                if !self.import.dry_run {
                    self.store.finish_load()?;
                }
                let skipped = Skipped { name: done.name, delivery: done.key };
                if !self.import.tell_again || skipped.name != file_name(self.path) {
                    return Ok(self.report(Some(skipped), false, Counts::default(), 0, messages));
                }
                let said = self.store.reader()?.messages(skipped.delivery)?;
                let orders_refused = said.iter().filter(|message| is_refused_order(message)).count() as u64;
                messages.add(said);
                let report = self.report(None, false, done.counts, orders_refused, messages);
                return Ok(FileReport { skipped: Some(skipped), ..report });
            }
        };
        let is_load = begun.empty_at.is_some() && self.scan.persons > LARGE && !self.import.dry_run;
        if is_load {
            self.store.begin_load()?;
        }
        messages.add(match (begun.resumed, begun.delivery) {
            (true, Some(delivery)) => self.store.reader()?.messages(delivery)?,
            _ => std::mem::take(&mut begun.messages),
        });
        let mut counts = begun.counts;
        let outcome = self.batches(&begun, &mut counts, &mut messages, progress, planned);
        let finished = if self.import.dry_run { Ok(0) } else { self.finish(&begun, &counts, outcome.is_ok()) };
        // Why the import stopped says more than that its end could not be written either.
        outcome?;
        let orders_refused = finished?;
        Ok(self.report(None, begun.resumed, counts, orders_refused, messages))
    }

    /// Checks the chain, enters the run and the delivery with the first pass's messages, or finds the delivery that was
    /// cut off. An error within is one that was taken in before.
    fn begin(&mut self) -> Result<Result<Begun, Delivery>, ImportError> {
        let Scan { frame, sha256, .. } = self.scan;
        let scan = self.scan;
        let early = done_too_early(&*self.store, scan.receipts(), frame.production_date)?;
        let mut transaction = self.store.begin()?;
        let earlier = transaction.delivery_by_hash(SourceId::CPR, sha256)?;
        if let Some(done) = earlier.as_ref().filter(|d| d.state == DeliveryState::Done && !self.import.again) {
            return Ok(Err(done.clone()));
        }
        let cut_off = earlier.filter(|delivery| delivery.state != DeliveryState::Done);
        let last = transaction.latest_delivery(SourceId::CPR, frame.task.as_str())?;
        if cut_off.is_none() && !self.import.accept.chain {
            check_chain(frame, last.as_ref())?;
        }
        let empty_at = if transaction.is_empty()? { Some(transaction.allot(KeyKind::Contact, 0)?) } else { None };
        let run = transaction.insert_run(&NewRun {
            kind: "import cpr",
            source: SourceId::CPR,
            started_at: self.clock.now_text(),
        })?;
        let begun = match cut_off {
            Some(delivery) if !self.import.dry_run => {
                transaction.resume_delivery(run, delivery.key)?;
                Begun {
                    run,
                    delivery: Some(delivery.key),
                    position: delivery.position,
                    counts: delivery.counts,
                    resumed: true,
                    empty_at,
                    messages: Vec::new(),
                }
            }
            _ => {
                let delivery = transaction.insert_delivery(&NewDelivery {
                    source: SourceId::CPR,
                    name: file_name(self.path),
                    sha256: sha256.clone(),
                    task: frame.task.to_string(),
                    production_date: frame.production_date,
                    previous_date: frame.previous_date,
                    run,
                })?;
                let remarks = self.scan.messages.iter().filter(|m| m.severity == Severity::Remark).count() as u64;
                let counts = Counts { rejected: self.scan.rejected_count, remarks, ..Counts::default() };
                let mut messages = self.scan.messages.clone();
                let orders = answered(
                    transaction.as_mut(),
                    scan.receipts(),
                    early,
                    frame.production_date,
                    self.import.customer,
                )?;
                for ((place, receipt), order) in scan.receipts.iter().zip(orders) {
                    if let (Some(message), Some(order)) = (messages.get_mut(*place), order) {
                        message.text = receipt.about(&order);
                    }
                }
                let messages = with_contacts(transaction.as_mut(), messages)?;
                transaction.insert_messages(run, Some(delivery), &messages)?;
                transaction.move_delivery(delivery, DeliveryState::Running, 0, &counts)?;
                let delivery = (!self.import.dry_run).then_some(delivery);
                Begun { run, delivery, position: 0, counts, resumed: false, empty_at, messages }
            }
        };
        // A dry run leaves the transaction, which undoes it.
        if !self.import.dry_run {
            transaction.commit()?;
        }
        Ok(Ok(begun))
    }

    /// Reading, preparing and writing run beside each other, a batch apart.
    fn batches(
        &mut self,
        begun: &Begun,
        counts: &mut Counts,
        messages: &mut Messages,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<(), ImportError> {
        let (file, scan, import) = (self.file, self.scan, self.import);
        let reader = if begun.empty_at.is_some() && begun.position == 0 { None } else { Some(self.store.reader()?) };
        let mapping_hash = import.mapping.hash();
        let list_persons = import.list_persons;
        let again = Preparer { scan, mapping: &import.mapping, mapping_hash, reader: None, list_persons };
        let mut preparer = Preparer { scan, mapping: &import.mapping, mapping_hash, reader, list_persons };
        let mut importer = Importer::new(import.options.clone(), self.clock, import.dry_run);
        if let Some(next) = begun.empty_at {
            importer = importer.into_empty_register(next);
        }
        let store = &mut *self.store;

        std::thread::scope(|scope| {
            let (to_prepare, read) = mpsc::sync_channel(1);
            let (to_write, ready) = mpsc::sync_channel::<Result<Prepared, ImportError>>(1);
            let position = begun.position;
            scope.spawn(move || {
                let mut persons = match PersonReader::new(file, scan, position) {
                    Ok(persons) => persons,
                    Err(error) => return drop(to_prepare.send(Err(error))),
                };
                // A receiver that is gone has seen an error; there is nobody to read for.
                while let Some(batch) = persons.batch(BATCH).transpose() {
                    let failed = batch.is_err();
                    if to_prepare.send(batch).is_err() || failed {
                        return;
                    }
                }
            });
            scope.spawn(move || {
                for batch in read {
                    let batch = batch.and_then(|batch| preparer.prepare(batch));
                    let failed = batch.is_err();
                    if to_write.send(batch).is_err() || failed {
                        return;
                    }
                }
            });

            let mut ready = ready.into_iter().peekable();
            while ready.peek().is_some() {
                let mut transaction = store.begin()?;
                still_ours(transaction.as_mut(), begun)?;
                let mut reached = *counts;
                for batch in ready.by_ref().take(BATCHES as usize) {
                    let batch = batch?;
                    let report = write(&mut importer, transaction.as_mut(), begun, &batch, &again)?;
                    reached.add(&batch.besides);
                    reached.add(&report.counts);
                    let mut found = batch.messages;
                    found.extend(report.messages);
                    let found = with_contacts(transaction.as_mut(), found)?;
                    if let Some(delivery) = begun.delivery {
                        if list_persons {
                            list(transaction.as_mut(), begun.run, delivery, &batch.unchanged, report.passed_over)?;
                        }
                        if !found.is_empty() {
                            transaction.insert_messages(begun.run, Some(delivery), &found)?;
                        }
                        transaction.move_delivery(delivery, DeliveryState::Running, batch.position, &reached)?;
                    }
                    messages.add(found);
                    for (entry, contact) in report.journal {
                        planned(Planned { entry, contact });
                    }
                    progress(Progress::TakenIn(reached.persons(), scan.persons));
                }
                // A dry run leaves the transaction, which undoes it; it has written nothing in it anyway.
                if !import.dry_run {
                    transaction.commit()?;
                }
                // Not before: what was undone does not count.
                *counts = reached;
            }
            Ok(())
        })
    }

    /// Marks the delivery as taken in and settles what CPR says in it about orders, both or neither. Returns how many
    /// orders CPR refused.
    fn finish(&mut self, begun: &Begun, counts: &Counts, is_whole: bool) -> Result<u64, ImportError> {
        let (scan, produced) = (self.scan, self.scan.frame.production_date);
        let early = done_too_early(&*self.store, scan.receipts(), produced)?;
        let mut orders_refused = 0;
        let mut transaction = self.store.begin()?;
        still_ours(transaction.as_mut(), begun)?;
        if let (Some(delivery), true) = (begun.delivery, is_whole) {
            transaction.move_delivery(delivery, DeliveryState::Done, self.file.size(), counts)?;
            let orders = answered(transaction.as_mut(), scan.receipts(), early, produced, self.import.customer)?;
            let answers: Vec<_> =
                scan.receipts().zip(orders).filter_map(|(receipt, order)| Some((receipt, order?))).collect();
            if !answers.is_empty() {
                orders_refused = settle_answered(transaction.as_mut(), &answers)?;
            }
        }
        let state = if is_whole { RunState::Done } else { RunState::Failed };
        transaction.finish_run(begun.run, state, counts, &self.clock.now_text())?;
        transaction.commit()?;
        if is_whole {
            self.store.finish_load()?;
        }
        Ok(orders_refused)
    }

    fn report(
        &self,
        skipped: Option<Skipped>,
        resumed: bool,
        counts: Counts,
        orders_refused: u64,
        mut messages: Messages,
    ) -> FileReport {
        if messages.count > 0 {
            messages.log.line(&format!("{} persons not taken in, {} remarks", counts.rejected, counts.remarks));
        }
        let finished = if skipped.is_some() { None } else { messages.log.finish() };
        let (error_log, error_log_failed) = match finished {
            None => (None, None),
            Some(Ok(path)) => (Some(path), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        FileReport {
            name: file_name(self.path),
            task: self.scan.frame.task.to_string(),
            production_date: self.scan.frame.production_date.to_string(),
            skipped,
            resumed,
            counts,
            orders_refused,
            messages: messages.first,
            message_count: messages.count,
            error_log,
            error_log_failed,
            time: Duration::ZERO,
        }
    }
}

/// Whoever takes the lease marks the runs of a dead holder as failed. A holder that only lost it, and lives, sees that in the
/// transaction in which it would write, and so writes nothing beside its successor.
fn still_ours(transaction: &mut dyn Transaction, begun: &Begun) -> Result<(), ImportError> {
    // The run of a dry run was undone.
    let is_ours = begun.delivery.is_none() || transaction.is_running(begun.run)?;
    if is_ours { Ok(()) } else { Err(ImportError::TakenOver) }
}

fn write(
    importer: &mut Importer<'_>,
    transaction: &mut dyn Transaction,
    begun: &Begun,
    batch: &Prepared,
    preparer: &Preparer<'_>,
) -> Result<BatchReport, StoreError> {
    let map_again = |ids: &[ContactId]| match &batch.source {
        Some(source) => {
            let numbers: Vec<_> = ids.iter().filter_map(|id| CprNumber::parse(&id.name_code).ok()).collect();
            preparer.prepare_again(source, &numbers)
        }
        None => MappedAgain::default(),
    };
    let about = Batch { run: begun.run, delivery: begun.delivery, map_again: &map_again };
    importer.take(transaction, &batch.items, &about)
}

/// Enters those whom a batch has left as they were: persons whom the fast path found unchanged, and items of the engine. The
/// keys are looked up here and not by the reader that found them, since somebody may have been erased since.
fn list(
    transaction: &mut dyn Transaction,
    run: RunKey,
    delivery: DeliveryKey,
    unchanged: &[ContactId],
    mut persons: Vec<(ContactKey, PersonOutcome)>,
) -> Result<(), StoreError> {
    let contacts = transaction.contact_keys(unchanged)?.into_iter().flatten();
    persons.extend(contacts.map(|contact| (contact, PersonOutcome::Unchanged)));
    transaction.insert_run_persons(run, Some(delivery), &persons)
}

/// Finds the contacts that messages are about, so that a person who was not taken in can be looked up although the message
/// shows a masked number.
fn with_contacts(transaction: &mut dyn Transaction, mut messages: Vec<Message>) -> Result<Vec<Message>, StoreError> {
    let subjects: Vec<ContactId> = messages.iter().filter_map(|message| message.subject.clone()).collect();
    if !subjects.is_empty() {
        let mut contacts = transaction.contact_keys(&subjects)?.into_iter();
        for message in &mut messages {
            if message.subject.take().is_some() {
                message.contact = contacts.next().flatten();
            }
        }
    }
    Ok(messages)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
