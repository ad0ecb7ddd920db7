//! What planning reads: one statement a table for all keys of a batch, sent without waiting for each other's answers.
//!
//! A planner without statistics believes that few records are of one source and starts from those. LATERAL with LIMIT
//! makes it start from the keys.

use std::collections::HashMap;

use compact_str::CompactString;
use futures_util::future::{try_join, try_join5};
use kartotek_register::contact::{
    AddressLines, AddressRow, AddressType, ContactId, ContactKey, ContactRow, ContactState, DateRow, InfoRow, Label,
    PartRow, ProtectionRow, Role, SourceId, SourceRow, Target,
};
use tokio_postgres::Row;

use super::bind::{get_date, get_day, get_name_type, get_stamp, get_text, is_yes};
use super::error::Failure;
use super::session::Link;

/// Puts answers in the order of the questions; each answer's first column counts its question from 1.
pub(super) fn in_order<T>(
    asked: usize,
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, Failure>,
) -> Result<Vec<Option<T>>, Failure> {
    let mut answers: Vec<Option<T>> = std::iter::repeat_with(|| None).take(asked).collect();
    for row in rows {
        let nth = usize::try_from(row.try_get::<_, i64>(0)? - 1).unwrap_or(usize::MAX);
        if let Some(answer) = answers.get_mut(nth) {
            *answer = Some(read(row)?);
        }
    }
    Ok(answers)
}

pub(super) async fn sources(
    link: &Link,
    source: SourceId,
    keys: &[CompactString],
) -> Result<Vec<Option<SourceRow>>, Failure> {
    let sql = "SELECT nth, s.source_key, contact_key, src_subscribed, source_stamp, content_hash, mapping_hash, stated,
                      edited, deliveries_from
               FROM unnest($2::text[]) WITH ORDINALITY AS asked(source_key, nth)
               CROSS JOIN LATERAL (
                   SELECT * FROM source_record AS s WHERE s.source = $1 AND s.source_key = asked.source_key LIMIT 1
               ) AS s";
    let texts: Vec<&str> = keys.iter().map(CompactString::as_str).collect();
    let rows = link.query(sql, &[&source.name(), &texts]).await?;
    in_order(keys.len(), &rows, source_row)
}

fn source_row(row: &Row) -> Result<SourceRow, Failure> {
    Ok(SourceRow {
        source_key: get_text(row, 1)?,
        contact: row.try_get(2)?,
        src_subscribed: is_yes(row, 3)?,
        stamp: get_stamp(row, 4)?,
        content_hash: row.try_get(5)?,
        mapping_hash: row.try_get(6)?,
        stated: row.try_get(7)?,
        edited: is_yes(row, 8)?,
        deliveries_from: get_day(row, 9)?,
    })
}

pub(super) async fn contact_keys(link: &Link, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, Failure> {
    let sql = "SELECT nth, contact_key
               FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(name_type, name_code, nth)
               JOIN contact AS c ON c.name_type = asked.name_type AND c.name_code = asked.name_code";
    let types: Vec<String> = ids.iter().map(|id| id.name_type.as_char().to_string()).collect();
    let codes: Vec<&str> = ids.iter().map(|id| id.name_code.as_str()).collect();
    let rows = link.query(sql, &[&types, &codes]).await?;
    in_order(ids.len(), &rows, |row| Ok(row.try_get(1)?))
}

pub(super) async fn named_keys(
    link: &Link,
    names: &[(CompactString, CompactString)],
) -> Result<Vec<Option<ContactKey>>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT nth, min(contact_key)
               FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(name1, name2, nth)
               JOIN contact AS c ON c.name_type = 'P' AND coalesce(c.name1, '') = asked.name1
                                AND coalesce(c.name2, '') = asked.name2
               GROUP BY nth";
    let (first, second): (Vec<&str>, Vec<&str>) = names.iter().map(|(a, b)| (a.as_str(), b.as_str())).unzip();
    let rows = link.query(sql, &[&first, &second]).await?;
    in_order(names.len(), &rows, |row| Ok(row.try_get(1)?))
}

