//! What operators configure in the register itself: external sources, and secrets.

use super::StoreError;

/// A row of `external_source` (F15): a source and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalSource {
    /// `CPR`, `CVR-J` ...
    pub name: String,
    /// `key=value` pairs with a semicolon after each, without secrets.
    pub parameters: String,
    /// When it was last changed, UTC.
    pub updated_at: String,
}

/// A secret as it is kept: sealed. Only the service crate can open it. `Debug` shows name and version.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Its name, which is sealed in with it, so that one secret cannot be put in another's place.
    pub name: String,
    /// Counts its changes, from 1.
    pub version: i64,
    /// Which key sealed it.
    pub key_id: String,
    /// Nonce and ciphertext.
    pub sealed: Vec<u8>,
    /// When it was last changed, UTC.
    pub updated_at: String,
}

impl std::fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedSecret({}, version {})", self.name, self.version)
    }
}

/// A change of one secret.
#[derive(Clone)]
pub struct SecretChange {
    /// Its name.
    pub name: String,
    /// The version that must be there now; 0: none. Anything else than that refuses all changes of the call.
    pub expected_version: i64,
    /// Key and sealed bytes; `None` removes the secret.
    pub sealed: Option<(String, Vec<u8>)>,
}

/// Writing the external sources, as part of a transaction.
pub trait SourceTable {
    /// Enters a source or overwrites its parameters.
    fn put_external_source(&mut self, name: &str, parameters: &str, now: &str) -> Result<(), StoreError>;

    /// Removes a source; false when there was none.
    fn remove_external_source(&mut self, name: &str) -> Result<bool, StoreError>;
}

/// How [`super::Store::write_secrets`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretsWritten {
    /// All changes are made and on disk.
    Done,
    /// A secret had another version than expected; nothing was changed.
    Conflict,
}
