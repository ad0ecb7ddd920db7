//! Who may call.

use std::net::IpAddr;
use std::str::FromStr;

/// Addresses and networks that may call. Nobody else is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callers(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// An entry of the list that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an address or a network like 10.1.2.3 or 10.1.2.0/24, found {found:?}")]
pub struct CallersError {
    /// The entry.
    pub found: String,
}

impl Default for Callers {
    /// This machine.
    fn default() -> Self {
        Self(vec![
            Network { address: IpAddr::from([127, 0, 0, 1]), bits: 8 },
            Network { address: IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), bits: 128 },
        ])
    }
}

impl Callers {
    /// Reads a list of addresses and networks.
    pub fn parse<'t>(entries: impl IntoIterator<Item = &'t str>) -> Result<Self, CallersError> {
        entries.into_iter().map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is in the list. An IPv4 address that comes as IPv6 counts as what it is.
    pub fn allow(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromStr for Network {
    type Err = CallersError;

    fn from_str(text: &str) -> Result<Self, CallersError> {
        let wrong = || CallersError { found: text.to_owned() };
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(all);
        if bits > all { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    fn contains(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &[&str], address: &str) -> bool {
        Callers::parse(list.iter().copied()).unwrap().allow(address.parse().unwrap())
    }

    #[test]
    fn addresses_and_networks_are_told_apart() {
        assert!(allows(&["10.1.2.3"], "10.1.2.3"));
        assert!(!allows(&["10.1.2.3"], "10.1.2.4"));
        assert!(allows(&["192.0.2.1", "10.1.2.0/24"], "10.1.2.255"));
        assert!(!allows(&["10.1.2.0/24"], "10.1.3.0"));
        assert!(allows(&["0.0.0.0/0"], "203.0.113.9"));
        assert!(!allows(&["0.0.0.0/0"], "2001:db8::1"));
        assert!(allows(&["2001:db8::/32"], "2001:db8:1::1"));
        assert!(allows(&["10.1.2.3"], "::ffff:10.1.2.3"));
        assert!(!allows(&[], "127.0.0.1"));
    }

    #[test]
    fn by_default_this_machine_alone_may_call() {
        let callers = Callers::default();
        assert!(callers.allow("127.0.0.1".parse().unwrap()) && callers.allow("::1".parse().unwrap()));
        assert!(!callers.allow("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_was_found() {
        for found in ["", "localhost", "10.1.2.3/33", "10.1.2.3/x", "10.1.2"] {
            assert_eq!(Callers::parse([found]), Err(CallersError { found: found.to_owned() }));
        }
    }
}
