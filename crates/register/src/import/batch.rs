//! One batch: from the first look at what is stored to writing the difference, within one transaction.

use std::collections::HashSet;

use rustc_hash::FxHashMap;

use crate::contact::{ContactId, ContactKey, ContactState, ContactUpdate, SourceId, SourceRow, SourceStamp, Target};
use crate::ports::{
    Clock, Counts, DeliveryKey, KeyKind, Known, Message, PersonOutcome, RunKey, StoreError, Transaction,
};

use super::plan::{Context, plan};
use super::remembered::Remembered;
use super::targets::{self, TargetKeys};
use super::{Changes, ImportOptions, JournalEntry, Touch, What};

/// What a source says about one of its objects.
pub enum Item {
    /// All of it.
    Update(Box<ContactUpdate>),
    /// That it is the same as what a reader has just seen in the register; only the stamp may be newer.
    Same {
        /// Whom it is about.
        id: ContactId,
        /// How new the item is.
        stamp: SourceStamp,
        /// Hash over its records.
        content_hash: i64,
        /// Hash over the settings of the mapping.
        mapping_hash: i64,
        /// Whether the source reports changes of the object from now on.
        subscribed: bool,
    },
}

impl Item {
    fn id(&self) -> &ContactId {
        match self {
            Self::Update(update) => &update.id,
            Self::Same { id, .. } => id,
        }
    }

    fn is_subscribed(&self) -> bool {
        match self {
            Self::Update(update) => update.subscribed,
            Self::Same { subscribed, .. } => *subscribed,
        }
    }

    fn as_known(&self) -> Known {
        let (stamp, content_hash, mapping_hash) = match self {
            Self::Update(update) => (update.stamp, update.content_hash, update.mapping_hash),
            Self::Same { stamp, content_hash, mapping_hash, .. } => (*stamp, *content_hash, *mapping_hash),
        };
        Known { stamp, content_hash, mapping_hash, edited: false }
    }
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The contact was new, or known without its data.
    Created,
    /// Something changed.
    Updated,
    /// The register said the same already.
    Unchanged,
    /// Older than what is stored, or beaten by another item of the same stamp; refused.
    Older,
    /// [`Item::Same`] was no longer true: somebody else wrote in between. The object was mapped again.
    Stale,
}

/// What the items of a batch belong to.
pub struct Batch<'a> {
    /// The run.
    pub run: RunKey,
    /// The delivery, if they came in one.
    pub delivery: Option<DeliveryKey>,
    /// Maps the objects that an [`Item::Same`] turned out not to be true of.
    pub map_again: &'a dyn Fn(&[ContactId]) -> MappedAgain,
}

/// What [`Batch::map_again`] gives.
#[derive(Default)]
pub struct MappedAgain {
    /// The updates.
    pub items: Vec<Item>,
    /// Persons that were rejected instead.
    pub besides: Counts,
    /// Why.
    pub messages: Vec<Message>,
}

/// What a batch did.
#[derive(Default)]
pub struct BatchReport {
    /// What became of the persons.
    pub counts: Counts,
    /// What became of each item, in order.
    pub outcomes: Vec<Outcome>,
    /// The contacts of the items that were unchanged or older, also of items that were mapped again.
    pub passed_over: Vec<(ContactKey, PersonOutcome)>,
    /// Messages about items that were mapped again.
    pub messages: Vec<Message>,
    /// The journal entries, kept only by a dry run.
    pub journal: Vec<(JournalEntry, ContactId)>,
}

/// What [`decide`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Apply,
    Unchanged,
    Touch,
    Older,
}

/// Whether an item is news: newer is applied, older refused, and between items of one stamp the content hash decides,
/// so that every order ends the same (contact-model.md 6.8).
pub(crate) fn decide(stored: &Known, item: &Known) -> Decision {
    let same = stored.content_hash == item.content_hash;
    let plan_anew = stored.edited || stored.mapping_hash != item.mapping_hash || stored.stamp == SourceStamp::NEVER;
    match item.stamp.cmp(&stored.stamp) {
        std::cmp::Ordering::Less => Decision::Older,
        std::cmp::Ordering::Equal if same && !plan_anew => Decision::Unchanged,
        std::cmp::Ordering::Equal if item.content_hash < stored.content_hash => Decision::Older,
        std::cmp::Ordering::Greater if same && !plan_anew => Decision::Touch,
        std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => Decision::Apply,
    }
}

impl Known {
    /// Whether an item with these marks would leave the register as it is, apart from its stamp.
    pub fn is_same_as(&self, item: &Known) -> bool {
        matches!(decide(self, item), Decision::Unchanged | Decision::Touch)
    }

    /// Whether an item with these marks would leave the register exactly as it is.
    pub fn is_unchanged_by(&self, item: &Known) -> bool {
        decide(self, item) == Decision::Unchanged
    }
}

impl From<&SourceRow> for Known {
    fn from(row: &SourceRow) -> Self {
        Self { stamp: row.stamp, content_hash: row.content_hash, mapping_hash: row.mapping_hash, edited: row.edited }
    }
}

