use std::collections::BTreeMap;

use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{
    KeyConstant, LineEnd, SubscriptionAction, SubscriptionFile, SubscriptionFileName, SubscriptionLine, TaskNumber,
    TimeOfDay, next_working_day, process_date,
};
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Clock, Counts, NewOrder, NewRun, Order, OrderAction, OrderState, RunState, Store};
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
const NAMES_TRIED: usize = 10;

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
    let mut report = FilesReport { files: finish_files(store, settings, outbox)?, ..FilesReport::default() };
    plan_file(store, clock, rules, settings, outbox, &mut report)?;
    report.files.extend(finish_planned(store, settings, outbox, false)?);
    Ok(report)
}

/// Finishes what an earlier call planned and did not bring to its end.
pub fn finish_files(
    store: &mut dyn Store,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
) -> Result<Vec<WrittenFile>, SubscriptionError> {
    finish_planned(store, settings, outbox, true)
}

/// Writes the files of all planned orders and sends the orders, within the one writer's place, so that two calls at the
/// same time do not meet in the folder.
fn finish_planned(
    store: &mut dyn Store,
    settings: &FileSettings,
    outbox: &mut dyn Outbox,
    resumed: bool,
) -> Result<Vec<WrittenFile>, SubscriptionError> {
    let mut transaction = store.begin()?;
    let mut by_file: BTreeMap<String, Vec<Order>> = BTreeMap::new();
    for order in transaction.pending_orders(SourceId::CPR)? {
        if let (OrderState::Planned, Some(file)) = (order.state, &order.file) {
            by_file.entry(file.clone()).or_default().push(order);
        }
    }
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
        let of_action = |action| orders.iter().filter(move |order| order.action == action);
        let [subscribe, unsubscribe] =
            [OrderAction::Subscribe, OrderAction::Unsubscribe].map(|action| of_action(action).count() as u64);
        let wishes: Vec<_> =
            of_action(OrderAction::Subscribe).map(|order| (order.source_key.clone(), order.contact, None)).collect();
        let states: Vec<_> =
            of_action(OrderAction::Unsubscribe).map(|order| (order.source_key.clone(), order.contact, false)).collect();
        let keys: Vec<_> = orders.iter().map(|order| order.key).collect();
        transaction.set_wishes(SourceId::CPR, &wishes)?;
        transaction.set_src_subscribed(SourceId::CPR, &states)?;
        transaction.move_orders(&keys, OrderState::Sent, None)?;
        let process_date = orders.iter().find_map(|order| order.process_date);
        written.push(WrittenFile { name, process_date, subscribe, unsubscribe, resumed });
    }
    transaction.commit()?;
    Ok(written)
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
    let mut transaction = store.begin()?;
    transaction.set_wishes(SourceId::CPR, &idle)?;
    let wanted = still_wanted(transaction.as_mut(), &wanted)?;
    if !wanted.is_empty() {
        let taken: FxHashSet<_> =
            transaction.pending_orders(SourceId::CPR)?.into_iter().filter_map(|order| order.file).collect();
        let name = free_name(clock, settings, &taken, outbox)?;
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

/// The name of the first day, from the one on which CPR can act on a file made now, that is not taken.
fn free_name(
    clock: &dyn Clock,
    settings: &FileSettings,
    taken: &FxHashSet<String>,
    outbox: &mut dyn Outbox,
) -> Result<SubscriptionFileName, SubscriptionError> {
    let mut day = process_date(danish_time::today(clock), danish_time::time_of_day(clock), settings.deadline)
        .ok_or(SubscriptionError::Clock)?;
    let mut last = String::new();
    for _ in 0..NAMES_TRIED {
        let name = SubscriptionFileName::new(day, settings.task)?;
        last = name.to_string();
        let is_there = outbox.has(&last).map_err(|error| outbox_error("look for", &last, error))?;
        if !is_there && !taken.contains(&last) {
            return Ok(name);
        }
        day = next_working_day(day).ok_or(SubscriptionError::Clock)?;
    }
    Err(SubscriptionError::NoFreeName { last })
}

fn outbox_error(operation: &'static str, name: &str, error: std::io::Error) -> SubscriptionError {
    SubscriptionError::Outbox { operation, name: name.to_owned(), error }
}
