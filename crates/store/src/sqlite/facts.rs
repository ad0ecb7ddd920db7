//! Persons as the subscription rules see them.

use std::collections::HashMap;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{OrderAction, SubscriptionFacts};
use rusqlite::{Connection, Result, Row, params};

use super::bind::{Iso, get_text};

/// A page from one snapshot: persons along the index of their numbers, then the open cases of those on the page.
pub(super) fn facts(
    connection: &Connection,
    source: SourceId,
    today: PartialDate,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<SubscriptionFacts>> {
    let after = after.unwrap_or_default();
    connection.execute_batch("BEGIN")?;
    let facts = persons(connection, source, today, after, limit).and_then(|mut facts| {
        let last = facts.last().map(|last| last.source_key.clone());
        if let Some(last) = last {
            let mut cases = open_cases(connection, today, after, &last)?;
            for person in &mut facts {
                person.open_cases = cases.remove(&person.contact).unwrap_or_default();
            }
        }
        Ok(facts)
    });
    connection.execute_batch("COMMIT")?;
    facts
}

/// One look-up by key a person and table, along the index of their numbers. Role 4 is `GældendePNR`.
const PERSONS: &str = "
    SELECT c.name_code, c.contact_key, s.src_subscribed, s.subscribed, s.source_updated_at, b.reason,
           (SELECT o.action FROM subscription_order AS o
            WHERE o.source = ?1 AND o.source_key = c.name_code AND o.state IN ('planned', 'sent')
            ORDER BY o.subscription_order DESC LIMIT 1),
           (SELECT min(v.name_code)
            FROM part_row AS r INDEXED BY part_replaced CROSS JOIN contact AS v ON v.contact_key = r.name_ref_key
            WHERE r.contact_key = c.contact_key AND r.role_id = 4 AND r.end_date IS NULL AND v.name_type = 'C'
              AND NOT EXISTS (SELECT 1 FROM part_row AS back INDEXED BY part_replaced
                              WHERE back.contact_key = v.contact_key AND back.name_ref_key = c.contact_key
                                AND back.role_id = 4 AND back.end_date IS NULL))
    FROM contact AS c
    LEFT JOIN source_record AS s ON s.source = ?1 AND s.source_key = c.name_code
    LEFT JOIN subscription_block AS b ON b.source = ?1 AND b.source_key = c.name_code
    WHERE c.name_type = 'C' AND c.name_code > ?2
      AND (s.source_key IS NOT NULL
           OR EXISTS (SELECT 1 FROM case_party AS p JOIN case_file AS f ON f.case_key = p.case_key
                      WHERE p.contact_key = c.contact_key AND f.state = 'open'
                        AND coalesce(day_of(f.end_date), ?3) >= ?3
                        AND coalesce(day_of(p.start_date), ?3) <= ?3 AND coalesce(day_of(p.end_date), ?3) >= ?3)
           OR EXISTS (SELECT 1 FROM part_row AS r INDEXED BY part_replaces
                      WHERE r.name_ref_key = c.contact_key AND r.role_id = 4 AND r.end_date IS NULL))
    ORDER BY c.name_code LIMIT ?4";

/// Of the persons after one number and up to another: their own, and those of the few who have had other numbers, from
/// each contact to those that refer to it and so on. CROSS says in which order the tables are walked.
const OPEN_CASES: &str = "
    WITH RECURSIVE former (person, contact_key) AS (
        SELECT c.contact_key, r.contact_key
        FROM contact AS c CROSS JOIN part_row AS r INDEXED BY part_replaces ON r.name_ref_key = c.contact_key
        WHERE c.name_type = 'C' AND c.name_code > ?1 AND c.name_code <= ?2 AND r.role_id = 4 AND r.end_date IS NULL
        UNION
        SELECT former.person, r.contact_key
        FROM former CROSS JOIN part_row AS r INDEXED BY part_replaces ON r.name_ref_key = former.contact_key
        WHERE r.role_id = 4 AND r.end_date IS NULL
    )
    SELECT c.contact_key, f.case_key, f.case_type
    FROM contact AS c
    CROSS JOIN case_party AS p ON p.contact_key = c.contact_key
    CROSS JOIN case_file AS f ON f.case_key = p.case_key
    WHERE c.name_type = 'C' AND c.name_code > ?1 AND c.name_code <= ?2
      AND f.state = 'open' AND coalesce(day_of(f.end_date), ?3) >= ?3
      AND coalesce(day_of(p.start_date), ?3) <= ?3 AND coalesce(day_of(p.end_date), ?3) >= ?3
    UNION
    SELECT former.person, f.case_key, f.case_type
    FROM former
    CROSS JOIN case_party AS p ON p.contact_key = former.contact_key
    CROSS JOIN case_file AS f ON f.case_key = p.case_key
    WHERE f.state = 'open' AND coalesce(day_of(f.end_date), ?3) >= ?3
      AND coalesce(day_of(p.start_date), ?3) <= ?3 AND coalesce(day_of(p.end_date), ?3) >= ?3
    ORDER BY 2";

fn persons(
    connection: &Connection,
    source: SourceId,
    today: PartialDate,
    after: &str,
    limit: u32,
) -> Result<Vec<SubscriptionFacts>> {
    let mut statement = connection.prepare_cached(PERSONS)?;
    let facts = statement.query_map(params![source.name(), after, Iso::day(Some(today)), limit], person)?;
    facts.collect()
}

fn person(row: &Row<'_>) -> Result<SubscriptionFacts> {
    let text = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str_or_null()?);
    Ok(SubscriptionFacts {
        source_key: get_text(row, 0)?,
        contact: row.get(1)?,
        src_subscribed: text(2)? == Some("J"),
        wish: text(3)?.map(|wish| wish == "J"),
        updated_at: row.get(4)?,
        open_cases: Vec::new(),
        blocked: row.get(5)?,
        pending: text(6)?.and_then(OrderAction::from_code),
        replaced_by: text(7)?.map(CompactString::from),
    })
}

fn open_cases(
    connection: &Connection,
    today: PartialDate,
    after: &str,
    last: &str,
) -> Result<HashMap<ContactKey, Vec<CompactString>>> {
    let mut statement = connection.prepare_cached(OPEN_CASES)?;
    let mut cases: HashMap<ContactKey, Vec<CompactString>> = HashMap::new();
    let mut rows = statement.query(params![after, last, Iso::day(Some(today))])?;
    while let Some(row) = rows.next()? {
        cases.entry(row.get(0)?).or_default().push(get_text(row, 2)?);
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::SqliteStore;
    use crate::sqlite::bind::add_day_of;

    /// A page of ten million persons must not cost what all of them do.
    #[test]
    fn a_page_walks_along_indexes_only() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(&folder.path().join("register.db")).unwrap();
        add_day_of(store.connection()).unwrap();
        for sql in [PERSONS, OPEN_CASES] {
            let mut statement = store.connection().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
            let steps = statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.collect::<Result<_>>().unwrap();
            assert!(steps.iter().any(|step| step.starts_with("SEARCH c USING")), "{steps:#?}");
            // The former numbers of the persons on the page are no table.
            let mut scans = steps.iter().filter(|step| step.starts_with("SCAN") && *step != "SCAN former");
            assert_eq!(scans.next(), None, "{steps:#?}");
        }
    }
}
