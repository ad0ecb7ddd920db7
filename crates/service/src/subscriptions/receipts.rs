//! What CPR says in a delivery about lines of subscription files: records 910 and 997.
//!
//! Record 099 with A45, a subscription that was made, comes with the person's data, and these say it already
//! ([`settle`](super::settle())).

use std::collections::BTreeMap;

use compact_str::CompactString;
use kartotek_formats::codes::Digits;
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{SubscriptionAction, SubscriptionLine, day_after};
use kartotek_register::contact::{ContactId, SourceId, SourceRow};
use kartotek_register::ports::{
    Message, Order, OrderAction, OrderKey, OrderState, Rewish, Store, StoreError, Transaction,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::settle::is_overdue;

/// What CPR says about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// Record 910: CPR refused it.
    Refused {
        /// Whose line it was.
        customer: CustomerNumber,
        /// Whom it is about.
        number: CprNumber,
        /// What it asked for.
        action: OrderAction,
        /// CPR's error number.
        error: Digits<4>,
        /// CPR's words, at most 65 characters, with what may be a person's number masked.
        text: CompactString,
    },
    /// Record 997: a subscription was cancelled.
    Cancelled {
        /// Whose.
        number: CprNumber,
    },
}

/// What the words about a refused line that is tied to its order begin with.
const REFUSED_LINE: &str = "CPR refused line";

/// Whether a message is about an order that CPR refused, as [`Receipt::about`] says it.
pub(crate) fn is_refused_order(message: &Message) -> bool {
    message.text.starts_with(REFUSED_LINE)
}

impl Receipt {
    /// A refusal in CPR's words, of a line as it was echoed.
    pub fn refused(line: &SubscriptionLine, error: Digits<4>, text: &str) -> Self {
        let action = match line.action {
            SubscriptionAction::Create => OrderAction::Subscribe,
            SubscriptionAction::Delete => OrderAction::Unsubscribe,
        };
        Self::Refused { customer: line.customer, number: line.number, action, error, text: masked(text.trim()) }
    }

    /// Whom it is about.
    pub fn number(&self) -> CprNumber {
        let (Self::Refused { number, .. } | Self::Cancelled { number }) = self;
        *number
    }

    fn action(&self) -> OrderAction {
        match self {
            Self::Refused { action, .. } => *action,
            Self::Cancelled { .. } => OrderAction::Unsubscribe,
        }
    }

    /// Whether it can be about a line of this customer: receipts 997 do not name theirs.
    fn is_for(&self, ours: Option<CustomerNumber>) -> bool {
        let Self::Refused { customer, .. } = self else { return true };
        ours.is_none_or(|ours| ours == *customer)
    }

    fn key(&self) -> CompactString {
        ContactId::person(self.number()).name_code
    }

    /// What it says about an order, for the operator.
    pub fn about(&self, order: &Order) -> String {
        let (file, line) = (order.file.as_deref().unwrap_or_default(), order.line.unwrap_or_default());
        let Self::Refused { action, error, text, .. } = self else {
            return format!("CPR confirms that a subscription was deleted: line {line} of {file}");
        };
        let colon = if text.is_empty() { "" } else { ": " };
        let state = match action {
            OrderAction::Subscribe => "is not subscribed",
            OrderAction::Unsubscribe => "stays subscribed",
        };
        format!(
            "{REFUSED_LINE} {line} of {file}, {}, error number {error}{colon}{text}; the person {state}, and the next \
             file asks again if that is still wished: put right what is wrong, or change the case or the block list",
            action.code()
        )
    }
}

/// Cancellations that counted as done before their refusal came, of persons whom receipts of a delivery are about. Only a
/// reader sees them, so they are looked for before the transaction in which the receipts are settled.
pub(crate) fn done_too_early<'r>(
    store: &dyn Store,
    receipts: impl Iterator<Item = &'r Receipt>,
    produced: PartialDate,
) -> Result<Vec<Order>, StoreError> {
    let is_refused_cancellation =
        |receipt: &&Receipt| matches!(receipt, Receipt::Refused { action: OrderAction::Unsubscribe, .. });
    let keys: FxHashSet<_> = receipts.filter(is_refused_cancellation).map(Receipt::key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut orders = store.reader()?.orders(SourceId::CPR, Some(OrderState::Done), u32::MAX)?;
    // An older one is not what CPR answers.
    orders.retain(|order| order.action == OrderAction::Unsubscribe && keys.contains(&order.source_key));
    orders.retain(|order| !is_overdue(order, produced));
    Ok(orders)
}

/// The order by file that each receipt answers: the latest one for the same, unless it is for a day after the delivery, or
/// the receipt is about a line of another customer than ours.
pub(crate) fn answered<'r>(
    transaction: &mut dyn Transaction,
    receipts: impl Iterator<Item = &'r Receipt>,
    mut done_too_early: Vec<Order>,
    produced: PartialDate,
    ours: Option<CustomerNumber>,
) -> Result<Vec<Option<Order>>, StoreError> {
    let mut receipts = receipts.peekable();
    if receipts.peek().is_none() {
        return Ok(Vec::new());
    }
    let mut orders = transaction.pending_orders(SourceId::CPR)?;
    orders.retain(|order| order.state == OrderState::Sent);
    orders.append(&mut done_too_early);
    orders.retain(|order| order.file.is_some() && order.process_date.is_some_and(|date| date <= produced));
    orders.sort_unstable_by_key(|order| order.key);
    let mut latest: FxHashMap<_, _> =
        orders.into_iter().map(|order| ((order.source_key.clone(), order.action), order)).collect();
    let mut take = |receipt: &Receipt| {
        if !receipt.is_for(ours) {
            return None;
        }
        let order = latest.remove(&(receipt.key(), receipt.action()))?;
        let is_news = order.state == OrderState::Sent || matches!(receipt, Receipt::Refused { .. });
        is_news.then_some(order)
    };
    Ok(receipts.map(&mut take).collect())
}

