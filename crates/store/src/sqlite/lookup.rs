//! What planning reads: point look-ups by prepared statements, which SQLite answers in a microsecond each.

use compact_str::CompactString;
use kartotek_register::contact::{
    AddressLines, AddressRow, AddressType, ContactId, ContactKey, ContactRow, ContactState, DateRow, InfoRow, Label,
    NameType, PartRow, ProtectionRow, Role, SourceId, SourceRow, SourceStamp, Target,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::bind::{get_date, get_day, get_text};

pub(super) fn sources(
    connection: &Connection,
    source: SourceId,
    keys: &[CompactString],
) -> Result<Vec<Option<SourceRow>>> {
    let mut statement = connection.prepare_cached(
        "SELECT source_key, contact_key, src_subscribed, source_stamp, content_hash, mapping_hash, stated, edited,
                deliveries_from
         FROM source_record WHERE source = ?1 AND source_key = ?2",
    )?;
    keys.iter().map(|key| statement.query_row(params![source.name(), key.as_str()], source_row).optional()).collect()
}

fn source_row(row: &Row<'_>) -> Result<SourceRow> {
    Ok(SourceRow {
        source_key: get_text(row, 0)?,
        contact: row.get(1)?,
        src_subscribed: is_yes(row, 2)?,
        stamp: stamp(row, 3)?,
        content_hash: row.get(4)?,
        mapping_hash: row.get(5)?,
        stated: row.get(6)?,
        edited: is_yes(row, 7)?,
        deliveries_from: get_day(row, 8)?,
    })
}

pub(super) fn is_yes(row: &Row<'_>, column: usize) -> Result<bool> {
    Ok(row.get_ref(column)?.as_str()? == "J")
}

pub(super) fn stamp(row: &Row<'_>, column: usize) -> Result<SourceStamp> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else { return Ok(SourceStamp::NEVER) };
    SourceStamp::parse(text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, "not a source stamp".into())
    })
}

pub(super) fn contact_keys(connection: &Connection, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>> {
    let mut statement =
        connection.prepare_cached("SELECT contact_key FROM contact WHERE name_type = ?1 AND name_code = ?2")?;
    let mut buffer = [0; 4];
    ids.iter()
        .map(|id| {
            let name_type: &str = id.name_type.as_char().encode_utf8(&mut buffer);
            statement.query_row(params![name_type, id.name_code.as_str()], |row| row.get(0)).optional()
        })
        .collect()
}

pub(super) fn named_keys(
    connection: &Connection,
    names: &[(CompactString, CompactString)],
) -> Result<Vec<Option<ContactKey>>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(contact_key) FROM contact
             WHERE name_type = 'P' AND name1 IS nullif(?1, '') AND name2 IS nullif(?2, '')",
    )?;
    names.iter().map(|(name1, name2)| statement.query_row([name1.as_str(), name2.as_str()], |row| row.get(0))).collect()
}

pub(super) fn states(connection: &Connection, source: SourceId, keys: &[ContactKey]) -> Result<Vec<ContactState>> {
    keys.iter().map(|key| state(connection, source, *key)).collect()
}

fn state(connection: &Connection, source: SourceId, key: ContactKey) -> Result<ContactState> {
    let contact = connection
        .prepare_cached(
            "SELECT contact_key, name_type, name_code, name1, name2, position, text, start_date, start_date_text,
                    end_date, end_date_text, placeholder FROM contact WHERE contact_key = ?1",
        )?
        .query_row([key], contact_row)?;
    let source_row = connection
        .prepare_cached(
            "SELECT source_key, contact_key, src_subscribed, source_stamp, content_hash, mapping_hash, stated, edited,
                    deliveries_from
             FROM source_record WHERE source = ?1 AND source_key = ?2",
        )?
        .query_row(params![source.name(), contact.id.name_code.as_str()], source_row)
        .optional()?;
    let addresses = addresses(connection, source, key)?;
    let mut state = ContactState {
        contact,
        source: source_row,
        infos: Vec::new(),
        dates: Vec::new(),
        addresses,
        parts: Vec::new(),
        protections: Vec::new(),
    };
    // Without its source record the contact has no other rows of the source.
    if state.source.is_some() {
        state.infos = infos(connection, source, key)?;
        state.dates = dates(connection, source, key)?;
        state.parts = parts(connection, source, key)?;
        state.protections = protections(connection, source, key)?;
    }
    Ok(state)
}

fn contact_row(row: &Row<'_>) -> Result<ContactRow> {
    Ok(ContactRow {
        key: row.get(0)?,
        id: ContactId { name_type: name_type(row, 1)?, name_code: get_text(row, 2)? },
        name1: get_text(row, 3)?,
        name2: get_text(row, 4)?,
        position: get_text(row, 5)?,
        text: get_text(row, 6)?,
        start_date: get_date(row, 7)?,
        end_date: get_date(row, 9)?,
        placeholder: is_yes(row, 11)?,
    })
}

