//! One request, one connection: connect, write, read until the answer is whole.

use std::io;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{Answer, AnswerHeader, AnswerTo, Received};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tracing::debug;
use zeroize::Zeroizing;

use super::{Endpoint, ErrorKind, Settings};
use crate::tcp::{self, NoConnection};
use crate::tls;

/// Sends a request and returns the bytes of the answer, which is as long as it says but not looked at further.
pub(super) async fn exchange(
    settings: &Settings,
    request: &[u8],
    to: AnswerTo,
) -> Result<Zeroizing<Vec<u8>>, ErrorKind> {
    let conversation = Conversation {
        request,
        to,
        answer_timeout: settings.answer_timeout,
        short_answer_grace: settings.short_answer_grace,
    };
    let late = |_| {
        let after = settings.connect_timeout.as_secs_f32();
        ErrorKind::Connect(io::Error::new(io::ErrorKind::TimedOut, format!("none within {after} s")))
    };
    match &settings.endpoint {
        Endpoint::Klient { .. } => {
            let stream = timeout(settings.connect_timeout, connect(settings)).await.map_err(late)??;
            conversation.hold(stream, "").await
        }
        Endpoint::Direkte { host, tls, .. } => {
            let secured = async {
                let name = ServerName::try_from(host.clone()).map_err(|_| ErrorKind::HostName)?;
                let stream = connect(settings).await?;
                let connector = TlsConnector::from(tls.clone());
                connector.connect(name, stream).await.map_err(|error| of_handshake(error, host))
            };
            let stream = timeout(settings.connect_timeout, secured).await.map_err(late)??;
            conversation.hold(stream, host).await
        }
    }
}

async fn connect(settings: &Settings) -> Result<TcpStream, ErrorKind> {
    let (host, port) = settings.endpoint.address();
    tcp::connect(host, port, settings.from, settings.connect_timeout).await.map_err(|error| match error {
        NoConnection::Resolve(error) => ErrorKind::Resolve(error),
        NoConnection::Connect(error) => ErrorKind::Connect(error),
    })
}

fn of_handshake(error: io::Error, host: &str) -> ErrorKind {
    match tls_error(&error) {
        Some(error) => ErrorKind::Tls(tls::explain(error, host)),
        None => ErrorKind::Connect(error),
    }
}

fn of_conversation(error: io::Error, host: &str) -> ErrorKind {
    match tls_error(&error) {
        // With TLS 1.3 a server's refusal of the handshake comes when it is over for the client; whether the server has
        // read the request before, nobody knows.
        Some(error @ rustls::Error::AlertReceived(_)) => ErrorKind::Alert(tls::explain(error, host)),
        _ => ErrorKind::Io(error),
    }
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|error| error.downcast_ref())
}

struct Conversation<'a> {
    request: &'a [u8],
    to: AnswerTo,
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
        let mut grace = None;
        let whole = loop {
            let (so_far, free) = buffer.split_at_mut_checked(received).unwrap_or_default();
            let expected = match Answer::received(so_far, self.to)? {
                Received::Until { length } | Received::Decided { length: Some(length) } if received >= length => {
                    break length;
                }
                Received::TooLittle { expected } => expected,
                Received::Until { length } => length,
                Received::Decided { length } => {
                    grace.get_or_insert_with(|| deadline.min(Instant::now() + self.short_answer_grace));
                    length.unwrap_or(AnswerHeader::LENGTH)
                }
            };
            match timeout_at(grace.unwrap_or(deadline), stream.read(free)).await {
                Ok(Ok(count)) if count > 0 => received += count,
                // What decides is there; how the rest of it fails to come does not matter.
                _ if grace.is_some() => break received,
                Ok(Err(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
                    return Err(of_conversation(error, host));
                }
                Err(_) => return Err(ErrorKind::TimeOut { after: self.answer_timeout, received }),
                // Many servers close without TLS's goodbye; whether anything is missing is told by the length.
                Ok(_) => return Err(ErrorKind::Closed { received, expected }),
            }
        };
        if received > whole {
            debug!(surplus = received - whole, "bytes after the end of the answer do not count");
        }
        Ok(Zeroizing::new(buffer.get(..whole).unwrap_or_default().to_vec()))
    }
}

/// In one write, since a server may take what it reads first for the whole request.
async fn send<S: AsyncWrite + Unpin>(stream: &mut S, request: &[u8]) -> io::Result<()> {
    stream.write_all(request).await?;
    stream.flush().await
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::ReadBuf;

    use super::*;

    /// Gives some bytes, and then an error.
    struct ThenBreaks(&'static [u8]);

    impl AsyncRead for ThenBreaks {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if self.0.is_empty() {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            buffer.put_slice(std::mem::take(&mut self.0));
            Poll::Ready(Ok(()))
        }
    }

    async fn received(bytes: &'static [u8], to: AnswerTo) -> Result<usize, ErrorKind> {
        let wait = Duration::from_mins(1);
        let conversation = Conversation { request: b"", to, answer_timeout: wait, short_answer_grace: wait };
        let answer = conversation.receive(&mut ThenBreaks(bytes), Instant::now() + wait, "").await?;
        Ok(answer.len())
    }

    #[tokio::test]
    async fn a_connection_that_breaks_does_not_take_back_what_is_decided() {
        for (bytes, to, length) in [
            (b"013290TOKEN123WUADIR3401".as_slice(), AnswerTo::Logon, 24),
            (b"013290TOKEN123WUADIR34010101", AnswerTo::Logon, 28),
            (b"013290TOKEN123WUADIR3400", AnswerTo::Logon, 24),
            (b"013206TOKEN123WUADIR34020900a text", AnswerTo::Lookup, 34),
        ] {
            assert_eq!(received(bytes, to).await.unwrap(), length, "{}", String::from_utf8_lossy(bytes));
        }
        for (bytes, to) in [
            (b"013290TOKEN123WUADIR340".as_slice(), AnswerTo::Logon),
            (b"013206TOKEN123WUADIR34000029", AnswerTo::Lookup),
        ] {
            assert!(matches!(received(bytes, to).await, Err(ErrorKind::Io(_))), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
