//! Values that more than one source has.

use std::fmt;
use std::net::Ipv6Addr;

use kartotek_register::import::ForceUpdate;

use super::reading::{Found, Reading};
use crate::cpr_klient;

/// Where something listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address.
    pub host: String,
    /// Port, from 1.
    pub port: u16,
}

impl HostPort {
    /// The port when only a host is given: that of CPR Klient.
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

/// Which program of the system before drove the source (F20, F165). Kartotek has its own for each source, so both are
/// remembered and not used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Driver {
    /// `Assembly`.
    pub assembly: Option<String>,
    /// `Class`.
    pub class: Option<String>,
}

impl Driver {
    /// Reads both keys. `expected` is the driver of the source, `other` part of the name of the other source's.
    pub(super) fn read(reading: &mut Reading, expected: [&'static str; 2], other: &str) -> Self {
        let [assembly, class] = [("Assembly", expected[0]), ("Class", expected[1])].map(|(key, expected)| {
            let found = reading.latin(key)?;
            if found.value.contains(other) {
                reading.not_allowed(key, expected, &found);
            } else {
                reading.remark(Some(found.at), format!("{key} is kept and not used: Kartotek has a driver of its own"));
            }
            Some(found.value)
        });
        Self { assembly, class }
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = [("Assembly", &self.assembly), ("Class", &self.class)];
        pairs.map(|(key, value)| Some((key.to_owned(), value.clone()?))).into_iter().flatten()
    }
}

/// `J` or `N`; `J` when nothing is said (F23, F167).
pub fn force_update(reading: &mut Reading) -> ForceUpdate {
    let Some(found) = reading.latin("ForceUpdate") else { return ForceUpdate::Yes };
    match found.value.as_str() {
        "J" | "j" => ForceUpdate::Yes,
        "N" | "n" => ForceUpdate::No,
        _ => {
            reading.not_allowed("ForceUpdate", "J or N", &found);
            ForceUpdate::Yes
        }
    }
}

/// The letter of a setting.
pub fn letter(force_update: ForceUpdate) -> &'static str {
    match force_update {
        ForceUpdate::Yes => "J",
        ForceUpdate::No => "N",
    }
}

/// A host, a host and a port, or a port alone (A16); `None` when nothing is said.
pub fn host_port(reading: &mut Reading, key: &'static str) -> Option<HostPort> {
    const EXPECTED: &str = "a host, a host and a port (host:port), or a port";
    const PORT: &str = "a port from 1 to 65535";
    let found = reading.latin(key)?;
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
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
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

fn is_host(host: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    host.parse::<Ipv6Addr>().is_ok()
        || (host.chars().all(is_name) && host.starts_with(|c: char| c.is_ascii_alphanumeric()))
}
