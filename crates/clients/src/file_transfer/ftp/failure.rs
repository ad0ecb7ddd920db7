use std::io;

use suppaftp::types::Response;
use suppaftp::{FtpError, Status};

use super::tls::of_rustls;
use crate::file_transfer::{TransferError, TransferErrorKind};
use crate::tls::explain;

/// An error of the library in our words. `host` is whom the certificate must be for.
pub(super) fn failed(operation: impl Into<String>, error: FtpError, host: &str) -> TransferError {
    match error {
        FtpError::ConnectionError(error) => of_io(operation, &error, host),
        FtpError::SecureError(text) => TransferError::new(TransferErrorKind::Tls, operation, text),
        FtpError::UnexpectedResponse(response) => {
            TransferError::new(of_reply(&response), operation, format!("the server answered {}", words(&response)))
        }
        FtpError::BadResponse => TransferError::new(
            TransferErrorKind::Protocol,
            operation,
            "what the server answered is not FTP; correct Site, and SSL if the server begins with TLS",
        ),
        error => TransferError::new(TransferErrorKind::Protocol, operation, error.to_string()),
    }
}

/// An error of a connection.
pub(super) fn of_io(operation: impl Into<String>, error: &io::Error, host: &str) -> TransferError {
    if let Some(tls) = of_rustls(error) {
        return TransferError::new(TransferErrorKind::Tls, operation, explain(tls, host));
    }
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            TransferError::new(TransferErrorKind::TimeOut, operation, "nothing came within the time allowed")
        }
        io::ErrorKind::InvalidInput => TransferError::new(TransferErrorKind::Local, operation, error.to_string()),
        _ => TransferError::new(TransferErrorKind::Cut, operation, format!("the connection broke: {error}")),
    }
}

fn of_reply(response: &Response) -> TransferErrorKind {
    match response.status as u32 {
        421 => TransferErrorKind::Unreachable,
        425 | 450..=452 => TransferErrorKind::Busy,
        426 => TransferErrorKind::Cut,
        430 | 530 | 532 => TransferErrorKind::LogOn,
        550 if !is_denied(response) => TransferErrorKind::NotFound,
        // Not in the library's list: a data connection must resume the session of the control connection, and did not. A new
        // connection has a new session.
        _ if code(response) == Some(522) => TransferErrorKind::Cut,
        _ => TransferErrorKind::Refused,
    }
}

/// Whether the server's words mean that there is no such file, or none at all. "Not found" is not among them: a directory may
/// be meant.
pub(super) fn says_no_such_file(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["no files", "no data sets", "no members", "no such file"].iter().any(|text| words.contains(text))
}

/// Whether a refusal says that the user may not.
pub(super) fn is_denied(response: &Response) -> bool {
    let text = text(response).to_ascii_lowercase();
    ["denied", "not permitted", "not allowed", "permission", "authori"].iter().any(|word| text.contains(word))
}

/// Whether a server that refuses a fetch does so only until it has brought the file back from slow storage.
pub(super) fn is_recalled(response: &Response) -> bool {
    let text = text(response).to_ascii_uppercase();
    ["RECALL", "MIGRAT", "HSM", "ARCIVE"].iter().any(|word| text.contains(word))
}

/// Whether the command itself is not known, or not with such arguments.
pub(super) fn is_unknown(response: &Response) -> bool {
    matches!(
        response.status,
        Status::BadCommand
            | Status::BadArguments
            | Status::NotImplemented
            | Status::BadSequence
            | Status::NotImplementedParameter
    )
}

/// The three digits, also of codes that the library does not know.
fn code(response: &Response) -> Option<u16> {
    text(response).get(..3)?.parse().ok()
}

/// What the server said, in one line that cannot do anything to a terminal.
pub(super) fn words(response: &Response) -> String {
    const LONGEST: usize = 200;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text(response).trim().chars().map(plain).take(LONGEST).collect()
}

fn text(response: &Response) -> String {
    response.body.iter().map(|byte| char::from(*byte)).collect()
}
