//! Looking for contacts. Conditions go into the statement one by one, so that SQLite can choose the index that fits.

use kartotek_register::contact::ContactId;
use kartotek_register::ports::{ContactSummary, FindQuery};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{Connection, Result, Row, params_from_iter};

use super::bind::{flag, get_text};
use super::lookup::{is_yes, name_type};

/// Adds the function `starts_alike(name, beginning)`, since SQLite folds the case of ASCII letters only.
pub(super) fn add_starts_alike(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("starts_alike", 2, flags, |arguments| {
        let (name, beginning) = (arguments.get_raw(0).as_str_or_null()?, arguments.get_raw(1).as_str()?);
        Ok(name.is_some_and(|name| name.to_lowercase().starts_with(&beginning.to_lowercase())))
    })
}

#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The place of a value in the statement.
    fn bind(&mut self, value: impl Into<String>) -> String {
        self.values.push(Value::Text(value.into()));
        format!("?{}", self.values.len())
    }

    fn add(&mut self, condition: impl Into<String>) {
        self.texts.push(condition.into());
    }
}

fn conditions(query: &FindQuery) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(number) = &query.number {
        let (from, to) = (conditions.bind(number), conditions.bind(after_prefix(number)));
        conditions.add(format!("c.name_code >= {from} AND c.name_code < {to}"));
    }
    if let Some(name) = &query.name {
        let whole = conditions.bind(name);
        let mut starts = Vec::new();
        for start in indexed_starts(name) {
            let (from, to) = (conditions.bind(&start), conditions.bind(after_prefix(&start)));
            starts.extend(["name2", "name1"].map(|column| {
                format!(
                    "SELECT contact_key FROM contact
                     WHERE {column} >= {from} COLLATE NOCASE AND {column} < {to} COLLATE NOCASE
                       AND starts_alike({column}, {whole})"
                )
            }));
        }
        conditions.add(format!("c.contact_key IN ({})", starts.join(" UNION ")));
    }
    if let Some(postcode) = &query.postcode {
        let postcode = conditions.bind(postcode);
        conditions.add(format!(
            "c.contact_key IN (SELECT contact_key FROM address
                               WHERE postcode = {postcode} AND address_type = 'HA' AND end_date IS NULL)"
        ));
    }
    match query.status.as_deref() {
        // The index leaves status 01 out, since nearly everybody has it.
        Some("01") => conditions
            .add("EXISTS (SELECT 1 FROM info_row WHERE contact_key = c.contact_key AND label_id = 3 AND info = '01')"),
        Some(status) => {
            let status = conditions.bind(status);
            conditions.add(format!(
                "c.contact_key IN (SELECT contact_key FROM info_row
                                   WHERE label_id = 3 AND info <> '01' AND info = {status})"
            ));
        }
        None => {}
    }
    if let Some(placeholder) = query.placeholder {
        conditions.add(format!("c.placeholder = '{}'", flag(placeholder)));
    }
    if let Some(after) = &query.after {
        let name_type = conditions.bind(after.name_type.as_char());
        let name_code = conditions.bind(after.name_code.as_str());
        conditions.add(format!("(c.name_type, c.name_code) > ({name_type}, {name_code})"));
    }
    conditions
}

pub(super) fn find(connection: &Connection, query: &FindQuery) -> Result<Vec<ContactSummary>> {
    let conditions = conditions(query);
    let condition = if conditions.texts.is_empty() { "true".into() } else { conditions.texts.join(" AND ") };
    let sql = format!(
        "SELECT c.name_type, c.name_code, c.name1, c.name2, c.placeholder, coalesce(c.end_date_text, c.end_date),
                a.address1, a.postcode,
                EXISTS (SELECT 1 FROM protection_row AS p
                        WHERE p.contact_key = c.contact_key AND protection_type = '0001' AND p.end_date IS NULL)
         FROM contact AS c
         LEFT JOIN address AS a ON a.address_key = (
             SELECT max(address_key) FROM address
             WHERE contact_key = c.contact_key AND address_type = 'HA' AND end_date IS NULL)
         WHERE {condition} ORDER BY c.name_type, c.name_code LIMIT {}",
        query.limit
    );
    let mut statement = connection.prepare(&sql)?;
    let summaries = statement.query_map(params_from_iter(conditions.values), summary)?;
    summaries.collect()
}

fn summary(row: &Row<'_>) -> Result<ContactSummary> {
    Ok(ContactSummary {
        id: ContactId { name_type: name_type(row, 0)?, name_code: get_text(row, 1)? },
        name1: get_text(row, 2)?,
        name2: get_text(row, 3)?,
        placeholder: is_yes(row, 4)?,
        end_date: row.get(5)?,
        address1: row.get(6)?,
        postcode: row.get(7)?,
        protected: row.get(8)?,
    })
}

/// The part of a name that the index can look for, which compares ASCII letters in either case and others exactly: the
/// name up to its first other letter, with that letter in both cases.
fn indexed_starts(name: &str) -> Vec<String> {
    let Some((at, letter)) = name.char_indices().find(|(_, letter)| !letter.is_ascii()) else {
        return vec![name.to_owned()];
    };
    let ascii = name.get(..at).unwrap_or_default();
    let mut starts = vec![format!("{ascii}{}", letter.to_lowercase()), format!("{ascii}{}", letter.to_uppercase())];
    starts.dedup();
    starts
}

/// The smallest text that is larger than every text with this beginning.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_asked_for_what_it_can_compare() {
        assert_eq!(indexed_starts("O'neil"), ["O'neil"]);
        assert_eq!(indexed_starts("søren ærø"), ["sø", "sØ"]);
        assert_eq!(indexed_starts("Ærø"), ["æ", "Æ"]);
    }
}
