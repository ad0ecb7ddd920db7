use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use kartotek_clients::file_transfer::{RemoteDirectory, TransferError, TransferErrorKind};
use kartotek_formats::subscription_file::SubscriptionFileName;
use kartotek_register::ports::{Direction, Transfer, TransferState};
use sha2::{Digest as _, Sha256};

use super::plan::MOST_ENTRIES;
use super::{Batch, BatchError, Connector, Event, EventKind, ledger};
use crate::subscriptions::{FileSettings, FolderOutbox, SubscriptionError, finish_files, first_day, postpone_written};

/// Where subscription files are, and how they are made.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The folder that `subscription apply` writes them into.
    pub folder: PathBuf,
    /// Deadline and working days.
    pub settings: FileSettings,
    /// Send also what was never tried on its day, under the name of a later one.
    pub late: bool,
}

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// Files that are at the server now.
    pub sent: u64,
    /// Files that are not.
    pub failed: u64,
    /// Why the server could not be used to the end.
    pub stopped: Option<TransferError>,
}

/// A file of the folder.
struct File {
    name: SubscriptionFileName,
    text: String,
    bytes: Vec<u8>,
}

impl Batch<'_> {
    /// Sends the subscription files that are not at the server yet, those of the earliest day first.
    ///
    /// A file is at the server once what comes back from there, or, where nothing may be read there, its size, is the same.
    /// CPR acts on a file on the day in its name, so one that could not be sent in time gets the name of a later day, and its
    /// orders with it.
    pub fn send(&mut self, server: &mut Connector<'_>, outgoing: &Outgoing) -> Result<Sent, BatchError> {
        let mut sent = Sent::default();
        self.finish_planned(outgoing, &mut sent)?;
        let first_day = first_day(self.clock, &outgoing.settings)?;
        let known = ledger::latest(self.store, self.settings.source, Direction::Out)?;
        let mut handled = HashSet::new();
        for file in self.outgoing(outgoing)? {
            self.still_ours()?;
            // One that got this name a moment ago was left here by a call that was cut off.
            if handled.contains(&file.text) {
                continue;
            }
            let row = match known.get(&file.text) {
                // Sent under the name of a later day.
                Some(row) if row.state == TransferState::Refused => continue,
                Some(row) if row.state == TransferState::Done => {
                    if row.sha256.as_deref() != Some(&file.sha256()) {
                        sent.failed += 1;
                        let text = "was changed in the folder after it was sent; CPR has it as it was";
                        (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
                    }
                    continue;
                }
                known => known.cloned(),
            };
            let is_late = file.name.process_date() < first_day;
            let (file, mut row) = match row {
                None if !is_late => {
                    let mut row = self.new_outgoing(&file);
                    ledger::save(self.store, self.clock, &mut row)?;
                    (file, row)
                }
                Some(row) if !is_late => (file, row),
                row => match self.late(server, outgoing, file, row, &mut sent)? {
                    Some(postponed) => postponed,
                    None if sent.stopped.is_some() => break,
                    None => continue,
                },
            };
            handled.insert(file.text.clone());
            match self.upload(server, &file, &mut row)? {
                Ok(()) => self.sent(&mut row, &mut sent)?,
                Err(error) => {
                    row.problem = Some(error.to_string());
                    if error.kind == TransferErrorKind::Exists {
                        // What is there is not a part of this file, also when the next run cannot read it.
                        (row.size, row.sha256) = (None, None);
                    }
                    ledger::save(self.store, self.clock, &mut row)?;
                    sent.failed += 1;
                    let (day, deadline) = (file.name.process_date(), outgoing.settings.deadline);
                    let text =
                        format!("not sent: {error}; it is tried again, and must be there on {day} by {deadline}");
                    (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
                    if error.breaks_connection() || error.needs_somebody() {
                        sent.stopped = Some(error);
                        break;
                    }
                }
            }
        }
        Ok(sent)
    }

    /// Brings files to their end that a killed `subscription apply` planned, so that what goes out is of orders that went out:
    /// CPR's answer is compared with those only.
    fn finish_planned(&mut self, outgoing: &Outgoing, sent: &mut Sent) -> Result<(), BatchError> {
        let mut outbox = FolderOutbox::new(&outgoing.folder);
        match finish_files(self.store, self.clock, &outgoing.settings, &mut outbox) {
            Ok(_) => Ok(()),
            Err(error @ SubscriptionError::AnotherFile { .. }) => {
                sent.failed += 1;
                (self.tell)(Event { kind: EventKind::NotSent, ..Event::note(error.to_string()) });
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The subscription files of the folder, by day.
    fn outgoing(&self, outgoing: &Outgoing) -> Result<Vec<File>, BatchError> {
        let failed = |operation, path: &PathBuf, error| self.interim.failed(operation, path, error);
        let mut files = Vec::new();
        for entry in fs::read_dir(&outgoing.folder).map_err(|error| failed("list", &outgoing.folder, error))? {
            let path = entry.map_err(|error| failed("list", &outgoing.folder, error))?.path();
            let Some(text) = path.file_name().and_then(|name| name.to_str()).map(str::to_ascii_lowercase) else {
                continue;
            };
            let Ok(name) = SubscriptionFileName::parse(&text) else { continue };
            let bytes = fs::read(&path).map_err(|error| failed("read", &path, error))?;
            files.push(File { name, text, bytes });
        }
        files.sort_by(|a, b| (a.name.process_date(), &a.text).cmp(&(b.name.process_date(), &b.text)));
        Ok(files)
    }

    fn new_outgoing(&self, file: &File) -> Transfer {
        let row = Transfer::new(self.settings.source, Direction::Out, file.text.clone(), &self.clock.now_text());
        let task = Some(file.name.task().to_string());
        Transfer { task, production_date: Some(file.name.process_date()), ..row }
    }

    fn sent(&mut self, row: &mut Transfer, sent: &mut Sent) -> Result<(), BatchError> {
        row.state = TransferState::Done;
        row.problem = None;
        ledger::save(self.store, self.clock, row)?;
        sent.sent += 1;
        let day = row.production_date.map(|day| day.to_string()).unwrap_or_default();
        (self.tell)(Event::about(EventKind::Sent, &row.name, format!("sent, for CPR's run of {day}")));
        Ok(())
    }

    /// A file whose day is over. What CPR may have is never sent a second time unasked: only a file whose upload has not begun
    /// gets the name of a later day by itself.
    fn late(
        &mut self,
        server: &mut Connector<'_>,
        outgoing: &Outgoing,
        file: File,
        row: Option<Transfer>,
        sent: &mut Sent,
    ) -> Result<Option<(File, Transfer)>, BatchError> {
        let pending = self.store.begin()?.pending_orders(self.settings.source)?;
        if !pending.iter().any(|order| order.file.as_deref() == Some(&file.text)) {
            // Its orders are settled, or it is not one of ours.
            return Ok(None);
        }
        let has_begun = row.as_ref().is_some_and(|row| row.sha256.is_some());
        if let Some(mut row) = row.clone().filter(|_| has_begun) {
            match server.with(|remote| is_there(remote, &file)) {
                // It was sent in time, and the run died before it could say so.
                Ok(true) => {
                    self.sent(&mut row, sent)?;
                    return Ok(None);
                }
                Ok(false) => {}
                Err(error) => {
                    sent.failed += 1;
                    let text = format!("it is not known whether it was sent in time: {error}");
                    (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
                    if error.breaks_connection() || error.needs_somebody() {
                        sent.stopped = Some(error);
                    }
                    return Ok(None);
                }
            }
        }
        if (row.is_none() || has_begun) && !outgoing.late {
            sent.failed += 1;
            let why =
                if has_begun { "its upload was cut off, or CPR has taken it" } else { "Kartotek has not sent it" };
            let text = format!(
                "its day is over, and {why}; if CPR does not have it, `kartotek cpr-batch send --late` sends it under the name \
                 of the next day"
            );
            (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
            return Ok(None);
        }
        self.postpone(outgoing, file, row).map(Some)
    }

    /// Gives a file the name of a later day.
    fn postpone(
        &mut self,
        outgoing: &Outgoing,
        file: File,
        row: Option<Transfer>,
    ) -> Result<(File, Transfer), BatchError> {
        let name =
            postpone_written(self.store, self.clock, &outgoing.settings, &outgoing.folder, &file.text, &file.bytes)?;
        let mut row = row.unwrap_or_else(|| self.new_outgoing(&file));
        row.state = TransferState::Refused;
        row.problem = Some(format!("its day was over; sent as {name}"));
        ledger::save(self.store, self.clock, &mut row)?;
        (self.tell)(Event::about(EventKind::Postponed, &file.text, format!("its day is over; it is {name} now")));
        let file = File { text: name.to_string(), name, bytes: file.bytes };
        let mut row = self.new_outgoing(&file);
        ledger::save(self.store, self.clock, &mut row)?;
        Ok((file, row))
    }

    /// Puts a file at the server and looks whether it is there. That the upload begins is on disk before it does.
    fn upload(
        &mut self,
        server: &mut Connector<'_>,
        file: &File,
        row: &mut Transfer,
    ) -> Result<Result<(), TransferError>, BatchError> {
        let has_begun = row.sha256.is_some();
        match server.with(|remote| look(remote, file, has_begun)) {
            Ok(Found::Whole) => {}
            Ok(Found::Nothing) => {
                row.size = Some(file.bytes.len() as u64);
                row.sha256 = Some(file.sha256());
                ledger::save(self.store, self.clock, row)?;
                if let Err(error) = server.with(|remote| store(remote, file)) {
                    return Ok(Err(error));
                }
            }
            Err(error) => return Ok(Err(error)),
        }
        row.size = Some(file.bytes.len() as u64);
        row.sha256 = Some(file.sha256());
        Ok(Ok(()))
    }
}

impl File {
    fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.bytes))
    }
}

/// Whether a file is at the server, whole, as far as that can be seen.
fn is_there(remote: &mut dyn RemoteDirectory, file: &File) -> Result<bool, TransferError> {
    match read_back(remote, &file.text, file.bytes.len())? {
        There::Read(found) => Ok(same(&found, &file.bytes)),
        There::NotFound | There::Closed => Ok(remote.size(&file.text)? == Some(file.bytes.len() as u64)),
    }
}

/// What is at the server before an upload.
enum Found {
    /// All of the file.
    Whole,
    /// Nothing, or a part that an earlier upload of ours has left.
    Nothing,
}

/// Looks what is at the server under a file's name. `has_begun`: an earlier run may have left a part of it.
fn look(remote: &mut dyn RemoteDirectory, file: &File, has_begun: bool) -> Result<Found, TransferError> {
    let another = || {
        let text = "another file of this name is at the server; look there, it was not overwritten";
        TransferError::new(TransferErrorKind::Exists, format!("send {}", file.text), text)
    };
    match read_back(remote, &file.text, file.bytes.len())? {
        There::Read(found) if same(&found, &file.bytes) => return Ok(Found::Whole),
        There::Read(found) if found.is_empty() || (has_begun && is_part(&found, &file.bytes)) => {
            return Ok(Found::Nothing);
        }
        There::Read(_) => return Err(another()),
        // What may not be read may be there all the same, and to some servers that is as if it were not found.
        There::NotFound | There::Closed => {}
    }
    let size = remote.size(&file.text)?;
    let is_there = size.is_some() || is_listed(remote, &file.text)?;
    let is_ours = has_begun && size.is_none_or(|size| size <= file.bytes.len() as u64);
    if is_there && !is_ours { Err(another()) } else { Ok(Found::Nothing) }
}

/// Whether a name stands in the listing, where that may be seen.
fn is_listed(remote: &mut dyn RemoteDirectory, name: &str) -> Result<bool, TransferError> {
    match remote.list(MOST_ENTRIES) {
        Ok(entries) => Ok(entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))),
        Err(error) if matches!(error.kind, TransferErrorKind::Refused | TransferErrorKind::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Stores a file, and compares what is at the server then.
fn store(remote: &mut dyn RemoteDirectory, file: &File) -> Result<(), TransferError> {
    let cut = |text: &str| TransferError::new(TransferErrorKind::Cut, format!("send {}", file.text), text);
    remote.store(&file.text, &file.bytes)?;
    match read_back(remote, &file.text, file.bytes.len())? {
        There::Read(found) if same(&found, &file.bytes) => Ok(()),
        There::Read(_) => Err(cut("what is at the server is not what was sent")),
        There::NotFound | There::Closed => match remote.size(&file.text)? {
            Some(size) if size != file.bytes.len() as u64 => Err(cut("the server has another size than was sent")),
            // Nothing may be looked at there; the server has said that it took all of it.
            _ => Ok(()),
        },
    }
}

/// What is at the server under a name, as far as it may be read.
enum There {
    Read(Vec<u8>),
    NotFound,
    Closed,
}

/// Reads what is at the server under a name, or as much of it as shows that it is another file.
fn read_back(remote: &mut dyn RemoteDirectory, name: &str, expected: usize) -> Result<There, TransferError> {
    let mut found = Beginning { bytes: Vec::new(), limit: expected.saturating_mul(2).saturating_add(4096) };
    match remote.fetch(name, 0, &mut found) {
        Ok(_) => Ok(There::Read(found.bytes)),
        // It is longer than ours can be, and may have no end.
        Err(_) if found.is_full() => Ok(There::Read(found.bytes)),
        Err(error) if error.kind == TransferErrorKind::NotFound => Ok(There::NotFound),
        Err(error) if error.kind == TransferErrorKind::Refused => Ok(There::Closed),
        Err(error) => Err(error),
    }
}

/// Keeps the beginning of what is written, which is enough to see that it is another file, and takes no more.
struct Beginning {
    bytes: Vec<u8>,
    limit: usize,
}

impl Beginning {
    fn is_full(&self) -> bool {
        self.bytes.len() >= self.limit
    }
}

impl std::io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.is_full() {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
        }
        let room = self.limit.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(room)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Lines without what a server may add or take: line ends and blanks before them.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty())
}

fn same(found: &[u8], sent: &[u8]) -> bool {
    lines(found).eq(lines(sent))
}

/// Whether what is there is the beginning of what was sent; its last line may be cut.
fn is_part(found: &[u8], sent: &[u8]) -> bool {
    let mut sent = lines(sent);
    let mut found = lines(found).peekable();
    while let Some(line) = found.next() {
        let is_last = found.peek().is_none();
        match sent.next() {
            Some(whole) if line == whole || (is_last && whole.starts_with(line)) => {}
            _ => return false,
        }
    }
    true
}

pub(super) fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_back_is_compared_by_its_lines() {
        let sent = b"0612340\r\n0699990";
        assert!(same(b"0612340\r\n0699990", sent) && same(b"0612340   \n0699990   \n", sent));
        assert!(!same(b"0612340\n", sent) && !same(b"0612340\n0699991", sent));
        assert!(is_part(b"", sent) && is_part(b"0612", sent) && is_part(b"0612340\r\n06", sent));
        assert!(!is_part(b"0613", sent) && !is_part(b"0612\n0699990", sent) && !is_part(b"0612340\n0699990\n1", sent));
    }
}
