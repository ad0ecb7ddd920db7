//! A client that says what it is told to, with or without TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use kartotek_simulators::cpr_ftp::TlsMode;
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use crate::place::{PASSWORD, Place, USER};

/// Longer than anything that should happen takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub type Tls = StreamOwned<ClientConnection, TcpStream>;

pub struct Spoken {
    stream: BufReader<Box<dyn Stream>>,
    socket: TcpStream,
}

pub trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

impl Spoken {
    /// Connects, and hears the greeting.
    pub fn connect(place: &Place) -> (Self, String) {
        let socket = TcpStream::connect(place.server.address()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut own = Self { stream: BufReader::new(Box::new(socket.try_clone().unwrap())), socket };
        let greeting = own.hear();
        (own, greeting)
    }

    /// Connects and logs on.
    pub fn log_on(place: &Place) -> Self {
        let (mut own, _) = Self::connect(place);
        if place.options.tls == TlsMode::Explicit {
            own.expect("AUTH TLS", "234");
            own = own.secure(place);
            own.expect("PBSZ 0", "200");
            own.expect("PROT P", "200");
        }
        own.expect(&format!("USER {USER}"), "331");
        own.expect(&format!("PASS {PASSWORD}"), "230");
        own
    }

    /// A whole answer, lines ended by LF.
    pub fn hear(&mut self) -> String {
        let mut answer = String::new();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            let line =
                line.strip_suffix("\r\n").unwrap_or_else(|| panic!("expected a whole line, found {line:?}")).to_owned();
            answer.push_str(&line);
            if line.as_bytes()[..3].iter().all(u8::is_ascii_digit) && line.as_bytes()[3] == b' ' {
                return answer;
            }
            answer.push('\n');
        }
    }

    pub fn say(&mut self, command: &str) -> String {
        self.send(command);
        self.hear()
    }

    pub fn send(&mut self, command: &str) {
        self.stream.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
    }

    pub fn expect(&mut self, command: &str, code: &str) -> String {
        let answer = self.say(command);
        assert!(answer.starts_with(code), "{command}: expected {code}, found {answer}");
        answer
    }

    /// Opens a data connection.
    pub fn data(&mut self) -> TcpStream {
        let answer = self.expect("EPSV", "229");
        let port = answer.split('|').nth(3).unwrap().parse().unwrap();
        let socket = TcpStream::connect((self.socket.peer_addr().unwrap().ip(), port)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    /// What comes by a command over a data connection.
    pub fn receive(&mut self, command: &str) -> Vec<u8> {
        let mut data = self.data();
        self.expect(command, "150");
        let mut bytes = Vec::new();
        data.read_to_end(&mut bytes).unwrap();
        let answer = self.hear();
        assert!(answer.starts_with("226"), "{answer}");
        bytes
    }

    /// Stores something.
    pub fn store(&mut self, name: &str, bytes: &[u8]) {
        let mut data = self.data();
        self.expect(&format!("STOR {name}"), "150");
        data.write_all(bytes).unwrap();
        drop(data);
        let answer = self.hear();
        assert!(answer.starts_with("226"), "{answer}");
    }

    /// Goes on with TLS.
    pub fn secure(self, place: &Place) -> Self {
        let stream = secured(place, self.socket.try_clone().unwrap());
        Self { stream: BufReader::new(Box::new(stream)), socket: self.socket }
    }

    /// Whether the server has ended the connection.
    pub fn is_over(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }
}

/// A connection with TLS, in a session of its own.
pub fn secured(place: &Place, socket: TcpStream) -> Tls {
    let authority = CertificateDer::from_pem_slice(&std::fs::read(place.ca_file()).unwrap()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    StreamOwned::new(tls, socket)
}
