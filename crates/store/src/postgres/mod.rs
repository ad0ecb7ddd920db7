//! PostgreSQL 15 or newer: one writer at a time over all processes, by an advisory lock; readers beside it.

mod bind;
mod cases;
mod configured;
mod copy;
mod error;
mod facts;
mod find;
mod insert;
mod lease;
mod ledger;
mod lookup;
mod migrate;
mod outcomes;
mod raw;
mod reader;
mod scratch;
mod session;
mod subscriptions;
mod transaction;
mod transfers;
mod update;
mod write;

use kartotek_register::ports::{LeaseTaken, Reader, SecretChange, SecretsWritten, Store, StoreError, Transaction};
use tokio_postgres::Client;

pub use raw::raw_load;
pub use scratch::ScratchDatabase;
pub use tokio_postgres::Config;

use reader::PostgresReader;
use session::{Purpose, Session};
use transaction::PostgresTransaction;

const DEFERRABLE: &str = include_str!("../../migrations/postgres/deferrable.sql");

/// A register in a PostgreSQL database.
///
/// Its calls block; within an asynchronous program they belong on a thread for blocking work.
pub struct PostgresStore {
    config: Config,
    session: Session,
}

impl PostgresStore {
    /// Connects, and makes or migrates the tables when needed.
    pub fn open(config: &Config) -> Result<Self, StoreError> {
        let mut session = Session::open(config, Purpose::Write)?;
        session.run("open the register", async |link| {
            if migrate::migrate(link).await? {
                link.client.batch_execute(DEFERRABLE).await?;
            }
            Ok(())
        })?;
        Ok(Self { config: config.clone(), session })
    }

    /// Connects for reading only; the database must have the tables.
    pub fn open_reader(config: &Config) -> Result<Box<dyn Reader>, StoreError> {
        PostgresReader::open(config).map(|reader| Box::new(reader) as Box<dyn Reader>)
    }

    /// Lends the connection, for the benchmark that loads the same rows without an engine.
    pub fn with_client<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        self.session.run("use the connection", async |link| Ok(work(&mut link.client).await?))
    }
}

impl Store for PostgresStore {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        PostgresTransaction::begin(&mut self.session).map(|transaction| Box::new(transaction) as Box<dyn Transaction>)
    }

    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let mut transaction = PostgresTransaction::begin(&mut self.session)?;
        // A server, or a role, may be set up to answer before the commit is on disk.
        transaction.run("begin to write", async |link| {
            Ok(link.client.batch_execute("SET LOCAL synchronous_commit = on").await?)
        })?;
        Ok(Box::new(transaction))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Self::open_reader(&self.config)
    }

    fn begin_load(&mut self) -> Result<(), StoreError> {
        let mut transaction = PostgresTransaction::begin(&mut self.session)?;
        if transaction.is_empty()? {
            transaction.run("put off the indexes", async |link| {
                for name in deferrable_names() {
                    link.client.batch_execute(&format!("DROP INDEX IF EXISTS {name}")).await?;
                }
                Ok(())
            })?;
        }
        Box::new(transaction).commit()
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        let mut transaction = PostgresTransaction::begin(&mut self.session)?;
        let was_put_off = transaction.run("build the indexes", async |link| {
            let names: Vec<_> = deferrable_names().collect();
            let missing = link
                .query("SELECT FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL LIMIT 1", &[&names])
                .await?;
            if !missing.is_empty() {
                // Room to sort millions of rows without writing them out many times.
                link.client.batch_execute("SET LOCAL maintenance_work_mem = '256MB'").await?;
                link.client.batch_execute(DEFERRABLE).await?;
            }
            // Batches commit without waiting for the disk. This commit waits for it, and so makes all of them durable;
            // it must write something, since a commit of nothing does not wait.
            link.client.batch_execute("UPDATE counter SET next = next WHERE name = 'change'").await?;
            Ok(!missing.is_empty())
        })?;
        Box::new(transaction).commit()?;
        if was_put_off {
            // The planner knows nothing yet about tables that were filled a moment ago.
            self.session.run("gather statistics", async |link| {
                let analyze = "ANALYZE contact, info_row, date_row, address, part_row, protection_row, source_record,
                                       change_row";
                Ok(link.client.batch_execute(analyze).await?)
            })?;
        }
        Ok(())
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        self.session.revive()?;
        self.session.run("write secrets", async |link| configured::write_secrets(link, changes, now).await)
    }

    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
        lease::take(&self.config, name, holder)
    }
}

/// The names of the indexes in `deferrable.sql`.
fn deferrable_names() -> impl Iterator<Item = &'static str> {
    DEFERRABLE.lines().filter_map(|line| {
        line.strip_prefix("CREATE INDEX IF NOT EXISTS ").and_then(|rest| rest.split_whitespace().next())
    })
}
