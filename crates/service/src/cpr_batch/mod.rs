//! CPR Batch (F88-F126): extract files from CPR's file server into the interim directory, from there into the register, and
//! subscription files the other way.
//!
//! Both steps work under one lease a source, so that two runs never meet, and keep a row of `transfer` for every file. A file
//! is in the interim directory under its name only once it is whole and checked; it is waiting until its import is done. A
//! process that dies leaves a part that the next one goes on with, or a file in its place that the next one enters.

mod arrival;
mod change;
mod error;
mod event;
mod fetch;
mod get;
mod import;
mod interim;
mod ledger;
mod list;
mod part;
mod plan;
mod recover;
mod remote;
mod retention;
mod send;
mod settings;

pub use change::change_settings;
pub use error::BatchError;
pub use event::{Event, EventKind};
pub use get::Got;
pub use import::Taken;
pub use list::{LocalFile, RemoteFile, local_files, remote_files};
pub use plan::Which;
pub use remote::Connector;
pub use send::{Outgoing, Sent};
pub use settings::{BatchSettings, SETTINGS, Setting, SettingError, Site, Ssl, find_setting};

pub use kartotek_clients::file_transfer::TransferError;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock, Lease, LeaseTaken, Store, StoreError};

use crate::cpr_extract::ExtractImport;

use interim::Interim;

/// The name of the lease under which files of a source are taken in and sent.
pub fn lease_name(source: SourceId) -> String {
    format!("cpr-batch {}", source.name())
}

/// Takes the lease of a source and marks what a dead holder left running as failed. `holder` says who asks, in words.
pub fn take_lease(
    store: &mut dyn Store,
    clock: &dyn Clock,
    source: SourceId,
    holder: &str,
) -> Result<Box<dyn Lease>, BatchError> {
    match store.lease(&lease_name(source), holder)? {
        LeaseTaken::Held { by } => Err(BatchError::Held { by }),
        LeaseTaken::Taken(lease) => {
            let mut transaction = store.begin()?;
            transaction.fail_dead_runs(source, "import cpr", &clock.now_text())?;
            transaction.commit()?;
            Ok(lease)
        }
    }
}

/// What sending works with: as [`Batch`], but that no interim directory is used, so that none has to be there. What CPR must
/// have by a certain hour does not wait for it.
pub struct Sending<'a>(Batch<'a>);

impl<'a> Sending<'a> {
    /// As [`Batch::new`].
    pub fn new(
        store: &'a mut dyn Store,
        clock: &'a dyn Clock,
        settings: &'a BatchSettings,
        import: &'a ExtractImport,
        lease: &'a mut dyn Lease,
        tell: &'a mut dyn FnMut(Event),
    ) -> Self {
        Self(Batch { store, clock, settings, import, interim: Interim::unused(settings), lease, tell })
    }

    /// As [`Batch::send`].
    pub fn send(&mut self, server: &mut Connector<'_>, outgoing: &Outgoing) -> Result<Sent, BatchError> {
        self.0.send(server, outgoing)
    }
}

/// What the steps work with.
pub struct Batch<'a> {
    store: &'a mut dyn Store,
    clock: &'a dyn Clock,
    settings: &'a BatchSettings,
    import: &'a ExtractImport,
    interim: Interim,
    lease: &'a mut dyn Lease,
    tell: &'a mut dyn FnMut(Event),
}

impl<'a> Batch<'a> {
    /// For a register whose lease is held. `import` says how files are checked and taken in; `tell` hears what happens.
    pub fn new(
        store: &'a mut dyn Store,
        clock: &'a dyn Clock,
        settings: &'a BatchSettings,
        import: &'a ExtractImport,
        lease: &'a mut dyn Lease,
        tell: &'a mut dyn FnMut(Event),
    ) -> Result<Self, BatchError> {
        let interim = Interim::open(settings)?;
        Ok(Self { store, clock, settings, import, interim, lease, tell })
    }

    /// Whoever lost the lease stops before the next file, and before a file that was fetched is put in its place. An import
    /// looks for itself, in each of its transactions.
    fn still_ours(&mut self) -> Result<(), StoreError> {
        self.lease.check()
    }
}
