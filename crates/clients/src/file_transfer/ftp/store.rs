use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::time::Duration;

use suppaftp::{DataStream, TlsStream as _, TransferStream};

use super::failure::of_io;
use super::session::{Session, checked};
use super::tls::Stream;
use crate::file_transfer::{TransferError, TransferErrorKind};

/// Stores a file.
pub(super) fn store(session: &mut Session, name: &str, bytes: &[u8]) -> Result<(), TransferError> {
    let operation = format!("store {name}");
    checked(&operation, name)?;
    let mut stream = session.ftp.put_with_stream(name).map_err(|error| session.failed(&*operation, error))?;
    let written = stream.write_all(bytes).and_then(|()| stream.flush()).and_then(|()| end(&mut stream));
    let finished = stream.finish().map_err(|error| session.failed(&*operation, error));
    match (written, finished) {
        // What the server says tells more than the broken connection does.
        (Err(_), Err(error)) if error.kind != TransferErrorKind::Cut => Err(error),
        (Err(error), _) => Err(of_io(operation, &error, &session.settings.host)),
        (Ok(()), finished) => finished,
    }
}

/// How long the server may take to close its side; it has all that was sent.
const CLOSING: Duration = Duration::from_secs(5);

/// Ends an upload under TLS, and reads what the server sends meanwhile: the tickets with which the next connection resumes
/// the session. Each is good once, so without reading them a server that demands resumption refuses the third upload.
fn end(stream: &mut TransferStream<Stream>) -> io::Result<()> {
    let DataStream::Ssl(tls) = stream.get_mut() else { return Ok(()) };
    let tls = tls.mut_ref();
    tls.conn.send_close_notify();
    while tls.conn.wants_write() {
        tls.conn.write_tls(&mut tls.sock)?;
    }
    tls.sock.shutdown(Shutdown::Write)?;
    tls.sock.set_read_timeout(Some(CLOSING))?;
    // However it ends, the answer on the control connection says whether the file is there.
    let mut rest = [0; 1024];
    while matches!(tls.read(&mut rest), Ok(read) if read > 0) {}
    Ok(())
}
