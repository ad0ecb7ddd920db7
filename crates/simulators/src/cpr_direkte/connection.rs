use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kartotek_formats::cpr_direkte::Request;
use rustls::HandshakeKind;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::delivery::{Channel, deliver};
use super::fault::{Fault, Stage};
use super::service::Service;

/// How long a client may take to shake hands and to ask.
const PATIENCE: Duration = Duration::from_mins(1);

/// More than any request has.
const LONGEST: usize = 256;

/// Serves one connection: handshake, one request, one answer, close.
pub(super) async fn serve(socket: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, service: Arc<Service>) {
    service.counters.connections.add();
    // A client that goes away in the middle is no concern of a server's.
    let _gone = shake_hands(socket, peer, tls, &service).await;
    service.counters.closed.add();
}

async fn shake_hands(
    mut socket: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    service: &Service,
) -> std::io::Result<()> {
    match service.faults.strike(Stage::Connecting, None) {
        Some(Fault::CloseAtAccept) => return Ok(()),
        Some(Fault::CloseInHandshake) => {
            let mut begun = [0; 4096];
            tokio::time::timeout(PATIENCE, socket.read(&mut begun)).await??;
            return Ok(());
        }
        Some(Fault::SlowHandshake(pause)) => tokio::time::sleep(pause).await,
        _ => {}
    }
    socket.set_nodelay(true)?;
    let Some(tls) = tls else { return converse(socket, peer, service).await };
    let channel = tokio::time::timeout(PATIENCE, tls.accept(socket)).await??;
    service.counters.handshakes.add();
    if channel.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed) {
        service.counters.resumed.add();
    }
    converse(channel, peer, service).await
}

async fn converse<C: Channel>(mut channel: C, peer: SocketAddr, service: &Service) -> std::io::Result<()> {
    let request = tokio::time::timeout(PATIENCE, read_request(&mut channel)).await??;
    if request.is_empty() {
        return Ok(());
    }
    let reply = service.reply(&request, peer);
    let more = deliver(&mut channel, &reply.bytes, reply.sending.as_ref()).await?;
    if more > 0 {
        service.more_followed(&request, peer);
    }
    Ok(())
}

/// Reads until the request is whole, in however many pieces it comes; what came with the last of them belongs to it.
async fn read_request<C: Channel>(channel: &mut C) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::with_capacity(LONGEST);
    while request.len() < Request::length(&request).unwrap_or(LONGEST) {
        if channel.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    Ok(request)
}
