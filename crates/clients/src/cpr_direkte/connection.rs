//! One request, one connection: connect, write, read until the answer is whole.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use kartotek_formats::cpr_direkte::{Answer, AnswerError, AnswerHeader, Received};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::{Endpoint, ErrorKind, Settings};
use crate::tls;

/// Sends a request and returns the bytes of the answer, which is as long as it says but not looked at further.
pub(super) async fn exchange(
    settings: &Settings,
    request: &[u8],
    is_logon: bool,
) -> Result<Zeroizing<Vec<u8>>, ErrorKind> {
    let conversation = Conversation {
        request,
        is_logon,
        answer_timeout: settings.answer_timeout,
        short_answer_grace: settings.short_answer_grace,
    };
    let late = |_| {
        let after = settings.connect_timeout.as_secs_f32();
        ErrorKind::Connect(io::Error::new(io::ErrorKind::TimedOut, format!("none within {after} s")))
    };
    match &settings.endpoint {
        Endpoint::Klient { .. } => {
            let stream = timeout(settings.connect_timeout, tcp(settings)).await.map_err(late)??;
            conversation.hold(stream, "").await
        }
        Endpoint::Direkte { host, tls, .. } => {
            let connect = async {
                let name = ServerName::try_from(host.clone())
                    .map_err(|error| ErrorKind::Resolve(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
                let stream = tcp(settings).await?;
                let connector = TlsConnector::from(tls.clone());
                connector.connect(name, stream).await.map_err(|error| of_handshake(error, host))
            };
            let stream = timeout(settings.connect_timeout, connect).await.map_err(late)??;
            conversation.hold(stream, host).await
        }
    }
}

async fn tcp(settings: &Settings) -> Result<TcpStream, ErrorKind> {
    let started = Instant::now();
    let (host, port) = settings.endpoint.address();
    let addresses = resolve(host, port, settings.from).await.map_err(ErrorKind::Resolve)?;
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host name has no usable address");
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        // An address that swallows packets leaves the others their share of the time.
        let share = settings.connect_timeout.saturating_sub(started.elapsed()) / left.max(1);
        left = left.saturating_sub(1);
        match timeout(share, connect(address, settings.from)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = io::Error::new(io::ErrorKind::TimedOut, format!("{address} did not answer")),
        }
    }
    Err(ErrorKind::Connect(failure))
}

/// The addresses of a host, IPv4 first, because CPR approves no others. With a source address, those of its kind.
async fn resolve(host: &str, port: u16, from: Option<IpAddr>) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let mut addresses: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
    addresses.retain(|address| from.is_none_or(|from| from.is_ipv4() == address.is_ipv4()));
    addresses.sort_by_key(SocketAddr::is_ipv6);
    Ok(addresses)
}

async fn connect(address: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from {
        socket.bind(SocketAddr::new(from, 0)).map_err(|error| {
            io::Error::new(error.kind(), format!("the source address {from} is not one of this machine ({error})"))
        })?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn of_handshake(error: io::Error, host: &str) -> ErrorKind {
    match tls_error(&error) {
        Some(error) => ErrorKind::Tls(tls::explain(error, host)),
        None => ErrorKind::Connect(error),
    }
}

fn of_conversation(error: io::Error, host: &str) -> ErrorKind {
    match tls_error(&error) {
        // With TLS 1.3 a server's refusal comes when the handshake is over for the client.
        Some(error @ rustls::Error::AlertReceived(_)) => ErrorKind::Tls(tls::explain(error, host)),
        _ => ErrorKind::Io(error),
    }
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|error| error.downcast_ref())
}

struct Conversation<'a> {
    request: &'a [u8],
    is_logon: bool,
    answer_timeout: Duration,
    short_answer_grace: Duration,
}

impl Conversation<'_> {
    async fn hold<S>(&self, mut stream: S, host: &str) -> Result<Zeroizing<Vec<u8>>, ErrorKind>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let deadline = Instant::now() + self.answer_timeout;
        // A server may refuse before it has read anything and close: its answer is worth more than our broken write.
        let unsent = match timeout_at(deadline, send(&mut stream, self.request)).await {
            Ok(sent) => sent.err(),
            Err(_) => return Err(ErrorKind::TimeOut { after: self.answer_timeout, received: 0 }),
        };
        let answer = self.receive(&mut stream, deadline, host).await;
        match (answer, unsent) {
            (Err(ErrorKind::Closed { received: 0, .. } | ErrorKind::Io(_)), Some(error)) => {
                Err(of_conversation(error, host))
            }
            (answer, _) => {
                // The answer is whole or lost; saying goodbye is a courtesy.
                let _ = timeout_at(deadline, stream.shutdown()).await;
                answer
            }
        }
    }

    async fn receive<S>(&self, stream: &mut S, deadline: Instant, host: &str) -> Result<Zeroizing<Vec<u8>>, ErrorKind>
    where
        S: AsyncRead + Unpin,
    {
        // At full size from the beginning: a buffer that grows leaves copies behind that nobody wipes.
        let mut buffer = Zeroizing::new(vec![0; AnswerHeader::MAX_ANSWER]);
        let mut received = 0;
        loop {
            let (so_far, free) = buffer.split_at_mut_checked(received).unwrap_or_default();
            let (expected, is_enough) = match Answer::received(so_far)? {
                Received::Nothing => (self.shortest(), false),
                Received::Short => (AnswerHeader::LENGTH, self.is_enough(so_far)?),
                Received::Until { length } if received >= length => break,
                Received::Until { length } => (length, false),
            };
            let until = if is_enough { deadline.min(Instant::now() + self.short_answer_grace) } else { deadline };
            match timeout_at(until, stream.read(free)).await {
                Ok(Ok(count)) if count > 0 => received += count,
                Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
                    return Err(of_conversation(error, host));
                }
                _ if is_enough => break,
                Err(_) => return Err(ErrorKind::TimeOut { after: self.answer_timeout, received }),
                // Many servers close without TLS's goodbye; whether anything is missing is told by the length.
                Ok(_) => return Err(ErrorKind::Closed { received, expected }),
            }
        }
        Ok(Zeroizing::new(buffer.get(..received).unwrap_or_default().to_vec()))
    }

    fn shortest(&self) -> usize {
        if self.is_logon { AnswerHeader::SHORT } else { AnswerHeader::LENGTH }
    }

    /// Whether 24 to 27 characters may be all: in answer to a sign-on, and where they hold an error number.
    fn is_enough(&self, so_far: &[u8]) -> Result<bool, AnswerError> {
        let header = AnswerHeader::decode(so_far.get(..AnswerHeader::SHORT).unwrap_or_default())?;
        Ok(self.is_logon || !header.error.is_success())
    }
}

/// In one write, since a server may take what it reads first for the whole request.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    stream.flush().await
}
