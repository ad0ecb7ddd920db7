use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::control::Control;
use super::fault::Faults;
use super::files::Files;
use super::options::{Options, TlsMode};
use super::record::Record;
use super::session::serve;
use crate::authority::{Authority, AuthorityError};

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

/// CPR's file server on a port of this machine, until it is dropped. It runs in threads of its own, so that tests without a
/// runtime can use it and tests with one can drop it.
pub struct Server {
    address: SocketAddr,
    control: Control,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
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
        let failed = |source| StartError::Listen { bind, source };
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("cpr-ftp")
            .enable_all()
            .build()
            .map_err(failed)?;
        let listener = std::net::TcpListener::bind(bind).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared { options, tls, files, faults: Faults::default(), record: Record::default() });
        let control = Control(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let run = move || run(runtime, listener, &shared, stopped);
        let thread = std::thread::Builder::new().name("cpr-ftp".to_owned()).spawn(run).map_err(failed)?;
        Ok(Self { address, control, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What can be done to it while it runs.
    pub fn control(&self) -> &Control {
        &self.control
    }
}

impl Drop for Server {
    /// Closes the port and all connections.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported where it happened.
            let _reported = thread.join();
        }
    }
}

fn run(runtime: Runtime, listener: std::net::TcpListener, shared: &Arc<Shared>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => {
                        drop(tokio::spawn(serve(socket, peer, Arc::clone(shared))));
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
