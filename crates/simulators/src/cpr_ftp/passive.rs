//! `PASV`, `EPSV`, and the data connection that follows them.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpListener;

use super::fault::{Fault, Stage};
use super::line::{Line, Reply};
use super::session::{Next, Session};
use super::transfer::stall;
use super::wire::Wire;

/// How long a client may take to connect and to shake hands.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a foreign address looks like.
const FOREIGN: [u8; 4] = [192, 0, 2, 1];

/// A port that waits for a data connection.
pub(super) struct Passive(TcpListener);

impl Session {
    pub(super) async fn passive(&mut self) -> io::Result<Next> {
        let port = self.listen().await?;
        let IpAddr::V4(address) = self.local.to_canonical() else {
            return Ok(Next::reply(425, "This is no IPv4: send EPSV."));
        };
        let foreign = self.shared.faults.strike(Stage::Pasv).is_some();
        let [a, b, c, d] = if foreign { FOREIGN } else { address.octets() };
        let [high, low] = port.to_be_bytes();
        Ok(Next::reply(227, format!("Entering Passive Mode ({a},{b},{c},{d},{high},{low}).")))
    }

    pub(super) async fn extended_passive(&mut self, argument: &str) -> io::Result<Next> {
        if self.shared.faults.strike(Stage::Epsv).is_some() {
            return Ok(Next::reply(502, "EPSV is not offered."));
        }
        let family = if self.local.to_canonical().is_ipv4() { "1" } else { "2" };
        if argument.eq_ignore_ascii_case("ALL") {
            return Ok(Next::reply(200, "Only EPSV from now on."));
        }
        if !argument.is_empty() && argument != family {
            return Ok(Next::reply(522, format!("Network protocol is not offered, use ({family})")));
        }
        let port = self.listen().await?;
        Ok(Next::reply(229, format!("Entering Extended Passive Mode (|||{port}|)")))
    }

    async fn listen(&mut self) -> io::Result<u16> {
        let listener = TcpListener::bind(SocketAddr::new(self.local, 0)).await?;
        let port = listener.local_addr()?.port();
        self.passive = Some(Passive(listener));
        Ok(port)
    }

    /// The data connection for a transfer that begins now, after telling so by 150; or what is to be answered instead.
    pub(super) async fn data(&mut self, text: &str, line: &mut Line) -> io::Result<Result<Wire, Next>> {
        let Some(Passive(listener)) = self.passive.take() else {
            return Ok(Err(Next::reply(425, "PASV or EPSV comes before a transfer.")));
        };
        if self.demands_tls() && !self.private {
            return Ok(Err(Next::reply(522, "Data connections without TLS are not offered: send PBSZ 0 and PROT P.")));
        }
        let Ok(accepted) = tokio::time::timeout(PATIENCE, self.accept(&listener)).await else {
            return Ok(Err(Next::reply(425, "Nobody came to the data connection.")));
        };
        let mut wire = accepted?;
        if self.shared.faults.strike(Stage::Transfer).is_some() {
            return Ok(Err(Next::HangUp));
        }
        line.reply(&Reply::new(150, text)).await?;
        let Some(tls) = self.shared.tls.as_ref().filter(|_| self.private) else { return Ok(Ok(wire)) };
        match self.shared.faults.strike(Stage::Handshake) {
            Some(Fault::StallHandshake) => {
                stall(&mut wire, line).await;
                return Ok(Err(Next::HangUp));
            }
            Some(_) => return Ok(Err(Next::reply(426, "Data connection was cut, transfer is aborted."))),
            None => {}
        }
        let Ok(Ok(wire)) = tokio::time::timeout(PATIENCE, wire.secure(tls)).await else {
            return Ok(Err(Next::reply(522, "TLS failed on the data connection.")));
        };
        let lost = self.shared.faults.strike(Stage::Data).is_some();
        let resumed = wire.is_resumed();
        {
            let mut happened = self.shared.record.write();
            *(if resumed { &mut happened.resumed } else { &mut happened.not_resumed }) += 1;
        }
        if lost || (self.shared.options.demand_session_reuse && !resumed) {
            return Ok(Err(Next::reply(
                522,
                "The data connection must resume the TLS session of the control connection.",
            )));
        }
        Ok(Ok(wire))
    }

    /// Takes a connection from the client only; anybody else's is closed.
    async fn accept(&self, listener: &TcpListener) -> io::Result<Wire> {
        loop {
            let (socket, peer) = listener.accept().await?;
            if peer.ip() == self.peer.ip() {
                socket.set_nodelay(true)?;
                return Ok(Wire::Plain(socket));
            }
        }
    }
}

/// Lets a client read to the end: closing while it still sends would reset the connection, and could take data with it.
pub(super) fn let_go(mut wire: Wire) {
    drop(tokio::spawn(async move {
        let mut nowhere = tokio::io::sink();
        let drained = tokio::io::copy(&mut wire, &mut nowhere);
        // What comes, and how it ends, does not matter any more.
        let _ended = tokio::time::timeout(PATIENCE, drained).await;
    }));
}
