use std::time::Duration;

use kartotek_formats::extract::FrameProblem;
use kartotek_register::ports::{Direction, Transfer, TransferState};

use super::fetch::note_checked;
use super::interim::InterimFile;
use super::{Batch, BatchError, Event, EventKind, ledger};
use crate::cpr_extract::ImportError;

impl Batch<'_> {
    /// Enters the files of the interim directory that the ledger does not know as waiting: those that a run put in their
    /// place and did not live to enter, and those that somebody put there. Gives files their prefix whose import is done.
    /// Returns how many were refused.
    pub(super) fn recover(&mut self) -> Result<u64, BatchError> {
        let known = ledger::latest(self.store, self.settings.source, Direction::In)?;
        let mut refused = 0;
        for file in self.interim.files(self.settings)? {
            match known.get(&file.name.to_ascii_lowercase()) {
                Some(row) if row.state == TransferState::Waiting => {}
                Some(row) if row.state == TransferState::Done && row.name == file.name && is_untouched(&file, row) => {
                    self.prefix_local(&file.name)?;
                }
                row => refused += u64::from(!self.enter(&file, row)?),
            }
        }
        Ok(refused)
    }

    /// Checks a file and enters it; false when it was refused.
    fn enter(&mut self, file: &InterimFile, known: Option<&Transfer>) -> Result<bool, BatchError> {
        let path = self.interim.path(&file.name);
        let new = || Transfer::new(self.settings.source, Direction::In, file.name.clone(), &self.clock.now_text());
        match self.import.check_named(&path, &path, &mut |_| {}) {
            // Its import is done, and the prefix is all that is missing.
            Ok(checked) if known.is_some_and(|row| is_done_with(row, checked.sha256())) => {
                self.prefix_local(&file.name)?;
            }
            Ok(checked) => {
                let was_fetched = known.is_some_and(|row| row.state == TransferState::Begun);
                let mut row = of_this_name(known, file).unwrap_or_else(new);
                note_checked(&mut row, &checked, file.size);
                row.state = TransferState::Waiting;
                // That it may be missing itself does not say that one before it may be.
                row.gap_accepted = false;
                if was_fetched {
                    row.remote_size = row.remote_size.or(Some(file.size));
                } else {
                    // Nor is the one at the server, which was refused, this one.
                    (row.remote_size, row.remote_modified) = (None, None);
                }
                ledger::save(self.store, self.clock, &mut row)?;
                let text = if was_fetched {
                    "was fetched by a run that was cut off"
                } else {
                    "was in the interim directory already, and is checked"
                };
                (self.tell)(Event::about(EventKind::Entered, &file.name, text));
            }
            // Whoever copies it there may not be through.
            Err(error) if is_cut_off(&error) && is_young(file) => {
                let text = format!("is left alone for now, since it was written a moment ago: {error}");
                (self.tell)(Event::about(EventKind::Note, &file.name, text));
                return Ok(false);
            }
            Err(error) if error.is_refusal() => {
                let kept = self.interim.put_refused(&path, &file.name)?;
                let mut row = of_this_name(known, file).unwrap_or_else(new);
                row.state = TransferState::Refused;
                row.problem = Some(error.to_string());
                ledger::save(self.store, self.clock, &mut row)?;
                (self.tell)(Event::about(EventKind::Refused, &file.name, format!("refused: {error}; kept as {kept}")));
                return Ok(false);
            }
            // One file that cannot be read must not keep all others away.
            Err(error) => {
                let text = format!("cannot be read: {error}; it is tried again by the next run");
                (self.tell)(Event::about(EventKind::Refused, &file.name, text));
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts the prefix before the name of a file whose import is done (F122).
    pub(super) fn prefix_local(&self, name: &str) -> Result<(), BatchError> {
        if let Some(prefix) = &self.settings.rename_prefix {
            self.interim.prefix(name, prefix)?;
        }
        Ok(())
    }
}

/// The row that is taken up again for a file. Names in a row and in the directory are the same to the letter.
fn of_this_name(known: Option<&Transfer>, file: &InterimFile) -> Option<Transfer> {
    known.filter(|row| row.state != TransferState::Done && row.name == file.name).cloned()
}

/// Whether the end of a file is missing.
fn is_cut_off(error: &ImportError) -> bool {
    let ImportError::Frame(frame) = error else { return false };
    matches!(frame.problem, FrameProblem::NoEnd | FrameProblem::CutOff)
}

/// Whether a file was written within the last minute.
fn is_young(file: &InterimFile) -> bool {
    const MOMENT: Duration = Duration::from_mins(1);
    file.modified.elapsed().is_ok_and(|age| age < MOMENT)
}

fn is_done_with(row: &Transfer, sha256: &str) -> bool {
    row.state == TransferState::Done && row.sha256.as_deref() == Some(sha256)
}

/// Whether a file is the one that was imported, without reading it.
fn is_untouched(file: &InterimFile, row: &Transfer) -> bool {
    let modified = jiff::Timestamp::try_from(file.modified).ok();
    let done: Option<jiff::Timestamp> = row.updated_at.parse().ok();
    // The ledger's times are whole seconds.
    row.size == Some(file.size)
        && modified.zip(done).is_some_and(|(modified, done)| modified.as_second() <= done.as_second())
}
