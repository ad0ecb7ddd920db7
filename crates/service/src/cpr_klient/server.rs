//! Accepting callers and answering each of them once.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kartotek_clients::cpr_direkte::{Client, Error, Reply};
use kartotek_formats::cpr_direkte::{ErrorNumber, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tracing::{debug, info, warn};
use zeroize::Zeroizing;

use super::Callers;
use super::answer::{number_of, passed_on, refusal};
use super::request::{Call, read};

/// How long a caller who has its answer may take to close.
const PATIENCE: Duration = Duration::from_secs(1);

/// How callers are served.
#[derive(Debug, Clone)]
pub struct KlientOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who may call.
    pub callers: Callers,
    /// Callers at a time; more wait.
    pub connections: usize,
    /// Until a caller has sent its request, and until it has taken the answer.
    pub caller_timeout: Duration,
    /// Until CPR has answered a request, repetitions included; then the caller gets error 09.
    pub answer_timeout: Duration,
    /// Until those who are being answered when it is to end have their answers.
    pub end_timeout: Duration,
}

/// A CPR Klient that listens.
pub struct KlientServer {
    listener: TcpListener,
    client: Client,
    options: Arc<KlientOptions>,
}

impl KlientServer {
    /// Listens; nobody is answered before [`KlientServer::serve`].
    pub async fn bind(client: Client, options: KlientOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        Ok(Self { listener, client, options: Arc::new(options) })
    }

    /// Where it listens, with the port that the system chose when 0 was given.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers callers until `stop` is done; those who have asked by then still get their answers.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, client, options } = self;
        let places = Arc::new(Semaphore::new(options.connections));
        // That it ends is told by dropping the sender.
        let (serving, until_end) = watch::channel(());
        let mut calls = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            // Before a caller is accepted, so that those who wait do so where they cost nothing.
            let place = tokio::select! {
                () = &mut stop => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { break };
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
                // What has ended is let go of as it ends, however quiet the day.
                Some(_) = calls.join_next() => continue,
            };
            let (stream, caller) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(%error, "a caller could not be accepted");
                    // Too many open files go away by themselves; a busy loop would not help.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            if !options.callers.allow(caller.ip()) {
                warn!(caller = %caller.ip(), "refused: the address is not in the list of callers");
                continue;
            }
            let (client, options, until_end) = (client.clone(), Arc::clone(&options), until_end.clone());
            calls.spawn(async move {
                serve_one(stream, caller.ip(), &client, &options, until_end).await;
                drop(place);
            });
        }
        drop((listener, serving));
        let ending = async { while calls.join_next().await.is_some() {} };
        if tokio::time::timeout(options.end_timeout, ending).await.is_err() {
            warn!(callers = calls.len(), "ends although there are callers without an answer");
        }
    }
}

async fn serve_one(
    mut stream: TcpStream,
    caller: IpAddr,
    client: &Client,
    options: &KlientOptions,
    mut until_end: watch::Receiver<()>,
) {
    let began = Instant::now();
    let received = tokio::select! {
        biased;
        received = tokio::time::timeout(options.caller_timeout, receive(&mut stream)) => received,
        // Whoever has not asked yet is let go of.
        _ = until_end.changed() => return debug!(%caller, "no request came before the end"),
    };
    let request = match received {
        Ok(Ok(request)) => request,
        Ok(Err(error)) => return warn!(%caller, %error, "no request came"),
        Err(_) => return warn!(%caller, "no request came in time"),
    };
    let settings = client.settings();
    let (what, answer, error) = match read(&request, settings.transaction, settings.customer) {
        Err(error) => ("nothing that can be asked", refusal(&request, settings, error), error),
        Ok(call) => {
            let asked = tokio::select! {
                asked = tokio::time::timeout(options.answer_timeout, ask(client, call)) => asked,
                () = broken(&mut stream), if call.changes_nothing() => {
                    return info!(%caller, what = call.word(), "the caller did not wait for the answer");
                }
            };
            let (answer, error) = match asked {
                Ok(Ok(reply)) => (passed_on(&reply), reply.header().error),
                Ok(Err(error)) => {
                    // CPR's own refusals are the caller's to tell; what is wrong on the way is ours.
                    if error.number().is_none() {
                        warn!(%error, "CPR Direkte could not be asked");
                    }
                    (refusal(&request, settings, number_of(&error)), number_of(&error))
                }
                Err(_) => {
                    let seconds = options.answer_timeout.as_secs_f32();
                    warn!(seconds, "CPR Direkte could not be asked in time");
                    let error = ErrorNumber::NO_CONNECTION;
                    (refusal(&request, settings, error), error)
                }
            };
            (call.word(), answer, error)
        }
    };
    let sending = async {
        stream.write_all(&answer).await?;
        stream.shutdown().await
    };
    let sent = tokio::time::timeout(options.caller_timeout, sending).await;
    let milliseconds = began.elapsed().as_millis();
    info!(%caller, what, %error, milliseconds, "answered");
    if matches!(sent, Ok(Ok(()))) {
        // Closing with unread bytes would reset the connection, and could take the answer with it.
        let _ = tokio::time::timeout(PATIENCE, pass_over(&mut stream)).await;
    } else {
        debug!(%caller, "the caller did not take the answer");
    }
}

/// Reads until the request is whole, or until the caller sends no more of it.
async fn receive(stream: &mut TcpStream) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut request = Zeroizing::new(Vec::with_capacity(64));
    loop {
        if Request::length(&request).is_some_and(|length| request.len() >= length) {
            return Ok(request);
        }
        let mut piece = Zeroizing::new([0; 64]);
        match stream.read(piece.as_mut()).await? {
            0 if request.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            0 => return Ok(request),
            read => request.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
}

/// Reads what stands behind the request, until the caller sends no more.
async fn pass_over(stream: &mut TcpStream) -> io::Result<()> {
    let mut piece = Zeroizing::new([0; 64]);
    while stream.read(piece.as_mut()).await? > 0 {}
    Ok(())
}

/// Waits until the connection is broken. A caller who sends no more may well wait for the answer.
async fn broken(stream: &mut TcpStream) {
    if pass_over(stream).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

/// Asks CPR. The reply has any error number.
async fn ask(client: &Client, call: Call) -> Result<Reply, Error> {
    match call {
        Call::SignOn => client.sign_on().await,
        Call::Lookup { subscription, data, number } => client.ask(number, subscription, data).await,
    }
}
