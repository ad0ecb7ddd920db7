//! Wishes, orders and blocks.

use std::collections::BTreeMap;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactKey, NameType, SourceId, SourceRow, SourceStamp};
use crate::ports::{
    Block, NewOrder, Order, OrderKey, OrderState, Rewish, RunKey, StoreError, SubscriptionBook, SubscriptionFacts, Wish,
};

use super::cases::open_cases;
use super::numbers::Numbers;
use super::tables::{StoredSource, Tables};
use super::transaction::MemoryTransaction;

impl SubscriptionBook for MemoryTransaction<'_> {
    fn set_wishes(
        &mut self,
        source: SourceId,
        wishes: &[(CompactString, ContactKey, Option<bool>)],
    ) -> Result<(), StoreError> {
        for (key, contact, wish) in wishes {
            if wish.is_some() || self.tables.sources.contains_key(&(source, key.clone())) {
                row(&mut self.tables, source, key, *contact).subscribed = *wish;
            }
        }
        Ok(())
    }

    fn rewish(&mut self, source: SourceId, wishes: &[Rewish]) -> Result<(), StoreError> {
        for wish in wishes {
            if let Some(stored) = self.tables.sources.get_mut(&(source, wish.source_key.clone()))
                && stored.subscribed == wish.was
            {
                stored.subscribed = wish.becomes;
            }
        }
        Ok(())
    }

    fn set_src_subscribed(
        &mut self,
        source: SourceId,
        states: &[(CompactString, ContactKey, bool)],
        deliveries_from: Option<PartialDate>,
    ) -> Result<(), StoreError> {
        for (key, contact, src_subscribed) in states {
            let stored = row(&mut self.tables, source, key, *contact);
            stored.row.src_subscribed = *src_subscribed;
            stored.row.deliveries_from = deliveries_from;
            stored.subscribed = stored.subscribed.filter(|wish| wish != src_subscribed);
        }
        Ok(())
    }

    fn set_deliveries_from(
        &mut self,
        source: SourceId,
        keys: &[CompactString],
        deliveries_from: PartialDate,
    ) -> Result<(), StoreError> {
        for key in keys {
            if let Some(stored) = self.tables.sources.get_mut(&(source, key.clone())) {
                stored.row.deliveries_from = Some(deliveries_from);
            }
        }
        Ok(())
    }

    fn insert_orders(
        &mut self,
        source: SourceId,
        run: RunKey,
        orders: &[NewOrder],
        now: &str,
    ) -> Result<Vec<OrderKey>, StoreError> {
        let first = self.tables.next_order;
        let keys: Vec<OrderKey> = (first..).zip(orders).map(|(key, _)| key).collect();
        self.tables.next_order += i64::try_from(orders.len()).unwrap_or(i64::MAX);
        for (key, new) in (first..).zip(orders) {
            let order = Order {
                key,
                source_key: new.source_key.clone(),
                contact: new.contact,
                action: new.action,
                reason: new.reason.clone(),
                state: new.state,
                run,
                file: new.file.clone(),
                line: new.line,
                process_date: new.process_date.map(PartialDate::earliest),
                error: new.error.clone(),
                created_at: now.to_owned(),
            };
            self.tables.orders.insert(key, (source, order));
        }
        Ok(keys)
    }

    fn move_to_file(&mut self, orders: &[OrderKey], file: &str, process_date: PartialDate) -> Result<(), StoreError> {
        for key in orders {
            if let Some((_, order)) = self.tables.orders.get_mut(key) {
                order.file = Some(file.to_owned());
                order.process_date = Some(process_date);
            }
        }
        Ok(())
    }

    fn move_orders(&mut self, orders: &[OrderKey], state: OrderState, error: Option<&str>) -> Result<(), StoreError> {
        for key in orders {
            if let Some((_, order)) = self.tables.orders.get_mut(key) {
                order.state = state;
                order.error = error.map(str::to_owned);
            }
        }
        Ok(())
    }

    fn pending_orders(&mut self, source: SourceId) -> Result<Vec<Order>, StoreError> {
        let of_source = self.tables.orders.values().filter(|(of, _)| *of == source);
        Ok(of_source.filter(|(_, order)| order.state.is_pending()).map(|(_, order)| order.clone()).collect())
    }

    fn put_block(&mut self, source: SourceId, key: &str, reason: &str, now: &str) -> Result<(), StoreError> {
        let new = || Block { source_key: key.into(), reason: String::new(), created_at: now.to_owned() };
        let block = self.tables.blocks.entry((source, key.into())).or_insert_with(new);
        reason.clone_into(&mut block.reason);
        Ok(())
    }

    fn remove_block(&mut self, source: SourceId, key: &str) -> Result<bool, StoreError> {
        Ok(self.tables.blocks.remove(&(source, key.into())).is_some())
    }
}

