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
         import them first (`kartotek cpr-batch import --all`)"
    )]
    BetweenSteps {
        /// The setting.
        setting: &'static str,
        /// How many files.
        count: usize,
        /// One of them.
        first: String,
    },
    /// The interim directory.
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
