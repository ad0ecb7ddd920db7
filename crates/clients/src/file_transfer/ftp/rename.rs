use suppaftp::{FtpError, Status};

use super::failure::{is_denied, is_unknown, says_no_such_file, words};
use super::lines::{self, BEGIN};
use super::session::{Session, checked};
use crate::file_transfer::{RemoteDirectory as _, TransferError, TransferErrorKind};

/// Of a listing of one name; a directory of that name may bring many.
const MOST_LINES: usize = 16;

/// Renames a file, and never over another.
pub(super) fn rename(session: &mut Session, from: &str, to: &str) -> Result<bool, TransferError> {
    let operation = format!("rename {from} to {to}");
    checked(&operation, from)?;
    checked(&operation, to)?;
    match is_there(session, to)? {
        Some(false) => {}
        Some(true) => {
            let text = "a file of the new name is there already, and is not overwritten";
            return Err(TransferError::new(TransferErrorKind::Exists, operation, text));
        }
        None => {
            let text = "the server does not tell whether a file of the new name is there, which might be overwritten";
            return Err(TransferError::new(TransferErrorKind::Refused, operation, text));
        }
    }
    match session.ftp.rename(from, to) {
        Ok(()) => Ok(true),
        Err(FtpError::UnexpectedResponse(response)) if is_unknown(&response) => Ok(false),
        Err(error) => {
            let found = session.failed(&*operation, error);
            match found.kind {
                // 550 and 553 mean either that it may not be renamed, or that it is not there.
                TransferErrorKind::NotFound | TransferErrorKind::Refused => match is_there(session, from)? {
                    Some(false) => Err(TransferError { kind: TransferErrorKind::NotFound, ..found }),
                    _ => Ok(false),
                },
                _ => Err(found),
            }
        }
    }
}

/// Whether there is a file of a name; `None` when the server does not tell.
fn is_there(session: &mut Session, name: &str) -> Result<Option<bool>, TransferError> {
    if session.size(name)?.is_some() {
        return Ok(Some(true));
    }
    // No size may also mean that the file may not be read, or that sizes are not told at all.
    let operation = format!("look for {name}");
    match session.ftp.custom_data_command(format!("NLST {name}"), &BEGIN) {
        Ok((_, stream)) => {
            let lines = lines::read(session, &operation, stream, MOST_LINES)?;
            // Some write what is wrong in place of the name.
            Ok(Some(lines.iter().any(|line| !says_no_such_file(line))))
        }
        Err(FtpError::UnexpectedResponse(response)) => match response.status {
            Status::FileUnavailable if is_denied(&response) => Ok(None),
            Status::FileUnavailable => Ok(Some(false)),
            Status::RequestFileActionIgnored if says_no_such_file(&words(&response)) => Ok(Some(false)),
            _ if is_unknown(&response) => Ok(None),
            // Busy, or anything else that says nothing about the file.
            _ => Err(session.failed(operation, FtpError::UnexpectedResponse(response))),
        },
        Err(error) => Err(session.failed(operation, error)),
    }
}
