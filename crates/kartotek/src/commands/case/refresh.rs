//! Persons to whom a case has just become a reason to be subscribed.

use std::collections::{HashMap, HashSet};
use std::fmt;

use compact_str::CompactString;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Clock as _, OrderAction, Store, SystemClock};
use kartotek_register::subscription::{Reason, RuleSet, WishChange, decide};
use kartotek_service::subscriptions::{Limits, Outcome, facts_of, plan, subscribe_now};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::subscription::direkte;
use crate::config::Config;
use crate::exit::Failure;

/// How persons are subscribed and fetched. Made before the work that concerns them, so that rules which are at fault are
/// told while nothing has been done.
pub(super) struct Refresh<'a> {
    global: &'a Global,
    config: &'a Config,
    rules: RuleSet,
    /// What the run is called.
    kind: &'static str,
}

/// Wishes that are written in one transaction.
const PAGE: usize = 1_000;

impl<'a> Refresh<'a> {
    pub fn new(global: &'a Global, config: &'a Config, kind: &'static str) -> Result<Self, Failure> {
        Ok(Self { global, config, rules: config.subscription.rules()?, kind })
    }

    /// What the rules say about persons, and about the number that is valid instead of theirs. Writes nothing.
    pub fn decide(&self, store: &dyn Store, numbers: &[CprNumber]) -> Result<Vec<Refreshed>, Failure> {
        let clock = SystemClock;
        let mut reader = store.reader()?;
        let mut decided = Vec::with_capacity(numbers.len());
        let mut seen = HashSet::new();
        for number in numbers {
            let mut next = Some(*number);
            while let Some(number) = next.take().filter(|number| seen.insert(*number)) {
                let Some(facts) = facts_of(reader.as_mut(), &clock, number)? else { break };
                next = facts.replaced_by.as_deref().and_then(|valid| CprNumber::parse(valid).ok());
                let decision = decide(&facts, &self.rules, clock.now());
                let state = match decision.reason {
                    Reason::Ordered { action, .. } => State::Ordered(action),
                    Reason::OpenCases { .. } if facts.src_subscribed => State::Subscribed,
                    Reason::OpenCases { .. } => State::Wished,
                    _ => State::Left,
                };
                let (change, wish) = (decision.wish, decision.wish.apply(facts.wish));
                let (source_key, contact, reason) = (facts.source_key, facts.contact, decision.reason);
                decided.push(Refreshed { number, source_key, contact, state, reason, change, wish });
            }
        }
        Ok(decided)
    }

    /// Whether these are more persons than are subscribed or fetched without an operator's confirmation.
    pub fn too_many(&self, store: &dyn Store, decided: &[Refreshed], limits: &Limits) -> Result<Option<Left>, Failure> {
        let persons = decided.iter().filter(|person| person.state.wants_data()).count() as u64;
        // Counting those who are subscribed means reading everybody, so it is done only when it matters.
        if persons <= limits.allowed(0) {
            return Ok(None);
        }
        let subscribed = plan(store.reader()?.as_mut(), &SystemClock, &self.rules, &mut |_| {})?.subscribed;
        let allowed = limits.allowed(subscribed);
        Ok((persons > allowed).then_some(Left { persons, allowed }))
    }

    /// Subscribes persons and fetches their data. The wishes are written first, so that a crash, or a CPR that cannot be
    /// reached, leaves them to the next `subscription apply`. Without CPR Direkte, the wishes are all.
    pub fn carry_out(&self, store: &mut dyn Store, mut persons: Vec<Refreshed>) -> Result<Vec<Refreshed>, Failure> {
        let wishes: Vec<_> = persons
            .iter()
            .filter(|person| person.change != WishChange::Keep)
            .map(|person| (person.source_key.clone(), person.contact, person.wish))
            .collect();
        for wishes in wishes.chunks(PAGE) {
            let mut transaction = store.begin()?;
            transaction.set_wishes(SourceId::CPR, wishes)?;
            transaction.commit()?;
        }
        let asked: Vec<_> = persons
            .iter()
            .filter(|person| person.state.wants_data())
            .map(|person| (person.number, person.contact, person.reason.to_string()))
            .collect();
        if asked.is_empty() {
            return Ok(persons);
        }
        // The case is as it was to be, and the wishes are there: what goes wrong from here on is told of the persons.
        let outcomes = match direkte::connect(self.global, self.config) {
            Ok(None) => return Ok(persons),
            Ok(Some(mut direkte)) => {
                subscribe_now(store, &SystemClock, direkte.as_mut(), self.kind, &asked, direkte::BATCH)
                    .map_err(|error| error.to_string())
            }
            Err(failure) => Err(format!("{:#}", failure.error)),
        };
        let outcomes: Result<HashMap<_, _>, _> = outcomes.map(|outcomes| outcomes.into_iter().collect());
        for person in persons.iter_mut().filter(|person| person.state.wants_data()) {
            let problem = match outcomes.as_ref().map(|outcomes| outcomes.get(&person.number)) {
                Ok(Some(Outcome::Done)) => {
                    person.state = State::Fetched;
                    continue;
                }
                Ok(Some(Outcome::Unknown)) => {
                    person.state = State::Unknown;
                    continue;
                }
                Ok(Some(Outcome::Refused(error))) => format!("error {error}: {}", error.explain().cause_en),
                Ok(Some(
                    Outcome::Unusable(reason)
                    | Outcome::Unclear(reason)
                    | Outcome::Later(reason)
                    | Outcome::Halted(reason),
                )) => reason.clone(),
                Ok(None) => "CPR was not asked, because of the errors before".to_owned(),
                Err(problem) => problem.clone(),
            };
            person.state = State::Failed { problem, subscribed: person.state == State::Subscribed };
        }
        Ok(persons)
    }
}

/// Persons who were left as they were, because they are many.
pub(super) struct Left {
    /// How many.
    pub persons: u64,
    /// How many are subscribed or fetched without confirmation.
    pub allowed: u64,
}

/// What became of one person.
pub(super) struct Refreshed {
    number: CprNumber,
    source_key: CompactString,
    contact: ContactKey,
    state: State,
    reason: Reason,
    change: WishChange,
    /// The wish after the change.
    wish: Option<bool>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum State {
    Wished,
    Subscribed,
    Ordered(OrderAction),
    Left,
    Fetched,
    Unknown,
    /// CPR was asked and did not do it, or could not be asked.
    Failed {
        problem: String,
        /// Whether the person is subscribed all the same.
        subscribed: bool,
    },
}

impl State {
    /// Whether a case speaks for a subscription. A cancellation that is on its way in a file would undo one that is made
    /// now, so that person waits until it is settled.
    fn wants_data(&self) -> bool {
        matches!(self, Self::Wished | Self::Subscribed | Self::Ordered(OrderAction::Subscribe))
    }
}

impl Refreshed {
    /// What became of the person.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether the person is not fetched, though a case speaks for it.
    pub fn failed(&self) -> bool {
        matches!(self.state, State::Failed { .. } | State::Unknown)
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
            State::Failed { .. } => "failed",
        };
        let problem = if let State::Failed { problem, .. } = &self.state { Some(problem) } else { None };
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
            State::Failed { problem, subscribed: true } => {
                write!(f, "subscribed already ({reason}), but not fetched now: {problem}")
            }
            State::Failed { problem, subscribed: false } => {
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
