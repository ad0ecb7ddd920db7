use kartotek_clients::file_transfer::TransferError;
use kartotek_formats::listing::{Entry, EntryKind};
use kartotek_register::ports::{Direction, Store, Transfer, TransferState};

use super::interim::Interim;
use super::plan::MOST_ENTRIES;
use super::{BatchError, BatchSettings, Connector, ledger};

/// A file at the server that the pattern takes (F112).
#[derive(Debug, Clone)]
pub struct RemoteFile {
    /// As the listing has it; its `Display` puts a migrated one in brackets (F113).
    pub entry: Entry,
    /// How it stands in the ledger; `None`: it is new.
    pub state: Option<TransferState>,
}

/// A file of the interim directory (F115).
#[derive(Debug, Clone)]
pub struct LocalFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What the ledger says; `None`: the next run enters it.
    pub transfer: Option<Transfer>,
}

/// The files at the server that the pattern takes, by name.
pub fn remote_files(
    store: &dyn Store,
    settings: &BatchSettings,
    server: &mut Connector<'_>,
) -> Result<Result<Vec<RemoteFile>, TransferError>, BatchError> {
    let entries = match server.again(|remote| remote.list(MOST_ENTRIES)) {
        Ok(entries) => entries,
        Err(error) => return Ok(Err(error)),
    };
    let known = ledger::latest(store, settings.source, Direction::In)?;
    let mut files: Vec<_> = entries
        .into_iter()
        .filter(|entry| entry.kind != EntryKind::Directory && settings.takes(&entry.name))
        .map(|entry| {
            let row = known.get(&entry.name.to_ascii_lowercase()).filter(|row| !row.renamed);
            RemoteFile { state: row.map(|row| row.state), entry }
        })
        .collect();
    files.sort_by_cached_key(|file| file.entry.name.to_ascii_lowercase());
    Ok(Ok(files))
}

/// The files of the interim directory that are not done, by name.
pub fn local_files(store: &dyn Store, settings: &BatchSettings) -> Result<Vec<LocalFile>, BatchError> {
    let known = ledger::latest(store, settings.source, Direction::In)?;
    let files = Interim::open(settings)?.files(settings)?.into_iter();
    let file = |file: super::interim::InterimFile| {
        let transfer = known.get(&file.name.to_ascii_lowercase()).cloned();
        LocalFile { name: file.name, size: file.size, transfer }
    };
    Ok(files.map(file).collect())
}
