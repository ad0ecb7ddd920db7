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

impl Backoff {
    /// How long to wait after `failed` tries, or `None` when there have been enough. `random` is any number.
    pub(super) fn after(self, failed: u32, random: u64) -> Option<Duration> {
        (failed < self.tries.get()).then(|| self.wait(failed, random))
    }

    /// How long to wait after `failed` tries, however many they are.
    pub(super) fn wait(self, failed: u32, random: u64) -> Duration {
        let doubled = self.first.saturating_mul(1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX));
        let wait = doubled.min(self.longest);
        let per_mille = u32::try_from(random % 501).unwrap_or_default();
        wait.saturating_sub(wait / 1000 * per_mille)
    }
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
    /// The address that connections come from: the approved one, on a machine that has several. Not for a local proxy.
    pub from: Option<IpAddr>,
    /// Until the connection stands, TLS included.
    pub connect_timeout: Duration,
    /// From the request to the end of the answer.
    pub answer_timeout: Duration,
    /// How long the rest of an answer is waited for that says all in its first 24 characters: a sign-on's, or an error's.
    /// Old descriptions end them there, later ones after 28 or a text, and a server that neither sends more nor closes must
    /// not cost the whole time-out.
    pub short_answer_grace: Duration,
    /// Connections at a time, each for one request.
    pub connections: NonZeroUsize,
    /// Requests a second at most.
    pub per_second: Option<NonZeroU32>,
    /// How requests are repeated.
    pub backoff: Backoff,
    /// How long after it began a look-up is still repeated, so that whoever waits for it comes to know in time that CPR
    /// does not answer, whatever the time-outs and tries add up to.
    pub repeat_for: Duration,
}

impl Endpoint {
    /// Host name or address, and port.
    pub fn address(&self) -> (&str, u16) {
        match self {
            Self::Direkte { host, port, .. } | Self::Klient { host, port } => (host, *port),
        }
    }
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
            short_answer_grace: Duration::from_secs(2),
            connections: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            per_second: None,
            backoff: Backoff::default(),
            repeat_for: Duration::from_mins(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_the_longest_and_ends_after_the_last_try() {
        let backoff = Backoff::default();
        let waits: Vec<_> = (1..=6).map(|failed| backoff.after(failed, 0).map(|wait| wait.as_millis())).collect();
        assert_eq!(waits, [Some(500), Some(1_000), Some(2_000), Some(4_000), Some(8_000), None]);
        let many = Backoff { tries: NonZeroU32::MAX, ..backoff };
        for failed in [7, 20, 32, 33, 1_000_000] {
            assert_eq!(many.after(failed, 0), Some(Duration::from_secs(30)), "{failed}");
        }
    }

    #[test]
    fn up_to_half_of_the_waiting_is_taken_off() {
        let backoff = Backoff::default();
        let waits: Vec<_> = (0..2_000).map(|random| backoff.after(2, random).unwrap()).collect();
        assert_eq!(waits.iter().max(), Some(&Duration::from_secs(1)));
        assert_eq!(waits.iter().min(), Some(&Duration::from_millis(500)));
    }
}
