//! One file from the first look to the last line of its report.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use compact_str::CompactString;
use kartotek_formats::extract::Frame;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::import::{BatchReport, Checkpoint, ImportOptions, Importer, JournalEntry, MappedAgain};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{
    Clock, Counts, Delivery, DeliveryKey, DeliveryState, Message, NewDelivery, NewRun, RunKey, RunState, Severity,
    Store, StoreError,
};

use super::ImportError;
use super::errlog::write_error_log;
use super::file::ExtractFile;
use super::persons::PersonReader;
use super::prepare::{Prepared, Preparer};
use super::scan::{Scan, scan};

/// Persons a transaction. Larger ones write a touched page less often, smaller ones need less memory.
pub(super) const BATCH: usize = 8_000;

/// A first load of more persons than this puts off the indexes that fill in random order.
const LARGE: u64 = 20_000;

/// Frame checks that an operator can waive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accept {
    /// 999 states another number of records.
    pub count: bool,
    /// A delivery is missing before this one.
    pub chain: bool,
    /// The task is another than expected.
    pub task: bool,
}

/// How files are taken in.
#[derive(Clone, Default)]
pub struct ExtractImport {
    /// Settings of the mapping.
    pub mapping: MappingOptions,
    /// Settings of the engine.
    pub options: ImportOptions,
    /// Frame checks that are waived.
    pub accept: Accept,
    /// Task numbers that are expected; none means any.
    pub tasks: Vec<String>,
    /// Take a file in also when it was taken in before.
    pub again: bool,
    /// Plan everything and write nothing.
    pub dry_run: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// Bytes of the file that the first pass has checked, and all of them.
    Checked(u64, u64),
    /// Persons that are in the register, and all of them.
    TakenIn(u64, u64),
}

/// Why a file was passed over.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// The name under which it was taken in.
    pub name: String,
    /// The delivery.
    pub delivery: DeliveryKey,
}

/// A change that a dry run found: the journal entry that would have been written.
pub struct Planned {
    /// The entry.
    pub entry: JournalEntry,
    /// The contact.
    pub contact: ContactId,
}

/// What became of a file.
pub struct FileReport {
    /// Its name without the folder.
    pub name: String,
    /// What record 000 and 999 say.
    pub task: String,
    /// PRODDTO.
    pub production_date: String,
    /// Set when it was taken in before, so that nothing was done.
    pub skipped: Option<Skipped>,
    /// Whether an import that was cut off was taken up again.
    pub resumed: bool,
    /// What became of the persons.
    pub counts: Counts,
    /// Errors and remarks.
    pub messages: Vec<Message>,
    /// The error log, when there was something to write.
    pub error_log: Option<PathBuf>,
    /// Why the error log could not be written.
    pub error_log_failed: Option<String>,
    /// Time from the first look to the end.
    pub time: Duration,
}

impl ExtractImport {
    /// Takes one file in. `planned` gets the field-level plan of a dry run.
    pub fn file(
        &self,
        store: &mut dyn Store,
        path: &Path,
        clock: &dyn Clock,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<FileReport, ImportError> {
        let began = Instant::now();
        let outcome = self.checked(path, progress).and_then(|(file, scan)| {
            let mut import = FileImport { import: self, store, path, clock, file: &file, scan: &scan };
            import.take_in(progress, planned)
        });
        match outcome {
            Ok(report) => Ok(FileReport { time: began.elapsed(), ..report }),
            Err(error) => {
                if error.is_refusal() && !self.dry_run {
                    // The refusal itself is what the operator must see; a folder that cannot be written is no news then.
                    let _ = write_error_log(path, &format!("refused: {error}"), &[]);
                }
                Err(error)
            }
        }
    }

    fn checked(
        &self,
        path: &Path,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(ExtractFile, Scan), ImportError> {
        let file = ExtractFile::open(path)?;
        let size = file.size();
        let scan = scan(&file, |done| progress(Progress::Checked(done, size)))?;
        let frame = &scan.frame;
        if frame.records != frame.stated_records && !self.accept.count {
            return Err(ImportError::Count { stated: frame.stated_records, found: frame.records });
        }
        let expected = task_of_name(path).into_iter().chain(self.tasks.iter().cloned()).collect::<Vec<_>>();
        let found = frame.task.as_str();
        let is_expected = match (task_of_name(path), self.tasks.as_slice()) {
            (Some(named), _) if named != found => false,
            (_, []) => true,
            (_, tasks) => tasks.iter().any(|task| task == found),
        };
        if !is_expected && !self.accept.task {
            return Err(ImportError::Task { found: found.to_owned(), expected: expected.join(" or ") });
        }
        Ok((file, scan))
    }
}

/// The task in a name of the form `dÅÅMMDD.lNNNNNN`, upper and lower case alike (cpr-batch-transfer.md section 2).
fn task_of_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (date, task) = name.strip_prefix('d')?.split_once(".l")?;
    let digits = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    (digits(date) && digits(task)).then(|| task.to_owned())
}

/// One file that is whole.
struct FileImport<'a> {
    import: &'a ExtractImport,
    store: &'a mut dyn Store,
    path: &'a Path,
    clock: &'a dyn Clock,
    file: &'a ExtractFile,
    scan: &'a Scan,
}

