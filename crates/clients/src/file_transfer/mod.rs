//! Files at a server: FTPS with explicit and implicit TLS, plain FTP for those who insist, and SFTP, behind one trait.

mod bounds;
mod error;
mod ftp;
mod settings;
mod sftp;

use std::io::Write;

use kartotek_formats::listing::Entry;

pub use error::{TransferError, TransferErrorKind};
pub use settings::{LogOn, Protocol, Settings, TransferType};

/// A directory at a server, over a connection that stands. Every call waits for its answer. After an error that
/// [`TransferError::breaks_connection`] a new connection is needed.
pub trait RemoteDirectory: Send {
    /// What the server says it is, for the log and for `connect`: its system and the directory that is worked in.
    fn describe(&self) -> String;

    /// What is there, at most so many entries (F110), in the server's order, without `.` and `..`. Names of more than 255
    /// bytes are passed over, which is told in the log. A listing that has no end is an error.
    fn list(&mut self, most: usize) -> Result<Vec<Entry>, TransferError>;

    /// Bytes of a file; `None` when it is not there, or the server does not tell: z/OS does not for data sets, and others not
    /// for what the user may not read.
    fn size(&mut self, name: &str) -> Result<Option<u64>, TransferError>;

    /// Whether a fetch may begin later than at the first byte.
    fn can_resume(&self) -> bool;

    /// Fetches a file from a byte on, from 0, and returns how many bytes were written to `to`; what came before an error has
    /// been written. A migrated file is waited for.
    fn fetch(&mut self, name: &str, from: u64, to: &mut dyn Write) -> Result<u64, TransferError>;

    /// Stores a file whole under a name; one that is there is overwritten.
    fn store(&mut self, name: &str, bytes: &[u8]) -> Result<(), TransferError>;

    /// Gives a file another name; false when the server does not allow it. One of that name is never overwritten: then it is
    /// an error of the kind [`TransferErrorKind::Exists`].
    fn rename(&mut self, from: &str, to: &str) -> Result<bool, TransferError>;

    /// Takes leave. Errors do not matter any more.
    fn close(self: Box<Self>);
}

/// Connects to a server, logs on, and goes to the directory.
pub fn connect(settings: &Settings) -> Result<Box<dyn RemoteDirectory>, TransferError> {
    match settings.protocol {
        Protocol::FtpsExplicit | Protocol::FtpsImplicit | Protocol::PlainFtp => ftp::connect(settings),
        Protocol::Sftp => sftp::connect(settings),
    }
}
