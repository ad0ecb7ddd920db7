use suppaftp::FtpError;

use super::failure::is_unknown;
use super::session::{Session, checked};
use crate::file_transfer::{RemoteDirectory as _, TransferError, TransferErrorKind};

/// Renames a file, and never over another.
pub(super) fn rename(session: &mut Session, from: &str, to: &str) -> Result<bool, TransferError> {
    let operation = format!("rename {from} to {to}");
    checked(&operation, from)?;
    checked(&operation, to)?;
    if is_there(session, to)? == Some(true) {
        let text = "a file of the new name is there already, and is not overwritten";
        return Err(TransferError::new(TransferErrorKind::Exists, operation, text));
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

/// Whether there is a file of a name; `None` when the server does not tell. A mainframe refuses to rename over another by
/// itself, and listing a directory for each file would take long.
fn is_there(session: &mut Session, name: &str) -> Result<Option<bool>, TransferError> {
    if session.size(name)?.is_some() {
        return Ok(Some(true));
    }
    if session.has_size && !session.is_mvs && session.can_resume() {
        return Ok(Some(false));
    }
    match session.ftp.nlst(Some(name)) {
        Ok(lines) => Ok(Some(!lines.is_empty())),
        Err(FtpError::UnexpectedResponse(response)) if is_unknown(&response) => Ok(None),
        Err(FtpError::UnexpectedResponse(_)) => Ok(Some(false)),
        Err(error) => Err(session.failed(format!("look for {name}"), error)),
    }
}
