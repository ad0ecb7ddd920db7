//! External sources and secrets.

use kartotek_register::ports::{ExternalSource, SealedSecret, SecretChange, SecretsWritten, SourceTable, StoreError};

use super::error::Failure;
use super::session::Link;
use super::transaction::PostgresTransaction;

impl SourceTable for PostgresTransaction<'_> {
    fn put_external_source(&mut self, name: &str, parameters: &str, now: &str) -> Result<(), StoreError> {
        self.run("write an external source", async |link| {
            let sql = "INSERT INTO external_source (name, parameters, updated_at)
                       VALUES ($1, $2, $3::text::timestamptz)
                       ON CONFLICT (name)
                       DO UPDATE SET parameters = excluded.parameters, updated_at = excluded.updated_at";
            link.execute(sql, &[&name, &parameters, &now]).await
        })
    }

    fn remove_external_source(&mut self, name: &str) -> Result<bool, StoreError> {
        self.run("remove an external source", async |link| {
            Ok(!link.query("DELETE FROM external_source WHERE name = $1 RETURNING name", &[&name]).await?.is_empty())
        })
    }
}

pub(super) async fn external_sources(link: &Link) -> Result<Vec<ExternalSource>, Failure> {
    let sql = r#"SELECT name, parameters, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM external_source ORDER BY name"#;
    let rows = link.query(sql, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(ExternalSource { name: row.try_get(0)?, parameters: row.try_get(1)?, updated_at: row.try_get(2)? })
        })
        .collect()
}

pub(super) async fn secrets(link: &Link) -> Result<Vec<SealedSecret>, Failure> {
    let sql = r#"SELECT name, version, key_id, sealed,
                        to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM secret ORDER BY name"#;
    let rows = link.query(sql, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(SealedSecret {
                name: row.try_get(0)?,
                version: row.try_get(1)?,
                key_id: row.try_get(2)?,
                sealed: row.try_get(3)?,
                updated_at: row.try_get(4)?,
            })
        })
        .collect()
}

/// Waits for other writers of secrets, not for the one writer of the register: an import may go on meanwhile.
pub(super) async fn write_secrets(link: &Link, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, Failure> {
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '60s';
                 SET LOCAL synchronous_commit = on; LOCK TABLE secret IN SHARE ROW EXCLUSIVE MODE";
    let written = match link.client.batch_execute(begin).await {
        Ok(()) => write_in_transaction(link, changes, now).await,
        Err(error) => Err(error.into()),
    };
    match written {
        Ok(SecretsWritten::Done) => link.client.batch_execute("COMMIT").await?,
        // The error of the statement says more than one of the ROLLBACK.
        Ok(SecretsWritten::Conflict) | Err(_) => drop(link.client.batch_execute("ROLLBACK").await),
    }
    written
}

async fn write_in_transaction(link: &Link, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, Failure> {
    for change in changes {
        let found = link.first("SELECT version FROM secret WHERE name = $1", &[&change.name]).await?;
        let version: Option<i64> = found.map(|row| row.try_get(0)).transpose()?;
        if version.unwrap_or(0) != change.expected_version {
            return Ok(SecretsWritten::Conflict);
        }
        match &change.sealed {
            Some((key_id, sealed)) => {
                let sql = "INSERT INTO secret (name, version, key_id, sealed, updated_at)
                           VALUES ($1, $2, $3, $4, $5::text::timestamptz)
                           ON CONFLICT (name) DO UPDATE SET version = excluded.version, key_id = excluded.key_id,
                                                            sealed = excluded.sealed, updated_at = excluded.updated_at";
                let version = change.expected_version + 1;
                link.execute(sql, &[&change.name, &version, key_id, sealed, &now]).await?;
            }
            None => link.execute("DELETE FROM secret WHERE name = $1", &[&change.name]).await?,
        }
    }
    Ok(SecretsWritten::Done)
}
