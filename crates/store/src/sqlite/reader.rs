//! Reading for people, and for the import's fast path.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::ports::{
    AddressCard, Block, Change, ContactCard, ContactSummary, DateCard, DeliveryKey, Direction, ExternalSource,
    FindQuery, InfoCard, Known, Message, Order, OrderState, PartCard, PersonInRun, PersonOutcome, ProtectionCard,
    Reader, RunCard, RunKey, SealedSecret, Severity, SourceCard, StoreError, SubscriptionFacts, Transfer,
    TransferState, Wish,
};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::bind::{add_day_of, get_text};
use super::error::{corrupt, failed};
use super::find::{add_starts_alike, find};
use super::lookup::{self, is_yes, name_type, stamp};
use super::{configured, facts, outcomes, subscriptions, transfers};

/// Page cache of a reader, in KiB.
const CACHE_KIB: i64 = 32 * 1024;

/// A connection of its own, which sees what was committed.
pub(super) struct SqliteReader {
    connection: Connection,
}

impl SqliteReader {
    pub fn new(connection: Connection) -> std::result::Result<Self, StoreError> {
        let configure = || {
            connection.busy_timeout(super::BUSY_TIMEOUT)?;
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            add_starts_alike(&connection)?;
            add_day_of(&connection)?;
            super::table_exists(&connection, "source_record")
        };
        match configure() {
            Ok(true) => Ok(Self { connection }),
            Ok(false) => Err(corrupt("open the register for reading", "the file has no register in it")),
            Err(error) => Err(failed("open the register for reading", &error)),
        }
    }
}

impl Reader for SqliteReader {
    fn known(
        &mut self,
        source: SourceId,
        keys: &[CompactString],
    ) -> std::result::Result<Vec<Option<Known>>, StoreError> {
        known(&self.connection, source, keys).map_err(|error| failed("read source records", &error))
    }

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        lookup::contact_keys(&self.connection, ids).map_err(|error| failed("find contacts", &error))
    }

    fn contact(&mut self, id: &ContactId) -> std::result::Result<Option<ContactCard>, StoreError> {
        contact(&self.connection, id).map_err(|error| failed("read a contact", &error))
    }

    fn find(&mut self, query: &FindQuery) -> std::result::Result<Vec<ContactSummary>, StoreError> {
        find(&self.connection, query).map_err(|error| failed("find contacts", &error))
    }

    fn history(&mut self, id: &ContactId) -> std::result::Result<Vec<Change>, StoreError> {
        history(&self.connection, id).map_err(|error| failed("read the journal", &error))
    }

    fn messages(&mut self, delivery: DeliveryKey) -> std::result::Result<Vec<Message>, StoreError> {
        messages(&self.connection, delivery).map_err(|error| failed("read messages", &error))
    }

    fn external_sources(&mut self) -> std::result::Result<Vec<ExternalSource>, StoreError> {
        configured::external_sources(&self.connection).map_err(|error| failed("read external sources", &error))
    }

    fn secrets(&mut self) -> std::result::Result<Vec<SealedSecret>, StoreError> {
        configured::secrets(&self.connection).map_err(|error| failed("read secrets", &error))
    }

    fn subscription_facts(
        &mut self,
        source: SourceId,
        today: PartialDate,
        after: Option<&str>,
        limit: u32,
    ) -> std::result::Result<Vec<SubscriptionFacts>, StoreError> {
        facts::facts(&self.connection, source, today, after, limit)
            .map_err(|error| failed("read subscriptions", &error))
    }

    fn wishes(
        &mut self,
        source: SourceId,
        after: Option<&str>,
        limit: u32,
    ) -> std::result::Result<Vec<Wish>, StoreError> {
        subscriptions::wishes(&self.connection, source, after, limit).map_err(|error| failed("read wishes", &error))
    }

    fn orders(
        &mut self,
        source: SourceId,
        state: Option<OrderState>,
        limit: u32,
    ) -> std::result::Result<Vec<Order>, StoreError> {
        subscriptions::orders(&self.connection, source, state, limit).map_err(|error| failed("read orders", &error))
    }

    fn blocks(&mut self, source: SourceId) -> std::result::Result<Vec<Block>, StoreError> {
        subscriptions::blocks(&self.connection, source).map_err(|error| failed("read the block list", &error))
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> std::result::Result<Vec<Transfer>, StoreError> {
        transfers::transfers(&self.connection, source, direction, state)
            .map_err(|error| failed("read transfers", &error))
    }

    fn transfer_settings(&mut self, source: SourceId) -> std::result::Result<Vec<(String, String)>, StoreError> {
        transfers::settings(&self.connection, source).map_err(|error| failed("read transfer settings", &error))
    }

    fn runs(&mut self, source: SourceId, limit: u32) -> std::result::Result<Vec<RunCard>, StoreError> {
        outcomes::runs(&self.connection, source, limit).map_err(|error| failed("read runs", &error))
    }

    fn run(&mut self, run: RunKey) -> std::result::Result<Option<RunCard>, StoreError> {
        outcomes::run(&self.connection, run).map_err(|error| failed("read runs", &error))
    }

    fn runs_of_delivery(&mut self, delivery: DeliveryKey) -> std::result::Result<Vec<RunCard>, StoreError> {
        outcomes::runs_of_delivery(&self.connection, delivery).map_err(|error| failed("read runs", &error))
    }

    fn persons_in_runs(
        &mut self,
        runs: &[RunKey],
        outcome: Option<PersonOutcome>,
        skip: u64,
        limit: u32,
    ) -> std::result::Result<Vec<PersonInRun>, StoreError> {
        outcomes::persons_in_runs(&self.connection, runs, outcome, skip, limit)
            .map_err(|error| failed("read the persons of runs", &error))
    }

    fn runs_of_person(&mut self, id: &ContactId, limit: u32) -> std::result::Result<Vec<PersonInRun>, StoreError> {
        outcomes::runs_of_person(&self.connection, id, limit)
            .map_err(|error| failed("read the runs of a person", &error))
    }
}

