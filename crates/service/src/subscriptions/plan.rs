//! What the rules say about everybody, and writing it as wishes.

use compact_str::CompactString;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{Clock, OrderAction, Reader, Store, SubscriptionFacts};
use kartotek_register::subscription::{Decision, RuleSet, WishChange, decide};

use super::{Limits, PAGE, SubscriptionError};
use crate::danish_time;

/// What the rules say about one person.
pub struct Planned<'p> {
    /// The person.
    pub facts: &'p SubscriptionFacts,
    /// The decision.
    pub decision: &'p Decision,
}

impl Planned<'_> {
    /// The number; `None` when what stands as one is none.
    pub fn number(&self) -> Option<CprNumber> {
        CprNumber::parse(&self.facts.source_key).ok()
    }

    /// The order that follows from the decision; `None` when none does.
    pub fn order(&self) -> Option<OrderAction> {
        let wish = self.decision.wish.apply(self.facts.wish);
        match (wish, self.facts.src_subscribed, self.facts.pending) {
            (Some(true), false, None) => Some(OrderAction::Subscribe),
            (Some(false), true, None) => Some(OrderAction::Unsubscribe),
            _ => None,
        }
    }
}

/// How many persons a plan is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanCounts {
    /// Persons whom CPR was asked about, who have a wish or who are party to an open case.
    pub persons: u64,
    /// Of them, subscribed at CPR.
    pub subscribed: u64,
    /// On the block list.
    pub blocked: u64,
    /// With an order on its way.
    pub pending: u64,
    /// To be subscribed, wishes of before included.
    pub to_subscribe: u64,
    /// To be unsubscribed, wishes of before included.
    pub to_unsubscribe: u64,
    /// Wishes that become `J`.
    pub wishes_j: u64,
    /// Wishes that become `N`.
    pub wishes_n: u64,
    /// Wishes that are taken back.
    pub wishes_cleared: u64,
}

impl PlanCounts {
    fn add(&mut self, planned: &Planned<'_>) {
        let Planned { facts, decision } = planned;
        self.persons += 1;
        self.subscribed += u64::from(facts.src_subscribed);
        self.blocked += u64::from(facts.blocked.is_some());
        self.pending += u64::from(facts.pending.is_some());
        match planned.order() {
            Some(OrderAction::Subscribe) => self.to_subscribe += 1,
            Some(OrderAction::Unsubscribe) => self.to_unsubscribe += 1,
            None => {}
        }
        match decision.wish {
            WishChange::Set(true) => self.wishes_j += 1,
            WishChange::Set(false) => self.wishes_n += 1,
            WishChange::Clear => self.wishes_cleared += 1,
            WishChange::Keep => {}
        }
    }

    /// Persons whom CPR would be asked to change.
    pub fn changes(&self) -> u64 {
        self.to_subscribe + self.to_unsubscribe
    }
}

/// Decides about everybody, page by page, and writes nothing.
pub fn plan(
    reader: &mut dyn Reader,
    clock: &dyn Clock,
    rules: &RuleSet,
    on_person: &mut dyn FnMut(&Planned<'_>),
) -> Result<PlanCounts, SubscriptionError> {
    let mut counts = PlanCounts::default();
    let mut after = None;
    while let Some(page) = page(reader, clock, &mut after)? {
        for facts in &page {
            let decision = decide(facts, rules, clock.now());
            let planned = Planned { facts, decision: &decision };
            counts.add(&planned);
            on_person(&planned);
        }
    }
    Ok(counts)
}

/// Writes what the rules say as wishes, unless more persons would change than the limits allow; `None` confirms any number.
pub fn set_wishes(
    store: &mut dyn Store,
    clock: &dyn Clock,
    rules: &RuleSet,
    limits: Option<&Limits>,
) -> Result<PlanCounts, SubscriptionError> {
    let mut reader = store.reader()?;
    let counts = plan(reader.as_mut(), clock, rules, &mut |_| {})?;
    if let Some(limits) = limits {
        limits.check(counts.changes(), counts.subscribed)?;
    }
    let mut after = None;
    while let Some(page) = page(reader.as_mut(), clock, &mut after)? {
        let wishes: Vec<_> = page
            .iter()
            .filter_map(|facts| {
                let wish = decide(facts, rules, clock.now()).wish;
                (wish != WishChange::Keep).then(|| (facts.source_key.clone(), facts.contact, wish.apply(facts.wish)))
            })
            .collect();
        if !wishes.is_empty() {
            let mut transaction = store.begin()?;
            transaction.set_wishes(SourceId::CPR, &wishes)?;
            transaction.commit()?;
        }
    }
    Ok(counts)
}

/// Refuses when the wishes that are there, without the rules' doing, would change more persons than the limits allow.
pub fn check_wishes(reader: &mut dyn Reader, clock: &dyn Clock, limits: &Limits) -> Result<(), SubscriptionError> {
    let (mut changes, mut subscribed) = (0, 0);
    let mut after = None;
    while let Some(page) = page(reader, clock, &mut after)? {
        for facts in &page {
            subscribed += u64::from(facts.src_subscribed);
            let is_idle = facts.pending.is_some() || (facts.wish == Some(true) && facts.blocked.is_some());
            changes += u64::from(!is_idle && facts.wish.is_some_and(|wish| wish != facts.src_subscribed));
        }
    }
    limits.check(changes, subscribed)
}

/// What is known about one person; `None` when CPR was never asked about them and nothing stands for it.
pub fn facts_of(
    reader: &mut dyn Reader,
    clock: &dyn Clock,
    number: CprNumber,
) -> Result<Option<SubscriptionFacts>, SubscriptionError> {
    let today = danish_time::today(clock);
    let key = ContactId::person(number).name_code;
    // Facts come by number, so the first one after the number before is the person's, if there are any.
    let before = format!("{:010}", number.as_number() - 1);
    let facts = reader.subscription_facts(SourceId::CPR, today, Some(&before), 1)?;
    Ok(facts.into_iter().next().filter(|facts| facts.source_key == key))
}

/// The next page of persons, and the place behind it; `None` when there are no more.
pub(super) fn page(
    reader: &mut dyn Reader,
    clock: &dyn Clock,
    after: &mut Option<CompactString>,
) -> Result<Option<Vec<SubscriptionFacts>>, SubscriptionError> {
    let today = danish_time::today(clock);
    let page = reader.subscription_facts(SourceId::CPR, today, after.as_deref(), PAGE)?;
    let Some(last) = page.last() else { return Ok(None) };
    *after = Some(last.source_key.clone());
    Ok(Some(page))
}
