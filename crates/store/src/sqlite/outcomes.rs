//! Runs, and what became of single persons in them.

use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::ports::{Counts, DeliveryKey, Message, PersonInRun, PersonOutcome, RunCard, RunKey, RunState};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Params, Result, Row, params};

use super::bind::get_text;
use super::lookup::{contact_keys, name_type};
use super::reader::{MESSAGE, message};

pub(super) fn insert_run_persons(
    connection: &Connection,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    persons: &[(ContactKey, PersonOutcome)],
) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO run_person (run, contact_key, delivery, outcome) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (run, contact_key, outcome) DO NOTHING",
    )?;
    for (contact, outcome) in persons {
        insert.execute(params![run, contact, delivery, outcome.name()])?;
    }
    Ok(())
}

const RUN: &str = "SELECT r.run, r.kind, r.started_at, r.finished_at, r.state, r.taken_delivery, d.name,
                          r.created, r.updated, r.unchanged, r.older, r.rejected, r.placeholders, r.remarks,
                          d.created, d.updated, d.unchanged, d.older, d.rejected, d.placeholders, d.remarks
                   FROM run AS r LEFT JOIN delivery AS d ON d.delivery = r.taken_delivery";

fn card(row: &Row<'_>) -> Result<RunCard> {
    let state = RunState::from_name(row.get_ref(4)?.as_str()?).ok_or_else(|| unknown(4))?;
    let name: Option<String> = row.get(6)?;
    // A run gets its counts at its end. Until then its delivery has those of what is in the register.
    let first = if state == RunState::Running && name.is_some() { 14 } else { 7 };
    let count = |nth: usize| row.get::<_, i64>(first + nth).map(i64::cast_unsigned);
    Ok(RunCard {
        run: row.get(0)?,
        kind: row.get(1)?,
        started_at: row.get(2)?,
        finished_at: row.get(3)?,
        state,
        delivery: row.get(5)?,
        name,
        counts: Counts {
            created: count(0)?,
            updated: count(1)?,
            unchanged: count(2)?,
            older: count(3)?,
            rejected: count(4)?,
            placeholders: count(5)?,
            remarks: count(6)?,
        },
    })
}

fn unknown(column: usize) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, "not a word of this version".into())
}

pub(super) fn runs(connection: &Connection, source: SourceId, limit: u32) -> Result<Vec<RunCard>> {
    let mut statement =
        connection.prepare_cached(&format!("{RUN} WHERE r.source = ?1 ORDER BY r.run DESC LIMIT ?2"))?;
    statement.query_map(params![source.name(), limit], card)?.collect()
}

pub(super) fn run(connection: &Connection, run: RunKey) -> Result<Option<RunCard>> {
    connection.prepare_cached(&format!("{RUN} WHERE r.run = ?1"))?.query_row([run], card).optional()
}

pub(super) fn runs_of_delivery(connection: &Connection, delivery: DeliveryKey) -> Result<Vec<RunCard>> {
    let mut statement = connection.prepare_cached(&format!("{RUN} WHERE r.taken_delivery = ?1 ORDER BY r.run"))?;
    statement.query_map([delivery], card)?.collect()
}

/// An entry about a person, without the messages.
struct Found {
    person: PersonInRun,
    /// The message that rejected the person.
    message: Option<i64>,
}

/// The columns that [`found`] reads.
const PERSON: &str = "p.run, r.started_at, d.name, c.contact_key, c.name_type, c.name_code, c.name1, c.name2,
                      p.outcome, p.message";

fn found(row: &Row<'_>) -> Result<Found> {
    let contact: Option<ContactKey> = row.get(3)?;
    let id = match contact {
        Some(_) => Some(ContactId { name_type: name_type(row, 4)?, name_code: get_text(row, 5)? }),
        None => None,
    };
    let person = PersonInRun {
        run: row.get(0)?,
        started_at: row.get(1)?,
        delivery: row.get(2)?,
        contact,
        id,
        name1: get_text(row, 6)?,
        name2: get_text(row, 7)?,
        outcome: PersonOutcome::from_name(row.get_ref(8)?.as_str()?).ok_or_else(|| unknown(8))?,
        messages: Vec::new(),
    };
    Ok(Found { person, message: row.get(9)? })
}

/// Entries of the journal about persons that the source delivered: `what_id` 2 is a placeholder, 4 updated.
const JOURNAL: &str = "SELECT run, change_seq AS nth, delivery, contact_key,
                              CASE what_id WHEN 4 THEN 'updated' ELSE 'created' END AS outcome, NULL AS message
                       FROM change_row WHERE what_id <> 2";
/// Where to look for them: the journal has no index by run.
const OF_RUN: &str = "change_seq BETWEEN (SELECT coalesce(first_change, 0) FROM run WHERE run = ?1)
                                     AND (SELECT coalesce(last_change, 9223372036854775807) FROM run WHERE run = ?1)";
const AS_THEY_WERE: &str = "SELECT run, contact_key AS nth, delivery, contact_key, outcome, NULL AS message
                            FROM run_person WHERE true";
