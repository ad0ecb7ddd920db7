use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{CustomerNumber, ErrorNumber, Password, TransactionCode, UserId};

use super::request::{RequestKind, Violation};
use crate::authority::Authority;

/// How the simulator behaves from the start.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// Where it listens; port 0 takes any that is free.
    pub bind: SocketAddr,
    /// The population's day at the start, as of which answers are. Its batch file is out already.
    pub day: u32,
    /// The only customer.
    pub customer: CustomerNumber,
    /// Its only user.
    pub user: UserId,
    /// The user's password; any eight characters, whatever rule they were made by.
    pub password: Password,
    /// The services that the user may ask. Another one is answered by error 18 (OFF4) or 99 (PRIV).
    pub transactions: Vec<TransactionCode>,
    /// How long a token is good; use does not extend it.
    pub token_lifetime: Duration,
    /// The password has expired: error 02 until a sign-on brings a new one.
    pub password_expired: bool,
    /// The addresses that may ask, all unless given. Another one is answered by error 16.
    pub approved: Option<Vec<IpAddr>>,
    /// Refuse whatever deviates from the documented layout, and remember it.
    pub strict: bool,
    /// Play the local proxy (CPR Klient) instead: no TLS, and nobody signs on.
    pub plain: bool,
    /// Host names and addresses that the certificate is for.
    pub names: Vec<String>,
    /// Who issues the certificate; a new authority unless given.
    pub authority: Option<Arc<Authority>>,
    /// What is wrong with the certificate.
    pub certificate: CertificateKind,
    /// Threads that serve connections.
    pub threads: usize,
    /// Is told of every request.
    pub observer: Option<Observer>,
}

/// The certificate that the simulator shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertificateKind {
    /// One that clients accept.
    #[default]
    Good,
    /// From another authority than the one that clients are told of.
    Foreign,
    /// Expired.
    Expired,
    /// Not valid yet.
    NotYetValid,
}

/// Is told of every request.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Exchange) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// A request and what became of it, without anything about the person.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// Who asked.
    pub peer: SocketAddr,
    /// What for.
    pub kind: RequestKind,
    /// What became of it.
    pub event: ExchangeEvent,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub enum ExchangeEvent {
    /// It is answered.
    Answered {
        /// The error number of the answer.
        error: ErrorNumber,
        /// Bytes of the answer.
        bytes: usize,
        /// A fault has its hand in it.
        faulty: bool,
        /// Why strict mode refuses it.
        violation: Option<Violation>,
    },
    /// Something followed it after it was answered, which strict mode notices.
    MoreFollowed(Violation),
}

impl SimulatorOptions {
    /// On any free port of 127.0.0.1, both services, all else as in the document.
    pub fn new(customer: CustomerNumber, user: UserId, password: Password) -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            day: 0,
            customer,
            user,
            password,
            transactions: vec![TransactionCode::Off4, TransactionCode::Priv],
            token_lifetime: Duration::from_mins(30),
            password_expired: false,
            approved: None,
            strict: false,
            plain: false,
            names: ["localhost", "127.0.0.1"].map(str::to_owned).to_vec(),
            authority: None,
            certificate: CertificateKind::Good,
            threads: 2,
            observer: None,
        }
    }
}
