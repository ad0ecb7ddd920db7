use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use suppaftp::{FtpError, FtpResult, RustlsConnector, TlsConnector, TlsStream};

use crate::tls::explain;

/// The stream of a connection under TLS.
pub(super) type Stream = <RustlsConnector as TlsConnector>::Stream;

/// Makes TLS connections that share what sessions are resumed with: servers that demand it take a data connection only when
/// it resumes the session of its control connection.
#[derive(Debug)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    /// For the whole handshake.
    within: Duration,
    /// A connection that is made already, and is given out in place of the next one that is asked for.
    ready: Mutex<Option<Stream>>,
    broken: Broken,
}

/// What broke the connection in the last handshake, if anything did. Of an error of a handshake the library keeps nothing but
/// a text, and takes it for one of TLS: but a connection that broke may be tried again, and a certificate that is not accepted
/// needs somebody.
#[derive(Debug, Clone, Default)]
pub(super) struct Broken(Arc<Mutex<Option<io::Error>>>);

impl Broken {
    /// An error of the library, or what broke the connection in place of the text that was made of it.
    pub fn in_place_of(&self, error: FtpError) -> FtpError {
        match (error, self.last().take()) {
            (FtpError::SecureError(_), Some(broken)) => FtpError::ConnectionError(broken),
            (error, _) => error,
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<io::Error>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tls {
    pub fn new(config: Arc<ClientConfig>, within: Duration) -> Self {
        Self { config, within, ready: Mutex::default(), broken: Broken::default() }
    }

    /// The same, with a connection that is made already.
    pub fn with(self, ready: Stream) -> Self {
        Self { ready: Mutex::new(Some(ready)), ..self }
    }

    /// What tells how the handshakes ended, when the library has the rest.
    pub fn broken(&self) -> Broken {
        self.broken.clone()
    }

    /// Ends the handshake before anything else is sent, so that a certificate that is not accepted shows as what it is.
    pub fn handshake(&self, domain: &str, socket: TcpStream) -> FtpResult<Stream> {
        let deadline = Instant::now() + self.within;
        let own = |socket: &TcpStream| Ok((socket.read_timeout()?, socket.write_timeout()?));
        let (read, write) = own(&socket).map_err(FtpError::ConnectionError)?;
        let mut stream = RustlsConnector::from(Arc::clone(&self.config)).connect(domain, socket)?;
        let inner = stream.mut_ref();
        while inner.conn.is_handshaking() || inner.conn.wants_write() {
            match step(inner, deadline) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // The library tries once more to end the handshake when it lets the stream go.
                    let _ = inner.sock.shutdown(Shutdown::Both);
                    return Err(match of_rustls(&error) {
                        Some(tls) => FtpError::SecureError(explain(tls, domain)),
                        None => FtpError::ConnectionError(error),
                    });
                }
            }
        }
        let set = inner.sock.set_read_timeout(read).and_then(|()| inner.sock.set_write_timeout(write));
        set.map_err(FtpError::ConnectionError)?;
        Ok(stream)
    }
}

impl TlsConnector for Tls {
    type Stream = Stream;

    fn connect(&self, domain: &str, stream: TcpStream) -> FtpResult<Stream> {
        if let Some(ready) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(ready);
        }
        *self.broken.last() = None;
        self.handshake(domain, stream).map_err(|error| match error {
            FtpError::ConnectionError(error) => {
                let text = error.to_string();
                *self.broken.last() = Some(error);
                FtpError::SecureError(text)
            }
            error => error,
        })
    }
}

/// Sends what is to be sent, or else takes what one packet brings. The library's own loop would let a server that sends a byte
/// at a time have as much time for each.
fn step(tls: &mut StreamOwned<ClientConnection, TcpStream>, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    tls.sock.set_read_timeout(Some(left))?;
    tls.sock.set_write_timeout(Some(left))?;
    if tls.conn.wants_write() {
        return match tls.conn.write_tls(&mut tls.sock)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            _ => Ok(()),
        };
    }
    if tls.conn.read_tls(&mut tls.sock)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ended in the handshake of TLS"));
    }
    tls.conn.process_new_packets().map(drop).map_err(|error| {
        // The server is told why, if it still listens.
        let _ = tls.conn.write_tls(&mut tls.sock);
        io::Error::new(io::ErrorKind::InvalidData, error)
    })
}

/// The error of TLS within one of a connection.
pub(super) fn of_rustls(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}
