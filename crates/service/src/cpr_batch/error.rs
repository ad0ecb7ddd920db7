use std::path::PathBuf;

use kartotek_register::ports::StoreError;

use super::SettingError;
use crate::cpr_extract::ImportError;
use crate::subscriptions::SubscriptionError;

/// Why a step of the batch stopped. What it had done until then is done.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A setting is missing or cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Somebody else works on the same source.
    #[error("another run is at work on this source: {by}; nothing was done, try again when it has ended")]
    Held {
        /// Who.
        by: String,
    },
    /// Pattern, prefix or directory was to be changed between the two steps (F114).
    #[error(
        "{setting} cannot be changed while files are between transfer and import: {count} are, {first} the first of them; \
         import them first (`kartotek cpr-batch import --all`); one that waits for a delivery that will not come is imported \
         after `kartotek cpr-batch accept-gap FILE`"
    )]
    BetweenSteps {
        /// The setting.
        setting: &'static str,
        /// How many files.
        count: usize,
        /// One of them.
        first: String,
    },
    /// The interim directory is not there, or nobody is let in.
    #[error(
        "cannot use the interim directory {}: {error}; make it, or name another one \
         (`kartotek cpr-batch set \"Local Directory=...\"`)",
        path.display()
    )]
    Interim {
        /// Which.
        path: PathBuf,
        /// The operating system's words.
        error: std::io::Error,
    },
    /// Something in the interim directory or in the folder of subscription files.
    #[error("cannot {operation} {}: {error}", path.display())]
    Folder {
        /// What was being done.
        operation: &'static str,
        /// With what.
        path: PathBuf,
        /// The operating system's words.
        error: std::io::Error,
    },
    /// A file could not be read, for a reason that is not its content.
    #[error("{name}: {error}")]
    Import {
        /// The file.
        name: String,
        /// Why.
        error: ImportError,
    },
    /// The orders of a subscription file.
    #[error(transparent)]
    Subscription(#[from] SubscriptionError),
    /// The register.
    #[error("the register: {0}")]
    Store(#[from] StoreError),
}

impl BatchError {
    /// Whether there is no interim directory: none is set, or none is there. One that nobody is let into may be.
    pub(super) fn is_without_interim(&self) -> bool {
        use std::io::ErrorKind::{NotADirectory, NotFound};

        match self {
            Self::Interim { error, .. } => matches!(error.kind(), NotADirectory | NotFound),
            Self::Setting(SettingError::Missing(_)) => true,
            _ => false,
        }
    }
}
