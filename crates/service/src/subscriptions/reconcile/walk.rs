use compact_str::{CompactString, format_compact};
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::import::make_placeholders;
use kartotek_register::ports::{Clock, Counts, NewRun, Reader, RunKey, RunState, Store, SubscriptionFacts};

use super::SubscribedList;
use crate::danish_time;
use crate::subscriptions::{Limits, PAGE, SubscriptionError};

/// How list and register differ about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Subscribed here and not at CPR.
    Missing,
    /// Subscribed at CPR and not here; the register has the contact.
    Surplus,
    /// Subscribed at CPR, and the register has no such contact.
    Unknown,
}

/// A difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The person.
    pub number: CprNumber,
    /// The difference.
    pub difference: Difference,
    contact: Option<ContactKey>,
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReconcileCounts {
    /// Numbers on the list.
    pub at_cpr: u64,
    /// Persons subscribed here.
    pub here: u64,
    /// Subscribed in both places.
    pub same: u64,
    /// Subscribed here and not at CPR.
    pub missing: u64,
    /// Subscribed at CPR and not here.
    pub surplus: u64,
    /// Subscribed at CPR and not in the register at all.
    pub unknown: u64,
    /// Left out because an order about them is on its way.
    pub pending: u64,
}

impl ReconcileCounts {
    /// Persons about whom list and register differ.
    pub fn differences(&self) -> u64 {
        self.missing + self.surplus + self.unknown
    }

    /// Refuses more differences than the limits allow.
    pub fn check(&self, limits: &Limits) -> Result<(), SubscriptionError> {
        limits.check(self.differences(), self.here)
    }
}

/// Compares the list with the register and writes nothing. Both are gone through by number, a page at a time.
pub fn compare(
    store: &dyn Store,
    clock: &dyn Clock,
    list: &SubscribedList,
    on_difference: &mut dyn FnMut(&Found),
) -> Result<ReconcileCounts, SubscriptionError> {
    let mut walk = Walk::new(store, clock, list)?;
    while let Some(page) = walk.next_page()? {
        page.iter().for_each(&mut *on_difference);
    }
    Ok(walk.counts)
}

/// Sets `SRC_SUBSCRIBED` to what CPR says, unless more persons differ than the limits allow; `None` confirms any number.
///
/// A surplus person whom nothing justifies is unsubscribed by the rules at the next plan. A person whom the register does
/// not know gets a placeholder and the wish `N`, so that the next apply cancels the subscription.
pub fn repair(
    store: &mut dyn Store,
    clock: &dyn Clock,
    list: &SubscribedList,
    limits: Option<&Limits>,
) -> Result<ReconcileCounts, SubscriptionError> {
    let counts = compare(store, clock, list, &mut |_| {})?;
    if let Some(limits) = limits {
        counts.check(limits)?;
    }
    if counts.differences() == 0 {
        return Ok(counts);
    }
    let stamp = danish_time::stamp(clock);
    let run = begin_run(store, clock)?;
    let mut placeholders = 0;
    let mut walk = Walk::new(store, clock, list)?;
    while let Some(page) = walk.next_page()? {
        if page.is_empty() {
            continue;
        }
        let now = clock.now_text();
        let mut transaction = store.begin()?;
        let unknown: Vec<_> = page.iter().filter(|found| found.contact.is_none()).map(|found| found.number).collect();
        let mut made = make_placeholders(transaction.as_mut(), &unknown, stamp, run, &now)?.into_iter();
        let mut states = Vec::with_capacity(page.len());
        let mut wishes = Vec::new();
        for found in &page {
            let Some(contact) = found.contact.or_else(|| made.next()) else { continue };
            let key = ContactId::person(found.number).name_code;
            if found.difference == Difference::Unknown {
                wishes.push((key.clone(), contact, Some(false)));
            }
            states.push((key, contact, found.difference != Difference::Missing));
        }
        // The list is newer than any delivery from before today.
        transaction.set_src_subscribed(SourceId::CPR, &states, Some(walk.today))?;
        transaction.set_wishes(SourceId::CPR, &wishes)?;
        transaction.commit()?;
        placeholders += unknown.len() as u64;
    }
    let mut transaction = store.begin()?;
    let made = Counts { placeholders, ..Counts::default() };
    transaction.finish_run(run, RunState::Done, &made, &clock.now_text())?;
    transaction.commit()?;
    Ok(walk.counts)
}

