//! Wishes, orders and blocks.

use std::collections::BTreeMap;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{
    Block, NewOrder, Order, OrderAction, OrderKey, OrderState, Rewish, RunKey, StoreError, SubscriptionBook, Wish,
};
use tokio_postgres::Row;

use super::bind::{Day, flag, get_day, get_text, is_yes};
use super::error::Failure;
use super::session::Link;
use super::transaction::PostgresTransaction;
use super::update::column;

impl SubscriptionBook for PostgresTransaction<'_> {
    fn set_wishes(
        &mut self,
        source: SourceId,
        wishes: &[(CompactString, ContactKey, Option<bool>)],
    ) -> Result<(), StoreError> {
        self.run("write wishes", async |link| set_wishes(link, source, wishes).await)
    }

    fn rewish(&mut self, source: SourceId, wishes: &[Rewish]) -> Result<(), StoreError> {
        self.run("write wishes", async |link| rewish(link, source, wishes).await)
    }

    fn set_src_subscribed(
        &mut self,
        source: SourceId,
        states: &[(CompactString, ContactKey, bool)],
        deliveries_from: Option<PartialDate>,
    ) -> Result<(), StoreError> {
        self.run("write subscriptions", async |link| set_src_subscribed(link, source, states, deliveries_from).await)
    }

    fn set_deliveries_from(
        &mut self,
        source: SourceId,
        keys: &[CompactString],
        deliveries_from: PartialDate,
    ) -> Result<(), StoreError> {
        self.run("write subscriptions", async |link| {
            let sql = "UPDATE source_record AS t SET deliveries_from = $3
                       FROM unnest($1::text[], $2::text[]) AS n(source_key, source)
                       WHERE t.source = n.source AND t.source_key = n.source_key";
            let sources = column(keys, |_| source.name());
            let keys = column(keys, CompactString::as_str);
            link.execute(sql, &[&keys, &sources, &Day::of(Some(deliveries_from))]).await
        })
    }

    fn insert_orders(
        &mut self,
        source: SourceId,
        run: RunKey,
        orders: &[NewOrder],
        now: &str,
    ) -> Result<Vec<OrderKey>, StoreError> {
        self.run("enter orders", async |link| insert_orders(link, source, run, orders, now).await)
    }

    fn move_to_file(&mut self, orders: &[OrderKey], file: &str, process_date: PartialDate) -> Result<(), StoreError> {
        self.run("move orders", async |link| {
            let sql = "UPDATE subscription_order SET file = $2, process_date = $3 WHERE subscription_order = ANY($1)";
            link.execute(sql, &[&orders, &file, &Day::of(Some(process_date))]).await
        })
    }

    fn move_orders(&mut self, orders: &[OrderKey], state: OrderState, error: Option<&str>) -> Result<(), StoreError> {
        self.run("move orders on", async |link| {
            let sql = "UPDATE subscription_order SET state = $2, error = $3 WHERE subscription_order = ANY($1)";
            link.execute(sql, &[&orders, &state.name(), &error]).await
        })
    }

    fn pending_orders(&mut self, source: SourceId) -> Result<Vec<Order>, StoreError> {
        self.run("read orders", async |link| pending_orders(link, source).await)
    }

    fn put_block(&mut self, source: SourceId, key: &str, reason: &str, now: &str) -> Result<(), StoreError> {
        self.run("write the block list", async |link| {
            let sql = "INSERT INTO subscription_block (source, source_key, reason, created_at)
                       VALUES ($1, $2, $3, $4::text::timestamptz)
                       ON CONFLICT (source_key, source) DO UPDATE SET reason = excluded.reason";
            link.execute(sql, &[&source.name(), &key, &reason, &now]).await
        })
    }

    fn remove_block(&mut self, source: SourceId, key: &str) -> Result<bool, StoreError> {
        self.run("write the block list", async |link| {
            let sql = "DELETE FROM subscription_block WHERE source = $1 AND source_key = $2 RETURNING source_key";
            Ok(!link.query(sql, &[&source.name(), &key]).await?.is_empty())
        })
    }
}

