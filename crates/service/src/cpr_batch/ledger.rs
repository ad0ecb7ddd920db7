use std::collections::HashMap;

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock, Direction, Store, StoreError, Transfer};

/// Enters a transfer, or overwrites it, and returns when that is on disk: what follows happens outside the register.
pub(super) fn save(store: &mut dyn Store, clock: &dyn Clock, row: &mut Transfer) -> Result<(), StoreError> {
    row.updated_at = clock.now_text();
    let mut transaction = store.begin_durable()?;
    if row.key == 0 {
        row.key = transaction.insert_transfer(row)?;
    } else {
        transaction.update_transfer(row)?;
    }
    transaction.commit()
}

/// The latest transfer of each name, by the name in lower case.
pub(super) fn latest(
    store: &dyn Store,
    source: SourceId,
    direction: Direction,
) -> Result<HashMap<String, Transfer>, StoreError> {
    let rows = store.reader()?.transfers(source, direction, None)?;
    Ok(rows.into_iter().map(|row| (row.name.to_ascii_lowercase(), row)).collect())
}
