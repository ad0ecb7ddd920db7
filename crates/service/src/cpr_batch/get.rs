use std::time::Instant;

use kartotek_clients::file_transfer::{TransferError, TransferErrorKind};
use kartotek_formats::listing::{Entry, EntryKind};
use kartotek_register::ports::{Direction, Transfer, TransferState};

use super::arrival::missing_before;
use super::interim::is_safe;
use super::part::Part;
use super::{Batch, BatchError, Connector, Event, EventKind, ledger};
use crate::cpr_extract::CheckedFile;

/// Entries of a listing that are looked at. The guide's program stopped at 5,000 (F110), which hides the newest files of a
/// directory that nobody clears.
pub(super) const MOST_ENTRIES: usize = 100_000;

/// How often a fetch is taken up again after the connection broke.
const TRIES: u32 = 5;

/// Which files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All that the pattern takes and that are not done.
    All,
    /// These.
    Named(Vec<String>),
}

impl Which {
    pub(super) fn holds(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|named| named.eq_ignore_ascii_case(name)),
        }
    }
}

/// What the first step did.
#[derive(Debug, Default)]
pub struct Got {
    /// Files that were fetched, checked and put in the interim directory.
    pub fetched: u64,
    /// Files whose content was refused.
    pub refused: u64,
    /// Files that could not be fetched, or were asked for and are not there.
    pub failed: u64,
    /// Why the server could not be used to the end.
    pub stopped: Option<TransferError>,
}

/// What becomes of an entry of the listing.
enum Plan {
    /// It is known, and done as far as the server goes.
    Known,
    /// It is known, and its name at the server is still to be changed.
    Rename(Transfer),
    /// It is to be fetched; the row is entered or taken up again.
    Fetch(Transfer),
    /// Another one of the name is between the steps.
    Later,
}

