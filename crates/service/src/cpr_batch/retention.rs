use jiff::{Timestamp, ToSpan as _};
use kartotek_register::ports::{Direction, TransferState};

use super::{Batch, BatchError, Event, EventKind, ledger};

impl Batch<'_> {
    /// Removes imported files from the interim directory that are older than the operator wants to keep them; without
    /// `Keep days` nothing is ever removed (F96). Nothing is removed at the server.
    pub fn remove_old(&mut self) -> Result<u64, BatchError> {
        let Some(days) = self.settings.keep_days else { return Ok(0) };
        let limit = self.clock.now().checked_sub((24 * i64::from(days)).hours()).unwrap_or(Timestamp::MIN);
        let prefix = self.settings.rename_prefix.clone().unwrap_or_default();
        let mut removed = 0;
        for mut row in self.store.reader()?.transfers(self.settings.source, Direction::In, Some(TransferState::Done))? {
            let is_old = row.updated_at.parse::<Timestamp>().is_ok_and(|done| done < limit);
            let path = self.interim.path(&format!("{prefix}{}", row.name));
            // Only what is the file that was imported: of its size, and written before.
            let is_it = std::fs::metadata(&path).is_ok_and(|file| Some(file.len()) == row.size);
            if is_old && is_it {
                std::fs::remove_file(&path).map_err(|error| self.interim.failed("remove", &path, error))?;
                row.problem = Some(format!("removed {days} days after its import, as Keep days says"));
                ledger::save(self.store, self.clock, &mut row)?;
                removed += 1;
                (self.tell)(Event::about(
                    EventKind::Removed,
                    &row.name,
                    format!("removed {days} days after its import"),
                ));
            }
        }
        Ok(removed)
    }
}
