//! External sources and secrets.

use crate::ports::{ExternalSource, SealedSecret, SecretChange, SecretsWritten, SourceTable, StoreError};

use super::tables::Tables;
use super::transaction::MemoryTransaction;

impl SourceTable for MemoryTransaction<'_> {
    fn put_external_source(&mut self, name: &str, parameters: &str, now: &str) -> Result<(), StoreError> {
        let row = ExternalSource { name: name.into(), parameters: parameters.into(), updated_at: now.into() };
        self.tables.external_sources.insert(name.into(), row);
        Ok(())
    }

    fn remove_external_source(&mut self, name: &str) -> Result<bool, StoreError> {
        Ok(self.tables.external_sources.remove(name).is_some())
    }
}

pub(super) fn write_secrets(tables: &mut Tables, changes: &[SecretChange], now: &str) -> SecretsWritten {
    let mut secrets = tables.secrets.clone();
    for change in changes {
        if secrets.get(&change.name).map_or(0, |secret| secret.version) != change.expected_version {
            return SecretsWritten::Conflict;
        }
        match &change.sealed {
            Some((key_id, sealed)) => {
                let secret = SealedSecret {
                    name: change.name.clone(),
                    version: change.expected_version + 1,
                    key_id: key_id.clone(),
                    sealed: sealed.clone(),
                    updated_at: now.into(),
                };
                secrets.insert(change.name.clone(), secret);
            }
            None => {
                secrets.remove(&change.name);
            }
        }
    }
    tables.secrets = secrets;
    SecretsWritten::Done
}
