//! Writing a batch, table by table, by prepared statements.

use std::fmt::Write as _;

use kartotek_register::contact::{ContactKey, Label, SourceId};
use kartotek_register::import::Changes;
use kartotek_register::ports::{DeliveryKey, KeyKind, RunKey};
use rusqlite::{Connection, Result, params};

use super::bind::{Iso, flag, text};

/// A person may have typed rows with keys of their own choice, so a block begins behind whatever is there.
pub(super) fn allot(connection: &Connection, kind: KeyKind, count: usize) -> Result<i64> {
    let sql = match kind {
        KeyKind::Contact => {
            "UPDATE counter SET next = max(next, (SELECT coalesce(max(contact_key), 0) FROM contact) + 1) + ?1
             WHERE name = 'contact' RETURNING next - ?1"
        }
        KeyKind::Address => {
            "UPDATE counter SET next = max(next, (SELECT coalesce(max(address_key), 0) FROM address) + 1) + ?1
             WHERE name = 'address' RETURNING next - ?1"
        }
    };
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.query_row([count], |row| row.get(0))
}

pub(super) fn apply(
    connection: &Connection,
    changes: &Changes,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    now: &str,
) -> Result<()> {
    let source = changes.source;
    contacts(connection, changes)?;
    infos(connection, changes, source)?;
    dates(connection, changes, source)?;
    addresses(connection, changes)?;
    parts(connection, changes, source)?;
    protections(connection, changes, source)?;
    sources(connection, changes, source, now)?;
    journal(connection, changes, source, run, delivery)
}

fn contacts(connection: &Connection, changes: &Changes) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO contact (contact_key, name_type, name_code, name1, name2, position, text,
                              start_date, start_date_text, end_date, end_date_text, placeholder)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let mut buffer = [0; 4];
    for row in &changes.contacts_new {
        let name_type: &str = row.id.name_type.as_char().encode_utf8(&mut buffer);
        insert.execute(params![
            row.key,
            name_type,
            row.id.name_code.as_str(),
            text(&row.name1),
            text(&row.name2),
            text(&row.position),
            text(&row.text),
            Iso::day(row.start_date),
            Iso::partial(row.start_date),
            Iso::day(row.end_date),
            Iso::partial(row.end_date),
            flag(row.placeholder),
        ])?;
    }
    let mut update = connection.prepare_cached(
        "UPDATE contact SET name1 = ?2, name2 = ?3, position = ?4, text = ?5, start_date = ?6, start_date_text = ?7,
                            end_date = ?8, end_date_text = ?9, placeholder = ?10, revision = revision + 1
         WHERE contact_key = ?1",
    )?;
    for row in &changes.contacts_changed {
        update.execute(params![
            row.key,
            text(&row.name1),
            text(&row.name2),
            text(&row.position),
            text(&row.text),
            Iso::day(row.start_date),
            Iso::partial(row.start_date),
            Iso::day(row.end_date),
            Iso::partial(row.end_date),
            flag(row.placeholder),
        ])?;
    }
    Ok(())
}

fn infos(connection: &Connection, changes: &Changes, source: SourceId) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO info_row (contact_key, label_id, source_id, priority, info) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for row in &changes.infos_new {
        insert.execute(params![row.contact, row.label.id(), source.0, row.priority, row.info.as_str()])?;
    }
    let mut update = connection.prepare_cached(
        "UPDATE info_row SET info = ?5
         WHERE contact_key = ?1 AND label_id = ?2 AND source_id = ?3 AND priority = ?4",
    )?;
    for row in &changes.infos_changed {
        update.execute(params![row.contact, row.label.id(), source.0, row.priority, row.info.as_str()])?;
    }
    remove(connection, "info_row", &changes.infos_removed, source)
}

fn dates(connection: &Connection, changes: &Changes, source: SourceId) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO date_row (contact_key, label_id, source_id, priority, date, date_text, uncertain)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for row in &changes.dates_new {
        let date = Some(row.date);
        insert.execute(params![
            row.contact,
            row.label.id(),
            source.0,
            row.priority,
            Iso::day(date),
            Iso::partial(date),
            flag(row.uncertain),
        ])?;
    }
    let mut update = connection.prepare_cached(
        "UPDATE date_row SET date = ?5, date_text = ?6, uncertain = ?7
         WHERE contact_key = ?1 AND label_id = ?2 AND source_id = ?3 AND priority = ?4",
    )?;
    for row in &changes.dates_changed {
        let date = Some(row.date);
        update.execute(params![
            row.contact,
            row.label.id(),
            source.0,
            row.priority,
            Iso::day(date),
            Iso::partial(date),
            flag(row.uncertain),
        ])?;
    }
    remove(connection, "date_row", &changes.dates_removed, source)
}

fn remove(connection: &Connection, table: &str, rows: &[(ContactKey, Label, i16)], source: SourceId) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut delete = connection.prepare_cached(&format!(
        "DELETE FROM {table} WHERE contact_key = ?1 AND label_id = ?2 AND source_id = ?3 AND priority = ?4"
    ))?;
    for (contact, label, priority) in rows {
        delete.execute(params![contact, label.id(), source.0, priority])?;
    }
    Ok(())
}

