use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use super::connection::serve;
use super::control::Control;
use super::options::{CertificateKind, SimulatorOptions};
use super::service::Service;
use crate::authority::{Authority, AuthorityError, Validity};
use crate::listening::Listening;
use crate::population::SharedPopulation;

/// Why a simulator does not start.
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
    /// The certificate.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// CPR Direkte on a port of this machine, until it is dropped.
pub struct Simulator {
    listening: Listening,
    ca_pem: String,
    control: Control,
}

impl Simulator {
    /// Starts it; it answers as soon as this returns.
    pub fn start(options: SimulatorOptions, population: impl Into<SharedPopulation>) -> Result<Self, StartError> {
        let (tls, ca_pem) = if options.plain { (None, String::new()) } else { tls(&options)? };
        let bind = options.bind;
        let threads = options.threads.max(1);
        let service = Arc::new(Service::new(options, population.into()));
        let control = Control(Arc::clone(&service));
        let serve = move |socket, peer| serve(socket, peer, tls.clone(), Arc::clone(&service));
        let listening = Listening::start("cpr-direkte", threads, bind, serve);
        Ok(Self { listening: listening.map_err(|source| StartError::Listen { bind, source })?, ca_pem, control })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.listening.address()
    }

    /// The certificate of the authority that clients are to trust; empty without TLS.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// What can be done to it while it runs.
    pub fn control(&self) -> &Control {
        &self.control
    }
}

fn tls(options: &SimulatorOptions) -> Result<(Option<TlsAcceptor>, String), AuthorityError> {
    let trusted = match &options.authority {
        Some(authority) => Arc::clone(authority),
        None => Arc::new(Authority::new()?),
    };
    let certificate = match options.certificate {
        CertificateKind::Good => trusted.certificate(&options.names, Validity::Current)?,
        CertificateKind::Expired => trusted.certificate(&options.names, Validity::Expired)?,
        CertificateKind::NotYetValid => trusted.certificate(&options.names, Validity::NotYet)?,
        CertificateKind::Foreign => Authority::new()?.certificate(&options.names, Validity::Current)?,
    };
    let acceptor = TlsAcceptor::from(Arc::new(certificate.server_config()?));
    Ok((Some(acceptor), trusted.pem().to_owned()))
}
