//! Accepting callers and answering each of them once.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kartotek_clients::cpr_direkte::Client;
use kartotek_formats::cpr_direkte::{ErrorNumber, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tracing::{debug, info, warn};
use zeroize::Zeroizing;

use super::Callers;
use super::answer::{number_of, passed_on, refusal};
use super::request::{Call, read};

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

    /// Answers callers until `stop` is done; those who are being answered then get their answers.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(self.options.connections));
        let mut calls = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
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
            if !self.options.callers.allow(caller.ip()) {
                warn!(caller = %caller.ip(), "refused: the address is not in the list of callers");
                continue;
            }
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
            let (client, options) = (self.client.clone(), Arc::clone(&self.options));
            calls.spawn(async move {
                serve_one(stream, caller.ip(), &client, &options).await;
                drop(place);
            });
        }
        while calls.join_next().await.is_some() {}
    }
}

async fn serve_one(mut stream: TcpStream, caller: IpAddr, client: &Client, options: &KlientOptions) {
    let began = Instant::now();
    let request = match tokio::time::timeout(options.caller_timeout, receive(&mut stream)).await {
        Ok(Ok(request)) => request,
        Ok(Err(error)) => return warn!(%caller, %error, "no request came"),
        Err(_) => return warn!(%caller, "no request came in time"),
    };
    let (what, answer, error) = answer(&request, client).await;
    let sending = async {
        stream.write_all(&answer).await?;
        stream.shutdown().await
    };
    let sent = tokio::time::timeout(options.caller_timeout, sending).await;
    let milliseconds = began.elapsed().as_millis();
    info!(%caller, what, %error, milliseconds, "answered");
    if !matches!(sent, Ok(Ok(()))) {
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

/// The answer, what was asked in a word for the log, and the error number.
async fn answer(request: &[u8], client: &Client) -> (&'static str, Zeroizing<Vec<u8>>, ErrorNumber) {
    let settings = client.settings();
    let (what, reply) = match read(request, settings.transaction, settings.customer) {
        Err(error) => return ("nothing that can be asked", refusal(request, settings, error), error),
        Ok(Call::SignOn) => ("sign-on", client.sign_on().await),
        Ok(Call::Lookup { subscription, data, number }) => ("look-up", client.lookup(number, subscription, data).await),
    };
    match reply {
        Ok(reply) => (what, passed_on(&reply), reply.answer().header.error),
        Err(error) => {
            let number = number_of(&error);
            // CPR's own refusals are the caller's to tell; what is wrong on the way is ours.
            if error.number().is_none() {
                warn!(%error, "CPR Direkte could not be asked");
            }
            (what, refusal(request, settings, number), number)
        }
    }
}