/// The source record of a key, which is made when there is none.
fn row<'t>(tables: &'t mut Tables, source: SourceId, key: &CompactString, contact: ContactKey) -> &'t mut StoredSource {
    let place = (source, key.clone());
    if !tables.sources.contains_key(&place) {
        tables.sources_of.insert((contact, place.clone()));
    }
    tables.sources.entry(place).or_insert_with(|| StoredSource {
        row: SourceRow {
            contact,
            source_key: key.clone(),
            src_subscribed: false,
            deliveries_from: None,
            stamp: SourceStamp::NEVER,
            content_hash: 0,
            mapping_hash: 0,
            stated: 0,
            edited: false,
        },
        subscribed: None,
        updated_at: None,
    })
}

pub(super) fn facts(
    tables: &Tables,
    source: SourceId,
    today: PartialDate,
    after: Option<&str>,
    limit: u32,
) -> Vec<SubscriptionFacts> {
    let open_cases = open_cases(tables, today);
    let numbers = Numbers::of(tables);
    tables
        .contacts_by_id()
        .filter(|contact| contact.id.name_type == NameType::CPR_PERSON)
        .filter(|contact| after.is_none_or(|after| contact.id.name_code.as_str() > after))
        .filter_map(|contact| {
            let key = (source, contact.id.name_code.clone());
            let stored = tables.sources.get(&key);
            if stored.is_none() && !open_cases.contains_key(&contact.key) && !numbers.has_former(contact.key) {
                return None;
            }
            let of_all_numbers = numbers.with_former(contact.key);
            let cases: BTreeMap<_, _> =
                of_all_numbers.iter().filter_map(|number| open_cases.get(number)).flatten().collect();
            let mut latest_first = tables.orders.values().rev();
            let pending = latest_first
                .find(|(of, order)| *of == source && order.source_key == key.1 && order.state.is_pending())
                .map(|(_, order)| order.action);
            Some(SubscriptionFacts {
                contact: contact.key,
                src_subscribed: stored.is_some_and(|stored| stored.row.src_subscribed),
                wish: stored.and_then(|stored| stored.subscribed),
                updated_at: stored.and_then(|stored| stored.updated_at.clone()),
                open_cases: cases.into_values().cloned().collect(),
                replaced_by: numbers.replaced_by(tables, contact.key),
                blocked: tables.blocks.get(&key).map(|block| block.reason.clone()),
                pending,
                source_key: key.1,
            })
        })
        .take(at_most(limit))
        .collect()
}

pub(super) fn wishes(tables: &Tables, source: SourceId, after: Option<&str>, limit: u32) -> Vec<Wish> {
    tables
        .sources
        .iter()
        .filter(|((of, key), _)| *of == source && after.is_none_or(|after| key.as_str() > after))
        .filter_map(|((_, key), stored)| {
            Some(Wish {
                source_key: key.clone(),
                contact: stored.row.contact,
                src_subscribed: stored.row.src_subscribed,
                wish: stored.subscribed?,
            })
        })
        .take(at_most(limit))
        .collect()
}

pub(super) fn orders(tables: &Tables, source: SourceId, state: Option<OrderState>, limit: u32) -> Vec<Order> {
    let of_source = tables.orders.values().rev().filter(|(of, _)| *of == source).map(|(_, order)| order);
    of_source.filter(|order| state.is_none_or(|state| order.state == state)).take(at_most(limit)).cloned().collect()
}

pub(super) fn blocks(tables: &Tables, source: SourceId) -> Vec<Block> {
    tables.blocks.iter().filter(|((of, _), _)| *of == source).map(|(_, block)| block.clone()).collect()
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
