use std::collections::BTreeMap;

use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::KeyConstant;

use crate::population::{Ordered, Selection};

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
    /// What the customer wants to see with it; empty when it was asked for online.
    pub key_constant: KeyConstant,
}

/// What the customer subscribes to.
#[derive(Default)]
pub(crate) struct Subscriptions {
    log: Vec<Subscription>,
    subscribed: BTreeMap<CprNumber, bool>,
    /// The last day whose batch file is out.
    told: u32,
    /// Of the last change on its day.
    minute: u32,
}

impl Subscriptions {
    /// Nobody is subscribed, and the batch files up to that of a day are out.
    pub(crate) fn since(day: u32) -> Self {
        Self { told: day, ..Self::default() }
    }

    /// Sets or deletes a subscription, as it is asked for online: only what changes something is kept.
    pub(crate) fn change(&mut self, number: CprNumber, set: bool, day: u32, today: Option<PartialDate>) {
        if self.is_subscribed(number) != set {
            self.order(number, set, KeyConstant::EMPTY, day, today);
        }
    }

    /// Sets or deletes a subscription, as it is asked for by a file: that is answered even when it changes nothing.
    pub(crate) fn order(
        &mut self,
        number: CprNumber,
        set: bool,
        key_constant: KeyConstant,
        day: u32,
        today: Option<PartialDate>,
    ) {
        let at = today.and_then(|today| self.time_of(day, today));
        self.subscribed.insert(number, set);
        // The file of a day is made in the evening; what comes after it is in the next one.
        self.log.push(Subscription { number, set, day, at, told_on: day.max(self.told + 1), key_constant });
    }

    /// A time on a day for the next change: a population's day has no clock, so changes follow each other by minutes
    /// from noon to half past six, and whatever comes then has that time.
    fn time_of(&mut self, day: u32, today: PartialDate) -> Option<Timestamp> {
        self.minute = match self.log.last() {
            Some(last) if last.day == day => (self.minute + 1).min(389),
            _ => 0,
        };
        let [hours, minutes] = [self.minute / 60, self.minute % 60].map(u8::try_from);
        Timestamp::at(today, 12 + hours.ok()?, minutes.ok()?)
    }

    pub(crate) fn is_subscribed(&self, number: CprNumber) -> bool {
        self.subscribed.get(&number).copied().unwrap_or_default()
    }

    pub(crate) fn subscribed(&self) -> impl Iterator<Item = CprNumber> {
        self.subscribed.iter().filter(|(_, subscribed)| **subscribed).map(|(number, _)| *number)
    }

    /// What the batch file of a day is about. The file of a day stays the same however often it is written.
    pub(crate) fn told_on(&mut self, day: u32, index_of: impl Fn(CprNumber) -> Option<u32>) -> Selection {
        self.told = self.told.max(day);
        let mut selection = Selection::default();
        for change in self.log.iter().filter(|change| change.told_on <= day) {
            let Some(index) = index_of(change.number) else { continue };
            let is_news = change.told_on == day;
            let ordered = Ordered { at: change.at, key_constant: change.key_constant };
            if change.set {
                selection.subscribed.insert(index);
                if is_news {
                    selection.added.insert(index, ordered);
                }
            } else {
                selection.subscribed.remove(&index);
                selection.added.remove(&index);
                if is_news {
                    selection.deleted.push((change.number, ordered));
                }
            }
        }
        selection
    }

    pub(crate) fn log(&self) -> &[Subscription] {
        &self.log
    }
}
