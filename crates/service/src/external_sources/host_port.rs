use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::reading::{Found, Reading};
use crate::cpr_klient;

/// Where CPR Klient listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address.
    pub host: String,
    /// Port, from 1.
    pub port: u16,
}

impl HostPort {
    /// The port when only a host is given.
    pub const DEFAULT_PORT: u16 = cpr_klient::DEFAULT_LISTEN.port();
    /// The host when only a port is given.
    pub const DEFAULT_HOST: &str = "127.0.0.1";
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A host, a host and a port, or a port alone (A16); `None` when nothing is said.
pub fn read(reading: &mut Reading, key: &'static str) -> Option<HostPort> {
    const EXPECTED: &str = "a host, a host and a port (host:port), or a port";
    const PORT: &str = "a port from 1 to 65535";
    const BRACKETS: &str = "an IPv6 address in brackets, [address] or [address]:port";
    let found = reading.latin(key)?;
    if is_ipv6_and_port(&found.value) {
        reading.not_allowed(key, BRACKETS, &found);
        return None;
    }
    let (host, port) = match parts(&found) {
        Some((host, port)) if is_host(host) => (host, port),
        _ => {
            reading.not_allowed(key, EXPECTED, &found);
            return None;
        }
    };
    let port = match port.map(str::parse::<u16>) {
        None => {
            let text = format!("{key}: a host without a port means port {}", HostPort::DEFAULT_PORT);
            reading.remark(Some(found.at), text);
            HostPort::DEFAULT_PORT
        }
        Some(Ok(port)) if port > 0 => port,
        Some(_) => {
            reading.not_allowed(key, PORT, &found);
            return None;
        }
    };
    if !found.value.contains(host) {
        let text = format!("{key}: a port alone means this machine, {}", HostPort::DEFAULT_HOST);
        reading.remark(Some(found.at), text);
    }
    Some(HostPort { host: host.to_owned(), port })
}

/// Host and digits of the port.
fn parts(found: &Found) -> Option<(&str, Option<&str>)> {
    let value = found.value.as_str();
    if is_number(value) {
        return Some((HostPort::DEFAULT_HOST, Some(value)));
    }
    if value.parse::<Ipv6Addr>().is_ok() {
        return Some((value, None));
    }
    if let Some(rest) = value.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        let port = if port.is_empty() { None } else { Some(port.strip_prefix(':').filter(|port| is_number(port))?) };
        return Some((host, port)).filter(|_| host.parse::<Ipv6Addr>().is_ok());
    }
    match value.split_once(':') {
        None => Some((value, None)),
        Some((host, port)) => Some((host, Some(port))).filter(|_| is_number(port)),
    }
}

/// Whether a port may be meant by the end of what is an IPv6 address without it, too.
fn is_ipv6_and_port(value: &str) -> bool {
    value.rsplit_once(':').is_some_and(|(host, port)| is_number(port) && host.parse::<Ipv6Addr>().is_ok())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// An address, or a name of labels with dots between them. Digits and dots alone can only be meant as an address.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if host.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.parse::<Ipv6Addr>().is_ok() || host.split('.').all(is_label)
}
