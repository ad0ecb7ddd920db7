use std::time::Duration;

use russh_sftp::client::error::Error;
use russh_sftp::protocol::{Status, StatusCode};
use tokio::time::timeout;

use crate::file_transfer::{TransferError, TransferErrorKind};

/// Waits for an answer of the file server, so long and no longer.
pub(super) async fn answered<T>(
    within: Duration,
    operation: &str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, TransferError> {
    match timeout(within, answer).await {
        Ok(answer) => answer.map_err(|error| of_files(operation, error)),
        Err(_) => Err(late(operation, within)),
    }
}

/// Nothing came.
pub(super) fn late(operation: &str, within: Duration) -> TransferError {
    let message =
        format!("expected an answer within {} s, found none; is the server overloaded?", within.as_secs_f32());
    TransferError::new(TransferErrorKind::TimeOut, operation, message)
}

/// What the file server says no to.
pub(super) fn status(operation: &str, status: &Status) -> TransferError {
    let (kind, meaning) = match status.status_code {
        StatusCode::NoSuchFile => (TransferErrorKind::NotFound, "there is no such file"),
        StatusCode::PermissionDenied => (TransferErrorKind::Refused, "the server does not allow it"),
        StatusCode::OpUnsupported => (TransferErrorKind::Refused, "the server cannot do it"),
        StatusCode::Failure => (TransferErrorKind::Refused, "the server did not succeed"),
        StatusCode::NoConnection | StatusCode::ConnectionLost => (TransferErrorKind::Cut, "the connection ended"),
        StatusCode::BadMessage => (TransferErrorKind::Protocol, "the server did not understand the request"),
        StatusCode::Ok | StatusCode::Eof => (TransferErrorKind::Protocol, "the answer does not belong to the request"),
    };
    TransferError::new(kind, operation, format!("{meaning}; the server says: {}", quoted(&status.error_message)))
}

/// The server's words, as they may stand in a line of the log.
pub(super) fn quoted(words: &str) -> String {
    const MOST: usize = 200;
    let words = words.trim();
    if words.is_empty() {
        return "nothing".to_owned();
    }
    words.chars().take(MOST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn of_files(operation: &str, error: Error) -> TransferError {
    match error {
        Error::Status(refusal) => status(operation, &refusal),
        // With these the library says that its channel is gone, and why it does not know.
        Error::IO(_) | Error::UnexpectedBehavior(_) => {
            TransferError::new(TransferErrorKind::Cut, operation, "the connection ended before the answer came")
        }
        Error::Timeout => TransferError::new(TransferErrorKind::TimeOut, operation, "no answer came"),
        Error::Limited(_) | Error::UnexpectedPacket => {
            let message = format!("expected an answer of SFTP version 3, found another ({error})");
            TransferError::new(TransferErrorKind::Protocol, operation, message)
        }
    }
}

/// What the SSH connection ended with, before files could be asked for.
pub(super) fn of_connection(operation: &str, error: &russh::Error) -> TransferError {
    use russh::Error as Ssh;
    match error {
        Ssh::IO(_)
        | Ssh::HUP
        | Ssh::Disconnect
        | Ssh::SendError
        | Ssh::RecvError
        | Ssh::ConnectionTimeout
        | Ssh::KeepaliveTimeout
        | Ssh::InactivityTimeout => {
            let message = format!("the server ended the connection ({error}); does it expect this address?");
            TransferError::new(TransferErrorKind::Cut, operation, message)
        }
        Ssh::NoCommonAlgo { kind, theirs, .. } => {
            let message = format!(
                "expected an algorithm for {kind:?} that is safe today, found only {} at the server",
                quoted(&theirs.join(", "))
            );
            TransferError::new(TransferErrorKind::Protocol, operation, message)
        }
        Ssh::ChannelOpenFailure(reason) => {
            let message = format!("the server opens no channel for this user ({reason:?})");
            TransferError::new(TransferErrorKind::Refused, operation, message)
        }
        _ => {
            let message = format!("expected a server that speaks SSH, found: {}", quoted(&error.to_string()));
            TransferError::new(TransferErrorKind::Protocol, operation, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_words_stay_on_one_line_and_short() {
        assert_eq!(quoted(" No such\r\nfile "), "No such  file");
        assert_eq!(quoted(""), "nothing");
        assert_eq!(quoted(&"x".repeat(1000)).len(), 200);
    }

    #[test]
    fn what_ends_the_connection_may_be_retried_and_a_refusal_not() {
        let told =
            |status_code| Status { id: 1, status_code, error_message: String::new(), language_tag: String::new() };
        assert_eq!(of_files("list", Error::UnexpectedBehavior("sender dropped".into())).kind, TransferErrorKind::Cut);
        assert_eq!(status("fetch x", &told(StatusCode::NoSuchFile)).kind, TransferErrorKind::NotFound);
        assert!(!status("fetch x", &told(StatusCode::PermissionDenied)).may_be_retried());
        assert_eq!(of_connection("connect", &russh::Error::HUP).kind, TransferErrorKind::Cut);
        assert_eq!(of_connection("connect", &russh::Error::Version).kind, TransferErrorKind::Protocol);
    }
}
