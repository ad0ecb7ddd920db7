//! Changed and removed rows, a table at a time: the columns travel as arrays. The source is one of them, though it is the
//! same for all: a planner without statistics believes that few rows are of one source and would start from those.

use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{
    AddressRow, ContactKey, ContactRow, DateRow, InfoRow, Label, PartRow, ProtectionRow, SourceId, SourceRow,
};
use kartotek_register::import::Touch;

use super::bind::{Day, flag, partial, text};
use super::error::Failure;
use super::session::Link;

/// One column of all rows.
pub(super) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// The two columns of a date.
fn dated<R>(rows: &[R], date: impl Fn(&R) -> Option<PartialDate>) -> (Vec<Option<Day>>, Vec<Option<String>>) {
    rows.iter().map(|row| (Day::of(date(row)), partial(date(row)))).unzip()
}

pub(super) async fn contacts(link: &Link, rows: &[ContactRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE contact AS t
               SET name1 = n.name1, name2 = n.name2, position = n.pos, text = n.txt,
                   start_date = n.start_date, start_date_text = n.start_date_text,
                   end_date = n.end_date, end_date_text = n.end_date_text,
                   placeholder = n.placeholder, revision = revision + 1
               FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[],
                           $6::date[], $7::text[], $8::date[], $9::text[], $10::text[])
                   AS n(contact_key, name1, name2, pos, txt, start_date, start_date_text, end_date, end_date_text,
                        placeholder)
               WHERE t.contact_key = n.contact_key";
    let (start, start_text) = dated(rows, |row| row.start_date);
    let (end, end_text) = dated(rows, |row| row.end_date);
    link.execute(
        sql,
        &[
            &column(rows, |row| row.key),
            &column(rows, |row| text(&row.name1)),
            &column(rows, |row| text(&row.name2)),
            &column(rows, |row| text(&row.position)),
            &column(rows, |row| text(&row.text)),
            &start,
            &start_text,
            &end,
            &end_text,
            &column(rows, |row| flag(row.placeholder)),
        ],
    )
    .await
}

pub(super) async fn infos(link: &Link, rows: &[InfoRow], source: SourceId) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE info_row AS t SET info = n.info
               FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::smallint[])
                   AS n(contact_key, label_id, priority, info, source_id)
               WHERE t.contact_key = n.contact_key AND t.label_id = n.label_id AND t.source_id = n.source_id
                 AND t.priority = n.priority";
    link.execute(
        sql,
        &[
            &column(rows, |row| row.contact),
            &column(rows, |row| row.label.id()),
            &column(rows, |row| row.priority),
            &column(rows, |row| row.info.as_str()),
            &column(rows, |_| source.0),
        ],
    )
    .await
}

pub(super) async fn dates(link: &Link, rows: &[DateRow], source: SourceId) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE date_row AS t SET date = n.date, date_text = n.date_text, uncertain = n.uncertain
               FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::date[], $5::text[], $6::text[],
                           $7::smallint[])
                   AS n(contact_key, label_id, priority, date, date_text, uncertain, source_id)
               WHERE t.contact_key = n.contact_key AND t.label_id = n.label_id AND t.source_id = n.source_id
                 AND t.priority = n.priority";
    let (date, date_text) = dated(rows, |row| Some(row.date));
    link.execute(
        sql,
        &[
            &column(rows, |row| row.contact),
            &column(rows, |row| row.label.id()),
            &column(rows, |row| row.priority),
            &date,
            &date_text,
            &column(rows, |row| flag(row.uncertain)),
            &column(rows, |_| source.0),
        ],
    )
    .await
}

/// Removes texts.
pub(super) async fn remove_infos(
    link: &Link,
    rows: &[(ContactKey, Label, i16)],
    source: SourceId,
) -> Result<(), Failure> {
    let sql = "DELETE FROM info_row AS t
               USING unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::smallint[])
                   AS n(contact_key, label_id, priority, source_id)
               WHERE t.contact_key = n.contact_key AND t.label_id = n.label_id AND t.source_id = n.source_id
                 AND t.priority = n.priority";
    remove(link, sql, rows, source).await
}

