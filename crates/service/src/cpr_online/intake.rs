//! Fetched persons into the register, in the same way as those of a file.

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, SourceId, SourceStamp};
use kartotek_register::import::{
    Batch, ImportOptions, Importer, Item, JournalEntry, MappedAgain, Outcome, make_placeholders,
};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Clock, Counts, Message, NewRun, RunKey, RunState, Severity, Store, StoreError};

use crate::danish_time;

use super::{Answered, Fetched};

/// How fetched persons are taken in.
#[derive(Clone, Default)]
pub struct OnlineImport {
    /// Settings of the mapping.
    pub mapping: MappingOptions,
    /// Settings of the engine.
    pub options: ImportOptions,
    /// Plan everything and write nothing.
    pub dry_run: bool,
}

/// A run that takes fetched persons in, batch by batch.
pub struct OnlineRun<'a> {
    import: &'a OnlineImport,
    clock: &'a dyn Clock,
    importer: Importer<'a>,
    run: RunKey,
    counts: Counts,
}

/// What became of one person.
#[derive(Clone)]
pub struct Taken {
    /// Who.
    pub number: CprNumber,
    /// `None`: not taken in, see the messages.
    pub outcome: Option<Outcome>,
    /// The contact, when there is one in the register.
    pub contact: Option<ContactKey>,
    /// Errors and remarks.
    pub messages: Vec<Message>,
    /// What a dry run found: the entries that the journal would have.
    pub planned: Vec<(JournalEntry, ContactId)>,
}

impl OnlineImport {
    /// Enters a run. `kind` is what runs, for example `cpr lookup`.
    pub fn begin<'a>(
        &'a self,
        store: &mut dyn Store,
        clock: &'a dyn Clock,
        kind: &'static str,
    ) -> Result<OnlineRun<'a>, StoreError> {
        let run = if self.dry_run {
            0
        } else {
            let mut transaction = store.begin()?;
            let run = transaction.insert_run(&NewRun { kind, source: SourceId::CPR, started_at: clock.now_text() })?;
            transaction.commit()?;
            run
        };
        let importer = Importer::new(self.options.clone(), clock, self.dry_run);
        Ok(OnlineRun { import: self, clock, importer, run, counts: Counts::default() })
    }
}

impl OnlineRun<'_> {
    /// The run's key; 0 in a dry run.
    pub fn key(&self) -> RunKey {
        self.run
    }

    /// What became of the persons so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Takes persons in, in one transaction. `subscribed` says that CPR was asked to report their changes from now on, which
    /// holds whatever becomes of the data (F131).
    pub fn take_in(
        &mut self,
        store: &mut dyn Store,
        persons: &[Fetched],
        subscribed: bool,
    ) -> Result<Vec<Taken>, StoreError> {
        let (mut taken, items) = self.map(persons);
        let mut transaction = store.begin()?;
        let map_again = |_: &[ContactId]| MappedAgain::default();
        let batch = Batch { run: self.run, delivery: None, map_again: &map_again };
        let report = self.importer.take(transaction.as_mut(), &items, &batch)?;
        let mut counts = report.counts;
        let mut outcomes = report.outcomes.into_iter();
        for person in taken.iter_mut().filter(|person| person.outcome.is_some()) {
            person.outcome = outcomes.next();
        }
        for (entry, id) in report.journal {
            let of = |person: &&mut Taken| ContactId::person(person.number) == id;
            // A placeholder stands with whoever refers to it; which of the batch that is does not matter to a reader.
            if let Some(person) = taken.iter_mut().find(of) {
                person.planned.push((entry, id));
            } else if let Some(first) = taken.first_mut() {
                first.planned.push((entry, id));
            }
        }
        let ids: Vec<_> = taken.iter().map(|person| ContactId::person(person.number)).collect();
        let contacts = transaction.contact_keys(&ids)?;
        for (person, contact) in taken.iter_mut().zip(contacts) {
            person.contact = contact;
            for message in &mut person.messages {
                message.contact = contact;
                message.subject = None;
                match message.severity {
                    Severity::Remark => counts.remarks += 1,
                    Severity::Error => {}
                }
            }
        }
        counts.rejected += taken.iter().filter(|person| person.outcome.is_none()).count() as u64;
        if !self.import.dry_run {
            if subscribed {
                let states: Vec<_> = taken
                    .iter()
                    .filter_map(|person| {
                        let contact = person.contact?;
                        Some((ContactId::person(person.number).name_code, contact, true))
                    })
                    .collect();
                transaction.set_src_subscribed(SourceId::CPR, &states, None)?;
            }
            let messages: Vec<_> = taken.iter().flat_map(|person| person.messages.clone()).collect();
            transaction.insert_messages(self.run, None, &messages)?;
            transaction.commit()?;
        }
        self.counts.add(&counts);
        Ok(taken)
    }

    /// Writes down that CPR reports changes of persons from now on whose data could not be used. Those whom the register does
    /// not know get a placeholder, so that there is something to write it down with.
    pub fn note_subscribed(&mut self, store: &mut dyn Store, numbers: &[CprNumber]) -> Result<(), StoreError> {
        if self.import.dry_run || numbers.is_empty() {
            return Ok(());
        }
        let mut transaction = store.begin()?;
        let ids: Vec<_> = numbers.iter().map(|number| ContactId::person(*number)).collect();
        let found = transaction.contact_keys(&ids)?;
        let unknown: Vec<_> =
            numbers.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(number, _)| *number).collect();
        let stamp = SourceStamp::new(danish_time::today(self.clock), danish_time::minute(self.clock));
        let made = make_placeholders(transaction.as_mut(), &unknown, stamp, self.run, &self.clock.now_text())?;
        let mut made = made.into_iter();
        let states: Vec<_> = ids
            .into_iter()
            .zip(found)
            .filter_map(|(id, found)| Some((id.name_code, found.or_else(|| made.next())?, true)))
            .collect();
        transaction.set_src_subscribed(SourceId::CPR, &states, None)?;
        transaction.commit()?;
        self.counts.placeholders += unknown.len() as u64;
        Ok(())
    }

    /// Ends the run.
    pub fn finish(self, store: &mut dyn Store, state: RunState) -> Result<Counts, StoreError> {
        if !self.import.dry_run {
            let mut transaction = store.begin()?;
            transaction.finish_run(self.run, state, &self.counts, &self.clock.now_text())?;
            transaction.commit()?;
        }
        Ok(self.counts)
    }

    /// The persons with what is known before writing, and the items of those that could be mapped, in the same order.
    fn map(&self, persons: &[Fetched]) -> (Vec<Taken>, Vec<Item>) {
        let mut items = Vec::with_capacity(persons.len());
        let taken = persons.iter().map(|person| {
            let Answered { update, messages } = person.map(&self.import.mapping);
            let outcome = update.map(|update| {
                items.push(Item::Update(Box::new(update)));
                Outcome::Unchanged
            });
            Taken { number: person.number(), outcome, contact: None, messages, planned: Vec::new() }
        });
        (taken.collect(), items)
    }
}