/// Takes batches in.
pub struct Importer<'a> {
    options: ImportOptions,
    clock: &'a dyn Clock,
    dry_run: bool,
    /// Placeholders that a dry run would have made, so that a later batch does not count them again.
    would_be: HashSet<Target>,
    remembered: Remembered,
}

impl<'a> Importer<'a> {
    /// An importer; with `dry_run` it plans everything and writes nothing.
    pub fn new(options: ImportOptions, clock: &'a dyn Clock, dry_run: bool) -> Self {
        Self { options, clock, dry_run, would_be: HashSet::new(), remembered: Remembered::default() }
    }

    /// Says that the register was empty when it was going to allot the key `next`, so that the importer need not ask for
    /// contacts that it has not made itself, as long as nobody else makes any.
    #[must_use]
    pub fn into_empty_register(mut self, next: i64) -> Self {
        if !self.dry_run {
            self.remembered = Remembered::whole(next);
        }
        self
    }

    /// Takes one batch in. The caller commits, together with the position in the source that it reaches; several batches
    /// may share a transaction.
    pub fn take(
        &mut self,
        transaction: &mut dyn Transaction,
        items: &[Item],
        batch: &Batch<'_>,
    ) -> Result<BatchReport, StoreError> {
        let mut report = BatchReport::default();
        for round in rounds(items) {
            self.take_round(transaction, items, &round, batch, &mut report)?;
        }
        let stale: Vec<_> = items
            .iter()
            .zip(&report.outcomes)
            .filter(|(_, outcome)| **outcome == Outcome::Stale)
            .map(|(item, _)| item.id().clone())
            .collect();
        if !stale.is_empty() {
            let again = (batch.map_again)(&stale);
            let mut more = BatchReport::default();
            for round in rounds(&again.items) {
                self.take_round(transaction, &again.items, &round, batch, &mut more)?;
            }
            report.counts.add(&more.counts);
            report.counts.add(&again.besides);
            report.passed_over.append(&mut more.passed_over);
            report.journal.append(&mut more.journal);
            report.messages = again.messages;
        }
        Ok(report)
    }

    /// `round` holds positions in `items` of different objects.
    fn take_round(
        &mut self,
        transaction: &mut dyn Transaction,
        items: &[Item],
        round: &[usize],
        batch: &Batch<'_>,
        report: &mut BatchReport,
    ) -> Result<(), StoreError> {
        let source = self.options.source;
        let mut changes = Changes::of(source);
        let ids: Vec<_> = round.iter().filter_map(|at| items.get(*at)).map(|item| item.id().clone()).collect();
        self.remembered.begin(transaction)?;
        let found = self.remembered.contact_keys(transaction, &ids)?;
        let known = known(transaction, source, &ids, &found)?;

        report.outcomes.resize(items.len(), Outcome::Unchanged);
        let mut accepted: Vec<Accepted<'_>> = Vec::with_capacity(round.len());
        for ((at, found), known) in round.iter().zip(&found).zip(&known) {
            let Some(item) = items.get(*at) else { continue };
            let marks = item.as_known();
            let decision = known.as_ref().map_or(Decision::Apply, |row| decide(&row.into(), &marks));
            let outcome = match (decision, known, item) {
                (Decision::Older, ..) => Outcome::Older,
                (Decision::Unchanged, ..) | (Decision::Touch, None, _) => Outcome::Unchanged,
                (Decision::Touch, Some(row), _) => {
                    changes.touched.push(Touch {
                        source_key: item.id().name_code.clone(),
                        stamp: marks.stamp,
                        src_subscribed: row.is_subscribed_after(item.is_subscribed(), marks.stamp),
                    });
                    Outcome::Unchanged
                }
                (Decision::Apply, _, Item::Same { .. }) => Outcome::Stale,
                (Decision::Apply, _, Item::Update(update)) => {
                    accepted.push(Accepted { at: *at, found: *found, update });
                    continue;
                }
            };
            set(&mut report.outcomes, *at, outcome);
        }

        let keys_of_batch = self.plan_accepted(transaction, &accepted, &mut changes, report)?;
        for (outcome, contact) in round.iter().filter_map(|at| report.outcomes.get(*at)).zip(found) {
            let mut pass_over = |outcome| report.passed_over.extend(contact.map(|contact| (contact, outcome)));
            match outcome {
                Outcome::Created => report.counts.created += 1,
                Outcome::Updated => report.counts.updated += 1,
                Outcome::Unchanged => {
                    report.counts.unchanged += 1;
                    pass_over(PersonOutcome::Unchanged);
                }
                Outcome::Older => {
                    report.counts.older += 1;
                    pass_over(PersonOutcome::Older);
                }
                Outcome::Stale => {}
            }
        }
        if self.dry_run {
            report.journal.extend(named(changes, &keys_of_batch));
        } else if !changes.is_empty() {
            transaction.apply(&changes, batch.run, batch.delivery, &self.clock.now_text())?;
            self.remembered.add(transaction, &changes.contacts_new)?;
        }
        Ok(())
    }

