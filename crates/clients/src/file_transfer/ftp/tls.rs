use std::net::TcpStream;
use std::sync::Arc;
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
}

impl Tls {
    pub fn new(config: Arc<ClientConfig>, within: Duration) -> Self {
        Self { config, within }
    }
}

impl TlsConnector for Tls {
    type Stream = Stream;

    /// Ends the handshake before anything else is sent, so that a certificate that is not accepted shows as what it is.
    fn connect(&self, domain: &str, stream: TcpStream) -> FtpResult<Stream> {
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
