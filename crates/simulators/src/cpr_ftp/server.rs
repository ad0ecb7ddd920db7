use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use super::control::Control;
use super::fault::Faults;
use super::files::Files;
use super::options::{Options, TlsMode};
use super::record::Record;
use super::session::serve;
use crate::authority::{Authority, AuthorityError};
use crate::listening::Listening;

/// Threads that serve connections.
const THREADS: usize = 2;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not this machine's, or there are no threads left.
    #[error("cannot listen on {bind}: {source}")]
    Listen {
        /// The address.
        bind: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The folder cannot be used.
    #[error("cannot use the folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// The certificate.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// What all connections have in common.
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) files: Files,
    pub(super) faults: Faults,
    pub(super) record: Record,
}

/// CPR's file server on a port of this machine, until it is dropped.
pub struct Server {
    listening: Listening,
    control: Control,
}

impl Server {
    /// Starts it with a certificate of an authority, unless it is without TLS; it answers as soon as this returns.
    pub fn start(options: Options, authority: &Authority) -> Result<Self, StartError> {
        let tls = match options.tls {
            TlsMode::None => None,
            TlsMode::Explicit | TlsMode::Implicit => {
                let certificate = authority.certificate(&options.names, options.validity)?;
                Some(TlsAcceptor::from(Arc::new(certificate.server_config()?)))
            }
        };
        let files = Files::new(&options.folder)
            .map_err(|source| StartError::Folder { folder: options.folder.display().to_string(), source })?;
        let bind = options.bind;
        let shared = Arc::new(Shared { options, tls, files, faults: Faults::default(), record: Record::default() });
        let control = Control(Arc::clone(&shared));
        let listening =
            Listening::start("cpr-ftp", THREADS, bind, move |socket, peer| serve(socket, peer, Arc::clone(&shared)));
        Ok(Self { listening: listening.map_err(|source| StartError::Listen { bind, source })?, control })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// What can be done to it while it runs.
    pub fn control(&self) -> &Control {
        &self.control
    }
}
