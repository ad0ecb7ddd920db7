//! CPR Direkte: look-ups and subscriptions over TLS, one request a connection (cpr-direkte.md).

mod client;
mod error;
mod passwords;
mod settings;

pub use client::{Client, Reply};
pub use error::{Error, ErrorKind, Fault};
pub use passwords::{FixedPassword, Passwords, PasswordsError, Which};
pub use settings::{Backoff, Endpoint, Settings};
