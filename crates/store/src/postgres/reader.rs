//! Reading for people, and for the import's fast path.

use compact_str::CompactString;
use futures_util::future::{try_join, try_join5};
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::ports::{
    AddressCard, Block, Change, ContactCard, ContactSummary, DateCard, DeliveryKey, Direction, ExternalSource,
    FindQuery, InfoCard, Known, Message, Order, OrderState, PartCard, PersonInRun, PersonOutcome, ProtectionCard,
    Reader, RunCard, RunKey, SealedSecret, Severity, SourceCard, StoreError, SubscriptionFacts, Transfer,
    TransferState, Wish,
};
use tokio_postgres::{Config, Row};

use super::bind::{get_name_type, get_stamp, get_text, is_yes};
use super::error::Failure;
use super::find::find;
use super::lookup::{contact_keys, in_order};
use super::session::{Link, Purpose, Session};
use super::{configured, facts, outcomes, subscriptions, transfers};

/// A connection of its own, which sees what was committed.
pub(super) struct PostgresReader {
    session: Session,
}

impl PostgresReader {
    pub fn open(config: &Config) -> Result<Self, StoreError> {
        let mut session = Session::open(config, Purpose::Read)?;
        session.run("open the register for reading", async |link| {
            let row = link.one("SELECT to_regclass('source_record') IS NOT NULL", &[]).await?;
            let has_register: bool = row.try_get(0)?;
            has_register.then_some(()).ok_or(Failure::Corrupt("the database has no register in it"))
        })?;
        Ok(Self { session })
    }

    fn run<T>(
        &mut self,
        operation: &'static str,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.session.revive()?;
        self.session.run(operation, work)
    }

    /// All that `work` reads comes from one snapshot.
    fn run_in_snapshot<T>(
        &mut self,
        operation: &'static str,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.run(operation, async |link| {
            link.client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let result = work(link).await;
            link.client.batch_execute("COMMIT").await?;
            result
        })
    }
}

