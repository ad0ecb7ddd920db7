//! A client that writes bytes and reads bytes.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use kartotek_simulators::cpr_direkte::Simulator;
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};

/// Longer than anything that should happen takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where to, and what the client trusts.
pub struct Client {
    addr: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    from: Option<IpAddr>,
}

/// How a conversation ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// Properly; with TLS, after close_notify.
    Closed,
    /// The connection ended without close_notify.
    Truncated,
    /// The connection was reset.
    Reset,
    /// It is still open.
    Open,
}

/// A connection that stands.
pub struct Connection(Box<dyn Stream>);

trait Stream: Read + Write {
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for StreamOwned<ClientConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref()
    }
}

impl Client {
    /// Trusts the simulator's authority; resumes sessions as rustls does by default.
    pub fn new(simulator: &Simulator) -> Self {
        let pem = simulator.ca_pem();
        let tls = (!pem.is_empty()).then(|| {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
            let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap();
            Arc::new(config.with_root_certificates(roots).with_no_client_auth())
        });
        Self { addr: simulator.addr(), tls, from: None }
    }

    /// Comes from another address of this machine.
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(address.parse().unwrap());
        self
    }

    /// Connects, with the TLS handshake.
    pub fn connect(&self) -> std::io::Result<Connection> {
        let socket = self.socket()?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return Ok(Connection(Box::new(socket))) };
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = StreamOwned::new(ClientConnection::new(Arc::clone(tls), name).unwrap(), socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Connection(Box::new(stream)))
    }

    fn socket(&self) -> std::io::Result<TcpStream> {
        let Some(from) = self.from else { return TcpStream::connect(self.addr) };
        // The standard library cannot choose the address to come from.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(from, 0))?;
            socket.connect(self.addr).await?.into_std()
        })?;
        stream.set_nonblocking(false)?;
        Ok(stream)
    }

    /// One request on a connection of its own, and all that comes back.
    pub fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut connection = self.connect().unwrap();
        connection.send(request);
        let (answer, ending) = connection.rest();
        assert_eq!(ending, Ending::Closed);
        answer
    }
}

impl Connection {
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
        self.0.flush().unwrap();
    }

    /// No more requests come; the answer may.
    pub fn finish_sending(&mut self) {
        self.0.socket().shutdown(std::net::Shutdown::Write).unwrap();
    }

    /// Exactly so many bytes.
    pub fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Everything until the connection ends.
    pub fn rest(&mut self) -> (Vec<u8>, Ending) {
        let mut bytes = Vec::new();
        let ending = match self.0.read_to_end(&mut bytes) {
            Ok(_) => Ending::Closed,
            Err(error) => match error.kind() {
                ErrorKind::UnexpectedEof => Ending::Truncated,
                ErrorKind::ConnectionReset => Ending::Reset,
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Ending::Open,
                _ => panic!("{error}"),
            },
        };
        (bytes, ending)
    }

    /// Waits no longer than so long for bytes from now on.
    pub fn hurry(&mut self, patience: Duration) {
        self.0.socket().set_read_timeout(Some(patience)).unwrap();
    }
}