pub(super) fn name_type(row: &Row<'_>, column: usize) -> Result<NameType> {
    Ok(NameType(row.get_ref(column)?.as_str()?.bytes().next().unwrap_or(b'?')))
}

fn infos(connection: &Connection, source: SourceId, key: ContactKey) -> Result<Vec<InfoRow>> {
    let mut statement = connection
        .prepare_cached("SELECT label_id, priority, info FROM info_row WHERE contact_key = ?1 AND source_id = ?2")?;
    let rows = statement.query_map(params![key, source.0], |row| {
        let Some(label) = Label::from_id(row.get(0)?) else { return Ok(None) };
        Ok(Some(InfoRow { contact: key, label, priority: row.get(1)?, info: get_text(row, 2)? }))
    })?;
    // A label that this version does not know is a later one's; it stays as it is.
    rows.filter_map(Result::transpose).collect()
}

fn dates(connection: &Connection, source: SourceId, key: ContactKey) -> Result<Vec<DateRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT label_id, priority, date, date_text, uncertain FROM date_row WHERE contact_key = ?1 AND source_id = ?2",
    )?;
    let rows = statement.query_map(params![key, source.0], |row| {
        let (Some(label), Some(date)) = (Label::from_id(row.get(0)?), get_date(row, 2)?) else { return Ok(None) };
        Ok(Some(DateRow { contact: key, label, priority: row.get(1)?, date, uncertain: is_yes(row, 4)? }))
    })?;
    rows.filter_map(Result::transpose).collect()
}

fn addresses(connection: &Connection, source: SourceId, key: ContactKey) -> Result<Vec<AddressRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT address_key, address_type, address1, address2, address3, postcode, municipality, country_code,
                start_date, start_date_text, end_date, end_date_text, protection, protection_text,
                phone_no, fax, email, source_id, imported_hash
         FROM address WHERE contact_key = ?1 AND (source_id = ?2 OR address_type = 'HA')",
    )?;
    let rows = statement.query_map(params![key, source.0], |row| {
        Ok(AddressRow {
            key: row.get(0)?,
            contact: key,
            address_type: AddressType::from_code(row.get_ref(1)?.as_str()?),
            lines: AddressLines {
                address1: get_text(row, 2)?,
                address2: get_text(row, 3)?,
                address3: get_text(row, 4)?,
                postcode: get_text(row, 5)?,
                municipality: get_text(row, 6)?,
                country_code: get_text(row, 7)?,
            },
            start_date: get_date(row, 8)?,
            end_date: get_date(row, 10)?,
            protection: get_date(row, 12)?,
            phone_no: get_text(row, 14)?,
            fax: get_text(row, 15)?,
            email: get_text(row, 16)?,
            source: SourceId(row.get(17)?),
            imported_hash: row.get(18)?,
        })
    })?;
    rows.collect()
}

fn parts(connection: &Connection, source: SourceId, key: ContactKey) -> Result<Vec<(PartRow, Target)>> {
    let mut statement = connection.prepare_cached(
        "SELECT role_id, name_ref_key, seq, p.start_date, p.start_date_text, p.end_date, p.end_date_text,
                name_type, name_code, name1, name2
         FROM part_row AS p JOIN contact AS c ON c.contact_key = name_ref_key
         WHERE p.contact_key = ?1 AND source_id = ?2",
    )?;
    let rows = statement.query_map(params![key, source.0], |row| {
        let Some(role) = Role::from_id(row.get(0)?) else { return Ok(None) };
        let part = PartRow {
            contact: key,
            reference: row.get(1)?,
            role,
            seq: row.get(2)?,
            start_date: get_date(row, 3)?,
            end_date: get_date(row, 5)?,
        };
        let text = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default());
        Ok(Some((part, Target::of(name_type(row, 7)?, text(8)?, text(9)?, text(10)?))))
    })?;
    rows.filter_map(Result::transpose).collect()
}

fn protections(connection: &Connection, source: SourceId, key: ContactKey) -> Result<Vec<ProtectionRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT protection_type, seq, start_date, start_date_text, deletion_date, deletion_date_text,
                end_date, end_date_text
         FROM protection_row WHERE contact_key = ?1 AND source_id = ?2",
    )?;
    let rows = statement.query_map(params![key, source.0], |row| {
        Ok(ProtectionRow {
            contact: key,
            protection_type: get_text(row, 0)?,
            seq: row.get(1)?,
            start_date: get_date(row, 2)?,
            deletion_date: get_date(row, 4)?,
            end_date: get_date(row, 6)?,
        })
    })?;
    rows.collect()
}
