//! The ledger of files and the settings of the transfer.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Direction, StoreError, Transfer, TransferBook, TransferKey, TransferState};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result, Row, params};

use super::bind::{Iso, flag, get_day};
use super::error::failed;
use super::ledger;
use super::lookup::is_yes;
use super::transaction::SqliteTransaction;

impl TransferBook for SqliteTransaction<'_> {
    fn insert_transfer(&mut self, transfer: &Transfer) -> std::result::Result<TransferKey, StoreError> {
        insert_transfer(&self.inner, transfer).map_err(|error| failed("enter a transfer", &error))
    }

    fn update_transfer(&mut self, transfer: &Transfer) -> std::result::Result<(), StoreError> {
        update_transfer(&self.inner, transfer).map_err(|error| failed("change a transfer", &error))
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> std::result::Result<Vec<Transfer>, StoreError> {
        transfers(&self.inner, source, direction, state).map_err(|error| failed("read transfers", &error))
    }

    fn put_transfer_setting(
        &mut self,
        source: SourceId,
        name: &str,
        value: Option<&str>,
        now: &str,
    ) -> std::result::Result<(), StoreError> {
        put_setting(&self.inner, source, name, value, now).map_err(|error| failed("write a transfer setting", &error))
    }

    fn transfer_settings(&mut self, source: SourceId) -> std::result::Result<Vec<(String, String)>, StoreError> {
        settings(&self.inner, source).map_err(|error| failed("read transfer settings", &error))
    }

    fn fail_dead_runs(&mut self, source: SourceId, kind: &str, now: &str) -> std::result::Result<u64, StoreError> {
        ledger::fail_dead_runs(&self.inner, source, kind, now).map_err(|error| failed("end dead runs", &error))
    }
}

fn insert_transfer(connection: &Connection, transfer: &Transfer) -> Result<TransferKey> {
    connection
        .prepare_cached(
            "INSERT INTO transfer (source, direction, name, state, renamed, gap_accepted, size, remote_size,
                                   remote_modified, sha256, task, production_date, previous_date, delivery, run,
                                   problem, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
             RETURNING transfer",
        )?
        .query_row(
            params![
                transfer.source.name(),
                transfer.direction.name(),
                transfer.name,
                transfer.state.name(),
                flag(transfer.renamed),
                flag(transfer.gap_accepted),
                transfer.size.map(u64::cast_signed),
                transfer.remote_size.map(u64::cast_signed),
                transfer.remote_modified,
                transfer.sha256,
                transfer.task,
                Iso::day(transfer.production_date),
                Iso::day(transfer.previous_date),
                transfer.delivery,
                transfer.run,
                transfer.problem,
                transfer.created_at,
                transfer.updated_at,
            ],
            |row| row.get(0),
        )
}

fn update_transfer(connection: &Connection, transfer: &Transfer) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE transfer
             SET state = ?2, renamed = ?3, gap_accepted = ?4, size = ?5, remote_size = ?6, remote_modified = ?7,
                 sha256 = ?8, task = ?9, production_date = ?10, previous_date = ?11, delivery = ?12, run = ?13,
                 problem = ?14, updated_at = ?15
             WHERE transfer = ?1 RETURNING transfer",
        )?
        .query_row(
            params![
                transfer.key,
                transfer.state.name(),
                flag(transfer.renamed),
                flag(transfer.gap_accepted),
                transfer.size.map(u64::cast_signed),
                transfer.remote_size.map(u64::cast_signed),
                transfer.remote_modified,
                transfer.sha256,
                transfer.task,
                Iso::day(transfer.production_date),
                Iso::day(transfer.previous_date),
                transfer.delivery,
                transfer.run,
                transfer.problem,
                transfer.updated_at,
            ],
            |_| Ok(()),
        )
}

fn transfer(row: &Row<'_>, source: SourceId, direction: Direction) -> Result<Transfer> {
    let unknown = || Error::FromSqlConversionFailure(2, Type::Text, "not a word of this version".into());
    let count = |column| row.get::<_, Option<i64>>(column).map(|count| count.map(i64::cast_unsigned));
    Ok(Transfer {
        key: row.get(0)?,
        source,
        direction,
        name: row.get(1)?,
        state: TransferState::from_name(row.get_ref(2)?.as_str()?).ok_or_else(unknown)?,
        renamed: is_yes(row, 3)?,
        gap_accepted: is_yes(row, 4)?,
        size: count(5)?,
        remote_size: count(6)?,
        remote_modified: row.get(7)?,
        sha256: row.get(8)?,
        task: row.get(9)?,
        production_date: get_day(row, 10)?,
        previous_date: get_day(row, 11)?,
        delivery: row.get(12)?,
        run: row.get(13)?,
        problem: row.get(14)?,
        created_at: row.get(15)?,
        updated_at: row.get(16)?,
    })
}

pub(super) fn transfers(
    connection: &Connection,
    source: SourceId,
    direction: Direction,
    state: Option<TransferState>,
) -> Result<Vec<Transfer>> {
    let of_state = if state.is_some() { "state = ?3" } else { "?3 IS NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT transfer, name, state, renamed, gap_accepted, size, remote_size, remote_modified, sha256, task,
                production_date, previous_date, delivery, run, problem, created_at, updated_at
         FROM transfer WHERE source = ?1 AND direction = ?2 AND {of_state} ORDER BY transfer"
    ))?;
    let rows = statement
        .query_map(params![source.name(), direction.name(), state.map(TransferState::name)], |row| {
            transfer(row, source, direction)
        })?;
    rows.collect()
}

fn put_setting(connection: &Connection, source: SourceId, name: &str, value: Option<&str>, now: &str) -> Result<()> {
    match value {
        Some(value) => connection.execute(
            "INSERT INTO transfer_setting (source, name, value, updated_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (source, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            [source.name(), name, value, now],
        )?,
        None => {
            connection.execute("DELETE FROM transfer_setting WHERE source = ?1 AND name = ?2", [source.name(), name])?
        }
    };
    Ok(())
}

pub(super) fn settings(connection: &Connection, source: SourceId) -> Result<Vec<(String, String)>> {
    let mut statement =
        connection.prepare_cached("SELECT name, value FROM transfer_setting WHERE source = ?1 ORDER BY name")?;
    statement.query_map([source.name()], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
