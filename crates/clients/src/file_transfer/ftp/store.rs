use std::io::Write as _;

use super::failure::of_io;
use super::session::{Session, checked};
use crate::file_transfer::{TransferError, TransferErrorKind};

/// Stores a file.
pub(super) fn store(session: &mut Session, name: &str, bytes: &[u8]) -> Result<(), TransferError> {
    let operation = format!("store {name}");
    checked(&operation, name)?;
    let mut stream = session.ftp.put_with_stream(name).map_err(|error| session.failed(&*operation, error))?;
    let written = stream.write_all(bytes).and_then(|()| stream.flush());
    let finished = stream.finish().map_err(|error| session.failed(&*operation, error));
    match (written, finished) {
        // What the server says tells more than the broken connection does.
        (Err(_), Err(error)) if error.kind != TransferErrorKind::Cut => Err(error),
        (Err(error), _) => Err(of_io(operation, &error, &session.settings.host)),
        (Ok(()), finished) => finished,
    }
}
