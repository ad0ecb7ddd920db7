use super::key_file::{Held, Hold};
use super::{Key, KeyFile, SecretsError};

/// Keys from the environment.
#[derive(Debug, Clone, Default)]
pub struct EnvironmentKeys {
    /// `KARTOTEK_SECRET_KEY`: seals, in place of the key file.
    pub current: Option<Key>,
    /// `KARTOTEK_SECRET_KEY_OLD`: only opens.
    pub old: Option<Key>,
}

/// Where keys come from: what the environment names goes before the key file.
#[derive(Debug, Clone)]
pub struct KeySource {
    /// The environment.
    pub environment: EnvironmentKeys,
    /// The file, which need not exist.
    pub file: KeyFile,
}

impl EnvironmentKeys {
    /// Reads the values of the two variables; a variable that is set to nothing counts as not set.
    pub fn read(current: Option<&str>, old: Option<&str>) -> Result<Self, SecretsError> {
        let key = |variable, value: Option<&str>| {
            let value = value.map(str::trim).filter(|value| !value.is_empty());
            let key = value.map(Key::parse).transpose();
            key.map_err(|problem| SecretsError::Environment { variable, problem })
        };
        Ok(Self { current: key("KARTOTEK_SECRET_KEY", current)?, old: key("KARTOTEK_SECRET_KEY_OLD", old)? })
    }
}

/// Keys as they were last read, to open secrets with.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyRing(Vec<Key>);

impl KeyRing {
    /// The key with an id.
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id() == id)
    }
}

/// The key to seal with. While it is from the file, the file is held: a rotation in another process waits until what was
/// sealed is in the register, and so finds it there.
#[derive(Debug)]
pub(super) struct Sealing {
    pub key: Key,
    _held: Option<Held>,
}

impl KeySource {
    /// All keys.
    pub(super) fn ring(&self) -> Result<KeyRing, SecretsError> {
        let file = self.file.read()?.unwrap_or_default();
        let EnvironmentKeys { current, old } = self.environment.clone();
        Ok(KeyRing(current.into_iter().chain(file).chain(old).collect()))
    }

    /// The keys of the environment, for which no file is read.
    pub(super) fn environment_ring(&self) -> KeyRing {
        let EnvironmentKeys { current, old } = self.environment.clone();
        KeyRing(current.into_iter().chain(old).collect())
    }

    /// The current key. Makes the key file when there is none and `may_create` says so; `may_create` fails otherwise.
    pub(super) fn sealing(
        &self,
        may_create: impl FnOnce() -> Result<(), SecretsError>,
    ) -> Result<Sealing, SecretsError> {
        if let Some(key) = &self.environment.current {
            return Ok(Sealing { key: key.clone(), _held: None });
        }
        let mut held = self.file.hold(Hold::Shared)?;
        if held.is_none() {
            may_create()?;
            self.file.create()?;
            held = self.file.hold(Hold::Shared)?;
        }
        match held.as_ref().and_then(|held| held.keys.first().cloned()) {
            Some(key) => Ok(Sealing { key, _held: held }),
            None => Err(SecretsError::Empty { path: self.file.path().to_owned() }),
        }
    }
}
