use kartotek_register::ports::{Direction, Transfer, TransferState};

use super::get::note_checked;
use super::interim::InterimFile;
use super::{Batch, BatchError, Event, EventKind, ledger};

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
                Some(row) if row.state == TransferState::Done && is_untouched(&file, row) => {
                    self.prefix_local(&file.name)?
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
                self.prefix_local(&file.name)?
            }
            Ok(checked) => {
                let was_fetched = known.is_some_and(|row| row.state == TransferState::Begun);
                let mut row = match known {
                    Some(row) if row.state != TransferState::Done => row.clone(),
                    _ => new(),
                };
                note_checked(&mut row, &checked, file.size);
                row.state = TransferState::Waiting;
                if was_fetched {
                    row.remote_size = row.remote_size.or(Some(file.size));
                }
                ledger::save(self.store, self.clock, &mut row)?;
                let text = if was_fetched {
                    "was fetched by a run that was cut off"
                } else {
                    "was in the interim directory already, and is checked"
                };
                (self.tell)(Event::about(EventKind::Entered, &file.name, text));
            }
            Err(error) if error.is_refusal() => {
                let kept = self.interim.put_refused(&path, &file.name)?;
                let mut row = known.filter(|row| row.state != TransferState::Done).cloned().unwrap_or_else(new);
                row.state = TransferState::Refused;
                row.problem = Some(error.to_string());
                ledger::save(self.store, self.clock, &mut row)?;
                (self.tell)(Event::about(EventKind::Refused, &file.name, format!("refused: {error}; kept as {kept}")));
                return Ok(false);
            }
            Err(error) => return Err(BatchError::Import { name: file.name.clone(), error }),
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

fn is_done_with(row: &Transfer, sha256: &str) -> bool {
    row.state == TransferState::Done && row.sha256.as_deref() == Some(sha256)
}

/// Whether a file is the one that was imported, without reading it.
fn is_untouched(file: &InterimFile, row: &Transfer) -> bool {
    let modified = jiff::Timestamp::try_from(file.modified).ok();
    let done: Option<jiff::Timestamp> = row.updated_at.parse().ok();
    row.size == Some(file.size) && modified.zip(done).is_some_and(|(modified, done)| modified <= done)
}
