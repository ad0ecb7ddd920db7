//! CPR Direkte: look-ups and subscriptions over TLS, one request a connection (cpr-direkte.md).

mod alarms;
mod caution;
mod client;
mod connection;
mod error;
mod passwords;
mod pause;
mod pool;
mod refusals;
mod reply;
mod requests;
mod session;
mod settings;
mod sign_on;
mod stop;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use client::Client;
pub use error::{Error, ErrorKind, Fault};
pub use passwords::{FixedPassword, KnownPasswords, Passwords, PasswordsError};
pub use reply::Reply;
pub use settings::{Backoff, Endpoint, Settings};

/// A lock that is never held for long. What it guards is whole at every moment, so a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number that differs from call to call, to spread repetitions; not for secrets.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}
