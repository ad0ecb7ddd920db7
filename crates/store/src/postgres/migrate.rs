//! Making and migrating the tables.

use super::error::Failure;
use super::session::Link;

mod migrations {
    refinery::embed_migrations!("migrations/postgres");
}

/// So that two processes that open an empty database do not both make its tables. Not the writer's lock: opening a
/// register does not wait for whoever writes to it.
const MIGRATION: i64 = i64::from_be_bytes(*b"kartmigr");

/// Brings the tables to this version; true when there were none before.
pub(super) async fn migrate(link: &mut Link) -> Result<bool, Failure> {
    check_server(link).await?;
    link.execute("SELECT pg_advisory_lock($1)", &[&MIGRATION]).await?;
    let migrated = migrate_alone(link).await;
    link.execute("SELECT pg_advisory_unlock($1)", &[&MIGRATION]).await?;
    migrated
}

async fn check_server(link: &Link) -> Result<(), Failure> {
    let sql = "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding')";
    let row = link.one(sql, &[]).await?;
    let (version, encoding): (i32, &str) = (row.try_get(0)?, row.try_get(1)?);
    if version < 150_000 {
        return Err(Failure::Schema(format!("expected PostgreSQL 15 or newer, found {}", version / 10_000)));
    }
    if encoding != "UTF8" {
        return Err(Failure::Schema(format!("expected a database with encoding UTF8, found {encoding}")));
    }
    Ok(())
}

async fn migrate_alone(link: &mut Link) -> Result<bool, Failure> {
    let sql = "SELECT to_regclass('refinery_schema_history') IS NULL, to_regclass('contact') IS NOT NULL";
    let row = link.one(sql, &[]).await?;
    let (is_fresh, has_contact): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    if is_fresh && has_contact {
        let message = "the database has a table contact that Kartotek did not make; give another database";
        return Err(Failure::Schema(message.into()));
    }
    migrations::migrations::runner()
        .run_async(&mut link.client)
        .await
        .map_err(|error| Failure::Schema(error.to_string()))?;
    Ok(is_fresh)
}
