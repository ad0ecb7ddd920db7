use std::collections::BTreeMap;

use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{
    KeyConstant, LineEnd, SubscriptionAction, SubscriptionFile, SubscriptionFileName, SubscriptionLine, TaskNumber,
    TimeOfDay, WorkingDays, day_after,
};
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{
    Clock, Counts, NewOrder, NewRun, Order, OrderAction, OrderState, Rewish, RunState, Store, StoreError, Transaction,
};
use kartotek_register::subscription::RuleSet;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Outbox, Published};
use crate::danish_time;
use crate::subscriptions::SubscriptionError;
use crate::subscriptions::orders::{Wanted, Wants, key, still_wanted, wants};

/// How subscription files are made.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// KUNDENR of the lines.
    pub customer: CustomerNumber,
    /// OPGAVENR of the name.
    pub task: TaskNumber,
    /// From when a file is for the next working day, in Danish time.
    pub deadline: TimeOfDay,
    /// The days on which CPR acts on files.
    pub working_days: WorkingDays,
    /// What stands between lines.
    pub line_end: LineEnd,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its name.
    pub name: String,
    /// The day on which CPR acts on it.
    pub process_date: Option<PartialDate>,
    /// Lines `OP`.
    pub subscribe: u64,
    /// Lines `SL`.
    pub unsubscribe: u64,
    /// Whether it was planned by an earlier call that was cut off.
    pub resumed: bool,
}

/// What applying wishes by file did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilesReport {
    /// The files, in the order in which they were written.
    pub files: Vec<WrittenFile>,
    /// Wishes that were fulfilled already, or stood against the block list, and were cleared.
    pub cleared: u64,
    /// Wishes for what is no CPR number; they stay.
    pub unreadable: u64,
}

/// Days whose names are tried when that of the day of the file is taken.
pub(super) const NAMES_TRIED: usize = 10;

/// Brings wishes to CPR in a subscription file.
///
/// What an earlier call planned and did not bring to its end is finished first. When the name of the day is taken, by a
/// file that is there or by orders that went out under it, the file is for the next working day whose name is free: CPR
/// would take a second file of a name for the first one.
pub fn apply_files(
    store: &mut dyn Store,
    clock: &dyn Clock,
    rules: &RuleSet,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
) -> Result<FilesReport, SubscriptionError> {
    let mut report = FilesReport { files: finish_files(store, clock, settings, outbox)?, ..FilesReport::default() };
    plan_file(store, clock, rules, settings, outbox, &mut report)?;
    report.files.extend(publish_planned(store, settings, outbox, false)?);
    Ok(report)
}

/// Finishes what an earlier call planned and did not bring to its end. A file that is not in the folder, and whose day is
/// over for CPR, gets the name of a day to come: CPR acts on no file of a day that has passed.
pub fn finish_files(
    store: &mut dyn Store,
    clock: &dyn Clock,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
) -> Result<Vec<WrittenFile>, SubscriptionError> {
    postpone_late(store, clock, settings, outbox)?;
    publish_planned(store, settings, outbox, true)
}

/// Gives late files their new names before anything is written under them, so that writing them again gives the same.
fn postpone_late(
    store: &mut dyn Store,
    clock: &dyn Clock,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
) -> Result<(), SubscriptionError> {
    let mut transaction = store.begin_durable()?;
    let pending = transaction.pending_orders(SourceId::CPR)?;
    let mut taken = names(&pending);
    let first_day = first_day(clock, settings)?;
    for (name, orders) in planned_by_file(pending) {
        let is_late = orders.iter().any(|order| order.process_date.is_some_and(|date| date < first_day));
        // What is there already has been written, and perhaps sent, in time.
        if !is_late || is_there(outbox, &name)? {
            continue;
        }
        let new = free_name(first_day, settings, &taken, outbox)?;
        let keys: Vec<_> = orders.iter().map(|order| order.key).collect();
        transaction.move_to_file(&keys, &new.to_string(), new.process_date())?;
        taken.insert(new.to_string());
    }
    transaction.commit()?;
    Ok(())
}

