use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::connection::serve;
use super::control::Control;
use super::options::{CertificateKind, SimulatorOptions};
use super::service::Service;
use crate::authority::{Authority, AuthorityError, Validity};
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

/// CPR Direkte on a port of this machine, until it is dropped. It runs in threads of its own, so that tests without a
/// runtime can use it and tests with one can drop it.
pub struct Simulator {
    addr: SocketAddr,
    ca_pem: String,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts it; it answers as soon as this returns.
    pub fn start(options: SimulatorOptions, population: impl Into<SharedPopulation>) -> Result<Self, StartError> {
        let (tls, ca_pem) = if options.plain { (None, String::new()) } else { tls(&options)? };
        let bind = options.bind;
        let failed = |source| StartError::Listen { bind, source };
        let runtime = Builder::new_multi_thread()
            .worker_threads(options.threads.max(1))
            .thread_name("cpr-direkte")
            .enable_all()
            .build()
            .map_err(failed)?;
        let listener = std::net::TcpListener::bind(bind).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let service = Arc::new(Service::new(options, population.into()));
        let control = Control(Arc::clone(&service));
        let (stop, stopped) = oneshot::channel();
        let run = move || run(runtime, listener, tls.as_ref(), &service, stopped);
        let thread = std::thread::Builder::new().name("cpr-direkte".to_owned()).spawn(run).map_err(failed)?;
        Ok(Self { addr, ca_pem, control, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
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

impl Drop for Simulator {
    /// Closes the port and all connections.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported where it happened.
            let _reported = thread.join();
        }
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

fn run(
    runtime: Runtime,
    listener: std::net::TcpListener,
    tls: Option<&TlsAcceptor>,
    service: &Arc<Service>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => {
                        drop(tokio::spawn(serve(socket, peer, tls.cloned(), Arc::clone(service))));
                    }
                    // Out of file descriptors, or a client that left already: neither lasts.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::select! {
            () = accept => {}
            _ = stopped => {}
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
}
