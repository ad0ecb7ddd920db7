//! A new key for all secrets.
//!
//! With a key file: the new key is put in front of it, all secrets are sealed with it in one transaction, then the old keys
//! are taken out. A crash between the steps leaves a file that opens everything, with more than one key in it; the next
//! rotation finishes that one. The file is held from the first step to the last, and everybody who seals a secret holds it
//! too: nothing can be sealed with a key that is about to go.
//!
//! With `KARTOTEK_SECRET_KEY`: all secrets are sealed with it that are sealed with something else.

use kartotek_register::ports::{SealedSecret, SecretChange, SecretsWritten};

use super::key_file::{Held, Hold};
use super::seal::seal;
use super::vault::retry;
use super::{Key, SecretName, SecretsError, Vault};

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key that all secrets are sealed with now.
    pub key_id: String,
    /// How many secrets were sealed anew.
    pub secrets: usize,
    /// A rotation that was cut off was brought to its end, instead of making a new key.
    pub finished_earlier: bool,
    /// How many keys were taken out of the key file.
    pub dropped: usize,
}

impl Vault {
    /// Seals all secrets with a new key.
    pub fn rotate(&self) -> Result<Rotated, SecretsError> {
        if let Some(key) = &self.keys.environment.current {
            let secrets = self.reseal(key)?;
            return Ok(Rotated { key_id: key.id().to_owned(), secrets, finished_earlier: false, dropped: 0 });
        }
        // Nothing is begun that cannot be brought to its end.
        self.opening(|rows| rows.iter().try_for_each(|row| self.open(&name_of(row)?, row).map(drop)))?;
        let mut file = self.hold_file()?;
        let finished_earlier = file.keys.len() > 1;
        if !finished_earlier {
            add_key(&mut file)?;
        }
        let Some(key) = file.keys.first().cloned() else {
            return Err(SecretsError::Empty { path: self.keys.file.path().to_owned() });
        };
        let secrets = self.reseal(&key)?;
        let dropped = self.drop_old_keys(&mut file)?;
        Ok(Rotated { key_id: key.id().to_owned(), secrets, finished_earlier, dropped })
    }

    /// Holds the key file for a rotation, and makes one if nothing stands against it.
    pub(super) fn hold_file(&self) -> Result<Held, SecretsError> {
        // The lock that is taken here is let go of before the file is held alone.
        drop(self.keys.sealing(|| self.may_make_a_key())?);
        let held = self.keys.file.hold(Hold::Alone)?;
        held.ok_or_else(|| SecretsError::Missing { path: self.keys.file.path().to_owned(), count: 0 })
    }

    /// Seals every secret with a key that is sealed with another one, all or none; how many that were.
    pub(super) fn reseal(&self, key: &Key) -> Result<usize, SecretsError> {
        let mut count = 0;
        retry(|| {
            let mut changes = Vec::new();
            for row in self.rows()?.iter().filter(|row| row.key_id != key.id()) {
                let name = name_of(row)?;
                let sealed = seal(key, &name, &self.open(&name, row)?)?;
                changes.push(SecretChange {
                    name: row.name.clone(),
                    expected_version: row.version,
                    sealed: Some((key.id().to_owned(), sealed)),
                });
            }
            count = changes.len();
            if changes.is_empty() {
                return Ok(SecretsWritten::Done);
            }
            Ok(self.store().write_secrets(&changes, &self.clock.now_text())?)
        })?;
        Ok(count)
    }

    /// Takes out of the file what neither seals nor opens anything; how many keys that were.
    pub(super) fn drop_old_keys(&self, file: &mut Held) -> Result<usize, SecretsError> {
        let rows = self.rows()?;
        let is_needed = |key: &Key| rows.iter().any(|row| row.key_id == key.id());
        let before = file.keys.len();
        let kept = file.keys.iter().enumerate().filter(|(at, key)| *at == 0 || is_needed(key));
        let kept: Vec<_> = kept.map(|(_, key)| key.clone()).collect();
        let dropped = before - kept.len();
        if dropped > 0 {
            file.replace(kept)?;
        }
        Ok(dropped)
    }
}

/// Puts a new key in front.
pub(super) fn add_key(file: &mut Held) -> Result<(), SecretsError> {
    let keys = std::iter::once(Key::generate()?).chain(file.keys.iter().cloned()).collect();
    file.replace(keys)
}

fn name_of(row: &SealedSecret) -> Result<SecretName, SecretsError> {
    row.name.parse().map_err(|_| SecretsError::ForeignName)
}