/// Writes the files of all planned orders and sends the orders, within the one writer's place, so that two calls at the
/// same time do not meet in the folder.
fn publish_planned(
    store: &mut dyn Store,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
    resumed: bool,
) -> Result<Vec<WrittenFile>, SubscriptionError> {
    let mut transaction = store.begin()?;
    let by_file = planned_by_file(transaction.pending_orders(SourceId::CPR)?);
    let mut written = Vec::with_capacity(by_file.len());
    for (name, orders) in by_file {
        let lines = orders.iter().filter_map(|order| {
            let number = CprNumber::parse(&order.source_key).ok()?;
            Some(line(settings, number, order.action))
        });
        let bytes = SubscriptionFile::new(lines.collect())?.encode(settings.line_end);
        let published = outbox.publish(&name, &bytes);
        match published.map_err(|error| outbox_error("write", &name, error))? {
            Published::Done | Published::Same => {}
            Published::Another => return Err(SubscriptionError::AnotherFile { name }),
        }
        note_sent(transaction.as_mut(), &orders)?;
        let count = |action| orders.iter().filter(|order| order.action == action).count() as u64;
        written.push(WrittenFile {
            name,
            process_date: orders.iter().find_map(|order| order.process_date),
            subscribe: count(OrderAction::Subscribe),
            unsubscribe: count(OrderAction::Unsubscribe),
            resumed,
        });
    }
    transaction.commit()?;
    Ok(written)
}

/// Notes that the orders of a file went out. Deliveries up to the run that cancels somebody do not say that they are
/// subscribed, and neither do those from before the run that subscribes them.
pub(super) fn note_sent(transaction: &mut dyn Transaction, orders: &[Order]) -> Result<(), StoreError> {
    let (add, cancel): (Vec<&Order>, Vec<_>) = orders.iter().partition(|order| order.action == OrderAction::Subscribe);
    let day = orders.iter().find_map(|order| order.process_date);
    let wishes: Vec<_> = add
        .iter()
        .map(|order| Rewish { source_key: order.source_key.clone(), was: Some(true), becomes: None })
        .collect();
    transaction.rewish(SourceId::CPR, &wishes)?;
    if let Some(day) = day {
        let keys: Vec<_> = add.iter().map(|order| order.source_key.clone()).collect();
        transaction.set_deliveries_from(SourceId::CPR, &keys, day)?;
    }
    let states: Vec<_> = cancel.iter().map(|order| (order.source_key.clone(), order.contact, false)).collect();
    transaction.set_src_subscribed(SourceId::CPR, &states, day.and_then(day_after))?;
    let keys: Vec<_> = orders.iter().map(|order| order.key).collect();
    transaction.move_orders(&keys, OrderState::Sent, None)
}

/// Planned orders, a file after the other.
fn planned_by_file(pending: Vec<Order>) -> BTreeMap<String, Vec<Order>> {
    let mut by_file: BTreeMap<String, Vec<Order>> = BTreeMap::new();
    for order in pending {
        if let (OrderState::Planned, Some(file)) = (order.state, &order.file) {
            by_file.entry(file.clone()).or_default().push(order);
        }
    }
    by_file
}

/// The files that orders stand in.
pub(super) fn names(orders: &[Order]) -> FxHashSet<String> {
    orders.iter().filter_map(|order| order.file.clone()).collect()
}

