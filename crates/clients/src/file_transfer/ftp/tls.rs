use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use suppaftp::{FtpError, FtpResult, RustlsConnector, TlsConnector, TlsStream};

use crate::tls::explain;

/// The stream of a connection under TLS.
pub(super) type Stream = <RustlsConnector as TlsConnector>::Stream;

/// Makes TLS connections that share what sessions are resumed with: servers that demand it take a data connection only when
/// it resumes the session of its control connection.
#[derive(Debug)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    /// For the handshake, and from then on for each answer.
    within: Duration,
    /// A connection that is made already, and is given out in place of the next one that is asked for.
    ready: Mutex<Option<Stream>>,
}

impl Tls {
    pub fn new(config: Arc<ClientConfig>, within: Duration) -> Self {
        Self { config, within, ready: Mutex::default() }
    }

    /// The same, with a connection that is made already.
    pub fn with(&self, ready: Stream) -> Self {
        Self { config: Arc::clone(&self.config), within: self.within, ready: Mutex::new(Some(ready)) }
    }
}

impl TlsConnector for Tls {
    type Stream = Stream;

    /// Ends the handshake before anything else is sent, so that a certificate that is not accepted shows as what it is.
    fn connect(&self, domain: &str, stream: TcpStream) -> FtpResult<Stream> {
        if let Some(ready) = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Ok(ready);
        }
        stream.set_read_timeout(Some(self.within)).map_err(FtpError::ConnectionError)?;
        stream.set_write_timeout(Some(self.within)).map_err(FtpError::ConnectionError)?;
        let mut stream = RustlsConnector::from(Arc::clone(&self.config)).connect(domain, stream)?;
        let inner = stream.mut_ref();
        while inner.conn.is_handshaking() {
            inner.conn.complete_io(&mut inner.sock).map_err(|error| match of_rustls(&error) {
                Some(tls) => FtpError::SecureError(explain(tls, domain)),
                None => FtpError::ConnectionError(error),
            })?;
        }
        Ok(stream)
    }
}

/// The error of TLS within one of a connection.
pub(super) fn of_rustls(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}