/// Where to begin.
struct Begun {
    run: RunKey,
    delivery: Option<DeliveryKey>,
    position: u64,
    counts: Counts,
    resumed: bool,
    register_is_empty: bool,
}

impl FileImport<'_> {
    fn take_in(
        &mut self,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<FileReport, ImportError> {
        let begun = match self.begin()? {
            Ok(begun) => begun,
            Err(skipped) => return Ok(self.report(Some(skipped), false, Counts::default(), Vec::new())),
        };
        let is_load = begun.register_is_empty && self.scan.persons > LARGE && !self.import.dry_run;
        if is_load {
            self.store.begin_load()?;
        }
        let mut counts = begun.counts;
        let mut messages = if begun.resumed { Vec::new() } else { self.scan.messages.clone() };
        let outcome = self.batches(&begun, &mut counts, &mut messages, progress, planned);
        if !self.import.dry_run {
            self.finish(&begun, &counts, outcome.is_ok())?;
        }
        outcome?;
        if let (true, Some(delivery)) = (begun.resumed, begun.delivery) {
            messages = self.store.reader()?.messages(delivery)?;
        }
        Ok(self.report(None, begun.resumed, counts, messages))
    }

    /// Checks the chain, enters the run and the delivery with the first pass's messages, or finds the delivery that was
    /// cut off.
    fn begin(&mut self) -> Result<Result<Begun, Skipped>, ImportError> {
        let Scan { frame, sha256, .. } = self.scan;
        let mut transaction = self.store.begin()?;
        let earlier = transaction.delivery_by_hash(SourceId::CPR, sha256)?;
        if let Some(done) = earlier.as_ref().filter(|d| d.state == DeliveryState::Done && !self.import.again) {
            return Ok(Err(Skipped { name: done.name.clone(), delivery: done.key }));
        }
        let cut_off = earlier.filter(|delivery| delivery.state != DeliveryState::Done);
        let last = transaction.latest_delivery(SourceId::CPR, frame.task.as_str())?;
        if cut_off.is_none() && !self.import.accept.chain {
            check_chain(frame, last.as_ref())?;
        }
        let register_is_empty = transaction.is_empty()?;
        let run = transaction.insert_run(&NewRun {
            kind: "import cpr",
            source: SourceId::CPR,
            started_at: self.clock.now_text(),
        })?;
        let begun = match cut_off {
            Some(delivery) if !self.import.dry_run => Begun {
                run,
                delivery: Some(delivery.key),
                position: delivery.position,
                counts: delivery.counts,
                resumed: true,
                register_is_empty,
            },
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
                transaction.insert_messages(run, Some(delivery), &self.scan.messages)?;
                transaction.move_delivery(delivery, DeliveryState::Running, 0, &counts)?;
                let delivery = (!self.import.dry_run).then_some(delivery);
                Begun { run, delivery, position: 0, counts, resumed: false, register_is_empty }
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
        messages: &mut Vec<Message>,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<(), ImportError> {
        let (file, scan, import) = (self.file, self.scan, self.import);
        let reader = if begun.register_is_empty && begun.position == 0 { None } else { Some(self.store.reader()?) };
        let mapping_hash = import.mapping.hash();
        let again = Preparer { scan, mapping: &import.mapping, mapping_hash, reader: None };
        let mut preparer = Preparer { scan, mapping: &import.mapping, mapping_hash, reader };
        let mut importer = Importer::new(import.options.clone(), self.clock, import.dry_run);
        let store = &mut *self.store;

        std::thread::scope(|scope| {
            let (to_prepare, read) = mpsc::sync_channel(1);
            let (to_write, prepared) = mpsc::sync_channel::<Result<Prepared, ImportError>>(1);
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
            for batch in prepared {
                let batch = batch?;
                let report = write(&mut importer, store, begun, counts, &batch, &again)?;
                counts.add(&report.counts);
                messages.extend(batch.messages);
                messages.extend(report.messages);
                for (entry, contact) in report.journal {
                    planned(Planned { entry, contact });
                }
                progress(Progress::TakenIn(counts.persons(), scan.persons));
            }
            Ok(())
        })
    }

    fn finish(&mut self, begun: &Begun, counts: &Counts, is_whole: bool) -> Result<(), StoreError> {
        let mut transaction = self.store.begin()?;
        if let (Some(delivery), true) = (begun.delivery, is_whole) {
            transaction.move_delivery(delivery, DeliveryState::Done, self.file.size(), counts)?;
        }
        let state = if is_whole { RunState::Done } else { RunState::Failed };
        transaction.finish_run(begun.run, state, counts, &self.clock.now_text())?;
        transaction.commit()?;
        if is_whole { self.store.finish_load() } else { Ok(()) }
    }

    fn report(&self, skipped: Option<Skipped>, resumed: bool, counts: Counts, messages: Vec<Message>) -> FileReport {
        let name = file_name(self.path);
        let (error_log, error_log_failed) = if messages.is_empty() || self.import.dry_run {
            (None, None)
        } else {
            let head = format!("{name}: {} persons not taken in, {} remarks", counts.rejected, counts.remarks);
            match write_error_log(self.path, &head, &messages) {
                Ok(path) => (Some(path), None),
                Err(error) => (None, Some(error.to_string())),
            }
        };
        FileReport {
            name,
            task: self.scan.frame.task.to_string(),
            production_date: self.scan.frame.production_date.to_string(),
            skipped,
            resumed,
            counts,
            messages,
            error_log,
            error_log_failed,
            time: Duration::ZERO,
        }
    }
}

fn write(
    importer: &mut Importer<'_>,
    store: &mut dyn Store,
    begun: &Begun,
    before: &Counts,
    batch: &Prepared,
    preparer: &Preparer<'_>,
) -> Result<BatchReport, StoreError> {
    let map_again = |keys: &[CompactString]| match &batch.source {
        Some(source) => {
            let numbers: Vec<_> = keys.iter().filter_map(|key| CprNumber::parse(key).ok()).collect();
            preparer.prepare_again(source, &numbers)
        }
        None => MappedAgain::default(),
    };
    let checkpoint = Checkpoint {
        run: begun.run,
        delivery: begun.delivery.map(|delivery| (delivery, batch.position)),
        before: *before,
        besides: batch.besides,
        messages: &batch.messages,
        map_again: &map_again,
    };
    importer.take(store, &batch.items, &checkpoint)
}

/// The delivery must follow the last one of its task that was taken in. One that is older than that comes late, which the
/// stamps of the persons settle; several of one day are parts of a whole. A status extract names no other before it.
fn check_chain(frame: &Frame, last: Option<&Delivery>) -> Result<(), ImportError> {
    let (Some(last), Some(previous)) = (last, frame.previous_date) else { return Ok(()) };
    let is_status_extract = previous == frame.production_date;
    if is_status_extract || frame.production_date <= last.production_date || previous == last.production_date {
        return Ok(());
    }
    Err(ImportError::Chain { task: frame.task.to_string(), previous, last: last.production_date })
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