/// Removes dates.
pub(super) async fn remove_dates(
    link: &Link,
    rows: &[(ContactKey, Label, i16)],
    source: SourceId,
) -> Result<(), Failure> {
    let sql = "DELETE FROM date_row AS t
               USING unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::smallint[])
                   AS n(contact_key, label_id, priority, source_id)
               WHERE t.contact_key = n.contact_key AND t.label_id = n.label_id AND t.source_id = n.source_id
                 AND t.priority = n.priority";
    remove(link, sql, rows, source).await
}

async fn remove(
    link: &Link,
    sql: &'static str,
    rows: &[(ContactKey, Label, i16)],
    source: SourceId,
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let keys = column(rows, |(contact, ..)| *contact);
    let labels = column(rows, |(_, label, _)| label.id());
    let priorities = column(rows, |(.., priority)| *priority);
    let sources = column(rows, |_| source.0);
    link.execute(sql, &[&keys, &labels, &priorities, &sources]).await
}

pub(super) async fn addresses(link: &Link, rows: &[AddressRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE address AS t
               SET contact_key = n.contact_key, address_type = n.address_type, address1 = n.address1,
                   address2 = n.address2, address3 = n.address3, postcode = n.postcode,
                   municipality = n.municipality, country_code = n.country_code,
                   start_date = n.start_date, start_date_text = n.start_date_text,
                   end_date = n.end_date, end_date_text = n.end_date_text,
                   protection = n.protection, protection_text = n.protection_text,
                   phone_no = n.phone_no, fax = n.fax, email = n.email,
                   source_id = n.source_id, imported_hash = n.imported_hash, revision = revision + 1
               FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                           $8::text[], $9::text[], $10::date[], $11::text[], $12::date[], $13::text[], $14::date[],
                           $15::text[], $16::text[], $17::text[], $18::text[], $19::smallint[], $20::bigint[])
                   AS n(address_key, contact_key, address_type, address1, address2, address3, postcode,
                        municipality, country_code, start_date, start_date_text, end_date, end_date_text,
                        protection, protection_text, phone_no, fax, email, source_id, imported_hash)
               WHERE t.address_key = n.address_key";
    let (start, start_text) = dated(rows, |row| row.start_date);
    let (end, end_text) = dated(rows, |row| row.end_date);
    let (protection, protection_text) = dated(rows, |row| row.protection);
    link.execute(
        sql,
        &[
            &column(rows, |row| row.key),
            &column(rows, |row| row.contact),
            &column(rows, |row| row.address_type.code()),
            &column(rows, |row| text(&row.lines.address1)),
            &column(rows, |row| text(&row.lines.address2)),
            &column(rows, |row| text(&row.lines.address3)),
            &column(rows, |row| text(&row.lines.postcode)),
            &column(rows, |row| text(&row.lines.municipality)),
            &column(rows, |row| text(&row.lines.country_code)),
            &start,
            &start_text,
            &end,
            &end_text,
            &protection,
            &protection_text,
            &column(rows, |row| text(&row.phone_no)),
            &column(rows, |row| text(&row.fax)),
            &column(rows, |row| text(&row.email)),
            &column(rows, |row| row.source.0),
            &column(rows, |row| row.imported_hash),
        ],
    )
    .await
}

