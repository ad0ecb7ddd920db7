//! Which orders the wishes stand for.

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Clock, OrderAction, Reader, StoreError, Transaction};
use kartotek_register::subscription::{RuleSet, WishChange, decide};
use rustc_hash::FxHashSet;

use super::plan::page;
use super::{Planned, SubscriptionError};

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
    pub idle: Vec<(compact_str::CompactString, ContactKey, Option<bool>)>,
    /// Wishes for persons without a CPR number in the place of one.
    pub unreadable: u64,
}

/// Reads every wish. The rules were applied before; here they only say why.
pub(super) fn wants(reader: &mut dyn Reader, clock: &dyn Clock, rules: &RuleSet) -> Result<Wants, SubscriptionError> {
    let mut wants = Wants::default();
    let mut after = None;
    while let Some(page) = page(reader, clock, &mut after)? {
        for facts in &page {
            let Some(wish) = facts.wish.filter(|_| facts.pending.is_none()) else { continue };
            if wish == facts.src_subscribed || (wish && facts.blocked.is_some()) {
                wants.idle.push((facts.source_key.clone(), facts.contact, None));
                continue;
            }
            let decision = decide(facts, rules, clock.now());
            let agrees = match decision.wish {
                WishChange::Set(to) => to == wish,
                // The wish is there already, so the rules keep it, as they keep one that somebody else made.
                WishChange::Keep => {
                    let without = kartotek_register::ports::SubscriptionFacts { wish: None, ..facts.clone() };
                    decide(&without, rules, clock.now()).wish == WishChange::Set(wish)
                }
                WishChange::Clear => false,
            };
            let planned = Planned { facts, decision: &decision };
            let Some(number) = planned.number() else {
                wants.unreadable += 1;
                continue;
            };
            let action = if wish { OrderAction::Subscribe } else { OrderAction::Unsubscribe };
            let reason = if agrees { decision.reason.to_string() } else { BY_HAND.to_owned() };
            wants.wanted.push(Wanted { number, contact: facts.contact, action, reason });
        }
    }
    Ok(wants)
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