/// Enters orders for all wishes, with their file and lines.
fn plan_file(
    store: &mut dyn Store,
    clock: &dyn Clock,
    rules: &RuleSet,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
    report: &mut FilesReport,
) -> Result<(), SubscriptionError> {
    let Wants { wanted, idle, unreadable } = wants(store.reader()?.as_mut(), clock, rules)?;
    report.unreadable = unreadable;
    report.cleared = idle.len() as u64;
    let now_text = clock.now_text();
    // A power cut that took the orders back once their file is written would have them ordered again in another one.
    let mut transaction = store.begin_durable()?;
    transaction.rewish(SourceId::CPR, &idle)?;
    let wanted = still_wanted(transaction.as_mut(), &wanted)?;
    if !wanted.is_empty() {
        let taken = names(&transaction.pending_orders(SourceId::CPR)?);
        let name = free_name(first_day(clock, settings)?, settings, &taken, outbox)?;
        let run = transaction.insert_run(&NewRun {
            kind: "subscription apply",
            source: SourceId::CPR,
            started_at: now_text.clone(),
        })?;
        let orders = orders(settings, name, wanted)?;
        transaction.insert_orders(SourceId::CPR, run, &orders, &now_text)?;
        transaction.finish_run(run, RunState::Done, &Counts::default(), &now_text)?;
    }
    transaction.commit()?;
    Ok(())
}

/// The orders in the order of their lines.
fn orders(
    settings: &FileSettings,
    name: SubscriptionFileName,
    wanted: Vec<Wanted>,
) -> Result<Vec<NewOrder>, SubscriptionError> {
    let file =
        SubscriptionFile::new(wanted.iter().map(|wanted| line(settings, wanted.number, wanted.action)).collect())?;
    let mut by_number: FxHashMap<CprNumber, Wanted> =
        wanted.into_iter().map(|wanted| (wanted.number, wanted)).collect();
    let in_order = file.lines().iter().filter_map(|line| by_number.remove(&line.number));
    Ok((1..)
        .zip(in_order)
        .map(|(line, wanted)| NewOrder {
            source_key: key(&wanted),
            contact: wanted.contact,
            action: wanted.action,
            reason: wanted.reason,
            state: OrderState::Planned,
            file: Some(name.to_string()),
            line: Some(line),
            process_date: Some(name.process_date()),
            error: None,
        })
        .collect())
}

fn line(settings: &FileSettings, number: CprNumber, action: OrderAction) -> SubscriptionLine {
    let action = match action {
        OrderAction::Subscribe => SubscriptionAction::Create,
        OrderAction::Unsubscribe => SubscriptionAction::Delete,
    };
    SubscriptionLine { customer: settings.customer, action, number, key_constant: KeyConstant::EMPTY }
}

/// The first day on which CPR can act on a file made now.
pub(crate) fn first_day(clock: &dyn Clock, settings: &FileSettings) -> Result<PartialDate, SubscriptionError> {
    let (today, now) = (danish_time::today(clock), danish_time::time_of_day(clock));
    settings.working_days.process_date(today, now, settings.deadline).ok_or(SubscriptionError::Clock)
}

/// The name of the first working day, from a working day on, that is not taken.
pub(super) fn free_name(
    mut day: PartialDate,
    settings: &FileSettings,
    taken: &FxHashSet<String>,
    outbox: &mut dyn Outbox,
) -> Result<SubscriptionFileName, SubscriptionError> {
    let mut last = String::new();
    for _ in 0..NAMES_TRIED {
        let name = SubscriptionFileName::new(day, settings.task)?;
        last = name.to_string();
        if !is_there(outbox, &last)? && !taken.contains(&last) {
            return Ok(name);
        }
        day = settings.working_days.next_after(day).ok_or(SubscriptionError::Clock)?;
    }
    Err(SubscriptionError::NoFreeName { last })
}

fn is_there(outbox: &mut dyn Outbox, name: &str) -> Result<bool, SubscriptionError> {
    outbox.has(name).map_err(|error| outbox_error("look for", name, error))
}

pub(super) fn outbox_error(operation: &'static str, name: &str, error: std::io::Error) -> SubscriptionError {
    SubscriptionError::Outbox { operation, name: name.to_owned(), error }
}
