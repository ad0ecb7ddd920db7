use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, MutexGuard};

use kartotek_formats::cpr_direkte::Password;
use kartotek_formats::identifiers::CprNumber;

use super::counts::Counts;
use super::fault::{Fault, Scope};
use super::request::Violation;
use super::service::Service;
use crate::population::{Counts as BatchCounts, Shape};
use crate::subscriptions::{Subscription, Subscriptions};
use crate::times::Times;

/// Everything that can be done to a simulator while it runs, and seen of it. Cloning it gives another handle.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Service>);

impl Control {
    /// Lets the population's days up to this one happen, and answers as of it from now on.
    pub fn set_day(&self, day: u32) {
        self.0.set_day(day);
    }

    /// The population's day as of which answers are.
    pub fn day(&self) -> u32 {
        self.0.day()
    }

    /// Lets something go wrong. Faults of one stage strike in the order in which they were asked for.
    pub fn fault(&self, fault: Fault, scope: Scope, times: Times) {
        self.0.faults.add(fault, scope, times);
    }

    /// Forgets the faults that did not strike yet.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// How many times faults are still to strike; those without end count once.
    pub fn faults_left(&self) -> u32 {
        self.0.faults.left()
    }

    /// Makes all tokens worthless, as time would.
    pub fn expire_tokens(&self) {
        self.0.accounts().expire_tokens();
    }

    /// Lets the password expire: error 02 until a sign-on brings a new one.
    pub fn expire_password(&self) {
        self.0.accounts().expire_password();
    }

    /// The password that is good now.
    pub fn password(&self) -> Password {
        self.0.accounts().password()
    }

    /// Changes the password behind the client's back.
    pub fn set_password(&self, password: Password) {
        self.0.accounts().set_password(password);
    }

    /// The passwords before it, oldest first. None of them can be chosen again.
    pub fn passwords_used(&self) -> Vec<Password> {
        self.0.accounts().used()
    }

    /// What happened since the start.
    pub fn counts(&self) -> Counts {
        self.0.counters.counts()
    }

    /// Where requests left the documented layout, in the order in which they came. Empty unless strict.
    pub fn violations(&self) -> Vec<Violation> {
        self.0.violations()
    }

    /// Who is subscribed now.
    pub fn subscribed(&self) -> BTreeSet<CprNumber> {
        self.0.subscriptions().subscribed().collect()
    }

    /// Writes the batch file of a day, 1 or later, for the subscriptions that were set online: the day's changes of the
    /// subscribed, all records and an event `A45` for those subscribed since the file before, and a receipt 997 for
    /// each subscription deleted since then. What is set or deleted after a day's file was written is in the next one,
    /// and the file of the day on which the simulator started is out already.
    pub fn write_batch<W: io::Write>(&self, day: u32, shape: Shape, task: u32, to: &mut W) -> io::Result<BatchCounts> {
        self.0.write_batch(day, shape, task, to)
    }

    /// The subscriptions themselves, which another simulator goes by too.
    pub(crate) fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        self.0.subscriptions()
    }

    /// Every subscription that was set or deleted, in that order.
    pub fn subscription_log(&self) -> Vec<Subscription> {
        self.0.subscriptions().log().to_vec()
    }
}
