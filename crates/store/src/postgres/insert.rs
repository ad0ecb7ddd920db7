//! New rows, by COPY.

use std::fmt::Write as _;

use compact_str::CompactString;
use kartotek_register::contact::{
    AddressRow, ContactRow, DateRow, InfoRow, PartRow, ProtectionRow, SourceId, SourceRow, SourceStamp,
};
use kartotek_register::import::JournalEntry;
use kartotek_register::ports::{DeliveryKey, RunKey};

use super::copy::copy_in;
use super::error::Failure;
use super::session::Link;

pub(super) async fn contacts(link: &Link, rows: &[ContactRow]) -> Result<(), Failure> {
    let sql = "COPY contact (contact_key, name_type, name_code, name1, name2, position, text, start_date,
                             start_date_text, end_date, end_date_text, placeholder) FROM STDIN (FORMAT binary)";
    let mut buffer = [0; 4];
    copy_in(link, sql, rows, |out, row| {
        out.row(12);
        out.big(row.key);
        out.text(row.id.name_type.as_char().encode_utf8(&mut buffer));
        out.text(&row.id.name_code);
        out.text_or_null(&row.name1);
        out.text_or_null(&row.name2);
        out.text_or_null(&row.position);
        out.text_or_null(&row.text);
        out.date(row.start_date);
        out.date(row.end_date);
        out.flag(row.placeholder);
    })
    .await
}

pub(super) async fn infos(link: &Link, rows: &[InfoRow], source: SourceId) -> Result<(), Failure> {
    let sql = "COPY info_row (contact_key, label_id, source_id, priority, info) FROM STDIN (FORMAT binary)";
    copy_in(link, sql, rows, |out, row| {
        out.row(5);
        out.big(row.contact);
        out.small(row.label.id());
        out.small(source.0);
        out.small(row.priority);
        out.text(&row.info);
    })
    .await
}

pub(super) async fn dates(link: &Link, rows: &[DateRow], source: SourceId) -> Result<(), Failure> {
    let sql = "COPY date_row (contact_key, label_id, source_id, priority, date, date_text, uncertain)
               FROM STDIN (FORMAT binary)";
    copy_in(link, sql, rows, |out, row| {
        out.row(7);
        out.big(row.contact);
        out.small(row.label.id());
        out.small(source.0);
        out.small(row.priority);
        out.date(Some(row.date));
        out.flag(row.uncertain);
    })
    .await
}

pub(super) async fn addresses(link: &Link, rows: &[AddressRow]) -> Result<(), Failure> {
    let sql = "COPY address (address_key, contact_key, address_type, address1, address2, address3, postcode,
                             municipality, country_code, start_date, start_date_text, end_date, end_date_text,
                             protection, protection_text, phone_no, fax, email, source_id, imported_hash)
               FROM STDIN (FORMAT binary)";
    copy_in(link, sql, rows, |out, row| {
        out.row(20);
        out.big(row.key);
        out.big(row.contact);
        out.text(row.address_type.code());
        for line in row.lines.all() {
            out.text_or_null(line);
        }
        out.date(row.start_date);
        out.date(row.end_date);
        out.date(row.protection);
        out.text_or_null(&row.phone_no);
        out.text_or_null(&row.fax);
        out.text_or_null(&row.email);
        out.small(row.source.0);
        out.big(row.imported_hash);
    })
    .await
}

pub(super) async fn parts(link: &Link, rows: &[PartRow], source: SourceId) -> Result<(), Failure> {
    let sql = "COPY part_row (contact_key, role_id, name_ref_key, source_id, seq, start_date, start_date_text,
                              end_date, end_date_text) FROM STDIN (FORMAT binary)";
    copy_in(link, sql, rows, |out, row| {
        out.row(9);
        out.big(row.contact);
        out.small(row.role.id());
        out.big(row.reference);
        out.small(source.0);
        out.small(row.seq);
        out.date(row.start_date);
        out.date(row.end_date);
    })
    .await
}

pub(super) async fn protections(link: &Link, rows: &[ProtectionRow], source: SourceId) -> Result<(), Failure> {
    let sql = "COPY protection_row (contact_key, protection_type, source_id, seq, start_date, start_date_text,
                                    deletion_date, deletion_date_text, end_date, end_date_text)
               FROM STDIN (FORMAT binary)";
    copy_in(link, sql, rows, |out, row| {
        out.row(10);
        out.big(row.contact);
        out.text(&row.protection_type);
        out.small(source.0);
        out.small(row.seq);
        out.date(row.start_date);
        out.date(row.deletion_date);
        out.date(row.end_date);
    })
    .await
}

/// `now` as [`super::bind::instant`] counts it.
pub(super) async fn sources(link: &Link, rows: &[SourceRow], source: SourceId, now: i64) -> Result<(), Failure> {
    let sql = "COPY source_record (source, source_key, contact_key, src_subscribed, source_stamp, source_updated_at,
                                   content_hash, mapping_hash, stated, edited) FROM STDIN (FORMAT binary)";
    let mut stamps = StampText::default();
    copy_in(link, sql, rows, |out, row| {
        out.row(10);
        out.text(source.name());
        out.text(&row.source_key);
        out.big(row.contact);
        out.flag(row.src_subscribed);
        out.text(stamps.of(row.stamp));
        out.instant(now);
        out.big(row.content_hash);
        out.big(row.mapping_hash);
        out.int(row.stated);
        out.flag(row.edited);
    })
    .await
}

/// Numbers the entries from `first` on.
pub(super) async fn journal(
    link: &Link,
    entries: &[JournalEntry],
    source: SourceId,
    first: i64,
    run: RunKey,
    delivery: Option<DeliveryKey>,
) -> Result<(), Failure> {
    let sql = "COPY change_row (change_seq, run, delivery, contact_key, what_id, source_id, source_stamp, fields)
               FROM STDIN (FORMAT binary)";
    let mut stamps = StampText::default();
    copy_in(link, sql, (first..).zip(entries), |out, (change_seq, entry)| {
        out.row(8);
        out.big(change_seq);
        out.big(run);
        out.big_or_null(delivery);
        out.big(entry.contact);
        out.small(entry.what.id());
        out.small(source.0);
        out.text(stamps.of(entry.stamp));
        out.text(&entry.fields);
    })
    .await
}

/// The text of a stamp; that of the row before is kept, since those of one delivery are mostly alike.
#[derive(Default)]
struct StampText {
    last: Option<SourceStamp>,
    text: CompactString,
}

impl StampText {
    fn of(&mut self, stamp: SourceStamp) -> &str {
        if self.last != Some(stamp) {
            self.text.clear();
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{stamp}");
            self.last = Some(stamp);
        }
        &self.text
    }
}