pub(super) async fn states(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>, Failure> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let ((contacts, sources), (infos, dates, addresses, parts, protections)) = try_join(
        try_join(contacts(link, keys), sources_of(link, source, keys)),
        try_join5(
            infos(link, source, keys),
            dates(link, source, keys),
            addresses(link, source, keys),
            parts(link, source, keys),
            protections(link, source, keys),
        ),
    )
    .await?;
    let mut states: HashMap<ContactKey, ContactState> =
        contacts.into_iter().map(|contact| (contact.key, bare(contact))).collect();
    each(&mut states, sources, |state, row| state.source = Some(row));
    each(&mut states, addresses, |state, row| state.addresses.push(row));
    each(&mut states, infos, |state, row| state.infos.push(row));
    each(&mut states, dates, |state, row| state.dates.push(row));
    each(&mut states, parts, |state, row| state.parts.push(row));
    each(&mut states, protections, |state, row| state.protections.push(row));
    // What a source has not delivered has no rows of that source, whatever a person may have done to the tables.
    for state in states.values_mut().filter(|state| state.source.is_none()) {
        state.infos.clear();
        state.dates.clear();
        state.parts.clear();
        state.protections.clear();
    }
    keys.iter().map(|key| states.get(key).cloned().ok_or(Failure::Missing)).collect()
}

fn bare(contact: ContactRow) -> ContactState {
    ContactState {
        contact,
        source: None,
        infos: Vec::new(),
        dates: Vec::new(),
        addresses: Vec::new(),
        parts: Vec::new(),
        protections: Vec::new(),
    }
}

type Keyed<T> = Vec<(ContactKey, T)>;

fn each<T>(states: &mut HashMap<ContactKey, ContactState>, rows: Keyed<T>, put: impl Fn(&mut ContactState, T)) {
    for (key, row) in rows {
        if let Some(state) = states.get_mut(&key) {
            put(state, row);
        }
    }
}

/// Reads rows whose first column is the contact. One with a word that this version does not know is a later version's;
/// it stays as it is.
fn keyed<T>(rows: &[Row], read: impl Fn(ContactKey, &Row) -> Result<Option<T>, Failure>) -> Result<Keyed<T>, Failure> {
    rows.iter()
        .filter_map(|row| {
            let read = || {
                let key = row.try_get(0)?;
                Ok(read(key, row)?.map(|value| (key, value)))
            };
            read().transpose()
        })
        .collect()
}

async fn contacts(link: &Link, keys: &[ContactKey]) -> Result<Vec<ContactRow>, Failure> {
    let sql = "SELECT contact_key, name_type, name_code, name1, name2, position, text, start_date, start_date_text,
                      end_date, end_date_text, placeholder
               FROM contact WHERE contact_key = ANY($1)";
    let rows = link.query(sql, &[&keys]).await?;
    rows.iter()
        .map(|row| {
            Ok(ContactRow {
                key: row.try_get(0)?,
                id: ContactId { name_type: get_name_type(row, 1)?, name_code: get_text(row, 2)? },
                name1: get_text(row, 3)?,
                name2: get_text(row, 4)?,
                position: get_text(row, 5)?,
                text: get_text(row, 6)?,
                start_date: get_date(row, 7)?,
                end_date: get_date(row, 9)?,
                placeholder: is_yes(row, 11)?,
            })
        })
        .collect()
}

