use std::io::{self, Read as _, Write};
use std::time::Instant;

use suppaftp::{DataStream, FtpError, TransferStream};

use super::failure::{is_recalled, is_unknown, of_io};
use super::session::{Session, checked};
use super::tls::Stream;
use crate::file_transfer::{TransferError, TransferErrorKind};

const BUFFER: usize = 256 * 1024;

/// Fetches a file from a byte on. A migrated one is asked for again until the server has brought it back.
pub(super) fn fetch(session: &mut Session, name: &str, from: u64, to: &mut dyn Write) -> Result<u64, TransferError> {
    let operation = format!("fetch {name}");
    checked(&operation, name)?;
    let start = usize::try_from(from).map_err(|_| {
        TransferError::new(TransferErrorKind::Local, &*operation, "the position is too large for this machine")
    })?;
    let began = Instant::now();
    let stream = loop {
        session.ftp.resume_transfer(start).map_err(|error| session.failed(&*operation, error))?;
        session.answer_within(session.settings.recall_within)?;
        let opened = session.ftp.retr_as_stream(name);
        session.answer_within(session.settings.answer_within)?;
        match opened {
            Ok(stream) => break stream,
            Err(FtpError::UnexpectedResponse(response)) if from > 0 && is_unknown(&response) => {
                session.has_restart = false;
                let text = "the server does not begin later than at the first byte";
                return Err(TransferError::new(TransferErrorKind::Busy, operation, text));
            }
            Err(FtpError::UnexpectedResponse(response)) if is_recalled(&response) => {
                let left = session.settings.recall_within.saturating_sub(began.elapsed());
                if left.is_zero() {
                    let text = "the server is still bringing the file back from slow storage";
                    return Err(TransferError::new(TransferErrorKind::Busy, operation, text));
                }
                // The server works on it meanwhile, and there is nothing else that would tell when it is done.
                std::thread::sleep(session.settings.recall_pause.min(left));
            }
            Err(error) => return Err(session.failed(operation, error)),
        }
    };
    copy(session, &operation, stream, to)
}

/// Copies what comes, and looks whether the server says that it was all.
fn copy(
    session: &Session,
    operation: &str,
    mut stream: TransferStream<Stream>,
    to: &mut dyn Write,
) -> Result<u64, TransferError> {
    let wait = |stream: &TransferStream<Stream>, within| {
        let socket: &DataStream<Stream> = stream.get_ref();
        let set = socket.get_ref().set_read_timeout(Some(within));
        set.map_err(|error| TransferError::new(TransferErrorKind::Local, operation, error.to_string()))
    };
    let mut buffer = vec![0; BUFFER];
    let mut copied = 0;
    // The server may have answered before the file is back.
    wait(&stream, session.settings.recall_within)?;
    loop {
        let read = match stream.read(&mut buffer) {
            Ok(read) => read,
            // TLS ended without a close_notify. Whether that was all, the server's answer tells.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let found = of_io(operation, &error, &session.settings.host);
                // The answer may tell more than the broken connection does.
                return Err(match stream.finish() {
                    Err(error @ FtpError::UnexpectedResponse(_)) if found.kind == TransferErrorKind::Cut => {
                        cut(session, operation, error)
                    }
                    _ => found,
                });
            }
        };
        if read == 0 {
            break;
        }
        if copied == 0 {
            wait(&stream, session.settings.answer_within)?;
        }
        to.write_all(buffer.get(..read).unwrap_or_default()).map_err(|error| {
            TransferError::new(TransferErrorKind::Local, operation, format!("cannot write what came: {error}"))
        })?;
        copied += read as u64;
    }
    stream.finish().map_err(|error| cut(session, operation, error))?;
    Ok(copied)
}

/// Whatever the server says after a file other than that it is complete, the file is not.
fn cut(session: &Session, operation: &str, error: FtpError) -> TransferError {
    let found = session.failed(operation, error);
    match found.kind {
        TransferErrorKind::Tls | TransferErrorKind::TimeOut | TransferErrorKind::Local => found,
        _ => TransferError { kind: TransferErrorKind::Cut, ..found },
    }
}
