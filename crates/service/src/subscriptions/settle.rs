//! What became of orders that went out and were not answered at once.

use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{
    Clock, Direction, Order, OrderAction, OrderKey, OrderState, Rewish, Store, StoreError, Transaction, TransferState,
};
use rustc_hash::FxHashSet;

use super::SubscriptionError;
use super::receipts::is_cancelled_by;
use crate::danish_time;

/// How many orders were settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Subscriptions whose data have come.
    pub subscribed: u64,
    /// Cancellations whose day is over.
    pub unsubscribed: u64,
    /// Orders given up, because no data, or no answer of CPR Direkte, came, or their file was not sent, within [`Settled::GIVE_UP_DAYS`].
    pub given_up: u64,
}

impl Settled {
    /// Days after the day of an order on which it counts as refused when nothing has come, and may be ordered again.
    pub const GIVE_UP_DAYS: i32 = 14;
}

/// What becomes of an order whose day is over.
enum Fate {
    Done,
    GivenUp,
    Waits,
}

/// Settles the orders whose data have come or whose day is over.
///
/// A subscription by file is done when a delivery as new as the day of the file has made `SRC_SUBSCRIBED` `J` (F131): data
/// that somebody has looked up prove nothing. A cancellation by file is done the day after, since CPR runs in the evening,
/// unless Kartotek sends the files and has not sent this one; `SRC_SUBSCRIBED` became `N` when it was ordered, and is `J`
/// again when it is given up. What is given up is wished again, unless it has come true or somebody
/// wishes otherwise, for the wish was cleared when the order was sent.
pub fn settle(store: &mut dyn Store, clock: &dyn Clock) -> Result<Settled, SubscriptionError> {
    let today = danish_time::today(clock);
    let mut transaction = store.begin()?;
    let mut orders = transaction.pending_orders(SourceId::CPR)?;
    let is_subscription_by_file = |order: &Order| order.file.is_some() && order.action == OrderAction::Subscribe;
    orders.retain(|order| {
        let is_over = order.process_date.is_some_and(|date| date < today);
        order.state == OrderState::Sent && (is_over || is_subscription_by_file(order))
    });
    if orders.is_empty() {
        return Ok(Settled::default());
    }
    let at_cpr = AtCpr::read(transaction.as_mut())?;
    let mut done: Vec<OrderKey> = Vec::new();
    let mut given_up: Vec<OrderKey> = Vec::new();
    let mut wishes = Vec::new();
    let mut subscribed = Vec::new();
    let mut settled = Settled::default();
    for chunk in orders.chunks(1_000) {
        let keys: Vec<_> = chunk.iter().map(|order| order.source_key.clone()).collect();
        let rows = transaction.sources(SourceId::CPR, &keys)?;
        for (order, row) in chunk.iter().zip(rows) {
            let is_cancelled = row.as_ref().is_some_and(|row| is_cancelled_by(row, order));
            let is_subscribed = row.as_ref().is_some_and(|row| row.src_subscribed);
            let data_of = row.and_then(|row| row.stamp.production_date());
            match fate(order, is_subscribed, data_of, today, &at_cpr) {
                Fate::Done => {
                    match order.action {
                        OrderAction::Subscribe => settled.subscribed += 1,
                        OrderAction::Unsubscribe => settled.unsubscribed += 1,
                    }
                    done.push(order.key);
                }
                Fate::GivenUp => {
                    settled.given_up += 1;
                    given_up.push(order.key);
                    if is_cancelled {
                        subscribed.push((order.source_key.clone(), order.contact, true));
                    }
                    let wish = order.action == OrderAction::Subscribe;
                    if wish != (is_subscribed || is_cancelled) {
                        let source_key = order.source_key.clone();
                        wishes.push(Rewish { source_key, was: None, becomes: Some(wish) });
                    }
                }
                Fate::Waits => {}
            }
        }
    }
    transaction.rewish(SourceId::CPR, &wishes)?;
    transaction.set_src_subscribed(SourceId::CPR, &subscribed, None)?;
    transaction.move_orders(&done, OrderState::Done, None)?;
    transaction.move_orders(&given_up, OrderState::Refused, Some("no data"))?;
    transaction.commit()?;
    Ok(settled)
}

/// Which files are at CPR, as far as Kartotek knows.
enum AtCpr {
    /// Other programs send them.
    Unknown,
    /// These that Kartotek has sent.
    Sent(FxHashSet<String>),
}

impl AtCpr {
    fn read(transaction: &mut dyn Transaction) -> Result<Self, StoreError> {
        let settings = transaction.transfer_settings(SourceId::CPR)?;
        if !settings.iter().any(|(name, _)| name == "Upload Directory") {
            return Ok(Self::Unknown);
        }
        let sent = transaction.transfers(SourceId::CPR, Direction::Out, Some(TransferState::Done))?;
        Ok(Self::Sent(sent.into_iter().map(|file| file.name).collect()))
    }

    fn may_have(&self, file: &str) -> bool {
        match self {
            Self::Unknown => true,
            Self::Sent(files) => files.contains(file),
        }
    }
}

fn fate(order: &Order, is_subscribed: bool, data_of: Option<PartialDate>, today: PartialDate, at_cpr: &AtCpr) -> Fate {
    let is_overdue = is_overdue(order, today);
    match (&order.file, order.action) {
        (Some(file), OrderAction::Unsubscribe) if at_cpr.may_have(file) => Fate::Done,
        (Some(_), OrderAction::Subscribe) if is_subscribed && (is_overdue || data_of >= order.process_date) => {
            Fate::Done
        }
        _ if is_overdue => Fate::GivenUp,
        // The answer of CPR Direkte is asked for again, not waited for.
        _ => Fate::Waits,
    }
}

/// Whether a day is more than [`Settled::GIVE_UP_DAYS`] after that of an order.
pub(super) fn is_overdue(order: &Order, today: PartialDate) -> bool {
    let day = |date: PartialDate| {
        let part = |value: u8| i8::try_from(value).ok();
        jiff::civil::Date::new(i16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?).ok()
    };
    let days = order.process_date.and_then(day).zip(day(today)).and_then(|(from, to)| from.until(to).ok());
    days.is_some_and(|span| span.get_days() > Settled::GIVE_UP_DAYS)
}
