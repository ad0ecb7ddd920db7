//! A client that writes bytes and reads bytes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use kartotek_simulators::cpr_direkte::Simulator;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
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

/// A socket that counts what comes in.
struct Wire {
    socket: TcpStream,
    received: usize,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.socket.read(buffer)?;
        self.received += read;
        Ok(read)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

trait Stream: Read + Write {
    fn wire(&self) -> &Wire;

    /// Says that nothing more will be sent.
    fn finish(&mut self) -> io::Result<()>;
}

impl Stream for Wire {
    fn wire(&self) -> &Wire {
        self
    }

    fn finish(&mut self) -> io::Result<()> {
        self.socket.shutdown(std::net::Shutdown::Write)
    }
}

impl Stream for StreamOwned<ClientConnection, Wire> {
    fn wire(&self) -> &Wire {
        &self.sock
    }

    fn finish(&mut self) -> io::Result<()> {
        self.conn.send_close_notify();
        self.flush()
    }
}

impl Client {
    /// Trusts the simulator's authority; resumes sessions as rustls does by default.
    pub fn new(simulator: &Simulator) -> Self {
        Self::with(simulator, rustls::ALL_VERSIONS, Resumption::default())
    }

    pub fn with(simulator: &Simulator, versions: &[&'static SupportedProtocolVersion], resumption: Resumption) -> Self {
        let pem = simulator.ca_pem();
        let tls = (!pem.is_empty()).then(|| {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
            let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_protocol_versions(versions)
                .unwrap();
            let mut config = config.with_root_certificates(roots).with_no_client_auth();
            config.resumption = resumption;
            Arc::new(config)
        });
        Self { addr: simulator.addr(), tls, from: None }
    }

    /// Comes from another address of this machine.
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(address.parse().unwrap());
        self
    }

    /// Connects, with the TLS handshake.
    pub fn connect(&self) -> io::Result<Connection> {
        let socket = self.socket()?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let wire = Wire { socket, received: 0 };
        let Some(tls) = &self.tls else { return Ok(Connection(Box::new(wire))) };
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = StreamOwned::new(ClientConnection::new(Arc::clone(tls), name).unwrap(), wire);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Connection(Box::new(stream)))
    }

    fn socket(&self) -> io::Result<TcpStream> {
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
        let (answer, ending) = self.converse(request);
        assert_eq!(ending, Ending::Closed);
        answer
    }

    /// One request on a connection of its own, what comes back, and how it ended.
    pub fn converse(&self, request: &[u8]) -> (Vec<u8>, Ending) {
        let mut connection = self.connect().unwrap();
        connection.send(request);
        connection.rest()
    }
}

impl Connection {
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
        self.0.flush().unwrap();
    }

    /// No more requests come; the answer may.
    pub fn finish_sending(&mut self) {
        self.0.finish().unwrap();
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
        self.0.wire().socket.set_read_timeout(Some(patience)).unwrap();
    }

    /// Bytes that came in, those of TLS included.
    pub fn received(&self) -> usize {
        self.0.wire().received
    }
}