async fn sources_of(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<SourceRow>, Failure> {
    let sql = "SELECT c.contact_key, s.source_key, s.contact_key, src_subscribed, source_stamp, content_hash,
                      mapping_hash, stated, edited, deliveries_from
               FROM contact AS c
               CROSS JOIN LATERAL (
                   SELECT * FROM source_record AS s WHERE s.source = $1 AND s.source_key = c.name_code LIMIT 1
               ) AS s
               WHERE c.contact_key = ANY($2)";
    let rows = link.query(sql, &[&source.name(), &keys]).await?;
    keyed(&rows, |_, row| source_row(row).map(Some))
}

async fn infos(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<InfoRow>, Failure> {
    let sql = "SELECT contact_key, label_id, priority, info FROM info_row
               WHERE source_id = $1 AND contact_key = ANY($2) ORDER BY contact_key, label_id, priority";
    let rows = link.query(sql, &[&source.0, &keys]).await?;
    keyed(&rows, |contact, row| {
        let Some(label) = Label::from_id(row.try_get(1)?) else { return Ok(None) };
        Ok(Some(InfoRow { contact, label, priority: row.try_get(2)?, info: get_text(row, 3)? }))
    })
}

async fn dates(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<DateRow>, Failure> {
    let sql = "SELECT contact_key, label_id, priority, date, date_text, uncertain FROM date_row
               WHERE source_id = $1 AND contact_key = ANY($2) ORDER BY contact_key, label_id, priority";
    let rows = link.query(sql, &[&source.0, &keys]).await?;
    keyed(&rows, |contact, row| {
        let (Some(label), Some(date)) = (Label::from_id(row.try_get(1)?), get_date(row, 3)?) else { return Ok(None) };
        Ok(Some(DateRow { contact, label, priority: row.try_get(2)?, date, uncertain: is_yes(row, 5)? }))
    })
}

async fn addresses(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<AddressRow>, Failure> {
    let sql = "SELECT contact_key, address_key, address_type, address1, address2, address3, postcode, municipality,
                      country_code, start_date, start_date_text, end_date, end_date_text, protection, protection_text,
                      phone_no, fax, email, source_id, imported_hash
               FROM address WHERE (source_id = $1 OR address_type = 'HA') AND contact_key = ANY($2)
               ORDER BY address_key";
    let rows = link.query(sql, &[&source.0, &keys]).await?;
    keyed(&rows, |contact, row| {
        Ok(Some(AddressRow {
            key: row.try_get(1)?,
            contact,
            address_type: AddressType::from_code(row.try_get(2)?),
            lines: AddressLines {
                address1: get_text(row, 3)?,
                address2: get_text(row, 4)?,
                address3: get_text(row, 5)?,
                postcode: get_text(row, 6)?,
                municipality: get_text(row, 7)?,
                country_code: get_text(row, 8)?,
            },
            start_date: get_date(row, 9)?,
            end_date: get_date(row, 11)?,
            protection: get_date(row, 13)?,
            phone_no: get_text(row, 15)?,
            fax: get_text(row, 16)?,
            email: get_text(row, 17)?,
            source: SourceId(row.try_get(18)?),
            imported_hash: row.try_get(19)?,
        }))
    })
}

async fn parts(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<(PartRow, Target)>, Failure> {
    let sql = "SELECT p.contact_key, role_id, name_ref_key, seq, p.start_date, p.start_date_text, p.end_date,
                      p.end_date_text, name_type, name_code, name1, name2
               FROM part_row AS p JOIN contact AS c ON c.contact_key = name_ref_key
               WHERE source_id = $1 AND p.contact_key = ANY($2)
               ORDER BY p.contact_key, role_id, name_ref_key, seq";
    let rows = link.query(sql, &[&source.0, &keys]).await?;
    keyed(&rows, |contact, row| {
        let Some(role) = Role::from_id(row.try_get(1)?) else { return Ok(None) };
        let part = PartRow {
            contact,
            reference: row.try_get(2)?,
            role,
            seq: row.try_get(3)?,
            start_date: get_date(row, 4)?,
            end_date: get_date(row, 6)?,
        };
        let text = |column| Ok::<_, Failure>(row.try_get::<_, Option<&str>>(column)?.unwrap_or_default());
        Ok(Some((part, Target::of(get_name_type(row, 8)?, text(9)?, text(10)?, text(11)?))))
    })
}

async fn protections(link: &Link, source: SourceId, keys: &[ContactKey]) -> Result<Keyed<ProtectionRow>, Failure> {
    let sql = "SELECT contact_key, protection_type, seq, start_date, start_date_text, deletion_date,
                      deletion_date_text, end_date, end_date_text
               FROM protection_row WHERE source_id = $1 AND contact_key = ANY($2)
               ORDER BY contact_key, protection_type, seq";
    let rows = link.query(sql, &[&source.0, &keys]).await?;
    keyed(&rows, |contact, row| {
        Ok(Some(ProtectionRow {
            contact,
            protection_type: get_text(row, 1)?,
            seq: row.try_get(2)?,
            start_date: get_date(row, 3)?,
            deletion_date: get_date(row, 5)?,
            end_date: get_date(row, 7)?,
        }))
    })
}
