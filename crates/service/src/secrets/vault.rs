use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kartotek_register::ports::{Clock, SealedSecret, SecretChange, SecretsWritten, Store};
use zeroize::Zeroizing;

use super::ring::{KeyRing, KeySource};
use super::seal::{open, seal};
use super::{SecretName, SecretsError};

/// How often a change is tried again when somebody else changed the same secrets meanwhile.
const TRIES: u32 = 64;

/// The bytes of a secret; wiped when it is let go of. Its `Debug` is not masked: do not print it.
pub type Secret = Zeroizing<Vec<u8>>;

/// The secrets of a register. May be shared between threads; each call is whole.
///
/// It has a connection of its own: a change must not be asked for while the caller has a transaction of the register open,
/// or both wait for each other until the store gives up.
pub struct Vault {
    pub(super) store: Mutex<Box<dyn Store>>,
    pub(super) keys: KeySource,
    /// As last read; another process may have changed the file since.
    ring: Mutex<KeyRing>,
    pub(super) clock: Arc<dyn Clock>,
}

/// What may be told about a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretEntry {
    /// Its name.
    pub name: SecretName,
    /// Counts its changes, from 1; a rotation of the keys counts as one.
    pub version: i64,
    /// The key that it was sealed with.
    pub key_id: String,
    /// When it was last changed, UTC.
    pub updated_at: String,
}

/// A change of one secret among several.
pub struct Change<'a> {
    /// Its name.
    pub name: &'a SecretName,
    /// The version that must be there; 0: none.
    pub expected_version: i64,
    /// The secret; `None` removes it.
    pub secret: Option<&'a [u8]>,
}

impl Vault {
    /// The vault of a register. Reads no key before one is needed.
    pub fn new(store: Box<dyn Store>, keys: KeySource, clock: Arc<dyn Clock>) -> Self {
        let ring = Mutex::new(keys.environment_ring());
        Self { store: Mutex::new(store), keys, ring, clock }
    }

    /// A secret; `None` when there is none of the name.
    pub fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretsError> {
        let [found] = self.get_all([name])?;
        Ok(found.map(|(secret, _)| secret))
    }

    /// Several secrets and their versions as of one moment, in the order asked for.
    pub fn get_all<const N: usize>(&self, names: [&SecretName; N]) -> Result<[Option<(Secret, i64)>; N], SecretsError> {
        self.opening(|rows| {
            let mut found = [const { None }; N];
            for (found, name) in found.iter_mut().zip(names) {
                let row = rows.iter().find(|row| row.name == name.as_str());
                *found = row.map(|row| Ok::<_, SecretsError>((self.open(name, row)?, row.version))).transpose()?;
            }
            Ok(found)
        })
    }

    /// The version of a secret; 0 when there is none.
    pub fn version(&self, name: &SecretName) -> Result<i64, SecretsError> {
        Ok(self.row(name)?.map_or(0, |row| row.version))
    }

    /// What there is, by name.
    pub fn list(&self) -> Result<Vec<SecretEntry>, SecretsError> {
        let entry = |row: SealedSecret| {
            let name = row.name.parse().map_err(|_| SecretsError::ForeignName)?;
            Ok(SecretEntry { name, version: row.version, key_id: row.key_id, updated_at: row.updated_at })
        };
        self.rows()?.into_iter().map(entry).collect()
    }

    /// Keeps a secret, over one that was there, and returns when it is on disk.
    pub fn put(&self, name: &SecretName, secret: &[u8]) -> Result<(), SecretsError> {
        retry(|| {
            let expected_version = self.version(name)?;
            self.change(&[Change { name, expected_version, secret: Some(secret) }])
        })
    }

    /// Keeps a secret if the version that is there is the expected one (0: none).
    pub fn put_if(
        &self,
        name: &SecretName,
        expected_version: i64,
        secret: &[u8],
    ) -> Result<SecretsWritten, SecretsError> {
        self.change(&[Change { name, expected_version, secret: Some(secret) }])
    }

    /// Makes several changes, all or none, and returns when they are on disk. Needs a key only when a secret is kept.
    pub fn change(&self, changes: &[Change<'_>]) -> Result<SecretsWritten, SecretsError> {
        let keeps = changes.iter().any(|change| change.secret.is_some());
        // Lives until the change is written, see there.
        let sealing = keeps.then(|| self.keys.sealing(|| self.may_make_a_key())).transpose()?;
        let sealed = |change: &Change<'_>| {
            let sealed = match (&sealing, change.secret) {
                (Some(sealing), Some(secret)) => {
                    Some((sealing.key.id().to_owned(), seal(&sealing.key, change.name, secret)?))
                }
                _ => None,
            };
            let name = change.name.as_str().to_owned();
            Ok(SecretChange { name, expected_version: change.expected_version, sealed })
        };
        let sealed = changes.iter().map(sealed).collect::<Result<Vec<_>, SecretsError>>()?;
        Ok(self.store().write_secrets(&sealed, &self.clock.now_text())?)
    }

