//! SQLite: one file, one writer, readers beside it (WAL).

mod bind;
mod cases;
mod checkpointer;
mod configured;
mod error;
mod facts;
mod find;
mod lease;
mod ledger;
mod lookup;
mod outcomes;
mod raw;
mod reader;
mod subscriptions;
mod transaction;
mod transfers;
mod write;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kartotek_register::ports::{
    LeaseTaken, Reader, SecretChange, SecretsWritten, Store, StoreError, StoreErrorKind, Transaction,
};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use raw::raw_load;

use checkpointer::Checkpointer;
use error::failed;
use reader::SqliteReader;
use transaction::SqliteTransaction;

mod migrations {
    refinery::embed_migrations!("migrations/sqlite");
}

const DEFERRABLE: &str = include_str!("../../migrations/sqlite/deferrable.sql");

/// How long a writer waits for another process to end its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_mins(1);

/// Page cache of the writer, in KiB. New rows go to the end of their tables and persons come by date of birth, so that
/// even the register of all of Denmark touches few pages at a time.
const CACHE_KIB: i64 = 96 * 1024;

/// Pages of the write-ahead log after which the writer copies them back: more than a transaction writes, so that a page
/// which many transactions touch is copied less often.
const LOG_PAGES: u32 = 8_192;

/// A register in a SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    connection: Connection,
    /// What the connection is set to.
    synchronous: &'static str,
    /// Only while a large load goes on: otherwise there is little to copy.
    checkpointer: Option<Checkpointer>,
}

impl SqliteStore {
    /// Opens the file, and makes or migrates its tables when needed.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path)
            .map_err(|error| StoreError::new(StoreErrorKind::Unavailable, "make the register", error.to_string()))?;
        let mut connection = Connection::open(path).map_err(|error| failed("open the register", &error))?;
        configure(&connection).map_err(|error| failed("open the register", &error))?;
        migrate(&mut connection)?;
        Ok(Self { path: path.into(), connection, synchronous: SYNCHRONOUS, checkpointer: None })
    }

    /// Opens the file for reading only; it must exist and have the tables.
    pub fn open_reader(path: &Path) -> Result<Box<dyn Reader>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|error| failed("open the register for reading", &error))?;
        SqliteReader::new(connection).map(|reader| Box::new(reader) as Box<dyn Reader>)
    }

    /// The connection, for the benchmark that loads the same rows without an engine.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Says whether the next commits wait for the disk; it cannot be changed within a transaction.
    fn set_synchronous(&mut self, synchronous: &'static str) -> Result<(), StoreError> {
        if self.synchronous != synchronous {
            let set = self.connection.pragma_update(None, "synchronous", synchronous);
            set.map_err(|error| failed("begin to write", &error))?;
            self.synchronous = synchronous;
        }
        Ok(())
    }

    fn begin_with(&mut self, synchronous: &'static str) -> Result<Box<dyn Transaction + '_>, StoreError> {
        if let Some(checkpointer) = &self.checkpointer {
            checkpointer.committed();
        }
        self.set_synchronous(synchronous)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failed("begin to write", &error))?;
        Ok(Box::new(SqliteTransaction::new(transaction)))
    }
}

/// Makes the file, when there is none, so that its owner alone can read it: it will hold all that CPR says about people.
/// SQLite gives the files beside it the same rights. A file that exists keeps the rights that somebody gave it.
fn make_private(path: &Path) -> std::io::Result<()> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// For writing files that, when they are made, their owner alone can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A power cut may take the last commits, never the file's consistency; `finish_load` makes them durable.
const SYNCHRONOUS: &str = "NORMAL";

/// A commit returns when it is on disk.
const DURABLE: &str = "FULL";

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Counts for a new file only. Twice SQLite's default: a person's rows fill a quarter of it, so that fewer pages are
    // looked for, split and logged.
    connection.pragma_update(None, "page_size", 8_192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", SYNCHRONOUS)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "FILE")?;
    // For sorting when indexes are built at the end of a load.
    connection.pragma_update(None, "threads", 2)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let fresh = !table_exists(connection, "refinery_schema_history").map_err(|e| failed("look at the tables", &e))?;
    if fresh && table_exists(connection, "contact").map_err(|e| failed("look at the tables", &e))? {
        return Err(StoreError::new(
            StoreErrorKind::Schema,
            "open the register",
            "the file has a table contact that Kartotek did not make; give another file",
        ));
    }
    migrations::migrations::runner()
        .run(connection)
        .map_err(|error| StoreError::new(StoreErrorKind::Schema, "migrate the register", error.to_string()))?;
    if fresh {
        connection.execute_batch(DEFERRABLE).map_err(|error| failed("make the indexes", &error))?;
    }
    Ok(())
}

fn table_exists(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)", [name], |row| row.get(0))
}

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin_with(SYNCHRONOUS)
    }

    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin_with(DURABLE)
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Self::open_reader(&self.path)
    }

    fn begin_load(&mut self) -> Result<(), StoreError> {
        let what = "put off the indexes";
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| failed(what, &error))?;
        let is_empty: bool = transaction
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM contact)", [], |row| row.get(0))
            .map_err(|error| failed(what, &error))?;
        if is_empty {
            for name in deferrable_names() {
                transaction.execute_batch(&format!("DROP INDEX IF EXISTS {name}")).map_err(|e| failed(what, &e))?;
            }
        }
        transaction.commit().map_err(|error| failed(what, &error))?;
        self.checkpointer = Some(Checkpointer::start(&self.path, &self.connection));
        Ok(())
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        let what = "build the indexes";
        self.checkpointer = None;
        self.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES).map_err(|error| failed(what, &error))?;
        self.connection.execute_batch(DEFERRABLE).map_err(|error| failed(what, &error))?;
        // Readers may keep the checkpoint from emptying the log; what matters is that what it copied is on disk.
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(|error| failed(what, &error))
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        self.set_synchronous(DURABLE)?;
        configured::write_secrets(&mut self.connection, changes, now).map_err(|error| failed("write secrets", &error))
    }

    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
        lease::take(&self.path, name, holder)
    }
}

/// The names of the indexes in `deferrable.sql`.
fn deferrable_names() -> impl Iterator<Item = &'static str> {
    DEFERRABLE.lines().filter_map(|line| {
        line.strip_prefix("CREATE INDEX IF NOT EXISTS ").and_then(|rest| rest.split_whitespace().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_durable_waits_for_the_disk_and_what_follows_does_not() {
        const NORMAL: i64 = 1;
        const FULL: i64 = 2;
        let folder = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(&folder.path().join("register.db")).unwrap();
        let set_to = |store: &SqliteStore| {
            store.connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0)).unwrap()
        };
        drop(store.begin().unwrap());
        assert_eq!(set_to(&store), NORMAL);
        drop(store.begin_durable().unwrap());
        assert_eq!(set_to(&store), FULL);
        store.begin().unwrap().commit().unwrap();
        assert_eq!(set_to(&store), NORMAL);
        store.write_secrets(&[], "2026-01-05T08:00:00Z").unwrap();
        assert_eq!(set_to(&store), FULL);
    }
}
