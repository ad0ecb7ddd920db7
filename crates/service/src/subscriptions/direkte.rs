//! Wishes through CPR Direkte, where they take effect at once.

use kartotek_formats::cpr_direkte::{Advice, ErrorNumber};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::day_after;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{
    Clock, Counts, NewOrder, NewRun, Order, OrderAction, OrderKey, OrderState, Rewish, RunState, Store, StoreError,
    Transaction,
};
use kartotek_register::subscription::RuleSet;
use rustc_hash::FxHashMap;

use super::SubscriptionError;
use super::orders::{Wanted, Wants, key, still_wanted, wants};
use crate::danish_time;

/// What asking CPR about one person came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// CPR did it; of a subscription, the data are in the register too.
    Done,
    /// CPR knows nobody of that number (error 05).
    Unknown,
    /// CPR refused with another error number.
    Refused(ErrorNumber),
    /// CPR did it, and answered with data that cannot be used; others are not concerned.
    Unusable(String),
    /// The answer does not say whether CPR did it; others are not concerned.
    Unclear(String),
    /// It could not be asked, or not to the end; asking again may help.
    Later(String),
    /// It cannot be asked before somebody changes something: a password, a certificate, an address.
    Halted(String),
}

/// CPR Direkte, as far as subscriptions need it. Both calls may be repeated: CPR ends in the same state.
pub trait Direkte {
    /// Subscribes persons, and takes their data in. An outcome for each number, which the caller writes down.
    fn subscribe_and_fetch(&mut self, store: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)>;

    /// Cancels subscriptions. An outcome for each number.
    fn unsubscribe(&mut self, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)>;
}

/// A person whom CPR refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The person.
    pub number: CprNumber,
    /// What was asked for.
    pub action: OrderAction,
    /// CPR's error number.
    pub error: ErrorNumber,
}

/// What applying wishes through CPR Direkte did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirekteReport {
    /// Persons subscribed and fetched.
    pub subscribed: u64,
    /// Persons unsubscribed.
    pub unsubscribed: u64,
    /// Persons whom CPR refused. Those whom it does not know are blocked now.
    pub refused: Vec<Refusal>,
    /// Wishes that were fulfilled already, or stood against the block list, and were cleared.
    pub cleared: u64,
    /// Wishes for what is no CPR number; they stay.
    pub unreadable: u64,
    /// Persons whose answer or data could not be used, and why; the next call asks again.
    pub unusable: Vec<(CprNumber, String)>,
    /// Persons who are left for the next call.
    pub left: u64,
    /// Why persons are left.
    pub stopped: Option<Stop>,
}

/// Why asking stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// In words.
    pub reason: String,
    /// Whether somebody has to change something before asking again helps.
    pub needs_somebody: bool,
}

impl DirekteReport {
    /// Whether something about single persons did not go through.
    pub fn has_rejected(&self) -> bool {
        !self.refused.is_empty() || !self.unusable.is_empty() || self.unreadable > 0
    }

    /// Persons whom it is about.
    pub fn persons(&self) -> u64 {
        self.subscribed + self.unsubscribed + self.refused.len() as u64 + self.left
    }

    /// What somebody has to act on is told before what passes.
    fn stop(&mut self, reason: String, needs_somebody: bool) {
        if self.stopped.as_ref().is_none_or(|stop| needs_somebody && !stop.needs_somebody) {
            self.stopped = Some(Stop { reason, needs_somebody });
        }
    }
}

/// What the runs of the nightly work are called.
const KIND: &str = "subscription apply";

/// Why a person is blocked whom CPR does not know.
const UNKNOWN: &str = "CPR does not know the number (error 05)";

/// A request that is entered as sent.
struct Asked {
    wanted: Wanted,
    order: OrderKey,
    /// Whether CPR may have been asked before, and have done it.
    is_again: bool,
}

/// Brings wishes to CPR through CPR Direkte, `batch` persons at a time. `report` is that of [`finish_direkte`]; when that
/// was stopped, nothing more is asked.
///
/// The orders are entered as sent, then CPR is asked, then what it came to is written. Orders without an answer, because
/// the call was cut off or CPR could not be reached, stay sent until [`finish_direkte`] asks again. A person whom CPR does
/// not know is put on the block list, so that a mistyped number is neither asked every night nor forgotten: an operator
/// sees it there, and lifts it when the number turns out to be right. An error that concerns everybody, and an answer that
/// did not come, stop the run.
pub fn apply_direkte(
    store: &mut dyn Store,
    clock: &dyn Clock,
    rules: &RuleSet,
    direkte: &mut dyn Direkte,
    batch: usize,
    mut report: DirekteReport,
) -> Result<DirekteReport, SubscriptionError> {
    let Wants { wanted, idle, unreadable } = wants(store.reader()?.as_mut(), clock, rules)?;
    report.cleared += idle.len() as u64;
    report.unreadable += unreadable;
    let mut transaction = store.begin()?;
    transaction.rewish(SourceId::CPR, &idle)?;
    transaction.commit()?;
    for wanted in batches(wanted, |wanted| wanted.action, batch) {
        if report.stopped.is_some() {
            report.left += wanted.len() as u64;
            continue;
        }
        let asked = enter(store, clock, KIND, |transaction| still_wanted(transaction, &wanted))?;
        ask(store, clock, direkte, &asked, &mut report)?;
    }
    Ok(report)
}

