use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use suppaftp::{FtpError, FtpResult};

use crate::file_transfer::Settings;
use crate::tcp;

/// How data connections are made.
pub(super) fn builder(settings: &Settings) -> impl Fn(SocketAddr) -> FtpResult<TcpStream> + Send + Sync + 'static {
    let (from, within, answer_within) = (settings.from, settings.connect_within, settings.answer_within);
    move |address| {
        let stream = connect(address, from, within).map_err(FtpError::ConnectionError)?;
        let set = stream.set_read_timeout(Some(answer_within));
        set.and_then(|()| stream.set_write_timeout(Some(answer_within))).map_err(FtpError::ConnectionError)?;
        Ok(stream)
    }
}

/// Connects within a time, from an address of this machine where one is given.
pub(super) fn connect(address: SocketAddr, from: Option<IpAddr>, within: Duration) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if let Some(from) = from {
        socket.bind(&SocketAddr::new(from, 0).into()).map_err(|error| tcp::not_ours(from, &error))?;
    }
    socket.connect_timeout(&address.into(), within)?;
    let stream = TcpStream::from(socket);
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(within))?;
    stream.set_write_timeout(Some(within))?;
    Ok(stream)
}
