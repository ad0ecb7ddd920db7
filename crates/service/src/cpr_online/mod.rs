//! Persons fetched one by one through CPR Direkte, and taken in by the same engine as a file.
//!
//! `fetch` asks, `answer` checks what came and maps it, `intake` writes it. Each is of use without the next: a look-up
//! that only shows a person ends after `answer`.

mod answer;
mod connection;
mod fetch;
mod holding;
mod intake;
mod password_change;
mod passwords;
mod probe;
mod related;
mod upkeep;

pub use answer::{Answered, FetchError, Fetched};
pub use connection::{Connection, ConnectionError};
pub use fetch::{Ask, Online, OnlineError};
pub use intake::{OnlineImport, OnlineRun, Taken};
pub use password_change::PasswordChangeError;
pub use passwords::StoredPasswords;
pub use probe::Tested;
pub use upkeep::PasswordUpkeep;

pub use kartotek_clients::cpr_direkte::FixedPassword;