fn known(connection: &Connection, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>> {
    // One snapshot for all keys, and its locks taken once.
    connection.execute_batch("BEGIN")?;
    let known = known_in_snapshot(connection, source, keys);
    connection.execute_batch("COMMIT")?;
    known
}

fn known_in_snapshot(connection: &Connection, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>> {
    let mut statement = connection.prepare_cached(
        "SELECT source_stamp, content_hash, mapping_hash, edited FROM source_record
         WHERE source = ?1 AND source_key = ?2",
    )?;
    let known = |row: &Row<'_>| {
        Ok(Known {
            stamp: stamp(row, 0)?,
            content_hash: row.get(1)?,
            mapping_hash: row.get(2)?,
            edited: is_yes(row, 3)?,
        })
    };
    keys.iter().map(|key| statement.query_row(params![source.name(), key.as_str()], known).optional()).collect()
}

/// All groups come from one snapshot.
fn contact(connection: &Connection, id: &ContactId) -> Result<Option<ContactCard>> {
    connection.execute_batch("BEGIN")?;
    let card = contact_in_snapshot(connection, id);
    connection.execute_batch("COMMIT")?;
    card
}

fn contact_in_snapshot(connection: &Connection, id: &ContactId) -> Result<Option<ContactCard>> {
    let card = connection
        .prepare_cached(
            "SELECT contact_key, name1, name2, position, text, coalesce(start_date_text, start_date),
                    coalesce(end_date_text, end_date), placeholder
             FROM contact WHERE name_type = ?1 AND name_code = ?2",
        )?
        .query_row(params![id.name_type.as_char().to_string(), id.name_code.as_str()], |row| {
            let key = row.get(0)?;
            Ok(ContactCard {
                contact_key: key,
                id: id.clone(),
                name1: get_text(row, 1)?,
                name2: get_text(row, 2)?,
                position: get_text(row, 3)?,
                text: get_text(row, 4)?,
                start_date: row.get(5)?,
                end_date: row.get(6)?,
                placeholder: is_yes(row, 7)?,
                infos: infos(connection, key)?,
                dates: dates(connection, key)?,
                addresses: addresses(connection, key)?,
                parts: parts(connection, key)?,
                protections: protections(connection, key)?,
                sources: sources(connection, key)?,
            })
        });
    card.optional()
}

fn infos(connection: &Connection, key: i64) -> Result<Vec<InfoCard>> {
    let sql = "SELECT custom_label, priority, info, source FROM contact_info WHERE contact_key = ?1
               ORDER BY custom_label, priority, source";
    rows(connection, sql, key, |row| {
        Ok(InfoCard { custom_label: row.get(0)?, priority: row.get(1)?, info: row.get(2)?, source: row.get(3)? })
    })
}

fn dates(connection: &Connection, key: i64) -> Result<Vec<DateCard>> {
    let sql = "SELECT custom_label, coalesce(date_text, date), uncertain, source FROM contact_date
               WHERE contact_key = ?1 ORDER BY custom_label, priority, source";
    rows(connection, sql, key, |row| {
        Ok(DateCard { custom_label: row.get(0)?, date: row.get(1)?, uncertain: is_yes(row, 2)?, source: row.get(3)? })
    })
}

fn addresses(connection: &Connection, key: i64) -> Result<Vec<AddressCard>> {
    let sql = "SELECT address_type, address1, address2, address3, postcode, municipality, country_code,
                      coalesce(start_date_text, start_date), coalesce(end_date_text, end_date),
                      coalesce(protection_text, protection), phone_no, fax, email, source
               FROM address JOIN source USING (source_id) WHERE contact_key = ?1
               ORDER BY end_date IS NOT NULL, address_type = 'HA' DESC, end_date DESC, address_key DESC";
    rows(connection, sql, key, |row| {
        Ok(AddressCard {
            address_type: row.get(0)?,
            lines: [
                get_text(row, 1)?,
                get_text(row, 2)?,
                get_text(row, 3)?,
                get_text(row, 4)?,
                get_text(row, 5)?,
                get_text(row, 6)?,
            ],
            start_date: row.get(7)?,
            end_date: row.get(8)?,
            protection: row.get(9)?,
            phone_no: get_text(row, 10)?,
            fax: get_text(row, 11)?,
            email: get_text(row, 12)?,
            source: row.get(13)?,
        })
    })
}

fn parts(connection: &Connection, key: i64) -> Result<Vec<PartCard>> {
    let sql = "SELECT role, name_type, name_code, name1, name2, coalesce(p.start_date_text, p.start_date),
                      coalesce(p.end_date_text, p.end_date), source
               FROM part AS p JOIN contact AS c ON c.contact_key = p.name_ref_key WHERE p.contact_key = ?1
               ORDER BY p.end_date IS NOT NULL, role, name_type, name_code, seq, source";
    rows(connection, sql, key, |row| {
        Ok(PartCard {
            role: row.get(0)?,
            reference: ContactId { name_type: name_type(row, 1)?, name_code: get_text(row, 2)? },
            name1: get_text(row, 3)?,
            name2: get_text(row, 4)?,
            start_date: row.get(5)?,
            end_date: row.get(6)?,
            source: row.get(7)?,
        })
    })
}

fn protections(connection: &Connection, key: i64) -> Result<Vec<ProtectionCard>> {
    let sql = "SELECT protection_type, coalesce(start_date_text, start_date),
                      coalesce(deletion_date_text, deletion_date), end_date, source
               FROM protection WHERE contact_key = ?1 ORDER BY end_date IS NOT NULL, protection_type, seq, source";
    rows(connection, sql, key, |row| {
        Ok(ProtectionCard {
            protection_type: row.get(0)?,
            start_date: row.get(1)?,
            deletion_date: row.get(2)?,
            end_date: row.get(3)?,
            source: row.get(4)?,
        })
    })
}

fn sources(connection: &Connection, key: i64) -> Result<Vec<SourceCard>> {
    let sql = "SELECT source, source_key, src_subscribed, subscribed, source_stamp, source_updated_at
               FROM source_record WHERE contact_key = ?1 ORDER BY source, source_key";
    rows(connection, sql, key, |row| {
        Ok(SourceCard {
            source: row.get(0)?,
            source_key: row.get(1)?,
            src_subscribed: row.get(2)?,
            subscribed: row.get(3)?,
            source_stamp: row.get(4)?,
            source_updated_at: row.get(5)?,
        })
    })
}

fn rows<T>(connection: &Connection, sql: &str, key: i64, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    connection.prepare_cached(sql)?.query_map([key], read)?.collect()
}

fn history(connection: &Connection, id: &ContactId) -> Result<Vec<Change>> {
    let mut statement = connection.prepare_cached(
        "SELECT change_seq, c.run, r.started_at, d.name, what, c.source, source_stamp, fields
         FROM change AS c JOIN run AS r ON r.run = c.run LEFT JOIN delivery AS d ON d.delivery = c.delivery
         WHERE contact_key = (SELECT contact_key FROM contact WHERE name_type = ?1 AND name_code = ?2)
         ORDER BY change_seq",
    )?;
    let changes = statement.query_map(params![id.name_type.as_char().to_string(), id.name_code.as_str()], |row| {
        Ok(Change {
            change_seq: row.get(0)?,
            run: row.get(1)?,
            started_at: row.get(2)?,
            delivery: row.get(3)?,
            what: row.get(4)?,
            source: row.get(5)?,
            source_stamp: row.get(6)?,
            fields: row.get(7)?,
        })
    })?;
    changes.collect()
}

fn messages(connection: &Connection, delivery: DeliveryKey) -> Result<Vec<Message>> {
    let sql = format!("SELECT {MESSAGE} FROM run_message WHERE delivery = ?1 ORDER BY message");
    rows(connection, &sql, delivery, message)
}

/// The columns that [`message`] reads.
pub(super) const MESSAGE: &str = "severity, code, line, byte, record, person, contact_key, text";

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    let is_error = row.get_ref(0)?.as_str()? == Severity::Error.name();
    Ok(Message {
        severity: if is_error { Severity::Error } else { Severity::Remark },
        code: get_text(row, 1)?,
        line: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        byte: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
        record: row.get(4)?,
        person: row.get(5)?,
        subject: None,
        contact: row.get(6)?,
        text: row.get(7)?,
    })
}
