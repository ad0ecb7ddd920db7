//! One CPR Klient for a connection (F13): two of them would take each other's token and change the password twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kartotek_formats::cpr_direkte::{CustomerNumber, UserId};

/// Why another one cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum OnlyOneError {
    /// One is running.
    #[error(
        "a CPR Klient for customer {customer} and user {user} is running already{}; stop it first: the program and the \
         service must not run at the same time",
        .who.as_ref().map(|who| format!(" ({who})")).unwrap_or_default()
    )]
    Running {
        /// The customer number.
        customer: CustomerNumber,
        /// The user id.
        user: String,
        /// What the running one says about itself: process and address.
        who: Option<String>,
    },
    /// The lock file cannot be used.
    #[error("the lock file {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        error: io::Error,
    },
}

/// The right to be the one CPR Klient for a connection on this machine, held until it is dropped or the process ends,
/// however it ends.
#[derive(Debug)]
pub struct OnlyOne {
    file: File,
    path: PathBuf,
}

impl OnlyOne {
    /// Takes the right, by a lock on a file in `folder` that is named after the connection.
    pub fn take(folder: &Path, customer: CustomerNumber, user: UserId) -> Result<Self, OnlyOneError> {
        let path = folder.join(format!("kartotek-klient-{customer}-{}.lock", user.as_str()));
        let failed = |error| OnlyOneError::Io { path: path.clone(), error };
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path }),
            Err(TryLockError::WouldBlock) => {
                let who = std::fs::read_to_string(&path).ok().map(|text| text.trim().to_owned());
                let who = who.filter(|who| !who.is_empty());
                Err(OnlyOneError::Running { customer, user: user.as_str().to_owned(), who })
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Leaves word for a second one which process this is and where it listens.
    pub fn tell(&mut self, address: std::net::SocketAddr) -> Result<(), OnlyOneError> {
        let failed = |error| OnlyOneError::Io { path: self.path.clone(), error };
        self.file.set_len(0).map_err(failed)?;
        writeln!(self.file, "process {}, listening on {address}", std::process::id()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_for_the_same_connection_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let take = |user: &str| {
            OnlyOne::take(folder.path(), CustomerNumber::new(b"0132").unwrap(), UserId::parse(user).unwrap())
        };
        let mut first = take("WU1").unwrap();
        first.tell("127.0.0.1:5001".parse().unwrap()).unwrap();
        let error = take("WU1").unwrap_err().to_string();
        assert!(error.contains("running already") && error.contains("127.0.0.1:5001"), "{error}");
        let _other = take("WU2").unwrap();
        drop(first);
        take("WU1").unwrap();
    }
}
