use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::directory::Directory;
use crate::authority::Validity;

/// What the server says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Face {
    /// A server of a POSIX system: `/ud` and `/ind`, names as they are.
    #[default]
    Posix,
    /// The FTP server of z/OS: prefixes `'CPR.UD.'` and `'CPR.IND.'`, names of data sets in upper case.
    Zos,
}

/// How connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// By `AUTH TLS`; nobody logs on before it.
    #[default]
    Explicit,
    /// From the first byte.
    Implicit,
    /// Not at all. `AUTH` is refused.
    None,
}

/// What a migrated file costs whoever fetches it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recall {
    /// So much time before the server says anything.
    Waits(Duration),
    /// So many refusals by 550; the fetch after them works.
    Refuses(u32),
}

/// How the server behaves from the start.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 takes any that is free.
    pub bind: SocketAddr,
    /// What it says it is.
    pub face: Face,
    /// How it is protected.
    pub tls: TlsMode,
    /// The only user.
    pub user: String,
    /// The user's password.
    pub password: Zeroizing<String>,
    /// The folder with the folders `ud` and `ind`, which are made where they are missing. Files that are put there while it
    /// runs are served; names that begin with a full stop are not.
    pub folder: PathBuf,
    /// The directory in which a user begins.
    pub home: Directory,
    /// A data connection must resume the TLS session of its control connection, or is refused by 522.
    pub demand_session_reuse: bool,
    /// What a migrated file costs.
    pub recall: Recall,
    /// Host names and addresses that the certificate is for.
    pub names: Vec<String>,
    /// Whether the certificate is good today.
    pub validity: Validity,
    /// Is told of every command that was answered.
    pub observer: Option<Observer>,
}

/// Is told of every command that was answered.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Exchange<'_>) + Send + Sync>);

/// A command and its last answer.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'c> {
    /// Who asked.
    pub peer: SocketAddr,
    /// The command, without a password.
    pub command: &'c str,
    /// The code of the answer; `None` when a fault left the command without one.
    pub code: Option<u16>,
}

impl Options {
    /// On any free port of 127.0.0.1, with explicit TLS. Users begin in the directory above both, at z/OS with the prefix
    /// `'CPR.UD.'`.
    pub fn new(face: Face, user: impl Into<String>, password: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            face,
            tls: TlsMode::Explicit,
            user: user.into(),
            password: Zeroizing::new(password.into()),
            folder: folder.into(),
            home: match face {
                Face::Posix => Directory::Root,
                Face::Zos => Directory::Ud,
            },
            demand_session_reuse: false,
            recall: Recall::Refuses(1),
            names: ["localhost", "127.0.0.1"].map(str::to_owned).to_vec(),
            validity: Validity::Current,
            observer: None,
        }
    }
}

/// Without the password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("bind", &self.bind)
            .field("face", &self.face)
            .field("tls", &self.tls)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
