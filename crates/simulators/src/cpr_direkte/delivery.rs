use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::fault::Fault;

/// How long a client may take to close after the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a client, with or without TLS.
pub(super) trait Channel: AsyncRead + AsyncWrite + Unpin {
    fn socket(&self) -> &TcpStream;

    /// Ends the connection without the close_notify of TLS.
    async fn hang_up(&mut self) -> std::io::Result<()>;

    /// Ends the connection by a fatal alert.
    async fn alert(&mut self) -> std::io::Result<()>;
}

impl Channel for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }

    async fn hang_up(&mut self) -> std::io::Result<()> {
        self.shutdown().await
    }

    async fn alert(&mut self) -> std::io::Result<()> {
        self.shutdown().await
    }
}

impl Channel for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }

    async fn hang_up(&mut self) -> std::io::Result<()> {
        self.get_mut().0.shutdown().await
    }

    async fn alert(&mut self) -> std::io::Result<()> {
        let (socket, tls) = self.get_mut();
        // As if the client had sent a record that nobody can decrypt.
        let spoilt = [[0x17, 3, 3, 0, 32].as_slice(), &[0; 32]].concat();
        tls.read_tls(&mut spoilt.as_slice())?;
        let _refused = tls.process_new_packets();
        let mut alert = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut alert)?;
        }
        socket.write_all(&alert).await?;
        socket.shutdown().await
    }
}

/// Sends an answer and closes, by a fault's way of it if there is one. Returns how many bytes came from the client until
/// it closed, which should be none.
pub(super) async fn deliver<C: Channel>(
    channel: &mut C,
    answer: &[u8],
    fault: Option<&Fault>,
) -> std::io::Result<usize> {
    let mut answer = answer;
    let longer;
    match fault {
        Some(Fault::Silence) => return drain(channel, None).await,
        Some(Fault::Alert) => {
            channel.alert().await?;
            return drain(channel, Some(PATIENCE)).await;
        }
        Some(Fault::Late(pause)) => tokio::time::sleep(*pause).await,
        Some(Fault::CutOff(length) | Fault::Reset(length)) => answer = answer.get(..*length).unwrap_or(answer),
        Some(Fault::TooLong(by)) => {
            longer = [answer, &b"X".repeat(*by)].concat();
            answer = &longer;
        }
        _ => {}
    }
    let (size, pause) = match fault {
        Some(Fault::Segments { size, pause }) => ((*size).max(1), *pause),
        _ => (answer.len().max(1), Duration::ZERO),
    };
    for piece in answer.chunks(size) {
        channel.write_all(piece).await?;
        channel.flush().await?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    match fault {
        Some(Fault::Reset(_)) => {
            channel.socket().set_zero_linger()?;
            return Ok(0);
        }
        Some(Fault::NoClose) => return drain(channel, None).await,
        Some(Fault::NoCloseNotify) => channel.hang_up().await?,
        Some(Fault::LateClose(pause)) => {
            tokio::time::sleep(*pause).await;
            channel.shutdown().await?;
        }
        _ => channel.shutdown().await?,
    }
    drain(channel, Some(PATIENCE)).await
}

/// Reads until the client closes. Closing with unread bytes would reset the connection and could take the answer with it.
async fn drain<C: Channel>(channel: &mut C, patience: Option<Duration>) -> std::io::Result<usize> {
    let read = async {
        let (mut buffer, mut bytes) = ([0; 256], 0);
        loop {
            match channel.read(&mut buffer).await {
                // How a client ends a connection is its own business once it has the answer.
                Ok(0) | Err(_) => return bytes,
                Ok(more) => bytes += more,
            }
        }
    };
    match patience {
        None => Ok(read.await),
        Some(patience) => Ok(tokio::time::timeout(patience, read).await.unwrap_or_default()),
    }
}
