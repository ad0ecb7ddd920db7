use std::io;
use std::path::PathBuf;

use kartotek_register::ports::{Fault, StoreError};

use super::{KeyError, SecretName};

/// Why a secret cannot be kept or used. Never holds a secret or a key.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The key file cannot be read, written or locked.
    #[error("key file {}: {operation}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What was being done.
        operation: &'static str,
        /// The system's words.
        #[source]
        source: io::Error,
    },
    /// Others than its owner can read the key file.
    #[error(
        "key file {path}: others than its owner have rights to it (mode {mode:03o}, expected 600); take them away with \
         `chmod 600 {path}`",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// There are secrets but no key file, so that a new key would be made where the old one is needed.
    #[error(
        "key file {} is missing, and the register has {count} secrets that need it; put it back from a backup. Without it \
         they are lost: remove each with `kartotek secret remove NAME`, then set it again",
        path.display()
    )]
    Missing {
        /// Where it is expected.
        path: PathBuf,
        /// How many secrets there are.
        count: usize,
    },
    /// A line of the key file cannot be read.
    #[error("key file {}, line {line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        problem: KeyError,
    },
    /// The key file has no key.
    #[error("key file {} holds no key; put it back from a backup", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A key in the environment cannot be read.
    #[error("{variable}: {problem}")]
    Environment {
        /// The variable.
        variable: &'static str,
        /// What is wrong.
        problem: KeyError,
    },
    /// A secret was sealed with a key that is nowhere.
    #[error(
        "secret {name} was sealed with key {key_id}, which is neither in KARTOTEK_SECRET_KEY or KARTOTEK_SECRET_KEY_OLD nor \
         in key file {}; give that key, or set the secret again",
        path.display()
    )]
    UnknownKey {
        /// The secret.
        name: SecretName,
        /// Its key.
        key_id: String,
        /// The key file.
        path: PathBuf,
    },
    /// What was kept under the name of a password is none.
    #[error("secret {name} is no password of CPR Direkte; set it again with `kartotek cpr password --set`")]
    NotAPassword {
        /// The secret.
        name: SecretName,
    },
    /// The sealed bytes are not what was sealed.
    #[error("secret {name} was changed or damaged in the register; set it again")]
    Damaged {
        /// The secret.
        name: SecretName,
    },
    /// The register has a secret under a name that this program does not give.
    #[error("the register has a secret under a name that none can have; remove its row from table secret")]
    ForeignName,
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Others changed the secrets all the time.
    #[error("others keep changing the secrets; try again")]
    Contended,
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SecretsError {
    /// Whether the same call may go through later.
    pub fn may_be_retried(&self) -> bool {
        match self {
            Self::Contended => true,
            Self::Store(error) => error.may_be_retried(),
            _ => false,
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Store(error) => error.fault(),
            Self::Contended => Fault::Peer,
            Self::Key(_) => Fault::Kartotek,
            Self::Damaged { .. } | Self::ForeignName | Self::NotAPassword { .. } => Fault::Data,
            Self::KeyFile { .. }
            | Self::Exposed { .. }
            | Self::Missing { .. }
            | Self::Line { .. }
            | Self::Empty { .. }
            | Self::Environment { .. }
            | Self::UnknownKey { .. } => Fault::Configuration,
        }
    }
}
