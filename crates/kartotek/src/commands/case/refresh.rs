//! Persons to whom a case has just become a reason to be subscribed.

use std::collections::HashMap;
use std::fmt;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Clock as _, OrderAction, Store, SystemClock};
use kartotek_register::subscription::{Reason, WishChange, decide};
use kartotek_service::subscriptions::{Outcome, facts_of, subscribe_now};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::subscription::direkte;
use crate::config::Config;
use crate::exit::Failure;

/// What became of one person.
pub(super) struct Refreshed {
    number: CprNumber,
    contact: ContactKey,
    state: State,
    reason: Reason,
}

#[derive(Clone, PartialEq, Eq)]
enum State {
    Wished,
    Subscribed,
    Ordered(OrderAction),
    Left,
    Fetched,
    Unknown,
    /// CPR was asked and did not do it.
    Failed(String),
}

impl State {
    /// Whether a case speaks for a subscription. A cancellation that is on its way in a file would undo one that is made
    /// now, so that person waits until it is settled.
    fn wants_data(&self) -> bool {
        matches!(self, Self::Wished | Self::Subscribed | Self::Ordered(OrderAction::Subscribe))
    }
}

/// Subscribes persons and fetches their data. The wish is written first, so that a crash, or a CPR that cannot be reached,
/// leaves it to the next `subscription apply`. Without CPR Direkte, the wish is all.
pub(super) fn refresh_now(
    global: &Global,
    config: &Config,
    store: &mut dyn Store,
    numbers: &[CprNumber],
) -> Result<Vec<Refreshed>, Failure> {
    let mut persons = wish(config, store, numbers)?;
    let asked: Vec<_> = persons
        .iter()
        .filter(|person| person.state.wants_data())
        .map(|person| (person.number, person.contact, person.reason.to_string()))
        .collect();
    if asked.is_empty() {
        return Ok(persons);
    }
    let Some(mut direkte) = direkte::connect(global, config)? else { return Ok(persons) };
    let outcomes = subscribe_now(store, &SystemClock, direkte.as_mut(), &asked)?;
    let outcomes: HashMap<_, _> = outcomes.into_iter().collect();
    for person in persons.iter_mut().filter(|person| person.state.wants_data()) {
        person.state = match outcomes.get(&person.number) {
            Some(Outcome::Done) => State::Fetched,
            Some(Outcome::Unknown) => State::Unknown,
            Some(Outcome::Refused(error)) => State::Failed(format!("error {error}: {}", error.explain().cause_en)),
            Some(Outcome::Unusable(reason) | Outcome::Later(reason) | Outcome::Halted(reason)) => {
                State::Failed(reason.clone())
            }
            None => State::Failed("CPR was not asked, because of the errors before".to_owned()),
        };
    }
    Ok(persons)
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
            Reason::Ordered { action, .. } => State::Ordered(action),
            Reason::OpenCases { .. } if facts.src_subscribed => State::Subscribed,
            Reason::OpenCases { .. } => State::Wished,
            _ => State::Left,
        };
        if decision.wish != WishChange::Keep {
            wishes.push((facts.source_key.clone(), facts.contact, after));
        }
        refreshed.push(Refreshed { number: *number, contact: facts.contact, state, reason: decision.reason });
    }
    if !wishes.is_empty() {
        let mut transaction = store.begin()?;
        transaction.set_wishes(SourceId::CPR, &wishes)?;
        transaction.commit()?;
    }
    Ok(refreshed)
}

impl Refreshed {
    /// Whether CPR was asked and did not do it.
    pub fn failed(&self) -> bool {
        matches!(self.state, State::Failed(_) | State::Unknown)
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let state = match &self.state {
            State::Wished => "wished",
            State::Subscribed => "subscribed",
            State::Ordered(_) => "ordered",
            State::Left => "left",
            State::Fetched => "fetched",
            State::Unknown => "unknown",
            State::Failed(_) => "failed",
        };
        let problem = if let State::Failed(problem) = &self.state { Some(problem) } else { None };
        json!({
            "person": self.number.masked(),
            "subscription": state,
            "reason": self.reason.to_string(),
            "problem": problem,
        })
    }
}

impl fmt::Display for Refreshed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, reason, .. } = self;
        write!(f, "{}: ", number.masked())?;
        match &self.state {
            State::Fetched => write!(f, "subscribed and fetched from CPR ({reason})"),
            State::Unknown => f.write_str(
                "CPR does not know the number (error 05); it is blocked until `kartotek subscription unblock`",
            ),
            State::Failed(problem) => {
                write!(
                    f,
                    "to be subscribed ({reason}), but not fetched now: {problem}; the next `kartotek subscription apply` asks again"
                )
            }
            State::Wished => {
                write!(f, "to be subscribed ({reason}); the next `kartotek subscription apply` orders it and the data")
            }
            State::Subscribed => write!(f, "subscribed already ({reason})"),
            State::Ordered(_) => write!(f, "{reason}"),
            State::Left => write!(f, "not to be subscribed: {reason}"),
        }
    }
}
