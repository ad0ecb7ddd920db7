//! Runs, deliveries and messages. Their keys count on from the highest, which the writer's place makes safe.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{
    Counts, Delivery, DeliveryKey, DeliveryState, Message, NewDelivery, NewRun, RunKey, RunState,
};
use tokio_postgres::Row;

use super::bind::{Day, get_date};
use super::copy::copy_in;
use super::error::Failure;
use super::session::Link;

pub(super) async fn insert_run(link: &Link, run: &NewRun) -> Result<RunKey, Failure> {
    let sql = "INSERT INTO run (run, kind, source, started_at, state, first_change)
               VALUES ((SELECT coalesce(max(run), 0) + 1 FROM run), $1, $2, $3::text::timestamptz, 'running',
                       (SELECT next FROM counter WHERE name = 'change'))
               RETURNING run";
    Ok(link.one(sql, &[&run.kind, &run.source.name(), &run.started_at]).await?.try_get(0)?)
}

/// The columns of [`Counts`], in their order.
fn columns(counts: &Counts) -> [i64; 7] {
    [
        counts.created,
        counts.updated,
        counts.unchanged,
        counts.older,
        counts.rejected,
        counts.placeholders,
        counts.remarks,
    ]
    .map(u64::cast_signed)
}

pub(super) async fn is_running(link: &Link, run: RunKey) -> Result<bool, Failure> {
    let sql = "SELECT EXISTS (SELECT FROM run WHERE run = $1 AND state = 'running')";
    Ok(link.one(sql, &[&run]).await?.try_get(0)?)
}

pub(super) async fn finish_run(
    link: &Link,
    run: RunKey,
    state: RunState,
    counts: &Counts,
    now: &str,
) -> Result<(), Failure> {
    let sql = "UPDATE run SET state = $2, finished_at = $3::text::timestamptz, created = $4, updated = $5,
                              unchanged = $6, older = $7, rejected = $8, placeholders = $9, remarks = $10,
                              last_change = (SELECT next - 1 FROM counter WHERE name = 'change')
               WHERE run = $1";
    let [created, updated, unchanged, older, rejected, placeholders, remarks] = columns(counts);
    let state = state.name();
    link.execute(sql, &[&run, &state, &now, &created, &updated, &unchanged, &older, &rejected, &placeholders, &remarks])
        .await
}

pub(super) async fn fail_dead_runs(link: &Link, source: SourceId, kind: &str, now: &str) -> Result<u64, Failure> {
    // What is in the register of a file is counted in the transactions that put it there, the run's own counts at its end.
    let counts = "UPDATE run SET created = d.created, updated = d.updated, unchanged = d.unchanged, older = d.older,
                                 rejected = d.rejected, placeholders = d.placeholders, remarks = d.remarks
                  FROM delivery AS d
                  WHERE d.delivery = run.taken_delivery AND run.source = $1 AND run.kind = $2 AND run.state = 'running'";
    link.execute(counts, &[&source.name(), &kind]).await?;
    let sql = "UPDATE run SET state = 'failed', finished_at = $3::text::timestamptz,
                              last_change = (SELECT next - 1 FROM counter WHERE name = 'change')
               WHERE source = $1 AND kind = $2 AND state = 'running' RETURNING run";
    Ok(link.query(sql, &[&source.name(), &kind, &now]).await?.len() as u64)
}

pub(super) async fn resume_delivery(link: &Link, run: RunKey, delivery: DeliveryKey) -> Result<(), Failure> {
    link.execute("UPDATE run SET taken_delivery = $2 WHERE run = $1", &[&run, &delivery]).await
}

pub(super) async fn insert_delivery(link: &Link, delivery: &NewDelivery) -> Result<DeliveryKey, Failure> {
    let sql = "INSERT INTO delivery (delivery, source, name, sha256, task, production_date, previous_date, state,
                                     position, run)
               VALUES ((SELECT coalesce(max(delivery), 0) + 1 FROM delivery), $1, $2, $3, $4, $5, $6, 'running', 0, $7)
               RETURNING delivery";
    let row = link
        .one(
            sql,
            &[
                &delivery.source.name(),
                &delivery.name,
                &delivery.sha256,
                &delivery.task,
                &Day::of(Some(delivery.production_date)),
                &Day::of(delivery.previous_date),
                &delivery.run,
            ],
        )
        .await?;
    let key = row.try_get(0)?;
    resume_delivery(link, delivery.run, key).await?;
    Ok(key)
}

