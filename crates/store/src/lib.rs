//! The register in SQLite and in PostgreSQL: the same public tables, the same behaviour, side by side.
//!
//! Both stand behind [`kartotek_register::ports`]; one conformance suite in `tests/` runs against each.

mod dates;
pub mod postgres;
pub mod sqlite;
mod url;

pub use url::{DatabaseUrl, UrlError};

use kartotek_register::ports::{Reader, Store, StoreError};

/// Opens the register, and makes or migrates its tables when needed.
pub fn open(url: &DatabaseUrl) -> Result<Box<dyn Store>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(Box::new(sqlite::SqliteStore::open(path)?)),
        DatabaseUrl::Postgres(config) => Ok(Box::new(postgres::PostgresStore::open(config)?)),
    }
}

/// Opens the register for reading only; it must be there, and nothing in it is made or migrated.
pub fn open_reader(url: &DatabaseUrl) -> Result<Box<dyn Reader>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => sqlite::SqliteStore::open_reader(path),
        DatabaseUrl::Postgres(config) => postgres::PostgresStore::open_reader(config),
    }
}

/// What loading rows without an engine took, the ceiling for the import.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawLoad {
    /// Rows of all tables.
    pub rows: u64,
    /// Time for inserting, committing and building indexes, without reading the rows.
    pub time: std::time::Duration,
}
