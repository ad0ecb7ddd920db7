//! Looking for contacts. Conditions go into the statement one by one, so that the server can choose the index that fits.

use kartotek_register::contact::ContactId;
use kartotek_register::ports::{ContactSummary, FindQuery};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::bind::{flag, get_name_type, get_text, is_yes};
use super::error::Failure;
use super::session::Link;

#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<String>,
}

impl Conditions {
    /// The place of a value in the statement.
    fn bind(&mut self, value: impl Into<String>) -> String {
        self.values.push(value.into());
        format!("${}::text", self.values.len())
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
        let (from, to) = (conditions.bind(name), conditions.bind(after_prefix(name)));
        let starts = ["name2", "name1"].map(|column| {
            format!(
                "SELECT contact_key FROM contact
                 WHERE name_fold({column}) COLLATE \"C\" >= name_fold({from})
                   AND name_fold({column}) COLLATE \"C\" < name_fold({to})"
            )
        });
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
        Some("01") => conditions.add(
            "EXISTS (SELECT FROM info_row AS i WHERE i.contact_key = c.contact_key AND label_id = 3 AND info = '01')",
        ),
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

/// The smallest text that is larger than every text with this beginning.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

pub(super) async fn find(link: &Link, query: &FindQuery) -> Result<Vec<ContactSummary>, Failure> {
    let conditions = conditions(query);
    let condition = if conditions.texts.is_empty() { "true".into() } else { conditions.texts.join(" AND ") };
    // The page is cut out first, so that addresses are looked up for the contacts on it only.
    let sql = format!(
        "SELECT c.name_type, c.name_code, c.name1, c.name2, c.placeholder,
                coalesce(c.end_date_text, c.end_date::text), a.address1, a.postcode,
                EXISTS (SELECT FROM protection_row AS p
                        WHERE p.contact_key = c.contact_key AND protection_type = '0001' AND p.end_date IS NULL)
         FROM (SELECT * FROM contact AS c WHERE {condition} ORDER BY name_type, name_code LIMIT {}) AS c
         LEFT JOIN LATERAL (
             SELECT address1, postcode FROM address
             WHERE contact_key = c.contact_key AND address_type = 'HA' AND end_date IS NULL
             ORDER BY address_key DESC LIMIT 1) AS a ON true
         ORDER BY c.name_type, c.name_code",
        query.limit
    );
    let values: Vec<&(dyn ToSql + Sync)> = conditions.values.iter().map(|value| value as _).collect();
    let rows = link.client.query(&sql, &values).await?;
    rows.iter().map(summary).collect()
}

fn summary(row: &Row) -> Result<ContactSummary, Failure> {
    Ok(ContactSummary {
        id: ContactId { name_type: get_name_type(row, 0)?, name_code: get_text(row, 1)? },
        name1: get_text(row, 2)?,
        name2: get_text(row, 3)?,
        placeholder: is_yes(row, 4)?,
        end_date: row.try_get(5)?,
        address1: row.try_get(6)?,
        postcode: row.try_get(7)?,
        protected: row.try_get(8)?,
    })
}
