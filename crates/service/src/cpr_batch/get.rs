use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use kartotek_clients::file_transfer::{TransferError, TransferErrorKind};
use kartotek_formats::listing::{Entry, EntryKind};
use kartotek_register::ports::{DeliveryKey, DeliveryState, Direction, Transfer, TransferState};

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
    /// Files whose content was refused, those that somebody had put into the interim directory among them.
    pub refused: u64,
    /// Files that could not be fetched, or were asked for and are not there.
    pub failed: u64,
    /// Why the server could not be used to the end.
    pub stopped: Option<TransferError>,
}

/// Files in a row over which the connection breaks, until the server is given up for this run.
const BREAKS: u32 = 3;

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
        let mut got = Got { refused: self.recover()?, ..Got::default() };
        self.want_lost_again()?;
        let entries = match server.again(|remote| remote.list(MOST_ENTRIES)) {
            Ok(entries) => entries,
            Err(error) => return Ok(Got { stopped: Some(error), ..got }),
        };
        if entries.len() >= MOST_ENTRIES {
            got.failed += 1;
            let text = format!(
                "the listing was cut at {MOST_ENTRIES} entries, and the newest may be missing; ask CPR to clear the directory"
            );
            (self.tell)(Event { kind: EventKind::Stopped, ..Event::note(text) });
        }
        let known = ledger::latest(self.store, self.settings.source, Direction::In)?;
        let again = self.renamed_ones(&entries, &known, which, &mut got);
        let entries = self.wanted(entries, which);
        if let Which::Named(names) = which {
            let is_there = |name: &&String| {
                let is_it = |found: &str| found.eq_ignore_ascii_case(name);
                entries.iter().any(|entry| is_it(&entry.name)) || again.iter().any(|(_, row)| is_it(&row.name))
            };
            for name in names.iter().filter(|name| !is_there(name)) {
                got.failed += 1;
                let text = "there is no file of that name in the directory that the pattern takes";
                (self.tell)(Event::about(EventKind::NotFetched, name, text));
            }
        }
        let mut may_rename = true;
        let mut breaks = 0;
        let mut fetched = Vec::new();
        let planned = entries.into_iter().map(|entry| {
            let row = known.get(&entry.name.to_ascii_lowercase());
            let plan = self.plan(&entry, row);
            (entry, plan)
        });
        let planned: Vec<_> = again.into_iter().map(|(entry, row)| (entry, Plan::Fetch(row))).chain(planned).collect();
        for (entry, plan) in planned {
            self.still_ours()?;
            let row = match plan {
                Plan::Known => {
                    if *which != Which::All {
                        let text = "was fetched before, and is as it was";
                        (self.tell)(Event::about(EventKind::Note, &entry.name, text));
                    }
                    continue;
                }
                Plan::Later => {
                    let text = "another file of this name is at the server; it is fetched once the one that is here is imported";
                    (self.tell)(Event::about(EventKind::Note, &entry.name, text));
                    continue;
                }
                Plan::Rename(row) => row,
                Plan::Fetch(row) => match self.fetch(server, &entry, row, &mut got)? {
                    Fetched::Placed(row) => {
                        breaks = 0;
                        fetched.push((*row).clone());
                        *row
                    }
                    Fetched::Refused => continue,
                    // One file over which the connection breaks must not keep the others away.
                    Fetched::Failed(error) => {
                        breaks = if error.breaks_connection() { breaks + 1 } else { 0 };
                        if stops_all(&error) || breaks >= BREAKS {
                            got.stopped = Some(error);
                            break;
                        }
                        continue;
                    }
                },
            };
            // One that has been fetched again from its new name has that name already.
            if entry.name.eq_ignore_ascii_case(&row.name) {
                self.rename_remote(server, row, &mut may_rename)?;
            }
        }
        self.tell_missing(&fetched)?;
        Ok(got)
    }

    /// Files that wait in the ledger and have gone from the interim directory are wanted again: somebody has moved them, or
    /// it is the directory of another machine.
    fn want_lost_again(&mut self) -> Result<(), BatchError> {
        let waiting =
            self.store.reader()?.transfers(self.settings.source, Direction::In, Some(TransferState::Waiting))?;
        for mut row in waiting {
            if self.interim.path(&row.name).exists() {
                continue;
            }
            want_again(&mut row);
            ledger::save(self.store, self.clock, &mut row)?;
            let text = "has gone from the interim directory without having been imported; it is fetched again";
            (self.tell)(Event::about(EventKind::Note, &row.name, text));
        }
        Ok(())
    }

    /// Files that are wanted again and have their prefix at the server already, which the pattern does not take.
    fn renamed_ones(
        &mut self,
        entries: &[Entry],
        known: &HashMap<String, Transfer>,
        which: &Which,
        got: &mut Got,
    ) -> Vec<(Entry, Transfer)> {
        let is_wanted = |row: &&Transfer| row.state == TransferState::Begun && row.renamed && which.holds(&row.name);
        let prefix = self.settings.rename_prefix.clone().unwrap_or_default();
        let mut again = Vec::new();
        for row in known.values().filter(is_wanted) {
            let is_it = |entry: &&Entry| {
                let name = entry.name.as_str();
                name.len() == prefix.len() + row.name.len()
                    && name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
                    && name.get(prefix.len()..).is_some_and(|rest| rest.eq_ignore_ascii_case(&row.name))
            };
            if let Some(entry) = entries.iter().find(is_it) {
                again.push((entry.clone(), row.clone()));
            } else {
                got.failed += 1;
                let text = "is wanted again, and is no longer at the server; put it into the interim directory, or ask CPR for it";
                (self.tell)(Event::about(EventKind::NotFetched, &row.name, text));
            }
        }
        again.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        again
    }

    /// The entries that are files of the pattern, in the order of their names, which hold the date.
    fn wanted(&mut self, entries: Vec<Entry>, which: &Which) -> Vec<Entry> {
        let mut taken: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.kind != EntryKind::Directory)
            .filter(|entry| self.settings.takes(&entry.name) && which.holds(&entry.name))
            .collect();
        taken.sort_by_cached_key(|entry| entry.name.to_ascii_lowercase());
        let (safe, strange): (Vec<_>, Vec<_>) = taken.into_iter().partition(|entry| is_safe(&entry.name));
        for entry in strange {
            let text = "has a name that cannot be a file's here; it is left alone";
            (self.tell)(Event::about(EventKind::Note, &entry.name.escape_default().to_string(), text));
        }
        safe
    }

    fn plan(&self, entry: &Entry, known: Option<&Transfer>) -> Plan {
        let new = || {
            let now = self.clock.now_text();
            Transfer::new(self.settings.source, Direction::In, entry.name.clone(), &now)
        };
        let Some(row) = known else { return Plan::Fetch(new()) };
        let is_same = !row.renamed && !is_another(row, entry);
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

    /// Fetches one file, checks it and puts it in its place. What came of it has been told.
    fn fetch(
        &mut self,
        server: &mut Connector<'_>,
        entry: &Entry,
        mut row: Transfer,
        got: &mut Got,
    ) -> Result<Fetched, BatchError> {
        let name = row.name.clone();
        // A part is gone on with only if it is of the very file that is there.
        let mut anew = row.key == 0 || row.state == TransferState::Refused || is_another(&row, entry);
        want_again(&mut row);
        row.remote_size = entry.size;
        row.remote_modified = told_time(entry);
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
        loop {
            let began = Instant::now();
            let resumed = match self.bring(server, entry, &mut part, anew) {
                Ok(resumed) => resumed,
                Err(Brought::Local(error)) => return Err(self.interim.failed("write", &path, error)),
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
                Err(error) if error.is_refusal() && resumed > 0 && !anew => anew = true,
                Err(error) if error.is_refusal() => {
                    drop(part);
                    if let Some(delivery) = self.taken_as_it_is(&path)? {
                        self.interim.put_refused(&path, &name)?;
                        row.state = TransferState::Done;
                        row.delivery = Some(delivery);
                        row.problem = Some(error.to_string());
                        ledger::save(self.store, self.clock, &mut row)?;
                        let text = "is as it was when somebody had it imported all the same";
                        (self.tell)(Event::about(EventKind::Double, &name, text));
                        return Ok(Fetched::Refused);
                    }
                    let kept = self.interim.put_refused(&path, &name)?;
                    row.state = TransferState::Refused;
                    row.problem = Some(error.to_string());
                    ledger::save(self.store, self.clock, &mut row)?;
                    got.refused += 1;
                    let text = format!(
                        "refused: {error}; kept as {kept}, and fetched again by the next run (`kartotek import cpr` can take the \
                         kept one as it is)"
                    );
                    (self.tell)(Event::about(EventKind::Refused, &name, text));
                    return Ok(Fetched::Refused);
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
                // Where the server turns out to begin at the first byte only, that is where to begin.
                Err(error) if error.kind == TransferErrorKind::Busy && resumed > 0 => from_nothing = true,
                // A server that is busy has been waited for already.
                Err(error) if error.may_be_retried() && error.kind != TransferErrorKind::Busy && failed < TRIES => {
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

    /// The delivery of a refused file that somebody has had imported all the same.
    fn taken_as_it_is(&mut self, path: &Path) -> Result<Option<DeliveryKey>, BatchError> {
        let Some(sha256) = self.sha256_of(path)? else { return Ok(None) };
        let delivery = self.store.begin()?.delivery_by_hash(self.settings.source, &sha256)?;
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
                // Without a connection, or with a server that says nothing, the next name fares no better.
                *may = !error.breaks_connection();
                let text = format!("not renamed at the server: {error}; the next run tries again");
                (self.tell)(Event::about(EventKind::NotRenamed, &row.name, text));
            }
        }
        Ok(())
    }

    /// Says already now when the delivery before is nowhere: there may be time to have it sent again before the import.
    fn tell_missing(&mut self, fetched: &[Transfer]) -> Result<(), BatchError> {
        for (name, missing) in missing_before(self.store, self.settings.source, fetched)? {
            (self.tell)(Event::about(EventKind::Note, &name, format!("{missing}; it will wait for it")));
        }
        Ok(())
    }
}

/// What came of fetching a file.
enum Fetched {
    /// It is in its place.
    Placed(Box<Transfer>),
    /// Its content was refused.
    Refused,
    /// It did not come.
    Failed(TransferError),
}

/// Whether the next file would fare no better: nobody answers, nobody is let in, or this machine's disk is full.
fn stops_all(error: &TransferError) -> bool {
    error.needs_somebody() || matches!(error.kind, TransferErrorKind::Unreachable | TransferErrorKind::Local)
}

/// Whether what the listing shows is another file than the row is about, as far as both tell.
fn is_another(row: &Transfer, entry: &Entry) -> bool {
    let differs = |was: Option<u64>| was.zip(entry.size).is_some_and(|(was, is)| was != is);
    let modified = row.remote_modified.as_ref().zip(told_time(entry));
    differs(row.remote_size.or(row.size)) || modified.is_some_and(|(was, is)| *was != is)
}

/// The time of a listing, if it is one that can be kept.
fn told_time(entry: &Entry) -> Option<String> {
    const LONGEST: usize = 40;
    let is_fit = |text: &&String| text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    entry.modified.as_ref().filter(is_fit).cloned()
}

/// A row whose file is to come (again): what was said about the one before does not count for it.
pub(super) fn want_again(row: &mut Transfer) {
    row.state = TransferState::Begun;
    row.gap_accepted = false;
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
