use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::tls::Roots;

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// FTP that asks for TLS by `AUTH TLS`; port 21.
    FtpsExplicit,
    /// FTP within TLS from the first byte; port 990.
    FtpsImplicit,
    /// FTP within SSH; port 22.
    Sftp,
    /// FTP without protection; port 21. Only for those who said so in as many words.
    PlainFtp,
}

impl Protocol {
    /// The port where none is given.
    pub fn default_port(self) -> u16 {
        match self {
            Self::FtpsExplicit | Self::PlainFtp => 21,
            Self::FtpsImplicit => 990,
            Self::Sftp => 22,
        }
    }
}

/// How FTP brings bytes over. SFTP knows only bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransferType {
    /// As they are.
    #[default]
    Binary,
    /// Converted by the server, lines ended by CR LF: from EBCDIC, when it is a mainframe. A fetch cannot begin later than
    /// at the first byte.
    Text,
}

/// Who logs on. `Debug` shows the name alone.
#[derive(Clone)]
pub struct LogOn {
    /// The user.
    pub user: String,
    /// The password, or that of the key's file.
    pub password: Option<Zeroizing<String>>,
    /// A private key in OpenSSH's form, for SFTP.
    pub key_file: Option<PathBuf>,
}

impl std::fmt::Debug for LogOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogOn({})", self.user)
    }
}

/// Which server, and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name or address; the certificate must be for it.
    pub host: String,
    /// `None`: that of the protocol.
    pub port: Option<u16>,
    /// How.
    pub protocol: Protocol,
    /// Who.
    pub log_on: LogOn,
    /// The directory to work in; `None`: where the server puts the user. At z/OS a prefix of data sets, in quotation marks.
    pub directory: Option<String>,
    /// The server is a mainframe: listings are read as those of z/OS, whatever it says about itself.
    pub mvs: bool,
    /// How bytes come over.
    pub transfer_type: TransferType,
    /// Whom to trust, for FTPS.
    pub roots: Roots,
    /// The server's key for SFTP, as `SHA256:` and 43 characters; what `ssh-keygen -l` prints.
    pub host_key: Option<String>,
    /// The address that connections come from: the approved one, on a machine that has several.
    pub from: Option<IpAddr>,
    /// Until a connection stands, TLS included.
    pub connect_within: Duration,
    /// Until the server answers a command, and between any two parts of a file.
    pub answer_within: Duration,
    /// Until the first byte of a file comes: a migrated one is brought back from slow storage first. A server that refuses
    /// meanwhile is asked again so long.
    pub recall_within: Duration,
    /// Between two of these tries.
    pub recall_pause: Duration,
}

impl Settings {
    /// The settings for a host and user, with what suits a server that is not known yet.
    pub fn new(host: impl Into<String>, protocol: Protocol, log_on: LogOn) -> Self {
        Self {
            host: host.into(),
            port: None,
            protocol,
            log_on,
            directory: None,
            mvs: false,
            transfer_type: TransferType::Binary,
            roots: Roots::Platform,
            host_key: None,
            from: None,
            connect_within: Duration::from_secs(20),
            answer_within: Duration::from_mins(1),
            recall_within: Duration::from_mins(15),
            recall_pause: Duration::from_secs(30),
        }
    }

    /// The port that is called.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.protocol.default_port())
    }
}
