//! The ledger of files and the settings of the transfer.

use kartotek_formats::dates::PartialDate;

use crate::contact::SourceId;
use crate::ports::{Direction, StoreError, StoreErrorKind, Transfer, TransferBook, TransferKey, TransferState};

use super::ledger;
use super::tables::Tables;
use super::transaction::MemoryTransaction;

impl TransferBook for MemoryTransaction<'_> {
    fn insert_transfer(&mut self, transfer: &Transfer) -> Result<TransferKey, StoreError> {
        let transfers = &mut self.tables.transfers;
        let key = transfers.last_key_value().map_or(1, |(key, _)| key + 1);
        transfers.insert(key, Transfer { key, ..as_kept(transfer) });
        Ok(key)
    }

    fn update_transfer(&mut self, transfer: &Transfer) -> Result<(), StoreError> {
        let Some(stored) = self.tables.transfers.get_mut(&transfer.key) else {
            let message = "a row that must be there is not";
            return Err(StoreError::new(StoreErrorKind::Refused, "change a transfer", message));
        };
        *stored = Transfer {
            source: stored.source,
            direction: stored.direction,
            name: stored.name.clone(),
            created_at: stored.created_at.clone(),
            ..as_kept(transfer)
        };
        Ok(())
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError> {
        Ok(transfers(&self.tables, source, direction, state))
    }

    fn put_transfer_setting(
        &mut self,
        source: SourceId,
        name: &str,
        value: Option<&str>,
        _: &str,
    ) -> Result<(), StoreError> {
        let key = (source, name.to_owned());
        match value {
            Some(value) => drop(self.tables.transfer_settings.insert(key, value.to_owned())),
            None => drop(self.tables.transfer_settings.remove(&key)),
        }
        Ok(())
    }

    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError> {
        Ok(settings(&self.tables, source))
    }

    fn fail_dead_runs(&mut self, source: SourceId, kind: &str, now: &str) -> Result<u64, StoreError> {
        Ok(ledger::fail_dead_runs(&mut self.tables, source, kind, now))
    }
}

/// The table has no columns for partial dates.
fn as_kept(transfer: &Transfer) -> Transfer {
    Transfer {
        production_date: transfer.production_date.map(PartialDate::earliest),
        previous_date: transfer.previous_date.map(PartialDate::earliest),
        ..transfer.clone()
    }
}

pub(super) fn transfers(
    tables: &Tables,
    source: SourceId,
    direction: Direction,
    state: Option<TransferState>,
) -> Vec<Transfer> {
    let of_source = tables.transfers.values().filter(|row| row.source == source && row.direction == direction);
    of_source.filter(|row| state.is_none_or(|state| row.state == state)).cloned().collect()
}

pub(super) fn settings(tables: &Tables, source: SourceId) -> Vec<(String, String)> {
    let of_source = tables.transfer_settings.iter().filter(|((of, _), _)| *of == source);
    of_source.map(|((_, name), value)| (name.clone(), value.clone())).collect()
}
