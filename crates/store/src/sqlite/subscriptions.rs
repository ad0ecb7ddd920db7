//! Wishes, orders and blocks.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{
    Block, NewOrder, Order, OrderAction, OrderKey, OrderState, Rewish, RunKey, StoreError, SubscriptionBook, Wish,
};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, Result, Row, params};

use super::bind::{Iso, flag, get_day, get_text};
use super::error::failed;
use super::lookup::is_yes;
use super::transaction::SqliteTransaction;

impl SubscriptionBook for SqliteTransaction<'_> {
    fn set_wishes(
        &mut self,
        source: SourceId,
        wishes: &[(CompactString, ContactKey, Option<bool>)],
    ) -> std::result::Result<(), StoreError> {
        set_wishes(&self.inner, source, wishes).map_err(|error| failed("write wishes", &error))
    }

    fn rewish(&mut self, source: SourceId, wishes: &[Rewish]) -> std::result::Result<(), StoreError> {
        rewish(&self.inner, source, wishes).map_err(|error| failed("write wishes", &error))
    }

    fn set_src_subscribed(
        &mut self,
        source: SourceId,
        states: &[(CompactString, ContactKey, bool)],
        deliveries_from: Option<PartialDate>,
    ) -> std::result::Result<(), StoreError> {
        set_src_subscribed(&self.inner, source, states, deliveries_from)
            .map_err(|error| failed("write subscriptions", &error))
    }

    fn set_deliveries_from(
        &mut self,
        source: SourceId,
        keys: &[CompactString],
        deliveries_from: PartialDate,
    ) -> std::result::Result<(), StoreError> {
        set_deliveries_from(&self.inner, source, keys, deliveries_from)
            .map_err(|error| failed("write subscriptions", &error))
    }

    fn insert_orders(
        &mut self,
        source: SourceId,
        run: RunKey,
        orders: &[NewOrder],
        now: &str,
    ) -> std::result::Result<Vec<OrderKey>, StoreError> {
        insert_orders(&self.inner, source, run, orders, now).map_err(|error| failed("enter orders", &error))
    }

    fn move_to_file(
        &mut self,
        orders: &[OrderKey],
        file: &str,
        process_date: PartialDate,
    ) -> std::result::Result<(), StoreError> {
        move_to_file(&self.inner, orders, file, process_date).map_err(|error| failed("move orders", &error))
    }

    fn move_orders(
        &mut self,
        orders: &[OrderKey],
        state: OrderState,
        error: Option<&str>,
    ) -> std::result::Result<(), StoreError> {
        move_orders(&self.inner, orders, state, error).map_err(|error| failed("move orders on", &error))
    }

    fn pending_orders(&mut self, source: SourceId) -> std::result::Result<Vec<Order>, StoreError> {
        pending_orders(&self.inner, source).map_err(|error| failed("read orders", &error))
    }

    fn put_block(
        &mut self,
        source: SourceId,
        key: &str,
        reason: &str,
        now: &str,
    ) -> std::result::Result<(), StoreError> {
        let sql = "INSERT INTO subscription_block (source, source_key, reason, created_at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (source, source_key) DO UPDATE SET reason = excluded.reason";
        let written = self.inner.execute(sql, [source.name(), key, reason, now]);
        written.map(|_| ()).map_err(|error| failed("write the block list", &error))
    }

    fn remove_block(&mut self, source: SourceId, key: &str) -> std::result::Result<bool, StoreError> {
        let sql = "DELETE FROM subscription_block WHERE source = ?1 AND source_key = ?2";
        let removed = self.inner.execute(sql, [source.name(), key]);
        removed.map(|rows| rows > 0).map_err(|error| failed("write the block list", &error))
    }
}

fn set_wishes(
    connection: &Connection,
    source: SourceId,
    wishes: &[(CompactString, ContactKey, Option<bool>)],
) -> Result<()> {
    let mut set = connection.prepare_cached(
        "INSERT INTO source_record (source, source_key, contact_key, subscribed) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (source, source_key) DO UPDATE SET subscribed = excluded.subscribed",
    )?;
    let mut clear = connection
        .prepare_cached("UPDATE source_record SET subscribed = NULL WHERE source = ?1 AND source_key = ?2")?;
    for (key, contact, wish) in wishes {
        match wish {
            Some(wish) => set.execute(params![source.name(), key.as_str(), contact, flag(*wish)])?,
            None => clear.execute(params![source.name(), key.as_str()])?,
        };
    }
    Ok(())
}

fn rewish(connection: &Connection, source: SourceId, wishes: &[Rewish]) -> Result<()> {
    let mut change = connection.prepare_cached(
        "UPDATE source_record SET subscribed = ?4 WHERE source = ?1 AND source_key = ?2 AND subscribed IS ?3",
    )?;
    for Rewish { source_key, was, becomes } in wishes {
        change.execute(params![source.name(), source_key.as_str(), was.map(flag), becomes.map(flag)])?;
    }
    Ok(())
}

fn set_src_subscribed(
    connection: &Connection,
    source: SourceId,
    states: &[(CompactString, ContactKey, bool)],
    deliveries_from: Option<PartialDate>,
) -> Result<()> {
    let mut set = connection.prepare_cached(
        "INSERT INTO source_record (source, source_key, contact_key, src_subscribed, deliveries_from)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (source, source_key)
         DO UPDATE SET src_subscribed = excluded.src_subscribed, deliveries_from = excluded.deliveries_from,
                       subscribed = nullif(subscribed, excluded.src_subscribed)",
    )?;
    let from = Iso::day(deliveries_from);
    for (key, contact, src_subscribed) in states {
        set.execute(params![source.name(), key.as_str(), contact, flag(*src_subscribed), from])?;
    }
    Ok(())
}