    fn plan_accepted(
        &mut self,
        transaction: &mut dyn Transaction,
        accepted: &[Accepted<'_>],
        changes: &mut Changes,
        report: &mut BatchReport,
    ) -> Result<TargetKeys, StoreError> {
        if accepted.is_empty() {
            return Ok(TargetKeys::default());
        }
        let existing: Vec<_> = accepted.iter().filter_map(|accepted| accepted.found).collect();
        let mut states = transaction.states(self.options.source, &existing)?.into_iter();
        let new = accepted.len() - existing.len();
        let mut next_contact = if new > 0 { transaction.allot(KeyKind::Contact, new)? } else { 0 };
        let mut keys = TargetKeys::with_capacity_and_hasher(accepted.len() * 2, rustc_hash::FxBuildHasher);
        let mut contacts = Vec::with_capacity(accepted.len());
        for Accepted { found, update, .. } in accepted {
            let key = found.unwrap_or_else(|| {
                next_contact += 1;
                next_contact - 1
            });
            keys.insert(Target::Contact(update.id.clone()), key);
            let state: Option<ContactState> = if found.is_some() { states.next() } else { None };
            contacts.push((key, state));
        }

        let updates = || accepted.iter().map(|accepted| accepted.update);
        // Placeholders get higher keys than the batch's persons, so they are put behind them.
        let mut placeholders = Changes::of(self.options.source);
        let made = targets::resolve(transaction, &self.remembered, updates(), &mut keys, &mut placeholders)?;
        report.counts.placeholders += self.count_placeholders(made, &placeholders);

        let most_addresses = updates().map(|update| 1 + update.other_addresses.len()).sum();
        let mut next_address = transaction.allot(KeyKind::Address, most_addresses)?;
        let mut next_address = || {
            next_address += 1;
            next_address - 1
        };
        for (Accepted { at, update, .. }, (key, state)) in accepted.iter().zip(&contacts) {
            let resolve = |target: &Target| keys.get(target).copied();
            let mut context =
                Context { options: &self.options, contact: *key, resolve: &resolve, next_address: &mut next_address };
            let outcome = match plan(state.as_ref(), update, &mut context, changes) {
                Some(What::Created | What::Completed) => Outcome::Created,
                Some(What::Updated | What::Placeholder) => Outcome::Updated,
                None => Outcome::Unchanged,
            };
            set(&mut report.outcomes, *at, outcome);
        }
        changes.contacts_new.append(&mut placeholders.contacts_new);
        changes.journal.append(&mut placeholders.journal);
        Ok(keys)
    }

    fn count_placeholders(&mut self, made: usize, placeholders: &Changes) -> u64 {
        if !self.dry_run {
            return made as u64;
        }
        let fresh = placeholders.contacts_new.iter().filter(|row| {
            let target = Target::of(row.id.name_type, &row.id.name_code, &row.name1, &row.name2);
            self.would_be.insert(target)
        });
        fresh.count() as u64
    }
}

/// The journal with the contacts' identities, for a dry run's plan.
fn named(changes: Changes, keys: &TargetKeys) -> impl Iterator<Item = (JournalEntry, ContactId)> {
    let mut ids: FxHashMap<_, _> =
        keys.iter().filter_map(|(target, key)| target.id().map(|id| (*key, id.clone()))).collect();
    ids.extend(changes.contacts_new.into_iter().map(|row| (row.key, row.id)));
    changes.journal.into_iter().filter_map(move |entry| ids.get(&entry.contact).cloned().map(|id| (entry, id)))
}

/// An item that is news.
struct Accepted<'i> {
    /// Its position among the items.
    at: usize,
    /// The contact, when the register has it.
    found: Option<ContactKey>,
    update: &'i ContactUpdate,
}

/// What the source has delivered about contacts so far; a contact that is not in the register needs no looking up.
fn known(
    transaction: &mut dyn Transaction,
    source: SourceId,
    ids: &[ContactId],
    found: &[Option<ContactKey>],
) -> Result<Vec<Option<SourceRow>>, StoreError> {
    let existing = ids.iter().zip(found).filter(|(_, found)| found.is_some());
    let keys: Vec<_> = existing.map(|(id, _)| id.name_code.clone()).collect();
    let mut rows = transaction.sources(source, &keys)?.into_iter();
    Ok(found.iter().map(|found| if found.is_some() { rows.next().flatten() } else { None }).collect())
}

fn set(outcomes: &mut [Outcome], at: usize, outcome: Outcome) {
    if let Some(slot) = outcomes.get_mut(at) {
        *slot = outcome;
    }
}

/// Splits the positions of items into rounds in which no object occurs twice, keeping the order of each object's items.
fn rounds(items: &[Item]) -> Vec<Vec<usize>> {
    let mut seen: FxHashMap<&ContactId, usize> =
        FxHashMap::with_capacity_and_hasher(items.len(), rustc_hash::FxBuildHasher);
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let nth = seen.entry(item.id()).and_modify(|nth| *nth += 1).or_insert(0);
        match rounds.get_mut(*nth) {
            Some(round) => round.push(at),
            None => rounds.push(vec![at]),
        }
    }
    rounds
}
