//! What became of orders that went out in files.

use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock, Order, OrderAction, OrderKey, OrderState, Store};

use super::SubscriptionError;
use crate::danish_time;

/// How many orders were settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Subscriptions whose data have come.
    pub subscribed: u64,
    /// Cancellations whose day is over.
    pub unsubscribed: u64,
    /// Subscriptions given up, because no data came within [`Settled::GIVE_UP_DAYS`].
    pub given_up: u64,
}

impl Settled {
    /// Days after the day of its file on which a subscription without data counts as refused, and may be ordered again.
    pub const GIVE_UP_DAYS: i32 = 14;
}

/// Settles the orders whose day is over.
///
/// A subscription is done when data as new as the day of its file are in the register; then `SRC_SUBSCRIBED` is `J`
/// (F131). A cancellation is done the day after, since CPR runs in the evening; `SRC_SUBSCRIBED` became `N` when it was
/// sent, and becomes so again if an older delivery has set it since.
pub fn settle(store: &mut dyn Store, clock: &dyn Clock) -> Result<Settled, SubscriptionError> {
    let today = danish_time::today(clock);
    let mut transaction = store.begin()?;
    let mut orders = transaction.pending_orders(SourceId::CPR)?;
    orders.retain(|order| order.state == OrderState::Sent && order.process_date.is_some_and(|date| date < today));
    if orders.is_empty() {
        return Ok(Settled::default());
    }
    let mut done: Vec<OrderKey> = Vec::new();
    let mut given_up: Vec<OrderKey> = Vec::new();
    let mut states = Vec::new();
    let mut settled = Settled::default();
    for chunk in orders.chunks(1_000) {
        let keys: Vec<_> = chunk.iter().map(|order| order.source_key.clone()).collect();
        let rows = transaction.sources(SourceId::CPR, &keys)?;
        for (order, row) in chunk.iter().zip(rows) {
            let data_of = row.as_ref().and_then(|row| row.stamp.production_date());
            let state = |to: bool| (order.source_key.clone(), order.contact, to);
            match order.action {
                OrderAction::Subscribe if data_of >= order.process_date => {
                    settled.subscribed += 1;
                    done.push(order.key);
                    if row.is_some_and(|row| !row.src_subscribed) {
                        states.push(state(true));
                    }
                }
                OrderAction::Subscribe if is_given_up(order, today) => {
                    settled.given_up += 1;
                    given_up.push(order.key);
                }
                OrderAction::Subscribe => {}
                OrderAction::Unsubscribe => {
                    settled.unsubscribed += 1;
                    done.push(order.key);
                    if row.is_some_and(|row| row.src_subscribed) && data_of <= order.process_date {
                        states.push(state(false));
                    }
                }
            }
        }
    }
    transaction.set_src_subscribed(SourceId::CPR, &states)?;
    transaction.move_orders(&done, OrderState::Done, None)?;
    transaction.move_orders(&given_up, OrderState::Refused, Some("no data"))?;
    transaction.commit()?;
    Ok(settled)
}

fn is_given_up(order: &Order, today: PartialDate) -> bool {
    let day = |date: PartialDate| {
        let part = |value: u8| i8::try_from(value).ok();
        jiff::civil::Date::new(i16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?).ok()
    };
    let days = order.process_date.and_then(day).zip(day(today)).and_then(|(from, to)| from.until(to).ok());
    days.is_some_and(|span| span.get_days() > Settled::GIVE_UP_DAYS)
}