impl Batch<'_> {
    /// Step 1: fetches what is new (F116, F117).
    pub fn get(&mut self, server: &mut Connector<'_>, which: &Which) -> Result<Got, BatchError> {
        self.recover()?;
        let mut got = Got::default();
        let entries = match server.again(|remote| remote.list(MOST_ENTRIES)) {
            Ok(entries) => entries,
            Err(error) => return Ok(Got { stopped: Some(error), ..got }),
        };
        if entries.len() >= MOST_ENTRIES {
            (self.tell)(Event::note(format!(
                "the listing was cut at {MOST_ENTRIES} entries; clear the directory, or ask CPR to"
            )));
        }
        let entries = self.to_take(entries, which);
        if let Which::Named(names) = which {
            let is_there = |name: &&String| entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name));
            for name in names.iter().filter(|name| !is_there(name)) {
                got.failed += 1;
                let text = "there is no file of that name in the directory that the pattern takes";
                (self.tell)(Event::about(EventKind::NotFetched, name, text));
            }
        }
        let known = ledger::latest(self.store, self.settings.source, Direction::In)?;
        let mut may_rename = true;
        for entry in entries {
            self.still_ours()?;
            let known = known.get(&entry.name.to_ascii_lowercase());
            let row = match self.plan(&entry, known) {
                Plan::Known => continue,
                Plan::Later => {
                    let text = "another file of this name is at the server; it is fetched once the one that is here is imported";
                    (self.tell)(Event::about(EventKind::Note, &entry.name, text));
                    continue;
                }
                Plan::Rename(row) => row,
                Plan::Fetch(row) => match self.fetch(server, &entry, row, &mut got)? {
                    Some(row) => row,
                    None if got.stopped.is_some() => break,
                    None => continue,
                },
            };
            self.rename_remote(server, row, &mut may_rename)?;
        }
        Ok(got)
    }

    /// The entries that are files of the pattern, in the order of their names, which hold the date.
    pub(super) fn to_take(&mut self, entries: Vec<Entry>, which: &Which) -> Vec<Entry> {
        let mut taken: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.kind != EntryKind::Directory)
            .filter(|entry| self.settings.takes(&entry.name) && which.holds(&entry.name))
            .collect();
        taken.sort_by_cached_key(|entry| entry.name.to_ascii_lowercase());
        let (safe, strange): (Vec<_>, Vec<_>) = taken.into_iter().partition(|entry| is_safe(&entry.name));
        for _ in strange {
            (self.tell)(Event::note("a file at the server has a name that cannot be a file's here; it is left alone"));
        }
        safe
    }

    fn plan(&self, entry: &Entry, known: Option<&Transfer>) -> Plan {
        let new = || {
            let now = self.clock.now_text();
            Transfer::new(self.settings.source, Direction::In, entry.name.clone(), &now)
        };
        let Some(row) = known else { return Plan::Fetch(new()) };
        let is_same = !row.renamed
            && row.remote_size.zip(entry.size).is_none_or(|(was, is)| was == is)
            && row.remote_modified.as_ref().zip(entry.modified.as_ref()).is_none_or(|(was, is)| was == is);
        match row.state {
            // A refused one may have been put right at the server, which not every listing shows.
            TransferState::Begun | TransferState::Refused => Plan::Fetch(row.clone()),
            TransferState::Waiting | TransferState::Done if is_same => {
                // One that somebody put here was not fetched, so it is not known to be the one at the server.
                let wanted = self.settings.remote_rename && self.settings.rename_prefix.is_some();
                if wanted && row.remote_size.is_some() { Plan::Rename(row.clone()) } else { Plan::Known }
            }
            TransferState::Waiting => Plan::Later,
            TransferState::Done => Plan::Fetch(new()),
        }
    }

    /// Fetches one file, checks it and puts it in its place. `None` when that came to nothing, which has been told.
    fn fetch(
        &mut self,
        server: &mut Connector<'_>,
        entry: &Entry,
        mut row: Transfer,
        got: &mut Got,
    ) -> Result<Option<Transfer>, BatchError> {
        let name = row.name.clone();
        row.state = TransferState::Begun;
        row.remote_modified.clone_from(&entry.modified);
        ledger::save(self.store, self.clock, &mut row)?;
        if entry.migrated {
            (self.tell)(Event::about(
                EventKind::Note,
                &name,
                "is migrated; the server brings it back first, which takes minutes",
            ));
        }
        let path = self.interim.part(&name);
        let mut part = Part::open(&path).map_err(|error| self.interim.failed("open", &path, error))?;
        let mut anew = false;
        loop {
            let began = Instant::now();
            let resumed = match self.bring(server, entry, &mut part, anew) {
                Ok(resumed) => resumed,
                Err(Brought::Local(error)) => return Err(self.interim.failed("write", &path, error)),
                Err(Brought::Remote(error)) => {
                    self.not_fetched(error, &mut row, got)?;
                    return Ok(None);
                }
            };
            row.remote_size = Some(entry.size.unwrap_or(part.len()));
            let checked = self.import.check_named(&path, &self.interim.path(&name), &mut |_| {});
            match checked {
                Ok(checked) => {
                    self.place(&checked, &mut row, part.len())?;
                    got.fetched += 1;
                    let bytes = part.len();
                    let from = if resumed > 0 { format!(", taken up again at byte {resumed}") } else { String::new() };
                    let seconds = began.elapsed().as_secs_f64();
                    let text = format!("fetched, {bytes} bytes in {seconds:.1} s{from}");
                    (self.tell)(Event::about(EventKind::Fetched, &name, text));
                    self.tell_missing(&row)?;
                    return Ok(Some(row));
                }
                // Before the file is blamed, it is fetched in one piece.
                Err(error) if error.is_refusal() && resumed > 0 && !anew => anew = true,
                Err(error) if error.is_refusal() => {
                    drop(part);
                    let kept = self.interim.put_refused(&path, &name)?;
                    row.state = TransferState::Refused;
                    row.problem = Some(error.to_string());
                    ledger::save(self.store, self.clock, &mut row)?;
                    got.refused += 1;
                    let text = format!("refused: {error}; kept as {kept}, and fetched again by the next run");
                    (self.tell)(Event::about(EventKind::Refused, &name, text));
                    return Ok(None);
                }
                Err(error) => return Err(BatchError::Import { name, error }),
            }
        }
    }

    /// Brings the bytes, over as many connections as it takes. Returns from which byte on it went on, 0 when it did not.
    fn bring(
        &mut self,
        server: &mut Connector<'_>,
        entry: &Entry,
        part: &mut Part,
        anew: bool,
    ) -> Result<u64, Brought> {
        let mut from_nothing = anew;
        let mut resumed = 0;
        for failed in 1.. {
            let done = server.with(|remote| {
                let size = match entry.size {
                    Some(size) => Some(size),
                    None => remote.size(&entry.name)?,
                };
                let goes_on = !from_nothing
                    && part.len() > 0
                    && remote.can_resume()
                    && size.is_none_or(|size| part.len() <= size);
                let local = |error: std::io::Error| {
                    TransferError::new(TransferErrorKind::Local, "write the part", error.to_string())
                };
                let from = if goes_on {
                    part.go_on().map_err(local)?
                } else {
                    part.begin_anew().map(|()| 0).map_err(local)?
                };
                resumed = if goes_on { part.len() } else { 0 };
                remote.fetch(&entry.name, from, part)?;
                match size {
                    Some(size) if size != part.len() && !part.is_another() => Err(TransferError::new(
                        TransferErrorKind::Cut,
                        format!("fetch {}", entry.name),
                        format!("the server says {size} bytes, {} came", part.len()),
                    )),
                    _ => Ok(()),
                }
            });
            let another = part.is_another();
            match done {
                Ok(()) if !another => {
                    part.sync().map_err(Brought::Local)?;
                    return Ok(resumed);
                }
                // What is here is of another file, or longer than the one that is there.
                _ if another && !from_nothing => from_nothing = true,
                Err(error) if error.may_be_retried() && failed < TRIES => {
                    from_nothing = false;
                    let text = format!("{error}; going on at byte {}", part.len());
                    (self.tell)(Event::about(EventKind::Broken, &entry.name, text));
                }
                Err(error) => return Err(Brought::Remote(error)),
                Ok(()) => {
                    let text = "the file at the server changes while it is fetched";
                    return Err(Brought::Remote(TransferError::new(
                        TransferErrorKind::Busy,
                        format!("fetch {}", entry.name),
                        text,
                    )));
                }
            }
        }
        Ok(resumed)
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

    fn not_fetched(&mut self, error: TransferError, row: &mut Transfer, got: &mut Got) -> Result<(), BatchError> {
        row.problem = Some(error.to_string());
        ledger::save(self.store, self.clock, row)?;
        got.failed += 1;
        let text = format!("not fetched: {error}; the next run goes on with it");
        (self.tell)(Event::about(EventKind::NotFetched, &row.name, text));
        // Without a connection, or with this machine's disk full, the next file fares no better.
        if error.breaks_connection() || error.kind == TransferErrorKind::Local {
            got.stopped = Some(error);
        }
        Ok(())
    }

    /// Puts the prefix before the name at the server (F116), where that is wanted and allowed.
    fn rename_remote(
        &mut self,
        server: &mut Connector<'_>,
        mut row: Transfer,
        may: &mut bool,
    ) -> Result<(), BatchError> {
        let Some(prefix) = self.settings.rename_prefix.as_ref().filter(|_| self.settings.remote_rename && *may) else {
            return Ok(());
        };
        let new = format!("{prefix}{}", row.name);
        match server.with(|remote| remote.rename(&row.name, &new)) {
            Ok(true) => {
                row.renamed = true;
                ledger::save(self.store, self.clock, &mut row)?;
                (self.tell)(Event::about(EventKind::Renamed, &row.name, format!("is {new} at the server now")));
            }
            Ok(false) => {
                *may = false;
                let text = "the server does not allow renaming; the ledger knows what was fetched (Remote rename=N says not to try)";
                (self.tell)(Event::about(EventKind::NotRenamed, &row.name, text));
            }
            Err(error) => {
                let text = format!("not renamed at the server: {error}; the next run tries again");
                (self.tell)(Event::about(EventKind::NotRenamed, &row.name, text));
            }
        }
        Ok(())
    }

    /// Says already now when the delivery before is nowhere: there may be time to have it sent again before the import.
    fn tell_missing(&mut self, row: &Transfer) -> Result<(), BatchError> {
        if let Some(missing) = missing_before(self.store, row)? {
            (self.tell)(Event::about(EventKind::Note, &row.name, format!("{missing}; it will wait for it")));
        }
        Ok(())
    }
}

/// Why bytes did not come.
enum Brought {
    Remote(TransferError),
    Local(std::io::Error),
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
