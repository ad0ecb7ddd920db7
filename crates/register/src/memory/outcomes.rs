//! Runs, and what became of single persons in them.

use crate::contact::{ContactId, ContactKey, SourceId};
use crate::import::What;
use crate::ports::{
    DeliveryKey, Message, PersonInRun, PersonOutcome, RunCard, RunKey, RunState, Severity, StoreError, StoreErrorKind,
};

use super::tables::{StoredMessage, Tables};

pub(super) fn insert_run_persons(
    tables: &mut Tables,
    run: RunKey,
    delivery: Option<DeliveryKey>,
    persons: &[(ContactKey, PersonOutcome)],
) -> Result<(), StoreError> {
    for (contact, outcome) in persons {
        if !matches!(outcome, PersonOutcome::Unchanged | PersonOutcome::Older) {
            let message = "expected persons who are unchanged or older";
            return Err(StoreError::new(StoreErrorKind::Refused, "enter persons of a run", message));
        }
        tables.run_persons.entry((run, *contact, *outcome)).or_insert(delivery);
    }
    Ok(())
}

pub(super) fn runs(tables: &Tables, source: SourceId, limit: u32) -> Vec<RunCard> {
    let of_source = tables.runs.iter().rev().filter(|(_, stored)| stored.run.source == source);
    of_source.filter_map(|(run, _)| self::run(tables, *run)).take(at_most(limit)).collect()
}

pub(super) fn run(tables: &Tables, run: RunKey) -> Option<RunCard> {
    let stored = tables.runs.get(&run)?;
    let so_far = stored.delivery.filter(|_| stored.state == RunState::Running);
    let so_far = so_far.and_then(|delivery| tables.deliveries.get(&delivery)).map(|taken| taken.delivery.counts);
    Some(RunCard {
        run,
        kind: stored.run.kind.to_owned(),
        started_at: stored.run.started_at.clone(),
        finished_at: stored.finished_at.clone(),
        state: stored.state,
        delivery: stored.delivery,
        name: stored.delivery.and_then(|delivery| name(tables, delivery)),
        counts: so_far.unwrap_or(stored.counts),
    })
}

fn name(tables: &Tables, delivery: DeliveryKey) -> Option<String> {
    tables.deliveries.get(&delivery).map(|stored| stored.delivery.name.clone())
}

pub(super) fn runs_of_delivery(tables: &Tables, delivery: DeliveryKey) -> Vec<RunCard> {
    let of_delivery = tables.runs.iter().filter(|(_, stored)| stored.delivery == Some(delivery));
    of_delivery.filter_map(|(run, _)| self::run(tables, *run)).collect()
}

pub(super) fn persons_in_runs(
    tables: &Tables,
    runs: &[RunKey],
    outcome: Option<PersonOutcome>,
    skip: u64,
    limit: u32,
) -> Vec<PersonInRun> {
    let persons = runs.iter().flat_map(|run| all_in_run(tables, *run, runs));
    let wanted = persons.filter(|person| outcome.is_none_or(|outcome| person.outcome == outcome));
    wanted.skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(at_most(limit)).collect()
}

pub(super) fn runs_of_person(tables: &Tables, id: &ContactId, limit: u32) -> Vec<PersonInRun> {
    let Some(contact) = tables.key_by_id(id) else { return Vec::new() };
    let of_person = |run: &RunKey| all_in_run(tables, *run, &[*run]).into_iter().filter(|p| p.contact == Some(contact));
    tables.runs.keys().rev().flat_map(of_person).take(at_most(limit)).collect()
}

/// The persons of a run, each with the messages of these runs.
fn all_in_run(tables: &Tables, run: RunKey, told_by: &[RunKey]) -> Vec<PersonInRun> {
    let mut changes: Vec<_> = tables.changes.iter().filter(|(_, change)| change.run == run).collect();
    changes.sort_by_key(|((_, change_seq), _)| *change_seq);
    let journal = changes.into_iter().filter_map(|((contact, _), change)| {
        let outcome = match change.entry.what {
            What::Created | What::Completed => PersonOutcome::Created,
            What::Updated => PersonOutcome::Updated,
            What::Placeholder => return None,
        };
        known(tables, told_by, run, change.delivery, *contact, outcome)
    });
    let mut as_they_were: Vec<_> = tables.run_persons.iter().filter(|((of, ..), _)| *of == run).collect();
    as_they_were.sort_by_key(|((_, contact, outcome), _)| (*contact, outcome.name()));
    let as_they_were = as_they_were
        .into_iter()
        .filter_map(|((_, contact, outcome), delivery)| known(tables, told_by, run, *delivery, *contact, *outcome));
    let rejected = tables.messages.iter().filter(|stored| stored.run == run);
    let rejected = rejected.filter_map(|stored| rejected_person(tables, told_by, stored));
    journal.chain(as_they_were).chain(rejected).collect()
}

fn rejected_person(tables: &Tables, told_by: &[RunKey], stored: &StoredMessage) -> Option<PersonInRun> {
    let StoredMessage { run, delivery, message } = stored;
    if message.severity != Severity::Error || message.person.is_none() {
        return None;
    }
    let rejected = PersonOutcome::Rejected;
    let of_contact = message.contact.and_then(|key| known(tables, told_by, *run, *delivery, key, rejected));
    of_contact.or_else(|| {
        Some(PersonInRun {
            run: *run,
            started_at: tables.runs.get(run)?.run.started_at.clone(),
            delivery: delivery.and_then(|delivery| name(tables, delivery)),
            contact: None,
            id: None,
            name1: String::new(),
            name2: String::new(),
            outcome: rejected,
            messages: vec![message.clone()],
        })
    })
}

/// A person who is in the register.
fn known(
    tables: &Tables,
    told_by: &[RunKey],
    run: RunKey,
    delivery: Option<DeliveryKey>,
    contact: ContactKey,
    outcome: PersonOutcome,
) -> Option<PersonInRun> {
    let row = tables.contact(contact)?;
    let told = tables.messages.iter().filter(|stored| told_by.contains(&stored.run));
    let about = told.filter(|stored| stored.message.contact == Some(contact));
    let messages: Vec<Message> = about.map(|stored| stored.message.clone()).collect();
    Some(PersonInRun {
        run,
        started_at: tables.runs.get(&run)?.run.started_at.clone(),
        delivery: delivery.and_then(|delivery| name(tables, delivery)),
        contact: Some(contact),
        id: Some(row.id.clone()),
        name1: row.name1.to_string(),
        name2: row.name2.to_string(),
        outcome,
        messages,
    })
}

fn at_most(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
