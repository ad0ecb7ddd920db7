use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{CustomerNumber, TransactionCode, UserId};
use rustls::ClientConfig;

/// Where requests go.
#[derive(Debug, Clone)]
pub enum Endpoint {
    /// CPR Direkte itself, over TLS.
    Direkte {
        /// Host name or address; the certificate must be for it.
        host: String,
        /// 5000 at CPR.
        port: u16,
        /// Versions, roots and provider; see [`crate::tls`].
        tls: Arc<ClientConfig>,
    },
    /// A local proxy that signs on itself (CPR Klient), over plain TCP: token, user id and error number stay blank.
    Klient {
        /// Host name or address.
        host: String,
        /// Port.
        port: u16,
    },
}

/// Waiting before a request is repeated: `first`, then twice as long each time, at most `longest`, up to `tries` tries in
/// all. A random part of up to half is taken off, so that many clients do not come back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Before the second try.
    pub first: Duration,
    /// At most.
    pub longest: Duration,
    /// Tries altogether; 1 means that nothing is repeated.
    pub tries: NonZeroU32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            tries: NonZeroU32::new(6).unwrap_or(NonZeroU32::MIN),
        }
    }
}

/// How CPR Direkte is asked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where.
    pub endpoint: Endpoint,
    /// Which service.
    pub transaction: TransactionCode,
    /// Customer number.
    pub customer: CustomerNumber,
    /// User id; not sent to a local proxy.
    pub user: UserId,
    /// The address that connections come from: the approved one, on a machine that has several.
    pub from: Option<IpAddr>,
    /// Until the connection stands, TLS included.
    pub connect_timeout: Duration,
    /// From the request to the end of the answer.
    pub answer_timeout: Duration,
    /// Connections at a time, each for one request.
    pub connections: NonZeroUsize,
    /// Requests a second at most.
    pub per_second: Option<NonZeroU32>,
    /// How requests are repeated.
    pub backoff: Backoff,
}

impl Settings {
    /// Time-outs, pool and repetition by default.
    pub fn new(endpoint: Endpoint, transaction: TransactionCode, customer: CustomerNumber, user: UserId) -> Self {
        Self {
            endpoint,
            transaction,
            customer,
            user,
            from: None,
            connect_timeout: Duration::from_secs(30),
            answer_timeout: Duration::from_secs(30),
            connections: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            per_second: None,
            backoff: Backoff::default(),
        }
    }
}
