use std::io;

use kartotek_formats::subscription_file::{FileError, NameError};
use kartotek_register::ports::StoreError;

/// Why subscriptions were not changed. Names no person.
#[derive(Debug, thiserror::Error)]
pub enum SubscriptionError {
    /// More persons than an operator should have to trust a rule, or a list, with.
    #[error(
        "{changes} persons would change, more than the {allowed} that are allowed of {subscribed} subscribed; look at \
         the plan, and if it is right, call again with --confirm"
    )]
    TooMany {
        /// Persons who would change.
        changes: u64,
        /// How many may without being asked.
        allowed: u64,
        /// Persons who are subscribed.
        subscribed: u64,
    },
    /// The folder of subscription files.
    #[error("cannot {operation} subscription file {name}: {error}")]
    Outbox {
        /// What was being done.
        operation: &'static str,
        /// The file.
        name: String,
        /// The operating system's words.
        error: io::Error,
    },
    /// A file that is planned cannot be written because there is another of its name.
    #[error(
        "subscription file {name} was planned and not written, and now another one of that name is there; move it away, \
         or put the settings back to what they were, and call again"
    )]
    AnotherFile {
        /// The file.
        name: String,
    },
    /// The names of the coming days are all taken.
    #[error("the names of subscription files are taken up to {last}; send what is there and call again")]
    NoFreeName {
        /// The last name that was tried.
        last: String,
    },
    /// A file that cannot be put together.
    #[error("subscription file: {0}")]
    File(#[from] FileError),
    /// A name that cannot be made.
    #[error("name of a subscription file: {0}")]
    Name(#[from] NameError),
    /// The list of CPR cannot be read.
    #[error("cannot read the list: {0}")]
    List(io::Error),
    /// A day at the end of the calendar has no working day after it.
    #[error("the clock of the machine shows no date of this calendar")]
    Clock,
    /// The register failed.
    #[error("the register: {0}")]
    Store(#[from] StoreError),
}

impl SubscriptionError {
    /// Whether the call, the settings or a file is at fault, rather than disk or register.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Outbox { .. } | Self::List(_) | Self::Store(_))
    }
}
