//! A port of this machine at which connections are served, each in a task of its own.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// How long connections may take to see that their server ends.
const FAREWELL: Duration = Duration::from_secs(1);

/// A port that is served until this is dropped, which closes it and all connections. It runs in threads of its own, so that
/// tests without a runtime can use it and tests with one can drop it.
pub(crate) struct Listening {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Begins to listen; connections are taken as soon as this returns. `name` is that of the threads.
    pub(crate) fn start<F>(
        name: &str,
        threads: usize,
        bind: SocketAddr,
        serve: impl Fn(TcpStream, SocketAddr) -> F + Send + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread().worker_threads(threads).thread_name(name).enable_all().build()?;
        let listener = std::net::TcpListener::bind(bind)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let run = move || run(runtime, listener, &serve, stopped);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens; port 0 has become the one that was free.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported where it happened.
            let _reported = thread.join();
        }
    }
}

fn run<F>(
    runtime: Runtime,
    listener: std::net::TcpListener,
    serve: &impl Fn(TcpStream, SocketAddr) -> F,
    stopped: oneshot::Receiver<()>,
) where
    F: Future<Output = ()> + Send + 'static,
{
    runtime.block_on(async {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => drop(tokio::spawn(serve(socket, peer))),
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
    runtime.shutdown_timeout(FAREWELL);
}
