//! Persons to whom a case has just become a reason to be subscribed.

use std::fmt;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock as _, Store, SystemClock};
use kartotek_register::subscription::{Reason, WishChange, decide};
use kartotek_service::subscriptions::facts_of;
use serde_json::{Value, json};

use crate::config::Config;
use crate::exit::Failure;

/// What became of one person.
pub(super) struct Refreshed {
    number: CprNumber,
    state: State,
    reason: Reason,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Wished,
    Subscribed,
    Ordered,
    Left,
}

/// Subscribes persons and fetches their data. Without CPR Direkte they are wished to be subscribed, and the next
/// `subscription apply` brings it to CPR.
pub(super) fn refresh_now(
    config: &Config,
    store: &mut dyn Store,
    numbers: &[CprNumber],
) -> Result<Vec<Refreshed>, Failure> {
    wish(config, store, numbers)
}

fn wish(config: &Config, store: &mut dyn Store, numbers: &[CprNumber]) -> Result<Vec<Refreshed>, Failure> {
    let rules = config.subscription.rules()?;
    let clock = SystemClock;
    let mut reader = store.reader()?;
    let mut wishes = Vec::new();
    let mut refreshed = Vec::with_capacity(numbers.len());
    for number in numbers {
        let Some(facts) = facts_of(reader.as_mut(), &clock, *number)? else { continue };
        let decision = decide(&facts, &rules, clock.now());
        let after = decision.wish.apply(facts.wish);
        let state = match decision.reason {
            Reason::Ordered { .. } => State::Ordered,
            Reason::OpenCases { .. } if facts.src_subscribed => State::Subscribed,
            Reason::OpenCases { .. } => State::Wished,
            _ => State::Left,
        };
        if decision.wish != WishChange::Keep {
            wishes.push((facts.source_key.clone(), facts.contact, after));
        }
        refreshed.push(Refreshed { number: *number, state, reason: decision.reason });
    }
    if !wishes.is_empty() {
        let mut transaction = store.begin()?;
        transaction.set_wishes(SourceId::CPR, &wishes)?;
        transaction.commit()?;
    }
    Ok(refreshed)
}

impl Refreshed {
    /// For machines.
    pub fn json(&self) -> Value {
        let state = match self.state {
            State::Wished => "wished",
            State::Subscribed => "subscribed",
            State::Ordered => "ordered",
            State::Left => "left",
        };
        json!({ "person": self.number.masked(), "subscription": state, "reason": self.reason.to_string() })
    }
}

impl fmt::Display for Refreshed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, reason, .. } = self;
        write!(f, "{}: ", number.masked())?;
        match self.state {
            State::Wished => {
                write!(f, "to be subscribed ({reason}); the next `kartotek subscription apply` orders it and the data")
            }
            State::Subscribed => write!(f, "subscribed already ({reason})"),
            State::Ordered => write!(f, "{reason}"),
            State::Left => write!(f, "not to be subscribed: {reason}"),
        }
    }
}
