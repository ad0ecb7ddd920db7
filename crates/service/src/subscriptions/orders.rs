//! Which orders the wishes stand for.

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Clock, OrderAction, Reader, Rewish, StoreError, SubscriptionFacts, Transaction, Wish};
use kartotek_register::subscription::{RuleSet, WishChange, decide};
use rustc_hash::FxHashSet;

use super::{PAGE, Planned, SubscriptionError};
use crate::danish_time;

/// A wish that CPR can be asked to fulfil.
#[derive(Clone)]
pub(super) struct Wanted {
    pub number: CprNumber,
    pub contact: ContactKey,
    pub action: OrderAction,
    pub reason: String,
}

/// Why there is a wish that the rules did not make.
const BY_HAND: &str = "wished by hand";

/// What the wishes come to, and those of them that stand for nothing, which are to be cleared.
#[derive(Default)]
pub(super) struct Wants {
    pub wanted: Vec<Wanted>,
    pub idle: Vec<Rewish>,
    /// Wishes for persons without a CPR number in the place of one.
    pub unreadable: u64,
}

/// Reads every wish. The rules were applied before; here they only say why.
pub(super) fn wants(reader: &mut dyn Reader, clock: &dyn Clock, rules: &RuleSet) -> Result<Wants, SubscriptionError> {
    let mut wants = Wants::default();
    each_wished(reader, clock, &mut |facts, wish| wants.add(facts, wish, clock, rules))?;
    Ok(wants)
}

impl Wants {
    fn add(&mut self, facts: &SubscriptionFacts, wish: bool, clock: &dyn Clock, rules: &RuleSet) {
        if facts.pending.is_some() {
            return;
        }
        if wish == facts.src_subscribed || (wish && facts.blocked.is_some()) {
            self.idle.push(Rewish { source_key: facts.source_key.clone(), was: Some(wish), becomes: None });
            return;
        }
        let decision = decide(facts, rules, clock.now());
        let agrees = match decision.wish {
            WishChange::Set(to) => to == wish,
            // The wish is there already, so the rules keep it, as they keep one that somebody else made.
            WishChange::Keep => {
                let without = SubscriptionFacts { wish: None, ..facts.clone() };
                decide(&without, rules, clock.now()).wish == WishChange::Set(wish)
            }
            WishChange::Clear => false,
        };
        let planned = Planned { facts, decision: &decision };
        let Some(number) = planned.number() else {
            self.unreadable += 1;
            return;
        };
        let action = if wish { OrderAction::Subscribe } else { OrderAction::Unsubscribe };
        let reason = if agrees { decision.reason.to_string() } else { BY_HAND.to_owned() };
        self.wanted.push(Wanted { number, contact: facts.contact, action, reason });
    }
}

/// Persons that are read at least when wishes are looked for.
const FEWEST: usize = 100;

/// Reads the facts about everybody who has a wish, by number, and about few others.
fn each_wished(
    reader: &mut dyn Reader,
    clock: &dyn Clock,
    on_wish: &mut dyn FnMut(&SubscriptionFacts, bool),
) -> Result<(), SubscriptionError> {
    let today = danish_time::today(clock);
    let mut after = None;
    loop {
        let wishes = reader.wishes(SourceId::CPR, after.as_deref(), PAGE)?;
        let Some(last) = wishes.last() else { return Ok(()) };
        after = Some(last.source_key.clone());
        let mut rest = wishes.as_slice();
        while let [first, ..] = rest {
            let limit = u32::try_from(rest.len().max(FEWEST)).unwrap_or(PAGE);
            let page = reader.subscription_facts(SourceId::CPR, today, Some(before(first)), limit)?;
            let is_last = page.len() < rest.len().max(FEWEST);
            let end = page.last().map_or(&first.source_key, |facts| (&facts.source_key).max(&first.source_key));
            let covered = if is_last { rest.len() } else { rest.partition_point(|wish| wish.source_key <= *end) };
            let (read, left) = rest.split_at_checked(covered).unwrap_or((rest, &[]));
            for facts in page {
                let has_wish = read.binary_search_by(|wish| wish.source_key.cmp(&facts.source_key)).is_ok();
                if let Some(wish) = facts.wish.filter(|_| has_wish) {
                    on_wish(&facts, wish);
                }
            }
            rest = left;
        }
    }
}

/// A key before the one of a wish, with few or none between.
fn before(wish: &Wish) -> &str {
    let key = wish.source_key.as_str();
    key.char_indices().next_back().and_then(|(at, _)| key.get(..at)).unwrap_or_default()
}

/// Leaves out what somebody else has ordered, or brought about, since the wishes were read.
pub(super) fn still_wanted(transaction: &mut dyn Transaction, wanted: &[Wanted]) -> Result<Vec<Wanted>, StoreError> {
    let pending: FxHashSet<_> =
        transaction.pending_orders(SourceId::CPR)?.into_iter().map(|order| order.source_key).collect();
    let mut still = Vec::with_capacity(wanted.len());
    for chunk in wanted.chunks(1_000) {
        let keys: Vec<_> = chunk.iter().map(key).collect();
        let rows = transaction.sources(SourceId::CPR, &keys)?;
        for ((wanted, key), row) in chunk.iter().zip(&keys).zip(rows) {
            let is_subscribed = row.is_some_and(|row| row.src_subscribed);
            if !pending.contains(key) && is_subscribed != (wanted.action == OrderAction::Subscribe) {
                still.push(wanted.clone());
            }
        }
    }
    Ok(still)
}

/// The key at the source.
pub(super) fn key(wanted: &Wanted) -> compact_str::CompactString {
    kartotek_register::contact::ContactId::person(wanted.number).name_code
}
