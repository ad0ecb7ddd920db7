//! The ceiling of the benchmark: the rows of one register loaded into another by nothing but COPY.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt, TryStreamExt};
use kartotek_register::ports::{Store as _, StoreError};
use tokio_postgres::Config;

use crate::RawLoad;

use super::PostgresStore;

/// The tables whose rows grow with the persons.
const TABLES: [&str; 8] =
    ["contact", "info_row", "date_row", "address", "part_row", "protection_row", "source_record", "change_row"];

/// Loads every row of the register `from` into a fresh register `to`, table by table. With `indexes_last` the indexes
/// that fill in random order are built at the end, as the import does on a first load.
pub fn raw_load(from: &Config, to: &Config, indexes_last: bool) -> Result<RawLoad, StoreError> {
    let mut source = PostgresStore::open(from)?;
    let mut target = PostgresStore::open(to)?;
    let mut load = RawLoad { rows: 0, time: Duration::ZERO };
    let began = Instant::now();
    if indexes_last {
        target.begin_load()?;
    }
    load.time += began.elapsed();
    for table in TABLES {
        let chunks: Vec<Bytes> = source.with_client(async |client| {
            client.copy_out(&format!("COPY {table} TO STDOUT (FORMAT binary)")).await?.try_collect().await
        })?;
        let began = Instant::now();
        load.rows += target.with_client(async |client| {
            // As the import does: what counts is that all of it is on disk at the end.
            client.batch_execute("BEGIN; SET LOCAL synchronous_commit = off").await?;
            let copy = format!("COPY {table} FROM STDIN (FORMAT binary)");
            let mut sink = Box::pin(client.copy_in::<_, Bytes>(&copy).await?);
            for chunk in chunks {
                sink.feed(chunk).await?;
            }
            let rows = sink.as_mut().finish().await?;
            client.batch_execute("COMMIT").await?;
            Ok(rows)
        })?;
        load.time += began.elapsed();
    }
    let began = Instant::now();
    target.finish_load()?;
    load.time += began.elapsed();
    Ok(load)
}
