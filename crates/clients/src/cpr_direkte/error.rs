use std::io;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{AnswerError, ErrorNumber};

use super::PasswordsError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The name of the host cannot be resolved.
    #[error("the host name cannot be resolved: {0}")]
    Resolve(io::Error),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// TLS failed; the certificate is the usual reason.
    #[error("TLS: {0}")]
    Tls(String),
    /// Nothing, or not all, within the time allowed.
    #[error("no answer within {} s, {received} bytes of it came", .after.as_secs_f32())]
    TimeOut {
        /// The time allowed.
        after: Duration,
        /// Bytes that had come.
        received: usize,
    },
    /// The connection ended too early.
    #[error("the connection was closed after {received} bytes, expected {expected}")]
    Closed {
        /// Bytes that had come.
        received: usize,
        /// How many should have.
        expected: usize,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(io::Error),
    /// What came is no answer of CPR Direkte.
    #[error("{0}")]
    Answer(#[from] AnswerError),
    /// The answer belongs to another customer or user.
    #[error("the answer is for another customer or user")]
    AnotherCustomer,
    /// CPR Direkte answered with an error number.
    #[error("error {0}: {cause}", cause = .0.explain().cause_en)]
    Refused(ErrorNumber),
    /// An earlier answer stopped all requests, so this one was not sent.
    #[error("not sent, because error {0} came before: {cause}", cause = .0.explain().cause_en)]
    Stopped(ErrorNumber),
    /// The passwords cannot be had.
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
    /// A sign-on is asked of a local proxy, which does that itself.
    #[error("a local proxy signs on itself")]
    SignsOnItself,
}

/// An error of CPR Direkte or of the way to it. Holds no person number, no password and no token.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind}")]
pub struct Error {
    /// What was being done.
    pub operation: &'static str,
    /// What went wrong.
    pub kind: ErrorKind,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The other side's, or the network's.
    Peer,
    /// The configuration's: address, certificate, customer number, password.
    Configuration,
    /// The data's: the person number asked for.
    Data,
    /// Ours.
    Kartotek,
}

impl Error {
    /// The error number that CPR Direkte gave, now or before.
    pub fn number(&self) -> Option<ErrorNumber> {
        match self.kind {
            ErrorKind::Refused(number) | ErrorKind::Stopped(number) => Some(number),
            _ => None,
        }
    }
}
