//! The register, for commands that may not make one.

use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::Store;
use kartotek_store::DatabaseUrl;

use crate::exit::Failure;

/// Opens the register for a command that writes nothing: where there is no file yet, none is made, and what is opened has
/// nothing in it.
pub fn or_empty(url: &DatabaseUrl) -> Result<Box<dyn Store>, Failure> {
    match url {
        DatabaseUrl::Sqlite(path) if !path.exists() => Ok(Box::new(MemoryStore::new())),
        url => Ok(kartotek_store::open(url)?),
    }
}
