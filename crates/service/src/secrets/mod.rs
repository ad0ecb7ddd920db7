//! Passwords, client secrets and certificate passwords, encrypted at rest in the register's table `secret`.
//!
//! A [`Vault`] seals each with XChaCha20-Poly1305 under a key that is not in the register: from the environment, or from a
//! [`KeyFile`] beside it. Secrets go in and are used by the program; nothing here prints one.

mod error;
mod key;
mod key_file;
mod name;
mod ring;
mod rotate;
mod seal;
mod vault;

pub use error::SecretsError;
pub use key::{Key, KeyError};
pub use key_file::KeyFile;
pub use name::{NameError, SecretName};
pub use ring::{EnvironmentKeys, KeySource};
pub use rotate::Rotated;
pub(crate) use vault::retry;
pub use vault::{Change, Secret, SecretEntry, Vault};

#[cfg(test)]
mod tests;
