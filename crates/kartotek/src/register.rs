//! The register, for commands that may not make one, and the right to be the only one who imports into it.

use kartotek_register::contact::SourceId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Lease, Store, SystemClock};
use kartotek_service::cpr_batch::take_lease;
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

/// The right to be the only one who takes files of CPR in, for as long as it is held.
pub fn lease(store: &mut dyn Store) -> Result<Box<dyn Lease>, Failure> {
    let host = gethostname::gethostname();
    let holder = format!("kartotek on {}", host.to_string_lossy());
    Ok(take_lease(store, &SystemClock, SourceId::CPR, &holder)?)
}
