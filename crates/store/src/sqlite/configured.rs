//! External sources and secrets.

use kartotek_register::ports::{ExternalSource, SealedSecret, SecretChange, SecretsWritten, SourceTable, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, TransactionBehavior, params};

use super::error::failed;
use super::transaction::SqliteTransaction;

impl SourceTable for SqliteTransaction<'_> {
    fn put_external_source(&mut self, name: &str, parameters: &str, now: &str) -> std::result::Result<(), StoreError> {
        let sql = "INSERT INTO external_source (name, parameters, updated_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT (name) DO UPDATE SET parameters = excluded.parameters, updated_at = excluded.updated_at";
        let written = self.inner.execute(sql, [name, parameters, now]);
        written.map(|_| ()).map_err(|error| failed("write an external source", &error))
    }

    fn remove_external_source(&mut self, name: &str) -> std::result::Result<bool, StoreError> {
        let removed = self.inner.execute("DELETE FROM external_source WHERE name = ?1", [name]);
        removed.map(|rows| rows > 0).map_err(|error| failed("remove an external source", &error))
    }
}

pub(super) fn external_sources(connection: &Connection) -> Result<Vec<ExternalSource>> {
    let mut statement =
        connection.prepare_cached("SELECT name, parameters, updated_at FROM external_source ORDER BY name")?;
    let sources = statement.query_map([], |row| {
        Ok(ExternalSource { name: row.get(0)?, parameters: row.get(1)?, updated_at: row.get(2)? })
    })?;
    sources.collect()
}

pub(super) fn secrets(connection: &Connection) -> Result<Vec<SealedSecret>> {
    let mut statement =
        connection.prepare_cached("SELECT name, version, key_id, sealed, updated_at FROM secret ORDER BY name")?;
    let secrets = statement.query_map([], |row| {
        Ok(SealedSecret {
            name: row.get(0)?,
            version: row.get(1)?,
            key_id: row.get(2)?,
            sealed: row.get(3)?,
            updated_at: row.get(4)?,
        })
    })?;
    secrets.collect()
}

pub(super) fn write_secrets(
    connection: &mut Connection,
    changes: &[SecretChange],
    now: &str,
) -> Result<SecretsWritten> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for change in changes {
        let version: Option<i64> = transaction
            .prepare_cached("SELECT version FROM secret WHERE name = ?1")?
            .query_row([&change.name], |row| row.get(0))
            .optional()?;
        if version.unwrap_or(0) != change.expected_version {
            return Ok(SecretsWritten::Conflict);
        }
        match &change.sealed {
            Some((key_id, sealed)) => transaction
                .prepare_cached(
                    "INSERT INTO secret (name, version, key_id, sealed, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (name) DO UPDATE SET version = excluded.version, key_id = excluded.key_id,
                                                      sealed = excluded.sealed, updated_at = excluded.updated_at",
                )?
                .execute(params![change.name, change.expected_version + 1, key_id, sealed, now])?,
            None => transaction.prepare_cached("DELETE FROM secret WHERE name = ?1")?.execute([&change.name])?,
        };
    }
    transaction.commit()?;
    Ok(SecretsWritten::Done)
}
