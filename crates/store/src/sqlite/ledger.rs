//! Runs, deliveries and messages.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{
    Counts, Delivery, DeliveryKey, DeliveryState, Message, NewDelivery, NewRun, RunKey, RunState,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::bind::{Iso, get_date};

pub(super) fn insert_run(connection: &Connection, run: &NewRun) -> Result<RunKey> {
    connection
        .prepare_cached(
            "INSERT INTO run (kind, source, started_at, state, first_change)
             VALUES (?1, ?2, ?3, 'running', (SELECT next FROM counter WHERE name = 'change')) RETURNING run",
        )?
        .query_row(params![run.kind, run.source.name(), run.started_at], |row| row.get(0))
}

pub(super) fn is_running(connection: &Connection, run: RunKey) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM run WHERE run = ?1 AND state = 'running')")?
        .query_row([run], |row| row.get(0))
}

pub(super) fn finish_run(
    connection: &Connection,
    run: RunKey,
    state: RunState,
    counts: &Counts,
    now: &str,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE run SET state = ?2, finished_at = ?3, created = ?4, updated = ?5, unchanged = ?6, older = ?7,
                            rejected = ?8, placeholders = ?9, remarks = ?10,
                            last_change = (SELECT next - 1 FROM counter WHERE name = 'change')
             WHERE run = ?1",
        )?
        .execute(params![
            run,
            state.name(),
            now,
            counts.created.cast_signed(),
            counts.updated.cast_signed(),
            counts.unchanged.cast_signed(),
            counts.older.cast_signed(),
            counts.rejected.cast_signed(),
            counts.placeholders.cast_signed(),
            counts.remarks.cast_signed(),
        ])
        .map(|_| ())
}

pub(super) fn fail_dead_runs(connection: &Connection, source: SourceId, kind: &str, now: &str) -> Result<u64> {
    // What is in the register of a file is counted in the transactions that put it there, the run's own counts at its end.
    connection.execute(
        "UPDATE run SET created = d.created, updated = d.updated, unchanged = d.unchanged, older = d.older,
                        rejected = d.rejected, placeholders = d.placeholders, remarks = d.remarks
         FROM delivery AS d
         WHERE d.delivery = run.taken_delivery AND run.source = ?1 AND run.kind = ?2 AND run.state = 'running'",
        [source.name(), kind],
    )?;
    let dead = connection.execute(
        "UPDATE run SET state = 'failed', finished_at = ?3,
                        last_change = (SELECT next - 1 FROM counter WHERE name = 'change')
         WHERE source = ?1 AND kind = ?2 AND state = 'running'",
        [source.name(), kind, now],
    )?;
    Ok(dead as u64)
}

pub(super) fn resume_delivery(connection: &Connection, run: RunKey, delivery: DeliveryKey) -> Result<()> {
    connection.execute("UPDATE run SET taken_delivery = ?2 WHERE run = ?1", [run, delivery]).map(|_| ())
}

pub(super) fn insert_delivery(connection: &Connection, delivery: &NewDelivery) -> Result<DeliveryKey> {
    let key = connection
        .prepare_cached(
            "INSERT INTO delivery (source, name, sha256, task, production_date, previous_date, state, position, run)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'running', 0, ?7) RETURNING delivery",
        )?
        .query_row(
            params![
                delivery.source.name(),
                delivery.name,
                delivery.sha256,
                delivery.task,
                Iso::day(Some(delivery.production_date)),
                Iso::day(delivery.previous_date),
                delivery.run,
            ],
            |row| row.get(0),
        )?;
    resume_delivery(connection, delivery.run, key)?;
    Ok(key)
}

const DELIVERY: &str = "SELECT delivery, name, sha256, task, production_date, NULL, previous_date, NULL, state,
                               position, created, updated, unchanged, older, rejected, placeholders, remarks
                        FROM delivery";

fn delivery(row: &Row<'_>) -> Result<Option<Delivery>> {
    let state: String = row.get(8)?;
    let (Some(production_date), Some(state)) = (get_date(row, 4)?, RunState::from_name(&state)) else {
        return Ok(None);
    };
    let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Some(Delivery {
        key: row.get(0)?,
        name: row.get(1)?,
        sha256: row.get(2)?,
        task: row.get(3)?,
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

pub(super) fn delivery_by_hash(connection: &Connection, source: SourceId, sha256: &str) -> Result<Option<Delivery>> {
    connection
        .prepare_cached(&format!("{DELIVERY} WHERE source = ?1 AND sha256 = ?2 ORDER BY delivery DESC LIMIT 1"))?
        .query_row(params![source.name(), sha256], delivery)
        .optional()
        .map(Option::flatten)
}

pub(super) fn latest_delivery(connection: &Connection, source: SourceId, task: &str) -> Result<Option<Delivery>> {
    connection
        .prepare_cached(&format!(
            "{DELIVERY} WHERE source = ?1 AND task = ?2 AND state = 'done'
             ORDER BY production_date DESC, delivery DESC LIMIT 1"
        ))?
        .query_row(params![source.name(), task], delivery)
        .optional()
        .map(Option::flatten)
}

pub(super) fn move_delivery(
    connection: &Connection,
    delivery: DeliveryKey,
    state: DeliveryState,
    position: u64,
    counts: &Counts,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE delivery SET state = ?2, position = ?3, created = ?4, updated = ?5, unchanged = ?6, older = ?7,
                                 rejected = ?8, placeholders = ?9, remarks = ?10 WHERE delivery = ?1",
        )?
        .execute(params![
            delivery,
            state.name(),
            position.cast_signed(),
            counts.created.cast_signed(),
            counts.updated.cast_signed(),
            counts.unchanged.cast_signed(),
            counts.older.cast_signed(),
            counts.rejected.cast_signed(),
            counts.placeholders.cast_signed(),
            counts.remarks.cast_signed(),
        ])
        .map(|_| ())
}

pub(super) fn insert_messages(
    connection: &Connection,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    messages: &[Message],
) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO run_message (run, delivery, severity, code, line, byte, record, person, contact_key, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for message in messages {
        insert.execute(params![
            run,
            delivery,
            message.severity.name(),
            message.code.as_str(),
            message.line.map(u64::cast_signed),
            message.byte.map(u64::cast_signed),
            message.record,
            message.person,
            message.contact,
            message.text,
        ])?;
    }
    Ok(())
}
