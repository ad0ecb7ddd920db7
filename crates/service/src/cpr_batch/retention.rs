use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use jiff::{Timestamp, ToSpan as _};
use kartotek_register::ports::{Direction, TransferState};

use sha2::{Digest as _, Sha256};

use super::send::hex;
use super::{Batch, BatchError, Event, EventKind, ledger};

impl Batch<'_> {
    /// Removes imported files from the interim directory that are older than the operator wants to keep them; without
    /// `Keep days` nothing is ever removed (F96). Nothing is removed at the server.
    pub fn remove_old(&mut self) -> Result<u64, BatchError> {
        let Some(days) = self.settings.keep_days else { return Ok(0) };
        let limit = self.clock.now().checked_sub((24 * i64::from(days)).hours()).unwrap_or(Timestamp::MIN);
        let prefix = self.settings.rename_prefix.clone().unwrap_or_default();
        let mut removed = 0;
        for mut row in ledger::latest(self.store, self.settings.source, Direction::In)?.into_values() {
            // One that has something to say was removed before.
            let is_old = row.updated_at.parse::<Timestamp>().is_ok_and(|done| done < limit);
            if row.state != TransferState::Done || row.problem.is_some() || !is_old {
                continue;
            }
            let path = self.interim.path(&format!("{prefix}{}", row.name));
            // Only the very file that was imported: reading it again is little work for what is lost otherwise.
            if !path.is_file() || self.sha256_of(&path)? != row.sha256 {
                continue;
            }
            std::fs::remove_file(&path).map_err(|error| self.interim.failed("remove", &path, error))?;
            row.problem = Some(format!("removed {days} days after its import, as Keep days says"));
            ledger::save(self.store, self.clock, &mut row)?;
            removed += 1;
            (self.tell)(Event::about(EventKind::Removed, &row.name, format!("removed {days} days after its import")));
        }
        Ok(removed)
    }

    /// The hash of a file, as the ledger has it.
    pub(super) fn sha256_of(&self, path: &Path) -> Result<Option<String>, BatchError> {
        let failed = |error| self.interim.failed("read", path, error);
        let mut file = File::open(path).map_err(failed)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = file.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                return Ok(Some(hex(&hash.finalize())));
            }
            hash.update(buffer.get(..read).unwrap_or_default());
        }
    }
}