/// One value a key, the last: PostgreSQL refuses to write a row twice in one statement.
fn last_of_each<T: Copy>(rows: &[(CompactString, ContactKey, T)]) -> Vec<(&str, ContactKey, T)> {
    let last: BTreeMap<_, _> = rows.iter().map(|(key, contact, value)| (key.as_str(), (*contact, *value))).collect();
    last.into_iter().map(|(key, (contact, value))| (key, contact, value)).collect()
}

async fn set_wishes(
    link: &Link,
    source: SourceId,
    wishes: &[(CompactString, ContactKey, Option<bool>)],
) -> Result<(), Failure> {
    let (set, cleared): (Vec<_>, Vec<_>) = last_of_each(wishes).into_iter().partition(|(_, _, wish)| wish.is_some());
    if !set.is_empty() {
        let sql = "INSERT INTO source_record (source, source_key, contact_key, subscribed)
                   SELECT $1, n.source_key, n.contact_key, n.subscribed
                   FROM unnest($2::text[], $3::bigint[], $4::text[]) AS n(source_key, contact_key, subscribed)
                   ON CONFLICT (source_key, source) DO UPDATE SET subscribed = excluded.subscribed";
        let keys = column(&set, |(key, ..)| *key);
        let contacts = column(&set, |(_, contact, _)| *contact);
        let wishes = column(&set, |(_, _, wish)| wish.map(flag));
        link.execute(sql, &[&source.name(), &keys, &contacts, &wishes]).await?;
    }
    if !cleared.is_empty() {
        let sql = "UPDATE source_record AS t SET subscribed = NULL
                   FROM unnest($1::text[], $2::text[]) AS n(source_key, source)
                   WHERE t.source = n.source AND t.source_key = n.source_key";
        let keys = column(&cleared, |(key, ..)| *key);
        let sources = column(&cleared, |_| source.name());
        link.execute(sql, &[&keys, &sources]).await?;
    }
    Ok(())
}

async fn rewish(link: &Link, source: SourceId, wishes: &[Rewish]) -> Result<(), Failure> {
    if wishes.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE source_record AS t SET subscribed = n.becomes
               FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n(source_key, source, was, becomes)
               WHERE t.source = n.source AND t.source_key = n.source_key AND t.subscribed IS NOT DISTINCT FROM n.was";
    let keys = column(wishes, |wish| wish.source_key.as_str());
    let sources = column(wishes, |_| source.name());
    let was = column(wishes, |wish| wish.was.map(flag));
    let becomes = column(wishes, |wish| wish.becomes.map(flag));
    link.execute(sql, &[&keys, &sources, &was, &becomes]).await
}

async fn set_src_subscribed(
    link: &Link,
    source: SourceId,
    states: &[(CompactString, ContactKey, bool)],
    deliveries_from: Option<PartialDate>,
) -> Result<(), Failure> {
    if states.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO source_record AS t (source, source_key, contact_key, src_subscribed, deliveries_from)
               SELECT $1, n.source_key, n.contact_key, n.src_subscribed, $5::date
               FROM unnest($2::text[], $3::bigint[], $4::text[]) AS n(source_key, contact_key, src_subscribed)
               ON CONFLICT (source_key, source)
               DO UPDATE SET src_subscribed = excluded.src_subscribed, deliveries_from = excluded.deliveries_from,
                             subscribed = nullif(t.subscribed, excluded.src_subscribed)";
    let states = last_of_each(states);
    let keys = column(&states, |(key, ..)| *key);
    let contacts = column(&states, |(_, contact, _)| *contact);
    let flags = column(&states, |(_, _, src_subscribed)| flag(*src_subscribed));
    link.execute(sql, &[&source.name(), &keys, &contacts, &flags, &Day::of(deliveries_from)]).await
}

