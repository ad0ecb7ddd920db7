//! Servers, clients and persons for the tests.

mod listener;
mod log;
pub mod odd_ftp;
pub mod odd_sftp;
mod place;
mod ssh_passwords;
mod sshd;
mod two_passwords;
pub mod vsftpd;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use kartotek_clients::cpr_direkte::{Backoff, Client, Endpoint, FixedPassword, Settings};
use kartotek_formats::cpr_direkte::{CustomerNumber, ErrorNumber, Password, TransactionCode, UserId};
use kartotek_formats::identifiers::CprNumber;

pub use listener::{Play, good, listen, listen_with_certificate, listen_with_tls, listen_with_versions};
pub use log::Log;
pub use place::Place;
pub use ssh_passwords::{PasswordServer, SSH_PASSWORD};
pub use sshd::Sshd;
pub use two_passwords::TwoPasswords;

/// One of the test persons that the CPR Office publishes.
pub const PERSON: &str = "0707614285";

pub const PASSWORD: &str = "aB34-xyz";

pub fn person() -> CprNumber {
    CprNumber::parse(PERSON).unwrap()
}

pub fn password() -> Password {
    Password::parse(PASSWORD).unwrap()
}

pub fn number(number: u8) -> ErrorNumber {
    ErrorNumber::new(number).unwrap()
}

/// Settings of customer 0132 with time-outs for tests.
pub fn settings(endpoint: Endpoint) -> Settings {
    let customer = CustomerNumber::new(b"0132").unwrap();
    let user = UserId::parse("WUADIR34").unwrap();
    let mut settings = Settings::new(endpoint, TransactionCode::Off4, customer, user);
    settings.connect_timeout = Duration::from_secs(20);
    settings.answer_timeout = Duration::from_secs(20);
    settings.short_answer_grace = Duration::from_millis(20);
    settings.backoff = Backoff {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(2),
        tries: NonZeroU32::new(3).unwrap(),
    };
    settings
}

pub fn client(settings: Settings) -> Client {
    Client::new(settings, Arc::new(FixedPassword(password())))
}