/// Asks CPR again what it was asked before and has not answered, as far as the register knows. Done before the rules are
/// asked, since what is so at CPR is not known until then.
pub fn finish_direkte(
    store: &mut dyn Store,
    clock: &dyn Clock,
    direkte: &mut dyn Direkte,
    batch: usize,
) -> Result<DirekteReport, SubscriptionError> {
    let mut report = DirekteReport::default();
    let unanswered = unanswered(store.begin()?.as_mut())?;
    let asked = unanswered.into_iter().filter_map(|order| {
        let number = CprNumber::parse(&order.source_key).ok()?;
        let wanted = Wanted { number, contact: order.contact, action: order.action, reason: order.reason };
        Some(Asked { wanted, order: order.key, is_again: true })
    });
    for asked in batches(asked.collect(), |asked| asked.wanted.action, batch) {
        if report.stopped.is_some() {
            report.left += asked.len() as u64;
            continue;
        }
        ask(store, clock, direkte, &asked, &mut report)?;
    }
    Ok(report)
}

/// Subscribes and refreshes persons now, whether they are subscribed or not, and writes down what it came to, `batch`
/// persons at a time, as a run of a `kind`. `persons` are numbers, contacts, and why in words. An outcome for each number
/// that was asked about; what stops [`apply_direkte`] stops this too.
pub fn subscribe_now(
    store: &mut dyn Store,
    clock: &dyn Clock,
    direkte: &mut dyn Direkte,
    kind: &'static str,
    persons: &[(CprNumber, ContactKey, String)],
    batch: usize,
) -> Result<Vec<(CprNumber, Outcome)>, SubscriptionError> {
    let mut outcomes = Vec::with_capacity(persons.len());
    let mut report = DirekteReport::default();
    for persons in persons.chunks(batch.max(1)) {
        let wanted = persons.iter().map(|(number, contact, reason)| Wanted {
            number: *number,
            contact: *contact,
            action: OrderAction::Subscribe,
            reason: reason.clone(),
        });
        let asked = enter(store, clock, kind, |_| Ok(wanted.collect()))?;
        outcomes.extend(ask(store, clock, direkte, &asked, &mut report)?);
        if report.stopped.is_some() {
            break;
        }
    }
    Ok(outcomes)
}

/// So many at a time, of one action each. Who may no longer be followed is cancelled before anybody is added.
fn batches<T>(all: Vec<T>, action: impl Fn(&T) -> OrderAction, batch: usize) -> Vec<Vec<T>> {
    let (add, cancel): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| action(one) == OrderAction::Subscribe);
    let mut batches: Vec<Vec<T>> = Vec::new();
    for group in [cancel, add] {
        let mut group = group.into_iter().peekable();
        while group.peek().is_some() {
            batches.push(group.by_ref().take(batch.max(1)).collect());
        }
    }
    batches
}

/// Orders through CPR Direkte without an answer.
fn unanswered(transaction: &mut dyn Transaction) -> Result<Vec<Order>, StoreError> {
    let mut pending = transaction.pending_orders(SourceId::CPR)?;
    pending.retain(|order| order.state == OrderState::Sent && order.file.is_none());
    Ok(pending)
}

/// Enters requests as sent, before CPR is asked. One that is entered and unanswered is not entered again.
fn enter(
    store: &mut dyn Store,
    clock: &dyn Clock,
    kind: &'static str,
    wanted: impl FnOnce(&mut dyn Transaction) -> Result<Vec<Wanted>, StoreError>,
) -> Result<Vec<Asked>, SubscriptionError> {
    let now = clock.now_text();
    let mut transaction = store.begin_durable()?;
    let wanted = wanted(transaction.as_mut())?;
    let known: FxHashMap<_, _> = unanswered(transaction.as_mut())?
        .into_iter()
        .map(|order| ((order.source_key, order.action), order.key))
        .collect();
    let known_as = |wanted: &Wanted| known.get(&(key(wanted), wanted.action)).copied();
    let new: Vec<_> =
        wanted.iter().filter(|wanted| known_as(wanted).is_none()).map(|wanted| sent(wanted, clock)).collect();
    let mut keys = Vec::new();
    if !new.is_empty() {
        let run = transaction.insert_run(&NewRun { kind, source: SourceId::CPR, started_at: now.clone() })?;
        keys = transaction.insert_orders(SourceId::CPR, run, &new, &now)?;
        transaction.finish_run(run, RunState::Done, &Counts::default(), &now)?;
    }
    transaction.commit()?;
    let mut keys = keys.into_iter();
    let asked = wanted.into_iter().filter_map(|wanted| {
        let before = known_as(&wanted);
        Some(Asked { order: before.or_else(|| keys.next())?, is_again: before.is_some(), wanted })
    });
    Ok(asked.collect())
}

