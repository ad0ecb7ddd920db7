use std::time::Duration;

use kartotek_formats::listing::Entry;
use suppaftp::{FtpError, ImplFtpStream, Status};

use super::failure::{failed, is_unknown};
use super::tls::{Broken, Stream};
use super::{fetch, listing, rename, store};
use crate::file_transfer::{RemoteDirectory, Settings, TransferError, TransferErrorKind, TransferType};

/// The library's connection, under TLS or not.
pub(super) type Ftp = ImplFtpStream<Stream>;

/// A connection that is logged on and in its directory.
#[expect(clippy::struct_excessive_bools, reason = "what the server can do, each for itself")]
pub(super) struct Session {
    pub ftp: Ftp,
    pub settings: Settings,
    /// How the last handshake of TLS ended; none is made without TLS.
    pub broken: Broken,
    /// What the server says it is.
    pub system: String,
    /// Where it works, in the server's words.
    pub directory: String,
    /// Whether it is a mainframe.
    pub is_mvs: bool,
    /// Whether it knows `MLSD`.
    pub has_mlsd: bool,
    /// Whether it has not refused `SIZE` yet.
    pub has_size: bool,
    /// Whether it has not refused `REST` yet.
    pub has_restart: bool,
}

impl Session {
    /// The error of a call, in our words.
    pub fn failed(&self, operation: impl Into<String>, error: FtpError) -> TransferError {
        failed(operation, self.broken.in_place_of(error), &self.settings.host)
    }

    /// How long the next answers may take.
    pub fn answer_within(&self, within: Duration) -> Result<(), TransferError> {
        let set = self.ftp.get_ref().set_read_timeout(Some(within));
        set.map_err(|error| TransferError::new(TransferErrorKind::Local, "set a time-out", error.to_string()))
    }

    /// The prefix of data sets that names are relative to, without quotation marks.
    pub fn prefix(&self) -> Option<&str> {
        self.is_mvs.then(|| self.directory.trim_matches('\''))
    }
}

/// A name as part of a command: nothing in it may end the command and begin another.
pub(super) fn checked<'n>(operation: &str, name: &'n str) -> Result<&'n str, TransferError> {
    if name.is_empty() || name.chars().any(char::is_control) {
        let text = "expected a name without control characters";
        return Err(TransferError::new(TransferErrorKind::Local, operation, text));
    }
    Ok(name)
}

impl RemoteDirectory for Session {
    fn describe(&self) -> String {
        let form = if self.is_mvs { ", listings as z/OS writes them" } else { "" };
        format!("{}, directory {}{form}", self.system, self.directory)
    }

    fn list(&mut self, most: usize) -> Result<Vec<Entry>, TransferError> {
        listing::list(self, most)
    }

    fn size(&mut self, name: &str) -> Result<Option<u64>, TransferError> {
        let operation = format!("ask for the size of {name}");
        checked(&operation, name)?;
        // In text type it is the size before the conversion, and of a data set none is told.
        if !self.has_size || self.is_mvs || self.settings.transfer_type == TransferType::Text {
            return Ok(None);
        }
        match self.ftp.size(name) {
            Ok(size) => Ok(Some(size as u64)),
            Err(FtpError::UnexpectedResponse(response)) if response.status != Status::NotAvailable => {
                self.has_size = !is_unknown(&response);
                Ok(None)
            }
            Err(error) => Err(self.failed(operation, error)),
        }
    }

    fn can_resume(&self) -> bool {
        self.has_restart && self.settings.transfer_type == TransferType::Binary
    }

    fn fetch(&mut self, name: &str, from: u64, to: &mut dyn std::io::Write) -> Result<u64, TransferError> {
        fetch::fetch(self, name, from, to)
    }

    fn store(&mut self, name: &str, bytes: &[u8]) -> Result<(), TransferError> {
        store::store(self, name, bytes)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<bool, TransferError> {
        rename::rename(self, from, to)
    }

    fn close(mut self: Box<Self>) {
        // Nothing depends on a polite end.
        let _ = self.answer_within(Duration::from_secs(2)).map(|()| self.ftp.quit());
    }
}