pub(super) async fn parts(link: &Link, rows: &[PartRow], source: SourceId) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE part_row AS t
               SET start_date = n.start_date, start_date_text = n.start_date_text,
                   end_date = n.end_date, end_date_text = n.end_date_text
               FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::smallint[],
                           $5::date[], $6::text[], $7::date[], $8::text[], $9::smallint[])
                   AS n(contact_key, role_id, name_ref_key, seq, start_date, start_date_text, end_date, end_date_text,
                        source_id)
               WHERE t.contact_key = n.contact_key AND t.role_id = n.role_id AND t.name_ref_key = n.name_ref_key
                 AND t.source_id = n.source_id AND t.seq = n.seq";
    let (start, start_text) = dated(rows, |row| row.start_date);
    let (end, end_text) = dated(rows, |row| row.end_date);
    link.execute(
        sql,
        &[
            &column(rows, |row| row.contact),
            &column(rows, |row| row.role.id()),
            &column(rows, |row| row.reference),
            &column(rows, |row| row.seq),
            &start,
            &start_text,
            &end,
            &end_text,
            &column(rows, |_| source.0),
        ],
    )
    .await
}

pub(super) async fn protections(link: &Link, rows: &[ProtectionRow], source: SourceId) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE protection_row AS t
               SET start_date = n.start_date, start_date_text = n.start_date_text,
                   deletion_date = n.deletion_date, deletion_date_text = n.deletion_date_text,
                   end_date = n.end_date, end_date_text = n.end_date_text
               FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::date[], $5::text[], $6::date[], $7::text[],
                           $8::date[], $9::text[], $10::smallint[])
                   AS n(contact_key, protection_type, seq, start_date, start_date_text, deletion_date,
                        deletion_date_text, end_date, end_date_text, source_id)
               WHERE t.contact_key = n.contact_key AND t.protection_type = n.protection_type
                 AND t.source_id = n.source_id AND t.seq = n.seq";
    let (start, start_text) = dated(rows, |row| row.start_date);
    let (deletion, deletion_text) = dated(rows, |row| row.deletion_date);
    let (end, end_text) = dated(rows, |row| row.end_date);
    link.execute(
        sql,
        &[
            &column(rows, |row| row.contact),
            &column(rows, |row| row.protection_type.as_str()),
            &column(rows, |row| row.seq),
            &start,
            &start_text,
            &deletion,
            &deletion_text,
            &end,
            &end_text,
            &column(rows, |_| source.0),
        ],
    )
    .await
}

pub(super) async fn sources(link: &Link, rows: &[SourceRow], source: SourceId, now: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE source_record AS t
               SET contact_key = n.contact_key, src_subscribed = n.src_subscribed, source_stamp = n.source_stamp,
                   source_updated_at = $9::text::timestamptz, content_hash = n.content_hash,
                   mapping_hash = n.mapping_hash, stated = n.stated, edited = n.edited
               FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
                           $7::integer[], $8::text[], $10::text[])
                   AS n(source_key, contact_key, src_subscribed, source_stamp, content_hash, mapping_hash, stated,
                        edited, source)
               WHERE t.source = n.source AND t.source_key = n.source_key";
    link.execute(
        sql,
        &[
            &column(rows, |row| row.source_key.as_str()),
            &column(rows, |row| row.contact),
            &column(rows, |row| flag(row.src_subscribed)),
            &column(rows, |row| row.stamp.to_string()),
            &column(rows, |row| row.content_hash),
            &column(rows, |row| row.mapping_hash),
            &column(rows, |row| row.stated),
            &column(rows, |row| flag(row.edited)),
            &now,
            &column(rows, |_| source.name()),
        ],
    )
    .await
}

/// Writes what a delivery changes of source records of which the content is the same as before.
pub(super) async fn touch(link: &Link, rows: &[Touch], source: SourceId, now: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE source_record AS t
               SET source_stamp = n.source_stamp, source_updated_at = $3::text::timestamptz,
                   src_subscribed = n.src_subscribed
               FROM unnest($1::text[], $2::text[], $4::text[], $5::text[])
                   AS n(source_key, source_stamp, source, src_subscribed)
               WHERE t.source = n.source AND t.source_key = n.source_key";
    let keys = column(rows, |row| row.source_key.as_str());
    let stamps = column(rows, |row| row.stamp.to_string());
    let sources = column(rows, |_| source.name());
    let flags = column(rows, |row| flag(row.src_subscribed));
    link.execute(sql, &[&keys, &stamps, &now, &sources, &flags]).await
}
