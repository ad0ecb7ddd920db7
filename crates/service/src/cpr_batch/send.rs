use std::fs;
use std::path::PathBuf;

use kartotek_clients::file_transfer::{RemoteDirectory, TransferError, TransferErrorKind};
use kartotek_formats::subscription_file::SubscriptionFileName;
use kartotek_register::ports::{Direction, Transfer, TransferState};
use sha2::{Digest as _, Sha256};

use super::{Batch, BatchError, Connector, Event, EventKind, ledger};
use crate::subscriptions::{FileSettings, first_day, postpone_written};

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
        let first_day = first_day(self.clock, &outgoing.settings)?;
        for file in self.outgoing(outgoing)? {
            self.still_ours()?;
            let sha256 = hex(&Sha256::digest(&file.bytes));
            let known = ledger::latest(self.store, self.settings.source, Direction::Out)?.remove(&file.text);
            let mut row = match known {
                Some(row) if row.state == TransferState::Refused => continue,
                Some(row) if row.state == TransferState::Done => {
                    if row.sha256.as_deref() != Some(&sha256) {
                        sent.failed += 1;
                        let text = "was changed in the folder after it was sent; CPR has it as it was";
                        (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
                    }
                    continue;
                }
                known => known.unwrap_or_else(|| self.new_outgoing(&file)),
            };
            let was_begun = row.key != 0;
            let is_late = file.name.process_date() < first_day;
            if is_late && was_begun && self.is_there(server, &file) {
                // It was sent in time, and the run died before it could say so.
                self.sent(&mut row, &sha256, &mut sent)?;
                continue;
            }
            let (file, mut row) = if is_late {
                match self.postpone(outgoing, file, row, &mut sent)? {
                    Some(postponed) => postponed,
                    None => continue,
                }
            } else {
                (file, row)
            };
            row.size = Some(file.bytes.len() as u64);
            row.sha256 = Some(sha256.clone());
            ledger::save(self.store, self.clock, &mut row)?;
            match server.with(|remote| upload(remote, &file, was_begun)) {
                Ok(()) => self.sent(&mut row, &sha256, &mut sent)?,
                Err(error) => {
                    row.problem = Some(error.to_string());
                    ledger::save(self.store, self.clock, &mut row)?;
                    sent.failed += 1;
                    let text = format!(
                        "not sent: {error}; it is tried again, and must be there by {}",
                        outgoing.settings.deadline
                    );
                    (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
                    if error.breaks_connection() {
                        sent.stopped = Some(error);
                        break;
                    }
                }
            }
        }
        Ok(sent)
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

    #[expect(clippy::unused_self, reason = "reads as a question of the batch")]
    fn is_there(&self, server: &mut Connector<'_>, file: &File) -> bool {
        server
            .with(|remote| read_back(remote, &file.text))
            .is_ok_and(|found| found.is_some_and(|found| same(&found, &file.bytes)))
    }

    fn sent(&mut self, row: &mut Transfer, sha256: &str, sent: &mut Sent) -> Result<(), BatchError> {
        row.state = TransferState::Done;
        row.sha256 = Some(sha256.to_owned());
        row.problem = None;
        ledger::save(self.store, self.clock, row)?;
        sent.sent += 1;
        let day = row.production_date.map(|day| day.to_string()).unwrap_or_default();
        (self.tell)(Event::about(EventKind::Sent, &row.name, format!("sent, for CPR's run of {day}")));
        Ok(())
    }

    /// Gives a file whose day is over the name of a later one. One that was never tried on its day may have been sent by
    /// somebody else, so only its operator can say.
    fn postpone(
        &mut self,
        outgoing: &Outgoing,
        file: File,
        mut row: Transfer,
        sent: &mut Sent,
    ) -> Result<Option<(File, Transfer)>, BatchError> {
        let was_tried = row.key != 0;
        let pending = self.store.begin()?.pending_orders(self.settings.source)?;
        if !pending.iter().any(|order| order.file.as_deref() == Some(&file.text)) {
            // Its orders are settled, or it is not one of ours.
            return Ok(None);
        }
        if !was_tried && !outgoing.late {
            sent.failed += 1;
            let text = "its day is over, and Kartotek has not sent it; if nobody has, `kartotek cpr-batch send --late` sends it \
                        under the name of the next day";
            (self.tell)(Event::about(EventKind::NotSent, &file.text, text));
            return Ok(None);
        }
        let name =
            postpone_written(self.store, self.clock, &outgoing.settings, &outgoing.folder, &file.text, &file.bytes)?;
        row.state = TransferState::Refused;
        row.problem = Some(format!("its day was over; sent as {name}"));
        ledger::save(self.store, self.clock, &mut row)?;
        (self.tell)(Event::about(EventKind::Postponed, &file.text, format!("its day is over; it is {name} now")));
        let file = File { text: name.to_string(), name, bytes: file.bytes };
        let mut row = self.new_outgoing(&file);
        ledger::save(self.store, self.clock, &mut row)?;
        Ok(Some((file, row)))
    }
}

/// Puts a file at the server and looks whether it is there. `was_begun`: an earlier run may have left a part of it.
fn upload(remote: &mut dyn RemoteDirectory, file: &File, was_begun: bool) -> Result<(), TransferError> {
    let error = |kind, text: &str| TransferError::new(kind, format!("send {}", file.text), text);
    match read_back(remote, &file.text)? {
        Some(found) if same(&found, &file.bytes) => return Ok(()),
        Some(found) if !found.is_empty() && !(was_begun && is_part(&found, &file.bytes)) => {
            return Err(error(
                TransferErrorKind::Exists,
                "another file of this name is at the server; look there, it was not overwritten",
            ));
        }
        _ => {}
    }
    remote.store(&file.text, &file.bytes)?;
    match read_back(remote, &file.text)? {
        Some(found) if same(&found, &file.bytes) => Ok(()),
        Some(_) => Err(error(TransferErrorKind::Cut, "what is at the server is not what was sent")),
        None => match remote.size(&file.text)? {
            Some(size) if size != file.bytes.len() as u64 => {
                Err(error(TransferErrorKind::Cut, "the server has another size than was sent"))
            }
            // Nothing may be looked at there; the server has said that it took all of it.
            _ => Ok(()),
        },
    }
}

/// What is at the server under a name; `None` when nothing is, or nothing may be read.
fn read_back(remote: &mut dyn RemoteDirectory, name: &str) -> Result<Option<Vec<u8>>, TransferError> {
    let mut found = Vec::new();
    match remote.fetch(name, 0, &mut found) {
        Ok(_) => Ok(Some(found)),
        Err(error) if matches!(error.kind, TransferErrorKind::NotFound | TransferErrorKind::Refused) => Ok(None),
        Err(error) => Err(error),
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

fn hex(digest: &[u8]) -> String {
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