/// Settles orders by what CPR says about them, and returns how many it refused.
///
/// What is refused is wished again, unless it has come true or somebody wishes otherwise, for the wish was cleared when the
/// order was sent: as after CPR Direkte has refused, the person is asked about again as long as there is a reason, and told
/// each time. Who was to be cancelled counts as subscribed again.
pub(crate) fn settle_answered(
    transaction: &mut dyn Transaction,
    answers: &[(&Receipt, Order)],
) -> Result<u64, StoreError> {
    let mut done: Vec<OrderKey> = Vec::new();
    let mut refused: BTreeMap<String, Vec<OrderKey>> = BTreeMap::new();
    let mut wishes = Vec::new();
    let mut subscribed = Vec::new();
    let keys: Vec<_> = answers.iter().map(|(_, order)| order.source_key.clone()).collect();
    let rows = transaction.sources(SourceId::CPR, &keys)?;
    for ((receipt, order), row) in answers.iter().zip(rows) {
        let Receipt::Refused { error, text, .. } = receipt else {
            done.push(order.key);
            continue;
        };
        let said = if text.is_empty() { format!("910 {error}") } else { format!("910 {error}: {text}") };
        refused.entry(said).or_default().push(order.key);
        let was_cancelled_by_it = row.as_ref().is_some_and(|row| is_cancelled_by(row, order));
        if was_cancelled_by_it {
            subscribed.push((order.source_key.clone(), order.contact, true));
        }
        let is_subscribed = was_cancelled_by_it || row.is_some_and(|row| row.src_subscribed);
        let wish = order.action == OrderAction::Subscribe;
        if wish != is_subscribed {
            wishes.push(Rewish { source_key: order.source_key.clone(), was: None, becomes: Some(wish) });
        }
    }
    // First, so that a wish to be subscribed that was made meanwhile is kept, and then fulfilled.
    transaction.rewish(SourceId::CPR, &wishes)?;
    transaction.set_src_subscribed(SourceId::CPR, &subscribed, None)?;
    transaction.move_orders(&done, OrderState::Done, None)?;
    for (error, orders) in &refused {
        transaction.move_orders(orders, OrderState::Refused, Some(error))?;
    }
    Ok(refused.values().map(|orders| orders.len() as u64).sum())
}

/// Whether a row says of a person what sending this cancellation made it say, and nothing has changed it since.
pub(super) fn is_cancelled_by(row: &SourceRow, order: &Order) -> bool {
    order.action == OrderAction::Unsubscribe
        && !row.src_subscribed
        && row.deliveries_from == order.process_date.and_then(day_after)
}

/// CPR's words without what may be a person's number: six digits and more, with single marks between them or without.
fn masked(text: &str) -> CompactString {
    let is_digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
    let characters: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut said = CompactString::default();
    let mut rest = characters.as_slice();
    while let [first, behind @ ..] = rest {
        if !first.is_ascii_digit() {
            said.push(*first);
            rest = behind;
            continue;
        }
        let belongs = |at: &usize| is_digit(rest.get(*at)) || is_digit(rest.get(*at + 1));
        let length = (1..rest.len()).take_while(belongs).last().map_or(1, |last| last + 1);
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        let digits = run.iter().filter(|c| c.is_ascii_digit()).count();
        said.extend(run.iter().map(|c| if digits >= 6 && c.is_ascii_digit() { '*' } else { *c }));
        rest = after;
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_persons_number_is_masked_in_the_words_of_cpr() {
        for (text, said) in [
            ("", ""),
            ("PNR findes ikke", "PNR findes ikke"),
            ("PNR 0707614285 findes ikke", "PNR ********** findes ikke"),
            ("070761-4285", "******-****"),
            ("070761 4285, 12", "****** ****, 12"),
            ("fejl 42 i 2026", "fejl 42 i 2026"),
            ("12345", "12345"),
            ("nr. 123456", "nr. ******"),
            ("a\tb", "a b"),
        ] {
            assert_eq!(masked(text), said);
        }
    }

    #[test]
    fn debug_hides_the_last_four_digits() {
        let number = CprNumber::parse("0707614285").unwrap();
        let line = SubscriptionLine::decode_echo(b"06123400OP0707614285").unwrap();
        let receipt = Receipt::refused(&line, Digits::new(b"0042").unwrap(), "PNR 0707614285");
        assert!(!format!("{receipt:?}").contains("4285"), "{receipt:?}");
        assert!(!format!("{:?}", Receipt::Cancelled { number }).contains("4285"));
    }
}
