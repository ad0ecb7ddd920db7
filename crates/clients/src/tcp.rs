//! Connections to hosts by name: which of their addresses are tried, in which order, for how long, and from where.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

/// Why no connection came about.
pub(crate) enum NoConnection {
    /// The host's address cannot be found.
    Resolve(io::Error),
    /// None of its addresses could be reached. This is about the last one that was tried.
    Connect(io::Error),
}

/// The addresses of a host in the order in which they are to be tried: IPv4 first, because CPR approves no others. With a
/// source address, those of its kind.
pub(crate) fn in_order(addresses: impl Iterator<Item = SocketAddr>, from: Option<IpAddr>) -> Vec<SocketAddr> {
    let mut addresses: Vec<_> =
        addresses.filter(|address| from.is_none_or(|from| from.is_ipv4() == address.is_ipv4())).collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses
}

/// What there is to say when none of a host's addresses is of the kind of the source address.
pub(crate) fn no_address() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the host has no address of the kind of the source address")
}

/// Connects to the first address that answers, from an address of this machine where one is given. Finding the addresses may
/// take longer than `within`.
pub(crate) async fn connect(
    host: &str,
    port: u16,
    from: Option<IpAddr>,
    within: Duration,
) -> Result<TcpStream, NoConnection> {
    let deadline = Instant::now() + within;
    let addresses = tokio::net::lookup_host((host, port)).await.map_err(NoConnection::Resolve)?;
    let addresses = in_order(addresses, from);
    let mut failure = no_address();
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        // An address that swallows packets leaves the others their share of the time.
        let share = deadline.saturating_duration_since(Instant::now()) / left.max(1);
        left = left.saturating_sub(1);
        failure = match timeout(share, connect_to(address, from)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => error,
            Err(_) => io::Error::new(io::ErrorKind::TimedOut, format!("{address} did not answer")),
        };
    }
    Err(NoConnection::Connect(failure))
}

async fn connect_to(address: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from {
        socket.bind(SocketAddr::new(from, 0)).map_err(|error| not_ours(from, &error))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What there is to say when a socket does not get a source address.
pub(crate) fn not_ours(from: IpAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the source address {from} is not one of this machine ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tried_by_kind_and_otherwise_in_the_order_in_which_they_were_found() {
        let found = ["[2001:db8::1]:990", "192.0.2.2:990", "[2001:db8::2]:990", "192.0.2.1:990"];
        let tried = |from: Option<&str>| {
            let from = from.map(|from| from.parse().unwrap());
            let tried = in_order(found.iter().map(|address| address.parse().unwrap()), from);
            tried.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(tried(None), ["192.0.2.2:990", "192.0.2.1:990", "[2001:db8::1]:990", "[2001:db8::2]:990"]);
        assert_eq!(tried(Some("192.0.2.9")), ["192.0.2.2:990", "192.0.2.1:990"]);
        assert_eq!(tried(Some("2001:db8::9")), ["[2001:db8::1]:990", "[2001:db8::2]:990"]);
    }
}
