//! Runs, and what became of single persons in them.

use std::collections::HashMap;

use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::ports::{Counts, DeliveryKey, Message, PersonInRun, PersonOutcome, RunCard, RunKey, RunState};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::bind::{get_name_type, get_text};
use super::error::Failure;
use super::lookup::contact_keys;
use super::reader::message;
use super::session::Link;
use super::update::column;

pub(super) async fn insert_run_persons(
    link: &Link,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    persons: &[(ContactKey, PersonOutcome)],
) -> Result<(), Failure> {
    if persons.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO run_person (run, contact_key, delivery, outcome)
               SELECT $1, n.contact_key, $2, n.outcome FROM unnest($3::bigint[], $4::text[]) AS n(contact_key, outcome)
               ON CONFLICT (run, contact_key, outcome) DO NOTHING";
    let contacts = column(persons, |(contact, _)| *contact);
    let outcomes = column(persons, |(_, outcome)| outcome.name());
    link.execute(sql, &[&run, &delivery, &contacts, &outcomes]).await
}

const RUN: &str = r#"SELECT r.run, r.kind, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                            to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), r.state,
                            r.taken_delivery, d.name,
                            r.created, r.updated, r.unchanged, r.older, r.rejected, r.placeholders, r.remarks,
                            d.created, d.updated, d.unchanged, d.older, d.rejected, d.placeholders, d.remarks
                     FROM run AS r LEFT JOIN delivery AS d ON d.delivery = r.taken_delivery"#;

