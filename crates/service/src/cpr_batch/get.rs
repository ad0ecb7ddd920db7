use kartotek_clients::file_transfer::{TransferError, TransferErrorKind};
use kartotek_register::ports::{Direction, Transfer, TransferState};

use super::arrival::missing_before;
use super::fetch::Fetched;
use super::plan::{MOST_ENTRIES, Plan, Which, want_again};
use super::{Batch, BatchError, Connector, Event, EventKind, ledger};

/// Files in a row over which the connection breaks, until the server is given up for this run.
const BREAKS: u32 = 3;

/// What the first step did.
#[derive(Debug, Default)]
pub struct Got {
    /// Files that were fetched, checked and put in the interim directory.
    pub fetched: u64,
    /// Files whose content was refused, those that somebody had put into the interim directory among them.
    pub refused: u64,
    /// Files that could not be fetched, or were wanted and are not there.
    pub failed: u64,
    /// Why the server could not be used to the end.
    pub stopped: Option<TransferError>,
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
        let mut may_rename = true;
        let mut breaks = 0;
        let mut fetched = Vec::new();
        for (entry, plan) in self.plan(entries, which, &mut got)? {
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
                    Fetched::Refused => {
                        breaks = 0;
                        continue;
                    }
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
            // One that has been fetched from its new name has that name already.
            if entry.name.eq_ignore_ascii_case(&row.name) {
                self.rename_remote(server, &entry.name, row, &mut may_rename)?;
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

    /// Puts the prefix before the name at the server (F116), where that is wanted and allowed. `name` is how the server writes
    /// it now.
    fn rename_remote(
        &mut self,
        server: &mut Connector<'_>,
        name: &str,
        mut row: Transfer,
        may: &mut bool,
    ) -> Result<(), BatchError> {
        let Some(prefix) = self.settings.rename_prefix.as_ref().filter(|_| self.settings.remote_rename && *may) else {
            return Ok(());
        };
        let new = format!("{prefix}{}", row.name);
        match server.with(|remote| remote.rename(name, &new)) {
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
                // Without a connection, or with a server that does not tell which names are taken, the next one fares no better.
                *may = !error.breaks_connection() && error.kind != TransferErrorKind::Refused;
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

/// Whether the next file would fare no better: nobody answers, nobody is let in, or this machine's disk is full.
fn stops_all(error: &TransferError) -> bool {
    error.needs_somebody() || matches!(error.kind, TransferErrorKind::Unreachable | TransferErrorKind::Local)
}