fn delivery(row: &Row) -> Result<Option<Delivery>, Failure> {
    let state: &str = row.try_get(8)?;
    let (Some(production_date), Some(state)) = (get_date(row, 4)?, RunState::from_name(state)) else {
        return Ok(None);
    };
    let count = |column: usize| row.try_get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Some(Delivery {
        key: row.try_get(0)?,
        name: row.try_get(1)?,
        sha256: row.try_get(2)?,
        task: row.try_get(3)?,
        production_date,
        previous_date: get_date(row, 6)?,
        state,
        position: count(9)?,
        counts: Counts {
            created: count(10)?,
            updated: count(11)?,
            unchanged: count(12)?,
            older: count(13)?,
            rejected: count(14)?,
            placeholders: count(15)?,
            remarks: count(16)?,
        },
    }))
}

pub(super) async fn delivery_by_hash(link: &Link, source: SourceId, sha256: &str) -> Result<Option<Delivery>, Failure> {
    let sql = "SELECT delivery, name, sha256, task, production_date, NULL::text, previous_date, NULL::text, state,
                      position, created, updated, unchanged, older, rejected, placeholders, remarks
               FROM delivery WHERE source = $1 AND sha256 = $2 ORDER BY delivery DESC LIMIT 1";
    let row = link.first(sql, &[&source.name(), &sha256]).await?;
    row.as_ref().map_or(Ok(None), delivery)
}

pub(super) async fn latest_delivery(link: &Link, source: SourceId, task: &str) -> Result<Option<Delivery>, Failure> {
    let sql = "SELECT delivery, name, sha256, task, production_date, NULL::text, previous_date, NULL::text, state,
                      position, created, updated, unchanged, older, rejected, placeholders, remarks
               FROM delivery WHERE source = $1 AND task = $2 AND state = 'done'
               ORDER BY production_date DESC, delivery DESC LIMIT 1";
    let row = link.first(sql, &[&source.name(), &task]).await?;
    row.as_ref().map_or(Ok(None), delivery)
}

pub(super) async fn move_delivery(
    link: &Link,
    delivery: DeliveryKey,
    state: DeliveryState,
    position: u64,
    counts: &Counts,
) -> Result<(), Failure> {
    if state == DeliveryState::Running {
        // The position is part of the transaction, so a crash that takes the last commits takes the position with them,
        // and the batches come again: no batch needs to wait for the disk. The commit that says "done" does.
        link.client.batch_execute("SET LOCAL synchronous_commit = off").await?;
    }
    let sql = "UPDATE delivery SET state = $2, position = $3, created = $4, updated = $5, unchanged = $6, older = $7,
                                   rejected = $8, placeholders = $9, remarks = $10
               WHERE delivery = $1";
    let [created, updated, unchanged, older, rejected, placeholders, remarks] = columns(counts);
    let (state, position) = (state.name(), position.cast_signed());
    link.execute(
        sql,
        &[&delivery, &state, &position, &created, &updated, &unchanged, &older, &rejected, &placeholders, &remarks],
    )
    .await
}

pub(super) async fn insert_messages(
    link: &Link,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    messages: &[Message],
) -> Result<(), Failure> {
    let first: i64 = link.one("SELECT coalesce(max(message), 0) + 1 FROM run_message", &[]).await?.try_get(0)?;
    let sql = "COPY run_message (message, run, delivery, severity, code, line, byte, record, person, contact_key, text)
               FROM STDIN (FORMAT binary)";
    copy_in(link, sql, (first..).zip(messages), |out, (key, message)| {
        out.row(11);
        out.big(key);
        out.big(run);
        out.big_or_null(delivery);
        out.text(message.severity.name());
        out.text(&message.code);
        out.big_or_null(message.line.map(u64::cast_signed));
        out.big_or_null(message.byte.map(u64::cast_signed));
        match message.record {
            Some(record) => out.int(record.into()),
            None => out.null(),
        }
        match &message.person {
            Some(person) => out.text(person),
            None => out.null(),
        }
        out.big_or_null(message.contact);
        out.text(&message.text);
    })
    .await
}
