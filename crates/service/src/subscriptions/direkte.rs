//! Wishes through CPR Direkte, where they take effect at once.

use kartotek_formats::cpr_direkte::{Advice, ErrorNumber};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Clock, Counts, NewOrder, NewRun, OrderAction, OrderState, RunState, Store};
use kartotek_register::subscription::RuleSet;
use rustc_hash::FxHashMap;

use super::SubscriptionError;
use super::orders::{Wanted, key, still_wanted, wants};

/// What asking CPR about one person came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// CPR did it; of a subscription, the data are in the register too.
    Done,
    /// CPR knows nobody of that number (error 05).
    Unknown,
    /// CPR refused with another error number.
    Refused(ErrorNumber),
    /// CPR answered, with data that cannot be used; others are not concerned.
    Unusable(String),
    /// It could not be asked, or not to the end; asking again may help.
    Later(String),
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
    /// Persons whose data could not be used, and why; their wishes stay.
    pub unusable: Vec<(CprNumber, String)>,
    /// Wishes that are left for the next call.
    pub left: u64,
    /// Why persons are left.
    pub stopped: Option<String>,
}

impl DirekteReport {
    /// Whether something about single persons did not go through.
    pub fn has_rejected(&self) -> bool {
        !self.refused.is_empty() || !self.unusable.is_empty() || self.unreadable > 0
    }
}

/// Why a person is blocked whom CPR does not know.
const UNKNOWN: &str = "CPR does not know the number (error 05)";

/// Brings wishes to CPR through CPR Direkte, `batch` persons at a time.
///
/// CPR is asked first; then orders and wishes are written in one transaction. A call that is cut off between the two is
/// repeated by the next one, which asks CPR the same again. A person whom CPR does not know is put on the block list, so
/// that a mistyped number is neither asked every night nor forgotten: an operator sees it there, and lifts it when the
/// number turns out to be right. An error that concerns everybody, and an answer that did not come, stop the run; what is
/// left keeps its wish.
pub fn apply_direkte(
    store: &mut dyn Store,
    clock: &dyn Clock,
    rules: &RuleSet,
    direkte: &mut dyn Direkte,
    batch: usize,
) -> Result<DirekteReport, SubscriptionError> {
    let all = wants(store.reader()?.as_mut(), clock, rules)?;
    let mut report =
        DirekteReport { cleared: all.idle.len() as u64, unreadable: all.unreadable, ..DirekteReport::default() };
    let mut transaction = store.begin()?;
    transaction.set_wishes(SourceId::CPR, &all.idle)?;
    let wanted = still_wanted(transaction.as_mut(), &all.wanted)?;
    transaction.commit()?;

    // Who may no longer be followed is cancelled before anybody is added.
    let (add, cancel): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|wanted| wanted.action == OrderAction::Subscribe);
    let batches = cancel.chunks(batch.max(1)).chain(add.chunks(batch.max(1)));
    for wanted in batches {
        if report.stopped.is_some() {
            report.left += wanted.len() as u64;
            continue;
        }
        let numbers: Vec<_> = wanted.iter().map(|wanted| wanted.number).collect();
        let cancels = wanted.iter().any(|wanted| wanted.action == OrderAction::Unsubscribe);
        let outcomes =
            if cancels { direkte.unsubscribe(&numbers) } else { direkte.subscribe_and_fetch(store, &numbers) };
        let outcomes: FxHashMap<_, _> = outcomes.into_iter().collect();
        record(store, clock, wanted, &outcomes, &mut report)?;
    }
    Ok(report)
}