fn addresses(connection: &Connection, changes: &Changes) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO address (address_key, contact_key, address_type, address1, address2, address3, postcode,
                              municipality, country_code, start_date, start_date_text, end_date, end_date_text,
                              protection, protection_text, phone_no, fax, email, source_id, imported_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE address SET contact_key = ?2, address_type = ?3, address1 = ?4, address2 = ?5, address3 = ?6,
                            postcode = ?7, municipality = ?8, country_code = ?9, start_date = ?10,
                            start_date_text = ?11, end_date = ?12, end_date_text = ?13, protection = ?14,
                            protection_text = ?15, phone_no = ?16, fax = ?17, email = ?18, source_id = ?19,
                            imported_hash = ?20, revision = revision + 1
         WHERE address_key = ?1",
    )?;
    for (statement, rows) in [(&mut insert, &changes.addresses_new), (&mut update, &changes.addresses_changed)] {
        for row in rows {
            let lines = &row.lines;
            statement.execute(params![
                row.key,
                row.contact,
                row.address_type.code(),
                text(&lines.address1),
                text(&lines.address2),
                text(&lines.address3),
                text(&lines.postcode),
                text(&lines.municipality),
                text(&lines.country_code),
                Iso::day(row.start_date),
                Iso::partial(row.start_date),
                Iso::day(row.end_date),
                Iso::partial(row.end_date),
                Iso::day(row.protection),
                Iso::partial(row.protection),
                text(&row.phone_no),
                text(&row.fax),
                text(&row.email),
                row.source.0,
                row.imported_hash,
            ])?;
        }
    }
    Ok(())
}

fn parts(connection: &Connection, changes: &Changes, source: SourceId) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO part_row (contact_key, role_id, name_ref_key, source_id, seq,
                               start_date, start_date_text, end_date, end_date_text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE part_row SET start_date = ?6, start_date_text = ?7, end_date = ?8, end_date_text = ?9
         WHERE contact_key = ?1 AND role_id = ?2 AND name_ref_key = ?3 AND source_id = ?4 AND seq = ?5",
    )?;
    for (statement, rows) in [(&mut insert, &changes.parts_new), (&mut update, &changes.parts_changed)] {
        for row in rows {
            statement.execute(params![
                row.contact,
                row.role.id(),
                row.reference,
                source.0,
                row.seq,
                Iso::day(row.start_date),
                Iso::partial(row.start_date),
                Iso::day(row.end_date),
                Iso::partial(row.end_date),
            ])?;
        }
    }
    Ok(())
}

fn protections(connection: &Connection, changes: &Changes, source: SourceId) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO protection_row (contact_key, protection_type, source_id, seq, start_date, start_date_text,
                                     deletion_date, deletion_date_text, end_date, end_date_text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE protection_row SET start_date = ?5, start_date_text = ?6, deletion_date = ?7,
                                   deletion_date_text = ?8, end_date = ?9, end_date_text = ?10
         WHERE contact_key = ?1 AND protection_type = ?2 AND source_id = ?3 AND seq = ?4",
    )?;
    for (statement, rows) in [(&mut insert, &changes.protections_new), (&mut update, &changes.protections_changed)] {
        for row in rows {
            statement.execute(params![
                row.contact,
                row.protection_type.as_str(),
                source.0,
                row.seq,
                Iso::day(row.start_date),
                Iso::partial(row.start_date),
                Iso::day(row.deletion_date),
                Iso::partial(row.deletion_date),
                Iso::day(row.end_date),
                Iso::partial(row.end_date),
            ])?;
        }
    }
    Ok(())
}

fn sources(connection: &Connection, changes: &Changes, source: SourceId, now: &str) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO source_record (source, source_key, contact_key, src_subscribed, source_stamp, source_updated_at,
                                    content_hash, mapping_hash, stated, edited)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut update = connection.prepare_cached(
        "UPDATE source_record SET contact_key = ?3, src_subscribed = ?4, source_stamp = ?5, source_updated_at = ?6,
                                  content_hash = ?7, mapping_hash = ?8, stated = ?9, edited = ?10
         WHERE source = ?1 AND source_key = ?2",
    )?;
    let mut stamp = String::new();
    for (statement, rows) in [(&mut insert, &changes.sources_new), (&mut update, &changes.sources_changed)] {
        for row in rows {
            stamp.clear();
            // Writing to a String cannot fail.
            let _ = write!(stamp, "{}", row.stamp);
            statement.execute(params![
                source.name(),
                row.source_key.as_str(),
                row.contact,
                flag(row.src_subscribed),
                stamp,
                now,
                row.content_hash,
                row.mapping_hash,
                row.stated,
                flag(row.edited),
            ])?;
        }
    }
    let mut touch = connection.prepare_cached(
        "UPDATE source_record SET source_stamp = ?3, source_updated_at = ?4, src_subscribed = ?5
         WHERE source = ?1 AND source_key = ?2",
    )?;
    for touched in &changes.touched {
        touch.execute(params![
            source.name(),
            touched.source_key.as_str(),
            touched.stamp.to_string(),
            now,
            flag(touched.src_subscribed),
        ])?;
    }
    Ok(())
}

fn journal(
    connection: &Connection,
    changes: &Changes,
    source: SourceId,
    run: RunKey,
    delivery: Option<DeliveryKey>,
) -> Result<()> {
    let count = i64::try_from(changes.journal.len()).unwrap_or(i64::MAX);
    let first: i64 = connection
        .prepare_cached("UPDATE counter SET next = next + ?1 WHERE name = 'change' RETURNING next - ?1")?
        .query_row([count], |row| row.get(0))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO change_row (change_seq, run, delivery, contact_key, what_id, source_id, source_stamp, fields)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut stamp = String::new();
    for (change_seq, entry) in (first..).zip(&changes.journal) {
        stamp.clear();
        let _ = write!(stamp, "{}", entry.stamp);
        insert.execute(params![
            change_seq,
            run,
            delivery,
            entry.contact,
            entry.what.id(),
            source.0,
            stamp,
            entry.fields
        ])?;
    }
    Ok(())
}
