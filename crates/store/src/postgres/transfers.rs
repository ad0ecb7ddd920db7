//! The ledger of files and the settings of the transfer.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Direction, StoreError, Transfer, TransferBook, TransferKey, TransferState};
use tokio_postgres::Row;

use super::bind::{Day, flag, get_day, is_yes};
use super::error::Failure;
use super::ledger;
use super::session::Link;
use super::transaction::PostgresTransaction;

impl TransferBook for PostgresTransaction<'_> {
    fn insert_transfer(&mut self, transfer: &Transfer) -> Result<TransferKey, StoreError> {
        self.run("enter a transfer", async |link| insert_transfer(link, transfer).await)
    }

    fn update_transfer(&mut self, transfer: &Transfer) -> Result<(), StoreError> {
        self.run("change a transfer", async |link| update_transfer(link, transfer).await)
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError> {
        self.run("read transfers", async |link| transfers(link, source, direction, state).await)
    }

    fn put_transfer_setting(
        &mut self,
        source: SourceId,
        name: &str,
        value: Option<&str>,
        now: &str,
    ) -> Result<(), StoreError> {
        self.run("write a transfer setting", async |link| put_setting(link, source, name, value, now).await)
    }

    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError> {
        self.run("read transfer settings", async |link| settings(link, source).await)
    }

    fn fail_dead_runs(&mut self, source: SourceId, kind: &str, now: &str) -> Result<u64, StoreError> {
        self.run("end dead runs", async |link| ledger::fail_dead_runs(link, source, kind, now).await)
    }
}

async fn insert_transfer(link: &Link, transfer: &Transfer) -> Result<TransferKey, Failure> {
    let sql =
        "INSERT INTO transfer (transfer, source, direction, name, state, renamed, gap_accepted, size, remote_size,
                                     remote_modified, sha256, task, production_date, previous_date, delivery, run,
                                     problem, created_at, updated_at)
               VALUES ((SELECT coalesce(max(transfer), 0) + 1 FROM transfer), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                       $11, $12, $13, $14, $15, $16, $17::text::timestamptz, $18::text::timestamptz)
               RETURNING transfer";
    let row = link
        .one(
            sql,
            &[
                &transfer.source.name(),
                &transfer.direction.name(),
                &transfer.name,
                &transfer.state.name(),
                &flag(transfer.renamed),
                &flag(transfer.gap_accepted),
                &transfer.size.map(u64::cast_signed),
                &transfer.remote_size.map(u64::cast_signed),
                &transfer.remote_modified,
                &transfer.sha256,
                &transfer.task,
                &Day::of(transfer.production_date),
                &Day::of(transfer.previous_date),
                &transfer.delivery,
                &transfer.run,
                &transfer.problem,
                &transfer.created_at,
                &transfer.updated_at,
            ],
        )
        .await?;
    Ok(row.try_get(0)?)
}

async fn update_transfer(link: &Link, transfer: &Transfer) -> Result<(), Failure> {
    let sql = "UPDATE transfer
               SET state = $2, renamed = $3, gap_accepted = $4, size = $5, remote_size = $6, remote_modified = $7,
                   sha256 = $8, task = $9, production_date = $10, previous_date = $11, delivery = $12, run = $13,
                   problem = $14, updated_at = $15::text::timestamptz
               WHERE transfer = $1 RETURNING transfer";
    link.one(
        sql,
        &[
            &transfer.key,
            &transfer.state.name(),
            &flag(transfer.renamed),
            &flag(transfer.gap_accepted),
            &transfer.size.map(u64::cast_signed),
            &transfer.remote_size.map(u64::cast_signed),
            &transfer.remote_modified,
            &transfer.sha256,
            &transfer.task,
            &Day::of(transfer.production_date),
            &Day::of(transfer.previous_date),
            &transfer.delivery,
            &transfer.run,
            &transfer.problem,
            &transfer.updated_at,
        ],
    )
    .await?;
    Ok(())
}

fn transfer(row: &Row, source: SourceId, direction: Direction) -> Result<Transfer, Failure> {
    let count = |column: usize| row.try_get::<_, Option<i64>>(column).map(|count| count.map(i64::cast_unsigned));
    Ok(Transfer {
        key: row.try_get(0)?,
        source,
        direction,
        name: row.try_get(1)?,
        state: TransferState::from_name(row.try_get(2)?).ok_or(Failure::Corrupt("a transfer has an unknown state"))?,
        renamed: is_yes(row, 3)?,
        gap_accepted: is_yes(row, 4)?,
        size: count(5)?,
        remote_size: count(6)?,
        remote_modified: row.try_get(7)?,
        sha256: row.try_get(8)?,
        task: row.try_get(9)?,
        production_date: get_day(row, 10)?,
        previous_date: get_day(row, 11)?,
        delivery: row.try_get(12)?,
        run: row.try_get(13)?,
        problem: row.try_get(14)?,
        created_at: row.try_get(15)?,
        updated_at: row.try_get(16)?,
    })
}

pub(super) async fn transfers(
    link: &Link,
    source: SourceId,
    direction: Direction,
    state: Option<TransferState>,
) -> Result<Vec<Transfer>, Failure> {
    let sql = r#"SELECT transfer, name, state, renamed, gap_accepted, size, remote_size, remote_modified, sha256, task,
                        production_date, previous_date, delivery, run, problem,
                        to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                        to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM transfer WHERE source = $1 AND direction = $2 AND ($3::text IS NULL OR state = $3)
                 ORDER BY transfer"#;
    let rows = link.query(sql, &[&source.name(), &direction.name(), &state.map(TransferState::name)]).await?;
    rows.iter().map(|row| transfer(row, source, direction)).collect()
}

async fn put_setting(link: &Link, source: SourceId, name: &str, value: Option<&str>, now: &str) -> Result<(), Failure> {
    let Some(value) = value else {
        let sql = "DELETE FROM transfer_setting WHERE source = $1 AND name = $2";
        return link.execute(sql, &[&source.name(), &name]).await;
    };
    let sql = "INSERT INTO transfer_setting (source, name, value, updated_at)
               VALUES ($1, $2, $3, $4::text::timestamptz)
               ON CONFLICT (source, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    link.execute(sql, &[&source.name(), &name, &value, &now]).await
}

pub(super) async fn settings(link: &Link, source: SourceId) -> Result<Vec<(String, String)>, Failure> {
    let sql = "SELECT name, value FROM transfer_setting WHERE source = $1 ORDER BY name";
    let rows = link.query(sql, &[&source.name()]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