/// Subscribes and refreshes persons now, whether they are subscribed or not, and writes down what it came to. `persons` are
/// numbers, contacts, and why in words. An outcome for each number that was asked about.
pub fn subscribe_now(
    store: &mut dyn Store,
    clock: &dyn Clock,
    direkte: &mut dyn Direkte,
    persons: &[(CprNumber, ContactKey, String)],
) -> Result<Vec<(CprNumber, Outcome)>, SubscriptionError> {
    let numbers: Vec<_> = persons.iter().map(|(number, ..)| *number).collect();
    let wanted: Vec<_> = persons
        .iter()
        .map(|(number, contact, reason)| Wanted {
            number: *number,
            contact: *contact,
            action: OrderAction::Subscribe,
            reason: reason.clone(),
        })
        .collect();
    let outcomes = direkte.subscribe_and_fetch(store, &numbers);
    let by_number = outcomes.iter().cloned().collect();
    record(store, clock, &wanted, &by_number, &mut DirekteReport::default())?;
    Ok(outcomes)
}

/// Writes what a batch came to.
fn record(
    store: &mut dyn Store,
    clock: &dyn Clock,
    batch: &[Wanted],
    outcomes: &FxHashMap<CprNumber, Outcome>,
    report: &mut DirekteReport,
) -> Result<(), SubscriptionError> {
    let now = clock.now_text();
    let mut orders = Vec::with_capacity(batch.len());
    let mut states: Vec<(_, ContactKey, bool)> = Vec::new();
    let mut wishes = Vec::new();
    let mut unknown = Vec::new();
    for wanted in batch {
        let subscribes = wanted.action == OrderAction::Subscribe;
        match outcomes.get(&wanted.number) {
            Some(Outcome::Done) => {
                if subscribes {
                    report.subscribed += 1;
                } else {
                    report.unsubscribed += 1;
                }
                states.push((key(wanted), wanted.contact, subscribes));
                orders.push(order(wanted, OrderState::Done, None));
            }
            Some(Outcome::Unknown) => {
                refuse(report, wanted, ErrorNumber::UNKNOWN_NUMBER);
                orders.push(order(wanted, OrderState::Refused, Some(ErrorNumber::UNKNOWN_NUMBER)));
                unknown.push(key(wanted));
                if subscribes {
                    wishes.push((key(wanted), wanted.contact, None));
                } else {
                    // Nobody can be subscribed whom CPR does not know.
                    states.push((key(wanted), wanted.contact, false));
                }
            }
            Some(Outcome::Refused(error)) => {
                refuse(report, wanted, *error);
                orders.push(order(wanted, OrderState::Refused, Some(*error)));
                if error.advice() != Advice::Final || error.is_alarm() {
                    report.stopped.get_or_insert_with(|| format!("error {error}: {}", error.explain().cause_en));
                }
            }
            Some(Outcome::Unusable(reason)) => {
                report.left += 1;
                report.unusable.push((wanted.number, reason.clone()));
            }
            Some(Outcome::Later(reason)) => {
                report.left += 1;
                report.stopped.get_or_insert_with(|| reason.clone());
            }
            None => {
                report.left += 1;
                report.stopped.get_or_insert_with(|| "no outcome for some persons".to_owned());
            }
        }
    }
    if orders.is_empty() {
        return Ok(());
    }
    let mut transaction = store.begin()?;
    let run = transaction.insert_run(&NewRun {
        kind: "subscription apply",
        source: SourceId::CPR,
        started_at: now.clone(),
    })?;
    transaction.insert_orders(SourceId::CPR, run, &orders, &now)?;
    transaction.set_wishes(SourceId::CPR, &wishes)?;
    transaction.set_src_subscribed(SourceId::CPR, &states)?;
    for key in unknown {
        transaction.put_block(SourceId::CPR, &key, UNKNOWN, &now)?;
    }
    transaction.finish_run(run, RunState::Done, &Counts::default(), &now)?;
    transaction.commit()?;
    Ok(())
}

fn refuse(report: &mut DirekteReport, wanted: &Wanted, error: ErrorNumber) {
    report.refused.push(Refusal { number: wanted.number, action: wanted.action, error });
}

fn order(wanted: &Wanted, state: OrderState, error: Option<ErrorNumber>) -> NewOrder {
    NewOrder {
        source_key: key(wanted),
        contact: wanted.contact,
        action: wanted.action,
        reason: wanted.reason.clone(),
        state,
        file: None,
        line: None,
        process_date: None,
        error: error.map(|error| error.to_string()),
    }
}