fn set_deliveries_from(
    connection: &Connection,
    source: SourceId,
    keys: &[CompactString],
    deliveries_from: PartialDate,
) -> Result<()> {
    let mut set = connection
        .prepare_cached("UPDATE source_record SET deliveries_from = ?3 WHERE source = ?1 AND source_key = ?2")?;
    let from = Iso::day(Some(deliveries_from));
    for key in keys {
        set.execute(params![source.name(), key.as_str(), from])?;
    }
    Ok(())
}

fn insert_orders(
    connection: &Connection,
    source: SourceId,
    run: RunKey,
    orders: &[NewOrder],
    now: &str,
) -> Result<Vec<OrderKey>> {
    let count = i64::try_from(orders.len()).unwrap_or(i64::MAX);
    let first: OrderKey = connection
        .prepare_cached("UPDATE counter SET next = next + ?1 WHERE name = 'subscription_order' RETURNING next - ?1")?
        .query_row([count], |row| row.get(0))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO subscription_order (subscription_order, source, source_key, contact_key, action, reason, state,
                                         run, file, line, process_date, error, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let mut keys = Vec::with_capacity(orders.len());
    for (key, order) in (first..).zip(orders) {
        insert.execute(params![
            key,
            source.name(),
            order.source_key.as_str(),
            order.contact,
            order.action.code(),
            order.reason,
            order.state.name(),
            run,
            order.file,
            order.line,
            Iso::day(order.process_date),
            order.error,
            now,
        ])?;
        keys.push(key);
    }
    Ok(keys)
}

fn move_to_file(connection: &Connection, orders: &[OrderKey], file: &str, process_date: PartialDate) -> Result<()> {
    let mut update = connection
        .prepare_cached("UPDATE subscription_order SET file = ?2, process_date = ?3 WHERE subscription_order = ?1")?;
    let day = Iso::day(Some(process_date));
    for key in orders {
        update.execute(params![key, file, day])?;
    }
    Ok(())
}

fn move_orders(connection: &Connection, orders: &[OrderKey], state: OrderState, error: Option<&str>) -> Result<()> {
    let mut update = connection
        .prepare_cached("UPDATE subscription_order SET state = ?2, error = ?3 WHERE subscription_order = ?1")?;
    for key in orders {
        update.execute(params![key, state.name(), error])?;
    }
    Ok(())
}

const ORDER: &str = "SELECT subscription_order, source_key, contact_key, action, reason, state, run, file, line,
                            process_date, error, created_at FROM subscription_order";

/// In the words of the partial index, without which the planner does not see that it serves.
const PENDING: &str = "state IN ('planned', 'sent')";

fn order(row: &Row<'_>) -> Result<Order> {
    let unknown = |column| Error::FromSqlConversionFailure(column, Type::Text, "not a word of this version".into());
    Ok(Order {
        key: row.get(0)?,
        source_key: get_text(row, 1)?,
        contact: row.get(2)?,
        action: OrderAction::from_code(row.get_ref(3)?.as_str()?).ok_or_else(|| unknown(3))?,
        reason: row.get(4)?,
        state: OrderState::from_name(row.get_ref(5)?.as_str()?).ok_or_else(|| unknown(5))?,
        run: row.get(6)?,
        file: row.get(7)?,
        line: row.get(8)?,
        process_date: get_day(row, 9)?,
        error: row.get(10)?,
        created_at: row.get(11)?,
    })
}

fn pending_orders(connection: &Connection, source: SourceId) -> Result<Vec<Order>> {
    let mut statement =
        connection.prepare_cached(&format!("{ORDER} WHERE source = ?1 AND {PENDING} ORDER BY subscription_order"))?;
    statement.query_map([source.name()], order)?.collect()
}

pub(super) fn orders(
    connection: &Connection,
    source: SourceId,
    state: Option<OrderState>,
    limit: u32,
) -> Result<Vec<Order>> {
    let of_state = match state {
        None => "true".to_owned(),
        Some(state) if state.is_pending() => format!("{PENDING} AND state = '{}'", state.name()),
        Some(state) => format!("state = '{}'", state.name()),
    };
    let mut statement = connection.prepare_cached(&format!(
        "{ORDER} WHERE source = ?1 AND {of_state} ORDER BY subscription_order DESC LIMIT ?2"
    ))?;
    statement.query_map(params![source.name(), limit], order)?.collect()
}

pub(super) fn wishes(connection: &Connection, source: SourceId, after: Option<&str>, limit: u32) -> Result<Vec<Wish>> {
    let mut statement = connection.prepare_cached(
        "SELECT source_key, contact_key, src_subscribed, subscribed
         FROM source_record INDEXED BY source_record_wished
         WHERE source = ?1 AND source_key > ?2 AND subscribed IS NOT NULL ORDER BY source_key LIMIT ?3",
    )?;
    let wishes = statement.query_map(params![source.name(), after.unwrap_or_default(), limit], |row| {
        Ok(Wish {
            source_key: get_text(row, 0)?,
            contact: row.get(1)?,
            src_subscribed: is_yes(row, 2)?,
            wish: is_yes(row, 3)?,
        })
    })?;
    wishes.collect()
}

pub(super) fn blocks(connection: &Connection, source: SourceId) -> Result<Vec<Block>> {
    let mut statement = connection.prepare_cached(
        "SELECT source_key, reason, created_at FROM subscription_block WHERE source = ?1 ORDER BY source_key",
    )?;
    let blocks = statement.query_map([source.name()], |row| {
        Ok(Block { source_key: get_text(row, 0)?, reason: row.get(1)?, created_at: row.get(2)? })
    })?;
    blocks.collect()
}
