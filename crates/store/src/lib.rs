//! The register in SQLite and in PostgreSQL: the same public tables, the same behaviour, side by side.
//!
//! Both stand behind [`kartotek_register::ports`]; one conformance suite in `tests/` runs against each.

mod dates;
pub mod postgres;
pub mod sqlite;
mod url;

pub use url::{DatabaseUrl, UrlError};

use kartotek_register::ports::{Store, StoreError};

/// Opens the register, and makes or migrates its tables when needed.
pub fn open(url: &DatabaseUrl) -> Result<Box<dyn Store>, StoreError> {
    match url {
        DatabaseUrl::Sqlite(path) => Ok(Box::new(sqlite::SqliteStore::open(path)?)),
        DatabaseUrl::Postgres(config) => Ok(Box::new(postgres::PostgresStore::open(config)?)),
    }
}
