//! The ceiling of the benchmark: the rows of one register loaded into another by nothing but prepared inserts.

use std::path::Path;
use std::time::Instant;

use kartotek_register::ports::{Store as _, StoreError};
use rusqlite::types::Value;
use rusqlite::{Connection, Result, params_from_iter};

use crate::RawLoad;

use super::SqliteStore;
use super::error::failed;

/// The tables whose rows grow with the persons.
const TABLES: [&str; 8] =
    ["contact", "info_row", "date_row", "address", "part_row", "protection_row", "source_record", "change_row"];

/// Rows a transaction: what 16,000 persons have.
const ROWS: usize = 16_000 * 17;

/// Loads every row of the register `from` into a fresh register `to`, table by table. With `indexes_last` the indexes
/// that fill in random order are built at the end, as the import does on a first load.
pub fn raw_load(from: &Path, to: &Path, indexes_last: bool) -> std::result::Result<RawLoad, StoreError> {
    let fail = |error| failed("load raw rows", &error);
    let source = Connection::open(from).map_err(fail)?;
    let mut target = SqliteStore::open(to)?;
    let mut load = RawLoad::default();
    let began = Instant::now();
    if indexes_last {
        target.begin_load()?;
    }
    load.time += began.elapsed();
    for table in TABLES {
        load_table(&source, target.connection(), table, &mut load).map_err(fail)?;
    }
    let began = Instant::now();
    target.finish_load()?;
    load.time += began.elapsed();
    Ok(load)
}

fn load_table(source: &Connection, target: &mut Connection, table: &str, load: &mut RawLoad) -> Result<()> {
    let mut select = source.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_count();
    let places = vec!["?"; columns].join(", ");
    let insert = format!("INSERT INTO {table} VALUES ({places})");
    let mut rows = select.query([])?;
    let mut batch: Vec<Vec<Value>> = Vec::with_capacity(ROWS);
    loop {
        batch.clear();
        while batch.len() < ROWS {
            let Some(row) = rows.next()? else { break };
            batch.push((0..columns).map(|column| row.get(column)).collect::<Result<_>>()?);
        }
        if batch.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        let transaction = target.transaction()?;
        {
            let mut insert = transaction.prepare_cached(&insert)?;
            for row in &batch {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        load.time += began.elapsed();
        load.rows += batch.len() as u64;
    }
}