fn begin_run(store: &mut dyn Store, clock: &dyn Clock) -> Result<RunKey, SubscriptionError> {
    let new = NewRun { kind: "subscription reconcile", source: SourceId::CPR, started_at: clock.now_text() };
    let mut transaction = store.begin()?;
    let run = transaction.insert_run(&new)?;
    transaction.commit()?;
    Ok(run)
}

/// Goes through the list and the register by number, side by side.
struct Walk<'l> {
    reader: Box<dyn Reader>,
    today: PartialDate,
    list: &'l [u64],
    after: Option<CompactString>,
    is_over: bool,
    counts: ReconcileCounts,
}

impl<'l> Walk<'l> {
    fn new(store: &dyn Store, clock: &dyn Clock, list: &'l SubscribedList) -> Result<Self, SubscriptionError> {
        Ok(Self {
            reader: store.reader()?,
            today: danish_time::today(clock),
            list: list.numbers(),
            after: None,
            is_over: false,
            counts: ReconcileCounts { at_cpr: list.count(), ..ReconcileCounts::default() },
        })
    }

    /// The differences among the next numbers, ascending; `None` when there are no more numbers.
    fn next_page(&mut self) -> Result<Option<Vec<Found>>, SubscriptionError> {
        if self.is_over {
            return Ok(None);
        }
        let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut facts = self.reader.subscription_facts(SourceId::CPR, self.today, self.after.as_deref(), PAGE)?;
        // A page ends with the last person that was read, or, if there are no more, nowhere; but not before so many numbers
        // of the list.
        let mut end = (facts.len() >= limit).then(|| facts.last().map(|facts| facts.source_key.clone())).flatten();
        if let Some(last) = self.list.get(limit - 1).map(|number| format_compact!("{number:010}"))
            && end.as_ref().is_none_or(|end| last < *end)
        {
            facts.retain(|facts| facts.source_key <= last);
            end = Some(last);
        }
        let listed = match &end {
            Some(end) => self.list.partition_point(|number| format_compact!("{number:010}") <= *end),
            None => self.list.len(),
        };
        let (page, rest) = self.list.split_at(listed);
        self.list = rest;
        self.is_over = end.is_none();
        self.after = end;

        let mut found = self.merge(&facts, page);
        self.look_for_contacts(&mut found)?;
        Ok(Some(found))
    }

    /// Contacts of listed numbers about which there are no facts are still to be looked for.
    fn merge(&mut self, facts: &[SubscriptionFacts], listed: &[u64]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut listed = listed.iter().copied().filter_map(|number| CprNumber::from_number(number).ok()).peekable();
        for facts in facts {
            let Ok(number) = CprNumber::parse(&facts.source_key) else { continue };
            while let Some(only_listed) = listed.next_if(|listed| *listed < number) {
                found.push(Found { number: only_listed, difference: Difference::Unknown, contact: None });
            }
            let is_listed = listed.next_if_eq(&number).is_some();
            self.counts.here += u64::from(facts.src_subscribed);
            let difference = match (facts.src_subscribed, is_listed) {
                (true, true) => {
                    self.counts.same += 1;
                    continue;
                }
                (false, false) => continue,
                _ if facts.pending.is_some() => {
                    self.counts.pending += 1;
                    continue;
                }
                (true, false) => Difference::Missing,
                (false, true) => Difference::Surplus,
            };
            found.push(Found { number, difference, contact: Some(facts.contact) });
        }
        found.extend(listed.map(|number| Found { number, difference: Difference::Unknown, contact: None }));
        found
    }

    fn look_for_contacts(&mut self, found: &mut [Found]) -> Result<(), SubscriptionError> {
        let ids: Vec<_> =
            found.iter().filter(|found| found.contact.is_none()).map(|found| ContactId::person(found.number)).collect();
        if !ids.is_empty() {
            let mut keys = self.reader.contact_keys(&ids)?.into_iter();
            for found in found.iter_mut().filter(|found| found.contact.is_none()) {
                found.contact = keys.next().flatten();
                if found.contact.is_some() {
                    found.difference = Difference::Surplus;
                }
            }
        }
        for found in found.iter() {
            match found.difference {
                Difference::Missing => self.counts.missing += 1,
                Difference::Surplus => self.counts.surplus += 1,
                Difference::Unknown => self.counts.unknown += 1,
            }
        }
        Ok(())
    }
}