    /// Keeps several secrets, over those that were there, all or none.
    pub fn put_all(&self, secrets: &[(SecretName, Secret)]) -> Result<(), SecretsError> {
        retry(|| {
            let rows = self.rows()?;
            let change = |(name, secret): &'_ (SecretName, Secret)| {
                let row = rows.iter().find(|row| row.name == name.as_str());
                (name.clone(), row.map_or(0, |row| row.version), secret.clone())
            };
            let changes: Vec<_> = secrets.iter().map(change).collect();
            let changes: Vec<_> = changes
                .iter()
                .map(|(name, expected_version, secret)| Change {
                    name,
                    expected_version: *expected_version,
                    secret: Some(secret),
                })
                .collect();
            self.change(&changes)
        })
    }

    /// Removes a secret; false when there was none. Needs no key.
    pub fn remove(&self, name: &SecretName) -> Result<bool, SecretsError> {
        let mut found = false;
        retry(|| {
            let expected_version = self.version(name)?;
            found = expected_version != 0;
            if found {
                self.change(&[Change { name, expected_version, secret: None }])
            } else {
                Ok(SecretsWritten::Done)
            }
        })?;
        Ok(found)
    }

    /// Opens a row. A key that is not known yet may have come by another process's rotation, so the key file is read again.
    pub(super) fn open(&self, name: &SecretName, row: &SealedSecret) -> Result<Secret, SecretsError> {
        let mut ring = lock(&self.ring);
        if ring.find(&row.key_id).is_none() {
            *ring = self.keys.ring()?;
        }
        let Some(key) = ring.find(&row.key_id) else { return Err(self.unknown_key(name, row)) };
        open(key, name, &row.sealed).map_err(|_| SecretsError::Damaged { name: name.clone() })
    }

    /// The rows of table `secret`.
    pub(super) fn rows(&self) -> Result<Vec<SealedSecret>, SecretsError> {
        Ok(self.store().reader()?.secrets()?)
    }

    /// Opens rows. Between reading a row and its key a rotation may have sealed the one anew and dropped the other: then the
    /// rows have changed, and are read again.
    pub(super) fn opening<T>(
        &self,
        mut open: impl FnMut(&[SealedSecret]) -> Result<T, SecretsError>,
    ) -> Result<T, SecretsError> {
        let mut rows = self.rows()?;
        for _ in 0..TRIES {
            let error = match open(&rows) {
                Err(error @ SecretsError::UnknownKey { .. }) => error,
                done => return done,
            };
            let now = self.rows()?;
            if now == rows {
                return Err(error);
            }
            rows = now;
        }
        Err(SecretsError::Contended)
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Box<dyn Store>> {
        lock(&self.store)
    }

    fn row(&self, name: &SecretName) -> Result<Option<SealedSecret>, SecretsError> {
        Ok(self.rows()?.into_iter().find(|row| row.name == name.as_str()))
    }

    fn unknown_key(&self, name: &SecretName, row: &SealedSecret) -> SecretsError {
        let path = self.keys.file.path().to_owned();
        if self.keys.environment.current.is_none() && !path.exists() {
            let count = self.rows().map_or(1, |rows| rows.len());
            return SecretsError::Missing { path, count };
        }
        SecretsError::UnknownKey { name: name.clone(), key_id: row.key_id.clone(), path }
    }

    /// A new key beside secrets that need another one would hide that theirs is missing. Those that the environment's keys
    /// open need no file.
    pub(super) fn may_make_a_key(&self) -> Result<(), SecretsError> {
        let environment = self.keys.environment_ring();
        let count = self.rows()?.iter().filter(|row| environment.find(&row.key_id).is_none()).count();
        // A file that another process made since opens them.
        if count == 0 || self.keys.file.path().exists() {
            return Ok(());
        }
        Err(SecretsError::Missing { path: self.keys.file.path().to_owned(), count })
    }
}

/// Calls until nobody else was quicker.
pub(crate) fn retry(mut change: impl FnMut() -> Result<SecretsWritten, SecretsError>) -> Result<(), SecretsError> {
    for _ in 0..TRIES {
        if change()? == SecretsWritten::Done {
            return Ok(());
        }
    }
    Err(SecretsError::Contended)
}

/// What a thread did before it panicked is whole, so the lock is good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
