use std::path::Path;

use kartotek_formats::dates::PartialDate;
use kartotek_formats::subscription_file::SubscriptionFileName;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock, Order, Store};
use rustc_hash::FxHashSet;

use super::apply::{NAMES_TRIED, first_day, free_name, names, note_sent, outbox_error};
use super::{FileSettings, FolderOutbox, Outbox as _, Published};
use crate::subscriptions::SubscriptionError;

/// Gives a written file, whose day is over without its having been sent, the name of a day to come, and its orders with it.
///
/// The file is there under its new name before the orders are moved, and stays under the old one. A call that is cut off
/// between the two finds its file, and uses it.
pub(crate) fn postpone_written(
    store: &mut dyn Store,
    clock: &dyn Clock,
    settings: &FileSettings,
    folder: &Path,
    old: &str,
    bytes: &[u8],
) -> Result<SubscriptionFileName, SubscriptionError> {
    let mut transaction = store.begin_durable()?;
    let pending = transaction.pending_orders(SourceId::CPR)?;
    let mut outbox = FolderOutbox::new(folder);
    let first_day = first_day(clock, settings)?;
    let taken = names(&pending);
    let new = match left(folder, bytes, first_day, settings, &taken)? {
        Some(left) => left,
        None => free_name(first_day, settings, &taken, &mut outbox)?,
    };
    let text = new.to_string();
    match outbox.publish(&text, bytes).map_err(|error| outbox_error("write", &text, error))? {
        Published::Done | Published::Same => {}
        Published::Another => return Err(SubscriptionError::AnotherFile { name: text }),
    }
    let day = Some(new.process_date());
    let of_the_file = pending.into_iter().filter(|order| order.file.as_deref() == Some(old));
    let orders: Vec<_> = of_the_file.map(|order| Order { process_date: day, ..order }).collect();
    let keys: Vec<_> = orders.iter().map(|order| order.key).collect();
    transaction.move_to_file(&keys, &text, new.process_date())?;
    note_sent(transaction.as_mut(), &orders)?;
    transaction.commit()?;
    Ok(new)
}

/// The name under which a call that was cut off has left the file: that of one of the days that are tried, with the same
/// content and no orders.
fn left(
    folder: &Path,
    bytes: &[u8],
    mut day: PartialDate,
    settings: &FileSettings,
    taken: &FxHashSet<String>,
) -> Result<Option<SubscriptionFileName>, SubscriptionError> {
    for _ in 0..NAMES_TRIED {
        let name = SubscriptionFileName::new(day, settings.task)?;
        let text = name.to_string();
        if !taken.contains(&text) && std::fs::read(folder.join(&text)).is_ok_and(|there| there == bytes) {
            return Ok(Some(name));
        }
        day = settings.working_days.next_after(day).ok_or(SubscriptionError::Clock)?;
    }
    Ok(None)
}