impl Reader for PostgresReader {
    fn known(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>, StoreError> {
        self.run("read source records", async |link| known(link, source, keys).await)
    }

    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError> {
        self.run("find contacts", async |link| contact_keys(link, ids).await)
    }

    fn contact(&mut self, id: &ContactId) -> Result<Option<ContactCard>, StoreError> {
        self.run_in_snapshot("read a contact", async |link| contact(link, id).await)
    }

    fn find(&mut self, query: &FindQuery) -> Result<Vec<ContactSummary>, StoreError> {
        self.run("find contacts", async |link| find(link, query).await)
    }

    fn history(&mut self, id: &ContactId) -> Result<Vec<Change>, StoreError> {
        self.run("read the journal", async |link| history(link, id).await)
    }

    fn messages(&mut self, delivery: DeliveryKey) -> Result<Vec<Message>, StoreError> {
        self.run("read messages", async |link| messages(link, delivery).await)
    }

    fn external_sources(&mut self) -> Result<Vec<ExternalSource>, StoreError> {
        self.run("read external sources", async |link| configured::external_sources(link).await)
    }

    fn secrets(&mut self) -> Result<Vec<SealedSecret>, StoreError> {
        self.run("read secrets", async |link| configured::secrets(link).await)
    }

    fn subscription_facts(
        &mut self,
        source: SourceId,
        today: PartialDate,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SubscriptionFacts>, StoreError> {
        self.run("read subscriptions", async |link| facts::facts(link, source, today, after, limit).await)
    }

    fn wishes(&mut self, source: SourceId, after: Option<&str>, limit: u32) -> Result<Vec<Wish>, StoreError> {
        self.run("read wishes", async |link| subscriptions::wishes(link, source, after, limit).await)
    }

    fn orders(&mut self, source: SourceId, state: Option<OrderState>, limit: u32) -> Result<Vec<Order>, StoreError> {
        self.run("read orders", async |link| subscriptions::orders(link, source, state, limit).await)
    }

    fn blocks(&mut self, source: SourceId) -> Result<Vec<Block>, StoreError> {
        self.run("read the block list", async |link| subscriptions::blocks(link, source).await)
    }

    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError> {
        self.run("read transfers", async |link| transfers::transfers(link, source, direction, state).await)
    }

    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError> {
        self.run("read transfer settings", async |link| transfers::settings(link, source).await)
    }

    fn runs(&mut self, source: SourceId, limit: u32) -> Result<Vec<RunCard>, StoreError> {
        self.run("read runs", async |link| outcomes::runs(link, source, limit).await)
    }

    fn run(&mut self, run: RunKey) -> Result<Option<RunCard>, StoreError> {
        self.run("read runs", async |link| outcomes::run(link, run).await)
    }

    fn runs_of_delivery(&mut self, delivery: DeliveryKey) -> Result<Vec<RunCard>, StoreError> {
        self.run("read runs", async |link| outcomes::runs_of_delivery(link, delivery).await)
    }

    fn persons_in_runs(
        &mut self,
        runs: &[RunKey],
        outcome: Option<PersonOutcome>,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<PersonInRun>, StoreError> {
        self.run_in_snapshot("read the persons of runs", async |link| {
            outcomes::persons_in_runs(link, runs, outcome, skip, limit).await
        })
    }

    fn runs_of_person(&mut self, id: &ContactId, limit: u32) -> Result<Vec<PersonInRun>, StoreError> {
        self.run_in_snapshot("read the runs of a person", async |link| outcomes::runs_of_person(link, id, limit).await)
    }
}

async fn known(link: &Link, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>, Failure> {
    let sql = "SELECT nth, source_stamp, content_hash, mapping_hash, edited
               FROM unnest($2::text[]) WITH ORDINALITY AS asked(source_key, nth)
               CROSS JOIN LATERAL (
                   SELECT * FROM source_record AS s WHERE s.source = $1 AND s.source_key = asked.source_key LIMIT 1
               ) AS s";
    let texts: Vec<&str> = keys.iter().map(CompactString::as_str).collect();
    let rows = link.query(sql, &[&source.name(), &texts]).await?;
    in_order(keys.len(), &rows, |row| {
        Ok(Known {
            stamp: get_stamp(row, 1)?,
            content_hash: row.try_get(2)?,
            mapping_hash: row.try_get(3)?,
            edited: is_yes(row, 4)?,
        })
    })
}

async fn contact(link: &Link, id: &ContactId) -> Result<Option<ContactCard>, Failure> {
    let sql = "SELECT contact_key, name1, name2, position, text, coalesce(start_date_text, start_date::text),
                      coalesce(end_date_text, end_date::text), placeholder
               FROM contact WHERE name_type = $1 AND name_code = $2";
    let name_type = id.name_type.as_char().to_string();
    let Some(row) = link.first(sql, &[&name_type, &id.name_code.as_str()]).await? else { return Ok(None) };
    let key = row.try_get(0)?;
    let ((infos, dates, addresses, parts, protections), sources) = try_join(
        try_join5(infos(link, key), dates(link, key), addresses(link, key), parts(link, key), protections(link, key)),
        sources(link, key),
    )
    .await?;
    Ok(Some(ContactCard {
        contact_key: key,
        id: id.clone(),
        name1: get_text(&row, 1)?,
        name2: get_text(&row, 2)?,
        position: get_text(&row, 3)?,
        text: get_text(&row, 4)?,
        start_date: row.try_get(5)?,
        end_date: row.try_get(6)?,
        placeholder: is_yes(&row, 7)?,
        infos,
        dates,
        addresses,
        parts,
        protections,
        sources,
    }))
}

async fn rows<T>(
    link: &Link,
    sql: &'static str,
    key: i64,
    read: impl Fn(&Row) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    link.query(sql, &[&key]).await?.iter().map(read).collect()
}

async fn infos(link: &Link, key: i64) -> Result<Vec<InfoCard>, Failure> {
    let sql = "SELECT custom_label, priority, info, source FROM contact_info WHERE contact_key = $1
               ORDER BY custom_label, priority, source";
    rows(link, sql, key, |row| {
        Ok(InfoCard {
            custom_label: row.try_get(0)?,
            priority: row.try_get(1)?,
            info: row.try_get(2)?,
            source: row.try_get(3)?,
        })
    })
    .await
}

async fn dates(link: &Link, key: i64) -> Result<Vec<DateCard>, Failure> {
    let sql = "SELECT custom_label, coalesce(date_text, date::text), uncertain, source
               FROM contact_date WHERE contact_key = $1 ORDER BY custom_label, priority, source";
    rows(link, sql, key, |row| {
        Ok(DateCard {
            custom_label: row.try_get(0)?,
            date: row.try_get(1)?,
            uncertain: is_yes(row, 2)?,
            source: row.try_get(3)?,
        })
    })
    .await
}

async fn addresses(link: &Link, key: i64) -> Result<Vec<AddressCard>, Failure> {
    let sql = "SELECT address_type, address1, address2, address3, postcode, municipality, country_code,
                      coalesce(start_date_text, start_date::text), coalesce(end_date_text, end_date::text),
                      coalesce(protection_text, protection::text), phone_no, fax, email, source
               FROM address JOIN source USING (source_id) WHERE contact_key = $1
               ORDER BY end_date IS NOT NULL, address_type = 'HA' DESC, end_date DESC, address_key DESC";
    rows(link, sql, key, |row| {
        Ok(AddressCard {
            address_type: row.try_get(0)?,
            lines: [
                get_text(row, 1)?,
                get_text(row, 2)?,
                get_text(row, 3)?,
                get_text(row, 4)?,
                get_text(row, 5)?,
                get_text(row, 6)?,
            ],
            start_date: row.try_get(7)?,
            end_date: row.try_get(8)?,
            protection: row.try_get(9)?,
            phone_no: get_text(row, 10)?,
            fax: get_text(row, 11)?,
            email: get_text(row, 12)?,
            source: row.try_get(13)?,
        })
    })
    .await
}

async fn parts(link: &Link, key: i64) -> Result<Vec<PartCard>, Failure> {
    let sql = "SELECT role, name_type, name_code, name1, name2, coalesce(p.start_date_text, p.start_date::text),
                      coalesce(p.end_date_text, p.end_date::text), source
               FROM part AS p JOIN contact AS c ON c.contact_key = p.name_ref_key WHERE p.contact_key = $1
               ORDER BY p.end_date IS NOT NULL, role, name_type, name_code, seq, source";
    rows(link, sql, key, |row| {
        Ok(PartCard {
            role: row.try_get(0)?,
            reference: ContactId { name_type: get_name_type(row, 1)?, name_code: get_text(row, 2)? },
            name1: get_text(row, 3)?,
            name2: get_text(row, 4)?,
            start_date: row.try_get(5)?,
            end_date: row.try_get(6)?,
            source: row.try_get(7)?,
        })
    })
    .await
}

async fn protections(link: &Link, key: i64) -> Result<Vec<ProtectionCard>, Failure> {
    let sql = "SELECT protection_type, coalesce(start_date_text, start_date::text),
                      coalesce(deletion_date_text, deletion_date::text), end_date::text, source
               FROM protection WHERE contact_key = $1 ORDER BY end_date IS NOT NULL, protection_type, seq, source";
    rows(link, sql, key, |row| {
        Ok(ProtectionCard {
            protection_type: row.try_get(0)?,
            start_date: row.try_get(1)?,
            deletion_date: row.try_get(2)?,
            end_date: row.try_get(3)?,
            source: row.try_get(4)?,
        })
    })
    .await
}

async fn sources(link: &Link, key: i64) -> Result<Vec<SourceCard>, Failure> {
    let sql = r#"SELECT source, source_key, src_subscribed, subscribed, source_stamp,
                        to_char(source_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM source_record WHERE contact_key = $1 ORDER BY source, source_key"#;
    rows(link, sql, key, |row| {
        Ok(SourceCard {
            source: row.try_get(0)?,
            source_key: row.try_get(1)?,
            src_subscribed: row.try_get(2)?,
            subscribed: row.try_get(3)?,
            source_stamp: row.try_get(4)?,
            source_updated_at: row.try_get(5)?,
        })
    })
    .await
}

async fn history(link: &Link, id: &ContactId) -> Result<Vec<Change>, Failure> {
    let sql = r#"SELECT change_seq, c.run, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                        d.name, what, c.source, source_stamp, fields
                 FROM change AS c JOIN run AS r ON r.run = c.run LEFT JOIN delivery AS d ON d.delivery = c.delivery
                 WHERE contact_key = (SELECT contact_key FROM contact WHERE name_type = $1 AND name_code = $2)
                 ORDER BY change_seq"#;
    let name_type = id.name_type.as_char().to_string();
    let rows = link.query(sql, &[&name_type, &id.name_code.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                change_seq: row.try_get(0)?,
                run: row.try_get(1)?,
                started_at: row.try_get(2)?,
                delivery: row.try_get(3)?,
                what: row.try_get(4)?,
                source: row.try_get(5)?,
                source_stamp: row.try_get(6)?,
                fields: row.try_get(7)?,
            })
        })
        .collect()
}

async fn messages(link: &Link, delivery: DeliveryKey) -> Result<Vec<Message>, Failure> {
    let sql = "SELECT severity, code, line, byte, record, person, contact_key, text
               FROM run_message WHERE delivery = $1 ORDER BY message";
    link.query(sql, &[&delivery]).await?.iter().map(message).collect()
}

/// A message from the columns that [`messages`] asks for.
pub(super) fn message(row: &Row) -> Result<Message, Failure> {
    let is_error = row.try_get::<_, &str>(0)? == Severity::Error.name();
    Ok(Message {
        severity: if is_error { Severity::Error } else { Severity::Remark },
        code: get_text(row, 1)?,
        line: row.try_get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        byte: row.try_get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
        record: row.try_get::<_, Option<i32>>(4)?.and_then(|record| record.try_into().ok()),
        person: row.try_get(5)?,
        subject: None,
        contact: row.try_get(6)?,
        text: row.try_get(7)?,
    })
}
