//! Fetching one file: its bytes over as many connections as it takes, the check, and its place.

use std::io;
use std::path::Path;
use std::time::Instant;

use kartotek_clients::file_transfer::{TransferError, TransferErrorKind, TransferType};
use kartotek_formats::listing::Entry;
use kartotek_register::ports::{DeliveryKey, DeliveryState, Direction, Transfer, TransferState};

use super::part::Part;
use super::plan::{is_another, told_time, want_again};
use super::{Batch, BatchError, Connector, Event, EventKind, Got, ledger};
use crate::cpr_extract::{CheckedFile, ImportError};

/// How often a fetch is taken up again after the connection broke.
const TRIES: u32 = 5;

/// What came of fetching a file. All of it has been told.
pub(super) enum Fetched {
    /// It is in its place, or it is the one that was imported before.
    Placed(Box<Transfer>),
    /// Its content was refused, or it cannot be kept here.
    Refused,
    /// It did not come.
    Failed(TransferError),
}

impl Batch<'_> {
    /// Fetches one file, checks it and puts it in its place.
    pub(super) fn fetch(
        &mut self,
        server: &mut Connector<'_>,
        entry: &Entry,
        mut row: Transfer,
        got: &mut Got,
    ) -> Result<Fetched, BatchError> {
        let name = row.name.clone();
        let path = self.interim.part(&name);
        // A part is gone on with only if it is of the very file that is there.
        let goes_on = row.key != 0 && row.state != TransferState::Refused && is_known(&row, entry);
        let opened = Part::open(&path).and_then(|mut part| {
            // Before the ledger says of what it is a part: a run that dies here must not go on with it.
            if !goes_on {
                part.begin_anew()?;
                part.sync()?;
            }
            Ok(part)
        });
        let let_be = row.sha256.take_if(|_| row.state == TransferState::Refused && row.gap_accepted);
        want_again(&mut row);
        if opened.is_ok() {
            // Not of a part that could not be emptied.
            row.remote_size = entry.size;
            row.remote_modified = told_time(entry);
        }
        // It may have been given its name back.
        row.renamed &= !entry.name.eq_ignore_ascii_case(&row.name);
        ledger::save(self.store, self.clock, &mut row)?;
        let mut part = match opened {
            Ok(part) => part,
            Err(error) => return self.not_kept(&path, &error, &mut row, got),
        };
        if entry.migrated {
            let text = "is migrated; the server brings it back first, which takes minutes";
            (self.tell)(Event::about(EventKind::Note, &name, text));
        }
        let mut is_whole = false;
        loop {
            let began = Instant::now();
            let resumed = match self.bring(server, entry, &mut part) {
                Ok(resumed) => resumed,
                Err(Brought::Local(error)) => return self.not_kept(&path, &error, &mut row, got),
                Err(Brought::Remote(error)) => {
                    self.not_fetched(&error, &mut row, got)?;
                    return Ok(Fetched::Failed(error));
                }
            };
            row.remote_size = Some(entry.size.unwrap_or(part.len()));
            let checked = self.import.check_named(&path, &self.interim.path(&name), &mut |_| {});
            // A large file takes long.
            self.still_ours()?;
            match checked {
                Ok(checked) => {
                    if self.is_as_it_was(&checked, &mut row)? {
                        return Ok(Fetched::Placed(Box::new(row)));
                    }
                    self.place(&checked, &mut row, part.len())?;
                    got.fetched += 1;
                    let bytes = part.len();
                    let from = if resumed > 0 { format!(", taken up again at byte {resumed}") } else { String::new() };
                    let seconds = began.elapsed().as_secs_f64();
                    let text = format!("fetched, {bytes} bytes in {seconds:.1} s{from}");
                    (self.tell)(Event::about(EventKind::Fetched, &name, text));
                    return Ok(Fetched::Placed(Box::new(row)));
                }
                // Before the file is blamed, it is fetched in one piece.
                Err(error) if error.is_refusal() && resumed > 0 && !is_whole => {
                    is_whole = true;
                    if let Err(error) = part.begin_anew() {
                        return self.not_kept(&path, &error, &mut row, got);
                    }
                }
                Err(error) if error.is_refusal() => {
                    drop(part);
                    return self.refuse(&path, &error, row, let_be.as_deref(), got);
                }
                Err(error) => {
                    row.problem = Some(error.to_string());
                    ledger::save(self.store, self.clock, &mut row)?;
                    got.failed += 1;
                    let text = format!("was fetched and cannot be checked: {error}; the next run goes on with it");
                    (self.tell)(Event::about(EventKind::NotFetched, &name, text));
                    return Ok(Fetched::Refused);
                }
            }
        }
    }

    /// Keeps a file aside whose content was refused. `let_be` is the hash of one that an operator has let be.
    fn refuse(
        &mut self,
        path: &Path,
        error: &ImportError,
        mut row: Transfer,
        let_be: Option<&str>,
        got: &mut Got,
    ) -> Result<Fetched, BatchError> {
        let name = row.name.clone();
        row.sha256 = self.sha256_of(path)?;
        row.problem = Some(error.to_string());
        let delivery = self.taken_as_it_is(row.sha256.as_deref())?;
        let is_let_be = let_be.is_some() && let_be == row.sha256.as_deref();
        let kept = self.interim.put_refused(path, &name)?;
        let (kind, text) = if delivery.is_some() {
            row.state = TransferState::Done;
            row.delivery = delivery;
            (
                EventKind::Double,
                "is as it was when it was imported all the same, by hand or under another name".to_owned(),
            )
        } else if is_let_be {
            row.state = TransferState::Refused;
            row.gap_accepted = true;
            (EventKind::Note, "is as it was when it was let be, though the listing shows it otherwise".to_owned())
        } else {
            row.state = TransferState::Refused;
            got.refused += 1;
            let advice = match error {
                ImportError::Count { .. } | ImportError::Task { .. } => {
                    " (`kartotek import cpr` with `--accept` can take the kept one as it is)"
                }
                _ => "",
            };
            let text = format!("refused: {error}; kept as {kept}, and fetched again by the next run{advice}");
            (EventKind::Refused, text)
        };
        ledger::save(self.store, self.clock, &mut row)?;
        (self.tell)(Event::about(kind, &name, text));
        Ok(Fetched::Refused)
    }

    /// Brings the bytes that are missing, over as many connections as it takes. Returns from which byte on it went on, 0 when
    /// all of them came now.
    fn bring(&mut self, server: &mut Connector<'_>, entry: &Entry, part: &mut Part) -> Result<u64, Brought> {
        let is_text = self.settings.transfer_type == TransferType::Text;
        let mut resumed = 0;
        let mut failed = 0;
        let mut only_whole = false;
        loop {
            let done = server.with(|remote| {
                let size = match entry.size {
                    // The server tells the size before the conversion.
                    _ if is_text => None,
                    Some(size) => Some(size),
                    None => remote.size(&entry.name)?,
                };
                let goes_on = part.len() > 0 && remote.can_resume() && size.is_none_or(|size| part.len() <= size);
                let local = |error: io::Error| {
                    TransferError::new(TransferErrorKind::Local, "write the part", error.to_string())
                };
                let from = if goes_on {
                    part.go_on().map_err(local)?
                } else {
                    part.begin_anew().map(|()| 0).map_err(local)?
                };
                resumed = if goes_on { part.len() } else { 0 };
                let fetched = remote.fetch(&entry.name, from, part);
                only_whole = goes_on && !remote.can_resume();
                fetched?;
                match size {
                    Some(size) if size != part.reached() => Err(TransferError::new(
                        TransferErrorKind::Cut,
                        format!("fetch {}", entry.name),
                        format!("the server says {size} bytes, {} came", part.reached()),
                    )),
                    _ => Ok(()),
                }
            });
            match done {
                // What is here is of another file, or longer than the one that is there. Nothing is ever put behind it.
                Err(_) if part.differs() => part.begin_anew().map_err(Brought::Local)?,
                Ok(()) if part.reached() < part.len() => part.begin_anew().map_err(Brought::Local)?,
                Ok(()) => {
                    part.sync().map_err(Brought::Local)?;
                    return Ok(resumed);
                }
                // Where the server turns out to begin at the first byte only, that is where to begin.
                Err(_) if only_whole => {
                    (resumed, only_whole) = (0, false);
                    part.begin_anew().map_err(Brought::Local)?;
                }
                // For a file that is on slow storage the server has been waited for; the next run asks for a busy one again.
                Err(error) if error.may_be_retried() && error.kind != TransferErrorKind::Busy => {
                    failed += 1;
                    if failed == TRIES {
                        return Err(Brought::Remote(error));
                    }
                    let text = format!("{error}; going on at byte {}", part.len());
                    (self.tell)(Event::about(EventKind::Broken, &entry.name, text));
                }
                Err(error) => return Err(Brought::Remote(error)),
            }
        }
    }

    /// Puts a checked file in its place, and says so in the ledger.
    fn place(&mut self, checked: &CheckedFile, row: &mut Transfer, size: u64) -> Result<(), BatchError> {
        let name = row.name.clone();
        note_checked(row, checked, size);
        self.interim.put(&self.interim.part(&name), &name)?;
        row.state = TransferState::Waiting;
        ledger::save(self.store, self.clock, row)?;
        Ok(())
    }

    /// Whether a file that only the listing shows otherwise is the one of that name that was imported before: servers write
    /// the times of old files without the hour, and another protocol writes all of them in its own way. Then nothing is kept
    /// but what the listing shows now. One that was renamed at the server is not there any more under its name: what is there
    /// has come anew.
    fn is_as_it_was(&mut self, checked: &CheckedFile, row: &mut Transfer) -> Result<bool, BatchError> {
        let done = self.store.reader()?.transfers(row.source, Direction::In, Some(TransferState::Done))?;
        let is_it = |done: &&Transfer| {
            done.name == row.name && !done.renamed && done.sha256.as_deref() == Some(checked.sha256())
        };
        let Some(before) = done.iter().rev().find(is_it) else { return Ok(false) };
        note_checked(row, checked, before.size.unwrap_or_default());
        row.state = TransferState::Done;
        (row.delivery, row.run, row.problem) = (before.delivery, before.run, before.problem.clone());
        ledger::save(self.store, self.clock, row)?;
        let part = self.interim.part(&row.name);
        std::fs::remove_file(&part).map_err(|error| self.interim.failed("remove", &part, error))?;
        let text = "is as it was when it was imported, though the listing shows it otherwise";
        (self.tell)(Event::about(EventKind::Note, &row.name, text));
        Ok(true)
    }

    /// The delivery of a refused file that somebody has had imported all the same.
    fn taken_as_it_is(&mut self, sha256: Option<&str>) -> Result<Option<DeliveryKey>, BatchError> {
        let Some(sha256) = sha256 else { return Ok(None) };
        let delivery = self.store.begin()?.delivery_by_hash(self.settings.source, sha256)?;
        Ok(delivery.filter(|delivery| delivery.state == DeliveryState::Done).map(|delivery| delivery.key))
    }

    fn not_fetched(&mut self, error: &TransferError, row: &mut Transfer, got: &mut Got) -> Result<(), BatchError> {
        row.problem = Some(error.to_string());
        ledger::save(self.store, self.clock, row)?;
        got.failed += 1;
        let text = format!("not fetched: {error}; the next run goes on with it");
        (self.tell)(Event::about(EventKind::NotFetched, &row.name, text));
        Ok(())
    }

    /// A part that cannot be written here. A disk that is full and a folder that is closed keep all files away, one part that
    /// belongs to somebody else does not.
    fn not_kept(
        &mut self,
        path: &Path,
        error: &io::Error,
        row: &mut Transfer,
        got: &mut Got,
    ) -> Result<Fetched, BatchError> {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};

        let is_full = matches!(error.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem);
        let is_closed = !path.exists();
        let text = format!("{}: {error}; see who may write there, and whether there is room", path.display());
        let error = TransferError::new(TransferErrorKind::Local, "write the part", text);
        self.not_fetched(&error, row, got)?;
        Ok(if is_full || is_closed { Fetched::Failed(error) } else { Fetched::Refused })
    }
}

/// Whether a row was begun of the very file that the listing shows, as far as that can be known: by its size, or its time.
fn is_known(row: &Transfer, entry: &Entry) -> bool {
    let has_told = (row.remote_size.is_some() && entry.size.is_some())
        || (row.remote_modified.is_some() && told_time(entry).is_some());
    has_told && !is_another(row, entry)
}

/// Why bytes did not come.
enum Brought {
    Remote(TransferError),
    Local(io::Error),
}

/// Notes in a row what a check has found.
pub(super) fn note_checked(row: &mut Transfer, checked: &CheckedFile, size: u64) {
    let frame = checked.frame();
    row.size = Some(size);
    row.sha256 = Some(checked.sha256().to_owned());
    row.task = Some(frame.task.to_string());
    row.production_date = Some(frame.production_date);
    row.previous_date = frame.previous_date;
    row.problem = None;
}
