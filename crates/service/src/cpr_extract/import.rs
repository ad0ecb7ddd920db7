//! Settings of an import, what it tells while it runs, and what it reports.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::extract::Frame;
use kartotek_register::contact::ContactId;
use kartotek_register::import::{ImportOptions, JournalEntry};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Clock, Counts, DeliveryKey, Message, Store};

use super::ImportError;
use super::chain::task_of_name;
use super::errlog::ErrorLog;
use super::file::ExtractFile;
use super::intake::Intake;
use super::scan::{Scan, scan};

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
#[expect(clippy::struct_excessive_bools, reason = "each may be set without the others")]
pub struct ExtractImport {
    /// Settings of the mapping.
    pub mapping: MappingOptions,
    /// Settings of the engine.
    pub options: ImportOptions,
    /// Frame checks that are waived.
    pub accept: Accept,
    /// Task numbers that are expected; none means any.
    pub tasks: Vec<String>,
    /// Who we are in subscription files. With several customers' files in one register, what CPR says about the lines of
    /// others is not about our orders; none: all lines are taken for ours.
    pub customer: Option<CustomerNumber>,
    /// Take a file in also when it was taken in before.
    pub again: bool,
    /// Report of a file that was taken in before under the same name what was said then, and write its error log: nobody may
    /// have heard it, because the process died between the last transaction and telling.
    pub tell_again: bool,
    /// Plan everything and write nothing.
    pub dry_run: bool,
    /// Enter also the persons whom the file leaves as they were, so that the register can tell of everybody in it what
    /// became of them. A file of many such persons then takes longer.
    pub list_persons: bool,
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
    /// Orders of subscription files that CPR refused by this file; a remark about each says why. None in a dry run.
    pub orders_refused: u64,
    /// The first errors and remarks, at most [`FileReport::MESSAGES`] of them; all of them stand in the error log and in
    /// the register.
    pub messages: Vec<Message>,
    /// How many there are.
    pub message_count: u64,
    /// The error log, when there was something to write.
    pub error_log: Option<PathBuf>,
    /// Why the error log could not be written.
    pub error_log_failed: Option<String>,
    /// Time from the first look to the end.
    pub time: Duration,
}

impl FileReport {
    /// How many messages a report holds at most.
    pub const MESSAGES: usize = 1_000;
}

/// A file whose frame is whole. Nothing has been written for it.
pub struct CheckedFile {
    path: PathBuf,
    file: ExtractFile,
    scan: Scan,
    began: Instant,
}

impl CheckedFile {
    /// What the records around the persons say.
    pub fn frame(&self) -> &Frame {
        &self.scan.frame
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.file.size()
    }

    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.scan.sha256
    }
}

impl ExtractImport {
    /// Checks one file and takes it in. `planned` gets the field-level plan of a dry run.
    pub fn file(
        &self,
        store: &mut dyn Store,
        path: &Path,
        clock: &dyn Clock,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<FileReport, ImportError> {
        let checked = self.check(path, progress)?;
        self.take_in(store, &checked, clock, progress, planned)
    }

    /// Reads one file from end to end and checks all of it that needs no register.
    pub fn check(&self, path: &Path, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<CheckedFile, ImportError> {
        self.check_named(path, path, progress)
    }

    /// As [`ExtractImport::check`], of a file that has another name for the time being: `named` is the path that it will have,
    /// whose name tells the task, and beside which the error log goes.
    pub fn check_named(
        &self,
        path: &Path,
        named: &Path,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<CheckedFile, ImportError> {
        self.log_refusal(named, || {
            let began = Instant::now();
            let file = ExtractFile::open(path)?;
            let size = file.size();
            let scan = scan(&file, |done| progress(Progress::Checked(done, size)))?;
            self.check_frame(named, &scan)?;
            Ok(CheckedFile { path: named.to_path_buf(), file, scan, began })
        })
    }

    /// Takes a checked file in.
    pub fn take_in(
        &self,
        store: &mut dyn Store,
        checked: &CheckedFile,
        clock: &dyn Clock,
        progress: &mut (dyn FnMut(Progress) + Send),
        planned: &mut dyn FnMut(Planned),
    ) -> Result<FileReport, ImportError> {
        let CheckedFile { path, file, scan, began } = checked;
        self.log_refusal(path, || {
            let report = Intake { import: self, store, path, clock, file, scan }.run(progress, planned)?;
            Ok(FileReport { time: began.elapsed(), ..report })
        })
    }

    /// Leaves the reason in the error log when the file is refused.
    fn log_refusal<T>(&self, path: &Path, work: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
        work().inspect_err(|error| {
            if error.is_refusal() {
                let mut log = ErrorLog::of(path, !self.dry_run);
                log.line(&format!("refused: {error}"));
                // The refusal itself is what the operator must see; a folder that cannot be written is no news then.
                let _ = log.finish();
            }
        })
    }

    fn check_frame(&self, path: &Path, scan: &Scan) -> Result<(), ImportError> {
        let frame = &scan.frame;
        if !frame.count_is_right() && !self.accept.count {
            return Err(ImportError::Count { stated: frame.stated_records, found: frame.records });
        }
        let found = frame.task.as_str();
        let expected = match (task_of_name(path), self.tasks.as_slice()) {
            (Some(named), _) if named != frame.task => Some(named.to_string()),
            (_, tasks) if !tasks.is_empty() && !tasks.iter().any(|task| task == found) => Some(tasks.join(" or ")),
            _ => None,
        };
        match expected {
            Some(expected) if !self.accept.task => Err(ImportError::Task { found: found.to_owned(), expected }),
            _ => Ok(()),
        }
    }
}
