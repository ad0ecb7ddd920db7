//! Whether a delivery comes in order, late, or again.

use std::collections::{HashMap, HashSet};

use kartotek_formats::dates::PartialDate;
use kartotek_formats::extract::{ExtractName, Task};
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Direction, Store, StoreError, Transfer, TransferState};

/// How a delivery arrives, beside those that were imported before it.
pub(super) enum Arrival {
    InOrder,
    /// A later one of the task was imported before.
    Late(PartialDate),
    /// Another one of the task and the day was imported before.
    AnotherOfTheDay(String),
}

/// What was imported before, read once for all the files of a run.
#[derive(Default)]
pub(super) struct Arrivals {
    /// Name and hash of the files of a task and a day.
    of_the_day: HashMap<(String, PartialDate), Vec<(String, String)>>,
    hashes: HashSet<String>,
}

impl Arrivals {
    pub fn read(store: &dyn Store, source: SourceId) -> Result<Self, StoreError> {
        let mut arrivals = Self::default();
        for row in store.reader()?.transfers(source, Direction::In, Some(TransferState::Done))? {
            arrivals.add(&row);
        }
        Ok(arrivals)
    }

    /// Adds a file that was imported.
    pub fn add(&mut self, row: &Transfer) {
        let Some(sha256) = &row.sha256 else { return };
        self.hashes.insert(sha256.clone());
        if let (Some(task), Some(date)) = (&row.task, row.production_date) {
            self.of_the_day.entry((task.clone(), date)).or_default().push((row.name.clone(), sha256.clone()));
        }
    }

    /// Whether a file with the same content was imported.
    pub fn holds(&self, row: &Transfer) -> bool {
        row.sha256.as_ref().is_some_and(|sha256| self.hashes.contains(sha256))
    }

    /// How a checked file arrives.
    pub fn of(&self, store: &mut dyn Store, row: &Transfer) -> Result<Arrival, StoreError> {
        let (Some(task), Some(date)) = (&row.task, row.production_date) else { return Ok(Arrival::InOrder) };
        let others = self.of_the_day.get(&(task.clone(), date)).into_iter().flatten();
        let other = others.into_iter().find(|(_, sha256)| Some(sha256) != row.sha256.as_ref());
        if let Some((name, _)) = other {
            return Ok(Arrival::AnotherOfTheDay(name.clone()));
        }
        let last = store.begin()?.latest_delivery(row.source, task)?;
        Ok(match last {
            Some(last) if date < last.production_date => Arrival::Late(last.production_date),
            _ => Arrival::InOrder,
        })
    }
}

/// An earlier file of a task of which nothing was imported yet, that is known and has not been imported either. After the
/// first one the chain tells; before it, a later file would be taken for the beginning.
pub(super) fn earlier_one(
    store: &mut dyn Store,
    source: SourceId,
    row: &Transfer,
) -> Result<Option<Transfer>, StoreError> {
    let (Some(task), Some(date)) = (&row.task, row.production_date) else { return Ok(None) };
    // A status extract has everybody in it, and one that names none before it is the first.
    if row.previous_date.is_none_or(|previous| previous == date)
        || store.begin()?.latest_delivery(source, task)?.is_some()
    {
        return Ok(None);
    }
    // What was never read has its task and day in its name.
    let of_task = |other: &Transfer| {
        let name = ExtractName::parse(&other.name).ok();
        let its_task = other.task.clone().or(name.map(|name| name.task().to_string()));
        let its_date = other.production_date.or(name.map(|name| name.production_date()));
        (its_task.as_ref() == Some(task)).then_some(its_date).flatten()
    };
    let is_earlier = |other: &Transfer| of_task(other).is_some_and(|its_date| its_date < date);
    let mut others: Vec<_> = super::ledger::latest(store, source, Direction::In)?.into_values().collect();
    others.retain(|other| other.state != TransferState::Done && !other.gap_accepted && is_earlier(other));
    Ok(others.into_iter().min_by_key(of_task))
}

/// Before which checked files a delivery is missing, with the words for it, as far as the ledger can tell. Deliveries that
/// wait in the interim directory are not missing.
pub(super) fn missing_before(
    store: &mut dyn Store,
    source: SourceId,
    rows: &[Transfer],
) -> Result<Vec<(String, String)>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let waiting = store.reader()?.transfers(source, Direction::In, Some(TransferState::Waiting))?;
    let waiting: HashSet<_> = waiting.into_iter().filter_map(|row| Some((row.task?, row.production_date?))).collect();
    let mut last_of: HashMap<String, Option<PartialDate>> = HashMap::new();
    let mut transaction = store.begin()?;
    let mut found = Vec::new();
    for row in rows {
        let (Some(task), Some(date), Some(previous)) = (&row.task, row.production_date, row.previous_date) else {
            continue;
        };
        let last = if let Some(last) = last_of.get(task) {
            *last
        } else {
            let last = transaction.latest_delivery(source, task)?.map(|delivery| delivery.production_date);
            last_of.insert(task.clone(), last);
            last
        };
        let Some(last) = last else { continue };
        let is_status_extract = previous == date;
        let waits = waiting.contains(&(task.clone(), previous));
        if !is_status_extract && date > last && previous != last && !waits {
            found.push((row.name.clone(), missing(task, previous, last)));
        }
    }
    Ok(found)
}

/// The words for a delivery that is missing.
pub(super) fn missing(task: &str, previous: PartialDate, last: PartialDate) -> String {
    let name = Task::new(task.as_bytes()).and_then(|task| ExtractName::new(previous, task).ok());
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    format!(
        "the delivery of task {task} produced on {previous}{name} is missing before it; the last one that was imported was \
         produced on {last}"
    )
}
