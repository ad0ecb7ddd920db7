//! Persons as the subscription rules see them.

use std::collections::HashMap;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{OrderAction, SubscriptionFacts};
use tokio_postgres::Row;

use super::bind::{Day, get_text};
use super::error::Failure;
use super::session::Link;

/// A page from one snapshot: persons along the index of their numbers, then the open cases of those on the page.
pub(super) async fn facts(
    link: &Link,
    source: SourceId,
    today: PartialDate,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<SubscriptionFacts>, Failure> {
    // A page is small beside the tables, so going by the indexes is right, whatever the planner believes of them.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_seqscan = off;
                 SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off";
    link.client.batch_execute(begin).await?;
    let facts = facts_in_snapshot(link, source, today, after, limit).await;
    link.client.batch_execute("COMMIT").await?;
    facts
}

async fn facts_in_snapshot(
    link: &Link,
    source: SourceId,
    today: PartialDate,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<SubscriptionFacts>, Failure> {
    let mut facts = persons(link, source, today, after.unwrap_or_default(), limit).await?;
    let mut cases = open_cases(link, today, &facts).await?;
    for person in &mut facts {
        person.open_cases = cases.remove(&person.contact).unwrap_or_default();
    }
    Ok(facts)
}

/// LATERAL and the subqueries with LIMIT make the planner start from the persons. Role 4 is `GældendePNR`.
async fn persons(
    link: &Link,
    source: SourceId,
    today: PartialDate,
    after: &str,
    limit: u32,
) -> Result<Vec<SubscriptionFacts>, Failure> {
    let sql = r#"SELECT c.name_code, c.contact_key, s.src_subscribed, s.subscribed,
                        to_char(s.source_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), b.reason, o.action,
                        (SELECT min(v.name_code)
                         FROM part_row AS r JOIN contact AS v ON v.contact_key = r.name_ref_key
                         WHERE r.contact_key = c.contact_key AND r.role_id = 4 AND r.end_date IS NULL
                           AND v.name_type = 'C'
                           AND (SELECT true FROM part_row AS back
                                WHERE back.contact_key = v.contact_key AND back.name_ref_key = c.contact_key
                                  AND back.role_id = 4 AND back.end_date IS NULL LIMIT 1) IS NULL)
                 FROM contact AS c
                 LEFT JOIN LATERAL (
                     SELECT * FROM source_record AS s WHERE s.source = $1 AND s.source_key = c.name_code LIMIT 1
                 ) AS s ON true
                 LEFT JOIN LATERAL (
                     SELECT * FROM subscription_block AS b WHERE b.source = $1 AND b.source_key = c.name_code LIMIT 1
                 ) AS b ON true
                 LEFT JOIN LATERAL (
                     SELECT * FROM subscription_order AS o
                     WHERE o.source = $1 AND o.source_key = c.name_code AND o.state IN ('planned', 'sent')
                     ORDER BY o.subscription_order DESC LIMIT 1
                 ) AS o ON true
                 WHERE c.name_type = 'C' AND c.name_code > $2
                   AND (s.source_key IS NOT NULL
                        OR (SELECT true FROM case_party AS p JOIN case_file AS f ON f.case_key = p.case_key
                            WHERE p.contact_key = c.contact_key AND f.state = 'open'
                              AND (f.end_date IS NULL OR f.end_date >= $3)
                              AND (p.start_date IS NULL OR p.start_date <= $3)
                              AND (p.end_date IS NULL OR p.end_date >= $3)
                            LIMIT 1)
                        OR (SELECT true FROM part_row AS r
                            WHERE r.name_ref_key = c.contact_key AND r.role_id = 4 AND r.end_date IS NULL LIMIT 1))
                 ORDER BY c.name_code LIMIT $4"#;
    let rows = link.query(sql, &[&source.name(), &after, &Day::of(Some(today)), &i64::from(limit)]).await?;
    rows.iter().map(person).collect()
}

fn person(row: &Row) -> Result<SubscriptionFacts, Failure> {
    let text = |column: usize| row.try_get::<_, Option<&str>>(column);
    Ok(SubscriptionFacts {
        source_key: get_text(row, 0)?,
        contact: row.try_get(1)?,
        src_subscribed: text(2)? == Some("J"),
        wish: text(3)?.map(|wish| wish == "J"),
        updated_at: row.try_get(4)?,
        open_cases: Vec::new(),
        blocked: row.try_get(5)?,
        pending: text(6)?.and_then(OrderAction::from_code),
        replaced_by: text(7)?.map(CompactString::from),
    })
}

/// Their own, and those of the few who have had other numbers, from each contact to those that refer to it and so on.
async fn open_cases(
    link: &Link,
    today: PartialDate,
    persons: &[SubscriptionFacts],
) -> Result<HashMap<ContactKey, Vec<CompactString>>, Failure> {
    let sql = "WITH RECURSIVE former (person, contact_key) AS (
                   SELECT r.name_ref_key, r.contact_key FROM part_row AS r
                   WHERE r.name_ref_key = ANY($1) AND r.role_id = 4 AND r.end_date IS NULL
                   UNION
                   SELECT former.person, r.contact_key
                   FROM former JOIN part_row AS r ON r.name_ref_key = former.contact_key
                   WHERE r.role_id = 4 AND r.end_date IS NULL
               )
               SELECT p.contact_key, f.case_key, f.case_type
               FROM case_party AS p
               CROSS JOIN LATERAL (SELECT * FROM case_file AS f WHERE f.case_key = p.case_key LIMIT 1) AS f
               WHERE p.contact_key = ANY($1) AND f.state = 'open'
                 AND (f.end_date IS NULL OR f.end_date >= $2)
                 AND (p.start_date IS NULL OR p.start_date <= $2) AND (p.end_date IS NULL OR p.end_date >= $2)
               UNION
               SELECT former.person, f.case_key, f.case_type
               FROM former
               JOIN case_party AS p ON p.contact_key = former.contact_key
               CROSS JOIN LATERAL (SELECT * FROM case_file AS f WHERE f.case_key = p.case_key LIMIT 1) AS f
               WHERE f.state = 'open'
                 AND (f.end_date IS NULL OR f.end_date >= $2)
                 AND (p.start_date IS NULL OR p.start_date <= $2) AND (p.end_date IS NULL OR p.end_date >= $2)
               ORDER BY 2";
    let contacts: Vec<ContactKey> = persons.iter().map(|person| person.contact).collect();
    let mut cases: HashMap<ContactKey, Vec<CompactString>> = HashMap::new();
    for row in &link.query(sql, &[&contacts, &Day::of(Some(today))]).await? {
        cases.entry(row.try_get(0)?).or_default().push(get_text(row, 2)?);
    }
    Ok(cases)
}