/// Each person who was not taken in has one error. An error about nobody is about a record that cannot be read.
const REJECTED: &str = "SELECT run, message AS nth, delivery, contact_key, 'rejected' AS outcome, message
                        FROM run_message WHERE severity = 'error' AND person IS NOT NULL";

/// The persons of runs are read run by run and part by part: each by its own index, and no further than the page goes.
pub(super) fn persons_in_runs(
    connection: &Connection,
    runs: &[RunKey],
    outcome: Option<PersonOutcome>,
    skip: u64,
    limit: u32,
) -> Result<Vec<PersonInRun>> {
    in_snapshot(connection, || {
        let journal = format!("{JOURNAL} AND {OF_RUN}");
        let parts: [(&str, &str, &[PersonOutcome]); 3] = [
            (&journal, "CROSS JOIN", &[PersonOutcome::Created, PersonOutcome::Updated]),
            (AS_THEY_WERE, "CROSS JOIN", &[PersonOutcome::Unchanged, PersonOutcome::Older]),
            // A person who was rejected may be unknown.
            (REJECTED, "LEFT JOIN", &[PersonOutcome::Rejected]),
        ];
        let wanted = outcome.map(PersonOutcome::name);
        let mut left = i64::from(limit);
        let mut skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let mut persons = Vec::new();
        for (run, (part, join, outcomes)) in runs.iter().flat_map(|run| parts.map(|part| (*run, part))) {
            if left == 0 || outcome.is_some_and(|outcome| !outcomes.contains(&outcome)) {
                continue;
            }
            let from = format!(
                "FROM ({part} AND run = ?1) AS p {join} contact AS c ON c.contact_key = p.contact_key
                 LEFT JOIN run AS r ON r.run = p.run LEFT JOIN delivery AS d ON d.delivery = p.delivery
                 WHERE (?2 IS NULL OR p.outcome = ?2)"
            );
            let page = format!("SELECT {PERSON} {from} ORDER BY p.nth, p.outcome LIMIT ?3 OFFSET ?4");
            let mut found = persons_of(connection, &page, params![run, wanted, left, skip], Some(runs))?;
            if found.is_empty() && skip > 0 {
                let count = format!("SELECT count(*) {from}");
                skip -= connection.query_row(&count, params![run, wanted], |row| row.get::<_, i64>(0))?;
            } else {
                skip = 0;
            }
            left -= i64::try_from(found.len()).unwrap_or(i64::MAX);
            persons.append(&mut found);
        }
        Ok(persons)
    })
}

pub(super) fn runs_of_person(connection: &Connection, id: &ContactId, limit: u32) -> Result<Vec<PersonInRun>> {
    let sql = format!(
        "SELECT {PERSON}
         FROM contact AS c CROSS JOIN (
             SELECT *, 1 AS part FROM ({JOURNAL} AND contact_key = ?1)
             UNION ALL SELECT *, 2 FROM ({AS_THEY_WERE} AND contact_key = ?1)
             UNION ALL SELECT *, 3 FROM ({REJECTED} AND contact_key = ?1)
         ) AS p JOIN run AS r ON r.run = p.run LEFT JOIN delivery AS d ON d.delivery = p.delivery
         WHERE c.contact_key = ?1 ORDER BY p.run DESC, p.part, p.nth, p.outcome LIMIT ?2"
    );
    in_snapshot(connection, || match contact_keys(connection, std::slice::from_ref(id))?.first() {
        Some(Some(contact)) => persons_of(connection, &sql, params![contact, limit], None),
        _ => Ok(Vec::new()),
    })
}

/// All of a page comes from one snapshot.
fn in_snapshot<T>(connection: &Connection, read: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch("BEGIN")?;
    let result = read();
    connection.execute_batch("COMMIT")?;
    result
}

/// The persons that a statement finds, each with the messages of these runs, or of the run that it was found in.
fn persons_of(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    told_by: Option<&[RunKey]>,
) -> Result<Vec<PersonInRun>> {
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map(parameters, found)?.collect::<Result<Vec<_>>>()?;
    let with_messages = found.into_iter().map(|Found { person, message }| {
        let runs = told_by.unwrap_or(std::slice::from_ref(&person.run));
        let messages = match (person.contact, message) {
            (Some(contact), _) => messages(connection, runs, "contact_key = ?1", contact)?,
            (None, Some(message)) => messages(connection, runs, "message = ?1", message)?,
            (None, None) => Vec::new(),
        };
        Ok(PersonInRun { messages, ..person })
    });
    with_messages.collect()
}

fn messages(connection: &Connection, runs: &[RunKey], condition: &str, parameter: i64) -> Result<Vec<Message>> {
    let runs = runs.iter().map(RunKey::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {MESSAGE} FROM run_message WHERE run IN ({runs}) AND {condition} ORDER BY message");
    connection.prepare_cached(&sql)?.query_map([parameter], message)?.collect()
}
