use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What happened since the start. Names of files are whole paths below the folder, `ud/d260105.l990001`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Happened {
    /// Every command, in order over all connections, without passwords: `RETR d260105.l990001`.
    pub commands: Vec<String>,
    /// Fetches that the client was told to be complete.
    pub fetched: Vec<String>,
    /// Uploads that are there, or were.
    pub stored: Vec<String>,
    /// Old and new name of every file that was renamed.
    pub renamed: Vec<(String, String)>,
    /// Files whose content was lost because an upload or another file took their name.
    pub overwritten: Vec<String>,
    /// Commands that would have deleted something. They are all refused.
    pub deletions_tried: u32,
    /// Where each control connection came from. Data connections from elsewhere are closed.
    pub callers: Vec<IpAddr>,
    /// Data connections that resumed a TLS session.
    pub resumed: u32,
    /// Data connections that did a full TLS handshake.
    pub not_resumed: u32,
}

#[derive(Default)]
pub(super) struct Record(Mutex<Happened>);

impl Record {
    pub(super) fn write(&self) -> MutexGuard<'_, Happened> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