/// Asks CPR about requests of one action that are entered, and writes what they came to.
fn ask(
    store: &mut dyn Store,
    clock: &dyn Clock,
    direkte: &mut dyn Direkte,
    asked: &[Asked],
    report: &mut DirekteReport,
) -> Result<Vec<(CprNumber, Outcome)>, SubscriptionError> {
    let Some(first) = asked.first() else { return Ok(Vec::new()) };
    let numbers: Vec<_> = asked.iter().map(|asked| asked.wanted.number).collect();
    let outcomes = match first.wanted.action {
        OrderAction::Subscribe => direkte.subscribe_and_fetch(store, &numbers),
        OrderAction::Unsubscribe => direkte.unsubscribe(&numbers),
    };
    let by_number = outcomes.iter().cloned().collect();
    record(store, clock, asked, &by_number, report)?;
    Ok(outcomes)
}

/// Writes what a batch came to.
fn record(
    store: &mut dyn Store,
    clock: &dyn Clock,
    batch: &[Asked],
    outcomes: &FxHashMap<CprNumber, Outcome>,
    report: &mut DirekteReport,
) -> Result<(), SubscriptionError> {
    let mut done = Vec::new();
    let mut refused: FxHashMap<ErrorNumber, Vec<OrderKey>> = FxHashMap::default();
    let mut add: Vec<(_, ContactKey, bool)> = Vec::new();
    let mut cancel = Vec::new();
    let mut wishes = Vec::new();
    let mut unknown = Vec::new();
    for Asked { wanted, order, is_again } in batch {
        let subscribes = wanted.action == OrderAction::Subscribe;
        match outcomes.get(&wanted.number) {
            Some(Outcome::Done) if subscribes => {
                report.subscribed += 1;
                add.push((key(wanted), wanted.contact, true));
                done.push(*order);
            }
            Some(Outcome::Done) => {
                report.unsubscribed += 1;
                cancel.push((key(wanted), wanted.contact, false));
                done.push(*order);
            }
            Some(Outcome::Unknown) => {
                refuse(report, wanted, ErrorNumber::UNKNOWN_NUMBER);
                refused.entry(ErrorNumber::UNKNOWN_NUMBER).or_default().push(*order);
                unknown.push(key(wanted));
                // Nobody can be subscribed whom CPR does not know.
                cancel.push((key(wanted), wanted.contact, false));
                wishes.push(Rewish { source_key: key(wanted), was: Some(true), becomes: None });
            }
            Some(Outcome::Refused(error)) => {
                let concerns_all = error.advice() != Advice::Final || error.is_alarm();
                if concerns_all {
                    let reason = format!("error {error}: {}", error.explain().cause_en);
                    report.stop(reason, matches!(error.advice(), Advice::Stop | Advice::Final));
                }
                if concerns_all && *is_again {
                    // That nothing is done now says nothing about the time before.
                    report.left += 1;
                } else {
                    refuse(report, wanted, *error);
                    refused.entry(*error).or_default().push(*order);
                }
            }
            Some(outcome @ (Outcome::Unusable(reason) | Outcome::Unclear(reason))) => {
                report.left += 1;
                report.unusable.push((wanted.number, reason.clone()));
                if subscribes && matches!(outcome, Outcome::Unusable(_)) {
                    add.push((key(wanted), wanted.contact, true));
                }
            }
            Some(Outcome::Later(reason)) => {
                report.left += 1;
                report.stop(reason.clone(), false);
            }
            Some(Outcome::Halted(reason)) => {
                report.left += 1;
                report.stop(reason.clone(), true);
            }
            None => report.left += 1,
        }
    }
    if batch.iter().any(|asked| !outcomes.contains_key(&asked.wanted.number)) && report.stopped.is_none() {
        report.stop("no outcome for some persons".to_owned(), false);
    }
    let now = clock.now_text();
    let mut transaction = store.begin()?;
    transaction.set_src_subscribed(SourceId::CPR, &add, None)?;
    // Deliveries of today may be from before it.
    transaction.set_src_subscribed(SourceId::CPR, &cancel, day_after(danish_time::today(clock)))?;
    transaction.rewish(SourceId::CPR, &wishes)?;
    transaction.move_orders(&done, OrderState::Done, None)?;
    for (error, orders) in refused {
        transaction.move_orders(&orders, OrderState::Refused, Some(&error.to_string()))?;
    }
    for key in unknown {
        transaction.put_block(SourceId::CPR, &key, UNKNOWN, &now)?;
    }
    transaction.commit()?;
    Ok(())
}

fn refuse(report: &mut DirekteReport, wanted: &Wanted, error: ErrorNumber) {
    report.refused.push(Refusal { number: wanted.number, action: wanted.action, error });
}

fn sent(wanted: &Wanted, clock: &dyn Clock) -> NewOrder {
    NewOrder {
        source_key: key(wanted),
        contact: wanted.contact,
        action: wanted.action,
        reason: wanted.reason.clone(),
        state: OrderState::Sent,
        file: None,
        line: None,
        process_date: Some(danish_time::today(clock)),
        error: None,
    }
}