fn card(row: &Row) -> Result<RunCard, Failure> {
    let state = RunState::from_name(row.try_get(4)?).ok_or(Failure::Corrupt("a run has an unknown state"))?;
    let name: Option<String> = row.try_get(6)?;
    // A run gets its counts at its end. Until then its delivery has those of what is in the register.
    let first = if state == RunState::Running && name.is_some() { 14 } else { 7 };
    let count = |nth: usize| row.try_get::<_, i64>(first + nth).map(i64::cast_unsigned);
    Ok(RunCard {
        run: row.try_get(0)?,
        kind: row.try_get(1)?,
        started_at: row.try_get(2)?,
        finished_at: row.try_get(3)?,
        state,
        delivery: row.try_get(5)?,
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

pub(super) async fn runs(link: &Link, source: SourceId, limit: u32) -> Result<Vec<RunCard>, Failure> {
    let sql = format!("{RUN} WHERE r.source = $1 ORDER BY r.run DESC LIMIT $2");
    let rows = link.client.query(&sql, &[&source.name(), &i64::from(limit)]).await?;
    rows.iter().map(card).collect()
}

pub(super) async fn run(link: &Link, run: RunKey) -> Result<Option<RunCard>, Failure> {
    let row = link.client.query_opt(&format!("{RUN} WHERE r.run = $1"), &[&run]).await?;
    row.as_ref().map(card).transpose()
}

pub(super) async fn runs_of_delivery(link: &Link, delivery: DeliveryKey) -> Result<Vec<RunCard>, Failure> {
    let rows = link.client.query(&format!("{RUN} WHERE r.taken_delivery = $1 ORDER BY r.run"), &[&delivery]).await?;
    rows.iter().map(card).collect()
}

/// An entry about a person, without the messages.
struct Found {
    person: PersonInRun,
    /// The message that rejected the person.
    message: Option<i64>,
}

/// The columns that [`found`] reads.
const PERSON: &str = r#"p.run, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), d.name,
                        c.contact_key, c.name_type, c.name_code, c.name1, c.name2, p.outcome, p.message"#;

fn found(row: &Row) -> Result<Found, Failure> {
    let contact: Option<ContactKey> = row.try_get(3)?;
    let id = match contact {
        Some(_) => Some(ContactId { name_type: get_name_type(row, 4)?, name_code: get_text(row, 5)? }),
        None => None,
    };
    let outcome = PersonOutcome::from_name(row.try_get(8)?);
    let person = PersonInRun {
        run: row.try_get(0)?,
        started_at: row.try_get(1)?,
        delivery: row.try_get(2)?,
        contact,
        id,
        name1: get_text(row, 6)?,
        name2: get_text(row, 7)?,
        outcome: outcome.ok_or(Failure::Corrupt("a person of a run has an unknown outcome"))?,
        messages: Vec::new(),
    };
    Ok(Found { person, message: row.try_get(9)? })
}

/// Entries of the journal about persons that the source delivered: `what_id` 2 is a placeholder, 4 updated.
const JOURNAL: &str = "SELECT run, change_seq AS nth, delivery, contact_key,
                              CASE what_id WHEN 4 THEN 'updated' ELSE 'created' END AS outcome,
                              NULL::bigint AS message
                       FROM change_row WHERE what_id <> 2";
/// Where to look for them: the journal has no index by run.
const OF_RUN: &str = "change_seq BETWEEN (SELECT coalesce(first_change, 0) FROM run WHERE run = $1)
                                     AND (SELECT coalesce(last_change, 9223372036854775807) FROM run WHERE run = $1)";
const AS_THEY_WERE: &str = "SELECT run, contact_key AS nth, delivery, contact_key, outcome, NULL::bigint AS message
                            FROM run_person WHERE true";
/// Each person who was not taken in has one error. An error about nobody is about a record that cannot be read.
const REJECTED: &str = "SELECT run, message AS nth, delivery, contact_key, 'rejected' AS outcome, message
                        FROM run_message WHERE severity = 'error' AND person IS NOT NULL";

/// The persons of runs are read run by run and part by part: each by its own index, and no further than the page goes.
pub(super) async fn persons_in_runs(
    link: &Link,
    runs: &[RunKey],
    outcome: Option<PersonOutcome>,
    skip: u64,
    limit: u32,
) -> Result<Vec<PersonInRun>, Failure> {
    let journal = format!("{JOURNAL} AND {OF_RUN}");
    let parts: [(&str, &str, &[PersonOutcome]); 3] = [
        (&journal, "JOIN", &[PersonOutcome::Created, PersonOutcome::Updated]),
        (AS_THEY_WERE, "JOIN", &[PersonOutcome::Unchanged, PersonOutcome::Older]),
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
            "FROM ({part} AND run = $1) AS p {join} contact AS c ON c.contact_key = p.contact_key
             LEFT JOIN run AS r ON r.run = p.run LEFT JOIN delivery AS d ON d.delivery = p.delivery
             WHERE ($2::text IS NULL OR p.outcome = $2)"
        );
        let page = format!("SELECT {PERSON} {from} ORDER BY p.nth, p.outcome LIMIT $3 OFFSET $4");
        let mut found = persons_of(link, &page, &[&run, &wanted, &left, &skip], Some(runs)).await?;
        if found.is_empty() && skip > 0 {
            let count = format!("SELECT count(*) {from}");
            skip -= link.client.query_one(&count, &[&run, &wanted]).await?.try_get::<_, i64>(0)?;
        } else {
            skip = 0;
        }
        left -= i64::try_from(found.len()).unwrap_or(i64::MAX);
        persons.append(&mut found);
    }
    Ok(persons)
}

pub(super) async fn runs_of_person(link: &Link, id: &ContactId, limit: u32) -> Result<Vec<PersonInRun>, Failure> {
    let sql = format!(
        "SELECT {PERSON}
         FROM (
             SELECT *, 1 AS part FROM ({JOURNAL} AND contact_key = $1) AS journal
             UNION ALL SELECT *, 2 FROM ({AS_THEY_WERE} AND contact_key = $1) AS as_they_were
             UNION ALL SELECT *, 3 FROM ({REJECTED} AND contact_key = $1) AS rejected
         ) AS p JOIN contact AS c ON c.contact_key = p.contact_key JOIN run AS r ON r.run = p.run
         LEFT JOIN delivery AS d ON d.delivery = p.delivery
         ORDER BY p.run DESC, p.part, p.nth, p.outcome LIMIT $2"
    );
    match contact_keys(link, std::slice::from_ref(id)).await?.first() {
        Some(Some(contact)) => persons_of(link, &sql, &[contact, &i64::from(limit)], None).await,
        _ => Ok(Vec::new()),
    }
}

/// The persons that a statement finds, each with the messages of these runs, or of the run that it was found in. Without runs,
/// all that are found are one person.
async fn persons_of(
    link: &Link,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
    told_by: Option<&[RunKey]>,
) -> Result<Vec<PersonInRun>, Failure> {
    let rows = link.client.query(sql, parameters).await?;
    let mut found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    let runs = told_by.map_or_else(|| column(&found, |found| found.person.run), <[RunKey]>::to_vec);
    let contacts: Vec<_> = found.iter().filter_map(|found| found.person.contact).collect();
    let unknown: Vec<_> = found.iter().filter(|f| f.person.contact.is_none()).filter_map(|f| f.message).collect();
    // By contact, and by the run as well when each run is told of alone.
    let place = |run: RunKey, contact: ContactKey| (told_by.is_none().then_some(run), contact);
    let about = "SELECT severity, code, line, byte, record, person, contact_key, text, run FROM run_message
                 WHERE run = ANY($1) AND contact_key = ANY($2) ORDER BY message";
    let mut known: HashMap<(Option<RunKey>, ContactKey), Vec<Message>> = HashMap::new();
    for row in link.query(about, &[&runs, &contacts]).await? {
        known.entry(place(row.try_get(8)?, row.try_get(6)?)).or_default().push(message(&row)?);
    }
    let alone = "SELECT severity, code, line, byte, record, person, contact_key, text, message FROM run_message
                 WHERE message = ANY($1)";
    let mut rejecting: HashMap<i64, Message> = HashMap::new();
    for row in link.query(alone, &[&unknown]).await? {
        rejecting.insert(row.try_get(8)?, message(&row)?);
    }
    for Found { person, message } in &mut found {
        person.messages = match person.contact {
            Some(contact) => known.get(&place(person.run, contact)).cloned().unwrap_or_default(),
            None => message.and_then(|message| rejecting.remove(&message)).into_iter().collect(),
        };
    }
    Ok(found.into_iter().map(|found| found.person).collect())
}
