//! From what an operator configures to a client.

use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kartotek_clients::cpr_direkte::{Backoff, Client, Endpoint, Passwords, Settings};
use kartotek_clients::tls::{Roots, TlsError, client_config};
use kartotek_formats::cpr_direkte::{CustomerNumber, IdentityError, TransactionCode, UserId};

use crate::external_sources::HostPort;

/// The contract with CPR (F8), and how its service is reached.
#[derive(Debug, Clone)]
pub struct Connection {
    /// CPR IP, or the host's name.
    pub host: String,
    /// CPR port.
    pub port: u16,
    /// CPR Trans. kode: `OFF4` or `PRIV`.
    pub transaction: String,
    /// Customer number, up to four digits.
    pub customer: Option<String>,
    /// User id.
    pub user: Option<String>,
    /// Authorities that sign the server's certificate, or that certificate itself, in PEM; the machine's when not given.
    pub ca_file: Option<PathBuf>,
    /// The address that connections to CPR come from; those to a local proxy come from any.
    pub from: Option<IpAddr>,
    /// Connections at a time.
    pub connections: NonZeroUsize,
    /// Requests a second at most.
    pub per_second: Option<NonZeroU32>,
    /// Seconds until a connection stands.
    pub connect_seconds: NonZeroU32,
    /// Seconds from a request to the end of its answer.
    pub answer_seconds: NonZeroU32,
    /// Tries of a request that may be repeated.
    pub tries: NonZeroU32,
}

impl Default for Connection {
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            host: "direkte.cpr.dk".to_owned(),
            port: 5000,
            transaction: TransactionCode::Off4.code().to_owned(),
            customer: None,
            user: None,
            ca_file: None,
            from: None,
            connections: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            per_second: None,
            connect_seconds: number(30),
            answer_seconds: number(30),
            tries: number(6),
        }
    }
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// A setting that there is no default for.
    #[error("no {setting} is configured; it is in the contract with CPR: set cpr.direkte.{setting}")]
    Missing {
        /// The setting.
        setting: &'static str,
    },
    /// No customer number.
    #[error("cpr.direkte.customer: expected up to four digits, found {found:?}")]
    Customer {
        /// The setting.
        found: String,
    },
    /// No user id.
    #[error("cpr.direkte.user: {0}")]
    User(IdentityError),
    /// No transaction code.
    #[error("cpr.direkte.transaction: expected OFF4 or PRIV, found {found:?}")]
    Transaction {
        /// The setting.
        found: String,
    },
    /// The authorities cannot be read.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Connection {
    /// The customer number.
    pub fn customer(&self) -> Result<CustomerNumber, ConnectionError> {
        let found = self.customer.as_ref().ok_or(ConnectionError::Missing { setting: "customer" })?;
        let wrong = || ConnectionError::Customer { found: found.clone() };
        let is_number = (1..=4).contains(&found.len()) && found.bytes().all(|byte| byte.is_ascii_digit());
        let number = found.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
        CustomerNumber::from_number(number).ok_or_else(wrong)
    }

    /// The user id.
    pub fn user(&self) -> Result<UserId, ConnectionError> {
        let found = self.user.as_ref().ok_or(ConnectionError::Missing { setting: "user" })?;
        UserId::parse(found).map_err(ConnectionError::User)
    }

    /// The service.
    pub fn transaction(&self) -> Result<TransactionCode, ConnectionError> {
        let found = &self.transaction;
        TransactionCode::from_code(found).ok_or_else(|| ConnectionError::Transaction { found: found.clone() })
    }

    /// Where CPR Direkte listens.
    pub fn address(&self) -> HostPort {
        HostPort { host: self.host.clone(), port: self.port }
    }

    /// A client: of CPR Direkte, or of the local proxy that listens there (parameter `IP` of the source, F18), which needs
    /// neither user nor password.
    pub fn client(&self, klient: Option<&HostPort>, passwords: Arc<dyn Passwords>) -> Result<Client, ConnectionError> {
        let (endpoint, user) = if let Some(HostPort { host, port }) = klient {
            (Endpoint::Klient { host: host.clone(), port: *port }, UserId::NOBODY)
        } else {
            let roots = self.ca_file.clone().map_or(Roots::Platform, Roots::File);
            let tls = client_config(&roots)?;
            (Endpoint::Direkte { host: self.host.clone(), port: self.port, tls }, self.user()?)
        };
        let seconds = |seconds: NonZeroU32| Duration::from_secs(u64::from(seconds.get()));
        let settings = Settings {
            // The approved address is for CPR; a proxy on this machine may not be reached from it.
            from: self.from.filter(|_| klient.is_none()),
            connect_timeout: seconds(self.connect_seconds),
            answer_timeout: seconds(self.answer_seconds),
            connections: self.connections,
            per_second: self.per_second,
            backoff: Backoff { tries: self.tries, ..Backoff::default() },
            ..Settings::new(endpoint, self.transaction()?, self.customer()?, user)
        };
        Ok(Client::new(settings, passwords))
    }
}
