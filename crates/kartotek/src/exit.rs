//! How a command ends: the numbers are a contract with the scripts that call it.

use std::process::ExitCode;

use kartotek_register::ports::{Fault, StoreError};
use kartotek_service::external_sources::LoadError;
use kartotek_service::secrets::SecretsError;

/// What a command tells its caller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All of it was done.
    #[default]
    Done = 0,
    /// Done, with items that were rejected, or with nothing found.
    Rejected = 1,
    /// The call, the configuration or a file is at fault; nothing was done.
    Refused = 2,
    /// A source or the database cannot be reached.
    Unreachable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that ends a command, with the number it ends with.
#[derive(Debug)]
pub struct Failure {
    /// The number.
    pub exit: Exit,
    /// What happened, why, and what to do.
    pub error: anyhow::Error,
}

impl Failure {
    /// The call or the configuration is at fault.
    pub fn refused(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Refused, error: error.into() }
    }

    /// Something outside cannot be reached.
    pub fn unreachable(error: impl Into<anyhow::Error>) -> Self {
        Self { exit: Exit::Unreachable, error: error.into() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error.fault() {
            Fault::Configuration => Exit::Refused,
            Fault::Peer | Fault::Data | Fault::Kartotek => Exit::Unreachable,
        };
        Self { exit, error: anyhow::Error::new(error).context("the register") }
    }
}

impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Self {
        match error {
            SecretsError::Store(error) => error.into(),
            SecretsError::KeyFile { .. } => Self::unreachable(error),
            error => match error.fault() {
                Fault::Configuration | Fault::Data => Self::refused(error),
                Fault::Peer | Fault::Kartotek => Self::unreachable(error),
            },
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(error) => error.into(),
            LoadError::Row { .. } => Self::refused(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::unreachable(error)
    }
}
