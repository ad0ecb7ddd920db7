use std::collections::BTreeMap;

use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

/// A subscription that was set or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// Whom it concerns.
    pub number: CprNumber,
    /// Whether it was set; deleted otherwise.
    pub set: bool,
    /// The day on which that happened.
    pub day: u32,
    /// When on that day.
    pub at: Option<Timestamp>,
    /// The day whose batch file tells of it.
    pub told_on: u32,
}

/// What the customer subscribes to. Only what changes something is kept.
#[derive(Default)]
pub(super) struct Subscriptions {
    log: Vec<Subscription>,
    subscribed: BTreeMap<CprNumber, bool>,
    /// The last day whose batch file was written.
    told: u32,
}

impl Subscriptions {
    /// Sets or deletes a subscription.
    pub(super) fn change(&mut self, number: CprNumber, set: bool, day: u32, at: Option<Timestamp>) {
        if self.is_subscribed(number) != set {
            self.subscribed.insert(number, set);
            // The file of a day is made in the evening; what comes after it is in the next one.
            self.log.push(Subscription { number, set, day, at, told_on: day.max(self.told + 1) });
        }
    }

    pub(super) fn is_subscribed(&self, number: CprNumber) -> bool {
        self.subscribed.get(&number).copied().unwrap_or_default()
    }

    pub(super) fn subscribed(&self) -> impl Iterator<Item = CprNumber> {
        self.subscribed.iter().filter(|(_, subscribed)| **subscribed).map(|(number, _)| *number)
    }

    pub(super) fn log(&self) -> &[Subscription] {
        &self.log
    }
}