async fn insert_orders(
    link: &Link,
    source: SourceId,
    run: RunKey,
    orders: &[NewOrder],
    now: &str,
) -> Result<Vec<OrderKey>, Failure> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(orders.len()).unwrap_or(i64::MAX);
    let allot = "UPDATE counter SET next = next + $1 WHERE name = 'subscription_order' RETURNING next - $1";
    let first: OrderKey = link.one(allot, &[&count]).await?.try_get(0)?;
    let keys: Vec<OrderKey> = (first..).zip(orders).map(|(key, _)| key).collect();
    let sql = "INSERT INTO subscription_order (subscription_order, source, source_key, contact_key, action, reason,
                                               state, run, file, line, process_date, error, created_at)
               SELECT n.key, $1, n.source_key, n.contact_key, n.action, n.reason, n.state, $2, n.file, n.line,
                      n.process_date, n.error, $3::text::timestamptz
               FROM unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[],
                           $11::bigint[], $12::date[], $13::text[])
                   AS n(key, source_key, contact_key, action, reason, state, file, line, process_date, error)";
    link.execute(
        sql,
        &[
            &source.name(),
            &run,
            &now,
            &keys,
            &column(orders, |order| order.source_key.as_str()),
            &column(orders, |order| order.contact),
            &column(orders, |order| order.action.code()),
            &column(orders, |order| order.reason.as_str()),
            &column(orders, |order| order.state.name()),
            &column(orders, |order| order.file.as_deref()),
            &column(orders, |order| order.line.map(i64::from)),
            &column(orders, |order| Day::of(order.process_date)),
            &column(orders, |order| order.error.as_deref()),
        ],
    )
    .await?;
    Ok(keys)
}

fn order(row: &Row) -> Result<Order, Failure> {
    Ok(Order {
        key: row.try_get(0)?,
        source_key: get_text(row, 1)?,
        contact: row.try_get(2)?,
        action: OrderAction::from_code(row.try_get(3)?).ok_or(Failure::Corrupt("an order has an unknown action"))?,
        reason: row.try_get(4)?,
        state: OrderState::from_name(row.try_get(5)?).ok_or(Failure::Corrupt("an order has an unknown state"))?,
        run: row.try_get(6)?,
        file: row.try_get(7)?,
        line: row.try_get::<_, Option<i64>>(8)?.and_then(|line| line.try_into().ok()),
        process_date: get_day(row, 9)?,
        error: row.try_get(10)?,
        created_at: row.try_get(11)?,
    })
}

async fn pending_orders(link: &Link, source: SourceId) -> Result<Vec<Order>, Failure> {
    let sql = r#"SELECT subscription_order, source_key, contact_key, action, reason, state, run, file, line,
                        process_date, error, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM subscription_order WHERE source = $1 AND state IN ('planned', 'sent')
                 ORDER BY subscription_order"#;
    link.query(sql, &[&source.name()]).await?.iter().map(order).collect()
}

pub(super) async fn orders(
    link: &Link,
    source: SourceId,
    state: Option<OrderState>,
    limit: u32,
) -> Result<Vec<Order>, Failure> {
    let sql = r#"SELECT subscription_order, source_key, contact_key, action, reason, state, run, file, line,
                        process_date, error, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM subscription_order WHERE source = $1 AND ($2::text IS NULL OR state = $2)
                 ORDER BY subscription_order DESC LIMIT $3"#;
    let rows = link.query(sql, &[&source.name(), &state.map(OrderState::name), &i64::from(limit)]).await?;
    rows.iter().map(order).collect()
}

pub(super) async fn wishes(
    link: &Link,
    source: SourceId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Wish>, Failure> {
    let sql = "SELECT source_key, contact_key, src_subscribed, subscribed FROM source_record
               WHERE source = $1 AND source_key > $2 AND subscribed IS NOT NULL ORDER BY source_key LIMIT $3";
    let rows = link.query(sql, &[&source.name(), &after.unwrap_or_default(), &i64::from(limit)]).await?;
    rows.iter()
        .map(|row| {
            Ok(Wish {
                source_key: get_text(row, 0)?,
                contact: row.try_get(1)?,
                src_subscribed: is_yes(row, 2)?,
                wish: is_yes(row, 3)?,
            })
        })
        .collect()
}

pub(super) async fn blocks(link: &Link, source: SourceId) -> Result<Vec<Block>, Failure> {
    let sql = r#"SELECT source_key, reason, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM subscription_block WHERE source = $1 ORDER BY source_key"#;
    let rows = link.query(sql, &[&source.name()]).await?;
    rows.iter()
        .map(|row| Ok(Block { source_key: get_text(row, 0)?, reason: row.try_get(1)?, created_at: row.try_get(2)? }))
        .collect()
}
