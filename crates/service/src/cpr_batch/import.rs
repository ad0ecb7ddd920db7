use std::path::Path;

use kartotek_register::ports::{Counts, Direction, Transfer, TransferState};
use rustc_hash::FxHashSet;

use super::arrival::{Arrival, Arrivals, earlier_one, missing};
use super::fetch::note_checked;
use super::plan::{Which, want_again};
use super::{Batch, BatchError, Event, EventKind, ledger};
use crate::cpr_extract::{Accept, ExtractImport, FileReport, ImportError, Progress};

/// What the second step did.
#[derive(Debug, Default)]
pub struct Taken {
    /// Files that were imported.
    pub imported: u64,
    /// Files with a delivery that was imported before.
    pub double: u64,
    /// Files whose content was refused, or that are not there.
    pub refused: u64,
    /// Files that wait for a delivery before them.
    pub waiting: u64,
    /// Tasks that are stopped by a gap, by number.
    pub stopped: Vec<String>,
    /// What became of the persons.
    pub counts: Counts,
}

impl Batch<'_> {
    /// Step 2: imports what waits, by production date, each task by its chain (F121, F122).
    pub fn import(&mut self, which: &Which, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Taken, BatchError> {
        let mut taken = Taken { refused: self.recover()?, ..Taken::default() };
        let mut waiting =
            self.store.reader()?.transfers(self.settings.source, Direction::In, Some(TransferState::Waiting))?;
        waiting.retain(|row| which.holds(&row.name));
        // The date of record 000 decides, not that in the name, whose year has two digits.
        waiting.sort_by(|a, b| {
            (a.production_date, a.previous_date, &a.name).cmp(&(b.production_date, b.previous_date, &b.name))
        });
        if let Which::Named(names) = which {
            for name in names.iter().filter(|name| !waiting.iter().any(|row| row.name.eq_ignore_ascii_case(name))) {
                taken.refused += 1;
                let text =
                    "no file of that name waits in the interim directory; `kartotek cpr-batch list` shows what does";
                (self.tell)(Event::about(EventKind::Refused, name, text));
            }
        }
        let mut arrivals = Arrivals::read(self.store, self.settings.source)?;
        let mut stopped = FxHashSet::default();
        for row in waiting {
            let task = row.task.clone().unwrap_or_default();
            if stopped.contains(&task) {
                taken.waiting += 1;
                let text = format!("waits: task {task} is stopped, see above");
                (self.tell)(Event::about(EventKind::Waits, &row.name, text));
                continue;
            }
            self.still_ours()?;
            if !self.import_one(row, &mut arrivals, progress, &mut taken)? {
                stopped.insert(task.clone());
                taken.stopped.push(task);
            }
        }
        Ok(taken)
    }

    /// Imports one file; false when what follows it in its task has to wait.
    fn import_one(
        &mut self,
        mut row: Transfer,
        arrivals: &mut Arrivals,
        progress: &mut (dyn FnMut(Progress) + Send),
        taken: &mut Taken,
    ) -> Result<bool, BatchError> {
        let path = self.interim.path(&row.name);
        if !path.exists() {
            want_again(&mut row);
            row.problem = Some("it has gone from the interim directory".to_owned());
            ledger::save(self.store, self.clock, &mut row)?;
            taken.refused += 1;
            let text = "has gone from the interim directory without having been imported; it is fetched again";
            (self.tell)(Event::about(EventKind::Refused, &row.name, text));
            return Ok(true);
        }
        let is_accepted = self.import.accept.chain || row.gap_accepted;
        if !is_accepted && let Some(earlier) = earlier_one(self.store, self.settings.source, &row)? {
            let how = match earlier.state {
                TransferState::Begun => "has not been fetched",
                TransferState::Refused => "was refused or has gone",
                TransferState::Waiting | TransferState::Done => "has not been imported",
            };
            let text =
                format!("{}, an earlier file of task {}, {how}", earlier.name, row.task.as_deref().unwrap_or_default());
            return self.wait(row, &text, taken);
        }
        match self.take_in(&mut row, &path, arrivals, progress) {
            Ok((report, arrival)) => {
                self.finish(row, report, &arrival, arrivals, taken)?;
                Ok(true)
            }
            Err(ImportError::Chain { task, previous, last }) => {
                let text = missing(&task, previous, last);
                self.wait(row, &text, taken)
            }
            Err(error) if error.is_refusal() => {
                let kept = self.interim.put_refused(&path, &row.name)?;
                row.state = TransferState::Refused;
                row.problem = Some(error.to_string());
                ledger::save(self.store, self.clock, &mut row)?;
                taken.refused += 1;
                (self.tell)(Event::about(EventKind::Refused, &row.name, format!("refused: {error}; kept as {kept}")));
                Ok(true)
            }
            Err(ImportError::Store(error)) => Err(error.into()),
            // The row is another's by now.
            Err(error @ ImportError::TakenOver) => Err(BatchError::Import { name: row.name, error }),
            // The disk's fault, or somebody writes to it: what comes after it would leave a gap.
            Err(error) => {
                taken.refused += 1;
                let text = format!("cannot be read: {error}; it is tried again by the next run");
                (self.tell)(Event::about(EventKind::Refused, &row.name, text));
                Ok(false)
            }
        }
    }

    /// Lets a file wait, and its task with it, for what is missing before it.
    fn wait(&mut self, mut row: Transfer, missing: &str, taken: &mut Taken) -> Result<bool, BatchError> {
        row.problem = Some(missing.to_owned());
        ledger::save(self.store, self.clock, &mut row)?;
        taken.waiting += 1;
        let text = format!(
            "{missing}; nothing more of task {} is imported until it has come, or until the gap is accepted (`kartotek \
             cpr-batch accept-gap {}`)",
            row.task.as_deref().unwrap_or_default(),
            row.name
        );
        (self.tell)(Event::about(EventKind::Missing, &row.name, text));
        Ok(false)
    }

    /// Takes a file in, as it is now.
    fn take_in(
        &mut self,
        row: &mut Transfer,
        path: &Path,
        arrivals: &Arrivals,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(FileReport, Arrival), ImportError> {
        let checked = self.import.check(path, progress)?;
        if row.sha256.as_deref() != Some(checked.sha256()) {
            // Somebody has put another file in its place. What was accepted was accepted of the one before.
            note_checked(row, &checked, checked.size());
            row.gap_accepted = false;
            let text = "is another file than the one that was checked before: somebody has put it in its place";
            (self.tell)(Event::about(EventKind::Note, &row.name, text));
        }
        let arrival = arrivals.of(self.store, row)?;
        let accept = Accept { chain: self.import.accept.chain || row.gap_accepted, ..self.import.accept };
        let tell_again = !arrivals.holds(row);
        let import = ExtractImport { accept, list_persons: true, tell_again, ..self.import.clone() };
        // Checking a large file takes long.
        self.still_ours()?;
        let report = import.take_in(self.store, &checked, self.clock, progress, &mut |_| {})?;
        Ok((report, arrival))
    }

    /// Tells that the import is done, and says so in the ledger and then in the name.
    fn finish(
        &mut self,
        mut row: Transfer,
        mut report: FileReport,
        arrival: &Arrival,
        arrivals: &mut Arrivals,
        taken: &mut Taken,
    ) -> Result<(), BatchError> {
        row.state = TransferState::Done;
        row.problem = None;
        if let Some(sha256) = &row.sha256 {
            row.delivery = self.store.begin()?.delivery_by_hash(row.source, sha256)?.map(|delivery| delivery.key);
        }
        let run = self.store.reader()?.runs(row.source, 1)?.into_iter().next();
        row.run = run.filter(|run| run.delivery.is_some() && run.delivery == row.delivery).map(|run| run.run);
        // An import that was cut off after its last person is done, and all that it had to say is told now.
        let is_new = report.skipped.take_if(|skipped| skipped.name == row.name && !arrivals.holds(&row)).is_some();
        let (kind, text) = match (&report.skipped, arrival) {
            _ if is_new => {
                (EventKind::Imported, "was imported before, by hand or by a run that was cut off".to_owned())
            }
            (Some(skipped), _) => {
                (EventKind::Double, format!("holds the same delivery as {}, which was imported before", skipped.name))
            }
            (None, Arrival::InOrder) => (EventKind::Imported, "imported".to_owned()),
            (None, Arrival::Late(last)) => (
                EventKind::Imported,
                format!("imported late: one produced on {last} was imported before; nothing newer is overwritten"),
            ),
            (None, Arrival::AnotherOfTheDay(name)) => (
                EventKind::Imported,
                format!("imported; {name}, another delivery of the same task and day, was imported before"),
            ),
        };
        arrivals.add(&row);
        if kind == EventKind::Double {
            taken.double += 1;
        } else {
            taken.imported += 1;
        }
        if report.skipped.is_none() && !is_new {
            taken.counts.add(&report.counts);
        }
        // First: a run that dies here is told twice rather than never, and who was rejected is told in no other way.
        (self.tell)(Event { report: Some(Box::new(report)), ..Event::about(kind, &row.name, text) });
        ledger::save(self.store, self.clock, &mut row)?;
        self.prefix_local(&row.name)
    }

    /// Accepts that a delivery is missing: before a file that waits, or the file itself, when it was refused or is not at the
    /// server any more; such a one is let be until another one takes its name. `None` when there is no such file.
    pub fn accept_gap(&mut self, name: &str) -> Result<Option<TransferState>, BatchError> {
        self.recover()?;
        let known = ledger::latest(self.store, self.settings.source, Direction::In)?;
        let is_fit = |row: &&Transfer| matches!(row.state, TransferState::Waiting | TransferState::Refused);
        let Some(mut row) = known.get(&name.to_ascii_lowercase()).filter(is_fit).cloned() else { return Ok(None) };
        row.gap_accepted = true;
        ledger::save(self.store, self.clock, &mut row)?;
        Ok(Some(row.state))
    }
}
