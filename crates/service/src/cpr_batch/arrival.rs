//! Whether a delivery comes in order, late, or again.

use kartotek_formats::dates::PartialDate;
use kartotek_formats::extract::{ExtractName, Task};
use kartotek_register::ports::{Direction, Store, StoreError, Transfer, TransferState};

/// How a delivery arrives, beside those that were imported before it.
pub(super) enum Arrival {
    InOrder,
    /// A later one of the task was imported before.
    Late(PartialDate),
    /// Another one of the task and the day was imported before.
    AnotherOfTheDay(String),
}

/// How a checked file arrives.
pub(super) fn arrival(store: &mut dyn Store, row: &Transfer) -> Result<Arrival, StoreError> {
    let (Some(task), Some(date)) = (&row.task, row.production_date) else { return Ok(Arrival::InOrder) };
    let done = store.reader()?.transfers(row.source, Direction::In, Some(TransferState::Done))?;
    let of_the_day = done.into_iter().find(|other| {
        other.task.as_ref() == Some(task) && other.production_date == Some(date) && other.sha256 != row.sha256
    });
    if let Some(other) = of_the_day {
        return Ok(Arrival::AnotherOfTheDay(other.name));
    }
    let last = store.begin()?.latest_delivery(row.source, task)?;
    Ok(match last {
        Some(last) if date < last.production_date => Arrival::Late(last.production_date),
        _ => Arrival::InOrder,
    })
}

/// Which delivery is missing before a checked file, in words; `None` when none is, as far as the ledger can tell. Those that
/// wait in the interim directory are not missing.
pub(super) fn missing_before(store: &mut dyn Store, row: &Transfer) -> Result<Option<String>, StoreError> {
    let (Some(task), Some(date), Some(previous)) = (&row.task, row.production_date, row.previous_date) else {
        return Ok(None);
    };
    let Some(last) = store.begin()?.latest_delivery(row.source, task)?.map(|delivery| delivery.production_date) else {
        return Ok(None);
    };
    let is_status_extract = previous == date;
    if is_status_extract || date <= last || previous == last {
        return Ok(None);
    }
    let waiting = store.reader()?.transfers(row.source, Direction::In, Some(TransferState::Waiting))?;
    let waits =
        waiting.iter().any(|other| other.task.as_ref() == Some(task) && other.production_date == Some(previous));
    Ok((!waits).then(|| missing(task, previous, last)))
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
