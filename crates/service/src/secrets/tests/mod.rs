//! The vault on a register in memory, with a key file in a folder of its own.

#[cfg(unix)]
mod files;
mod keeping;
mod rotation;

use std::path::PathBuf;
use std::sync::Arc;

use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::SystemClock;

use super::{EnvironmentKeys, Key, KeyFile, KeySource, SecretName, SecretsError, Vault};

/// A register with a place for a key file. Each vault of it stands for a process.
struct House {
    store: MemoryStore,
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { store: MemoryStore::new(), folder: tempfile::tempdir().unwrap() }
    }

    /// A house with these secrets, each holding its own name in upper case.
    fn with(names: &[&str]) -> Self {
        let house = Self::new();
        for name in names {
            house.vault().put(&self::name(name), name.to_uppercase().as_bytes()).unwrap();
        }
        house
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("register.key")
    }

    fn vault(&self) -> Vault {
        self.vault_with(EnvironmentKeys::default())
    }

    fn vault_with(&self, environment: EnvironmentKeys) -> Vault {
        let keys = KeySource { environment, file: KeyFile::new(self.path()) };
        Vault::new(Box::new(self.store.clone()), keys, Arc::new(SystemClock))
    }

    /// Every secret can be read by a process that starts now, and holds its own name in upper case.
    #[track_caller]
    fn all_are_readable(&self) {
        all_are_readable_with(&self.vault());
    }

    /// Ids of the keys in the file, and of those that secrets are sealed with, without repetition.
    fn keys(&self) -> (Vec<String>, Vec<String>) {
        let file = KeyFile::new(self.path()).read().unwrap().unwrap_or_default();
        let mut used: Vec<_> = self.vault().list().unwrap().into_iter().map(|entry| entry.key_id).collect();
        used.sort_unstable();
        used.dedup();
        (file.iter().map(|key| key.id().to_owned()).collect(), used)
    }
}

/// As [`House::all_are_readable`], for a process that runs.
#[track_caller]
fn all_are_readable_with(vault: &Vault) {
    let list = vault.list().unwrap();
    assert!(!list.is_empty());
    for entry in list {
        let secret = vault.get(&entry.name).unwrap().unwrap();
        assert_eq!(*secret, entry.name.as_str().to_uppercase().as_bytes(), "{}", entry.name);
    }
}

fn name(text: &str) -> SecretName {
    text.parse().unwrap()
}

fn environment(current: Option<&Key>, old: Option<&Key>) -> EnvironmentKeys {
    EnvironmentKeys { current: current.cloned(), old: old.cloned() }
}
