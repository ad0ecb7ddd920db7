/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferErrorKind {
    /// The host cannot be found or does not answer.
    Unreachable,
    /// TLS failed, mostly because of the certificate.
    Tls,
    /// The server's SSH key is not the one that is configured.
    HostKey,
    /// User or password is not accepted.
    LogOn,
    /// The directory is not there or may not be entered.
    Directory,
    /// There is no such file.
    NotFound,
    /// There is a file of that name already.
    Exists,
    /// The server refused, and will again.
    Refused,
    /// The server refused for now: busy, or a file is being brought back from slow storage.
    Busy,
    /// The connection broke, or ended before the file did.
    Cut,
    /// Nothing came within the time allowed.
    TimeOut,
    /// What came is not FTP or SFTP.
    Protocol,
    /// This side could not write what came.
    Local,
    /// A setting or a name cannot be used.
    Setting,
}

/// An error of a transfer: what was being done, and what went wrong. Holds the server's words and names of files, no
/// password and nothing of a file's content.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct TransferError {
    /// What went wrong.
    pub kind: TransferErrorKind,
    /// What was being done, `fetch d260105.l990001`.
    pub operation: String,
    /// What happened, and what to do.
    pub message: String,
}

impl From<&std::io::Error> for TransferErrorKind {
    /// Why no connection came about: the host is not there, or the source address is not this machine's.
    fn from(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::AddrNotAvailable { Self::Setting } else { Self::Unreachable }
    }
}

impl TransferError {
    /// An error of a kind while doing something.
    pub fn new(kind: TransferErrorKind, operation: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, operation: operation.into(), message: message.into() }
    }

    /// Whether the same may go well later, with nothing changed here.
    pub fn may_be_retried(&self) -> bool {
        use TransferErrorKind::{Busy, Cut, TimeOut, Unreachable};
        matches!(self.kind, Unreachable | Busy | Cut | TimeOut)
    }

    /// Whether somebody has to change a setting, a password or a certificate.
    pub fn needs_somebody(&self) -> bool {
        use TransferErrorKind::{Directory, HostKey, LogOn, Setting, Tls};
        matches!(self.kind, Directory | HostKey | LogOn | Setting | Tls)
    }

    /// Whether the connection cannot be used any more.
    pub fn breaks_connection(&self) -> bool {
        use TransferErrorKind::{Cut, HostKey, LogOn, Protocol, TimeOut, Tls, Unreachable};
        matches!(self.kind, Cut | HostKey | LogOn | Protocol | TimeOut | Tls | Unreachable)
    }
}
