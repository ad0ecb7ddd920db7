//! Which files of the server are wanted, and what becomes of each.

use std::collections::HashMap;

use kartotek_formats::listing::{Entry, EntryKind};
use kartotek_register::ports::{Direction, Transfer, TransferState};

use super::interim::is_safe;
use super::{Batch, BatchError, Event, EventKind, Got, ledger};

/// Entries of a listing that are looked at. The guide's program stopped at 5,000 (F110), which hides the newest files of a
/// directory that nobody clears.
pub(super) const MOST_ENTRIES: usize = 100_000;

/// Which files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All that the pattern takes and that are not done.
    All,
    /// These.
    Named(Vec<String>),
}

impl Which {
    pub(super) fn holds(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|named| named.eq_ignore_ascii_case(name)),
        }
    }
}

/// What becomes of an entry of the listing.
pub(super) enum Plan {
    /// It is known, and done as far as the server goes.
    Known,
    /// It is known, and its name at the server is still to be changed.
    Rename(Transfer),
    /// It is to be fetched; the row is entered or taken up again.
    Fetch(Transfer),
    /// Another one of the name is wanted first, or is between the steps.
    Later,
}

impl Batch<'_> {
    /// What becomes of the entries of a listing, in the order in which it is done.
    pub(super) fn plan(
        &mut self,
        entries: Vec<Entry>,
        which: &Which,
        got: &mut Got,
    ) -> Result<Vec<(Entry, Plan)>, BatchError> {
        let known = ledger::latest(self.store, self.settings.source, Direction::In)?;
        let again = self.renamed_ones(&entries, &known, which);
        self.give_up_those_that_are_gone(&entries, &again, &known, which, got)?;
        let entries = self.wanted(entries, which, &known, got);
        if let Which::Named(names) = which {
            let is_there = |name: &&String| {
                let is_it = |found: &str| found.eq_ignore_ascii_case(name);
                entries.iter().any(|entry| is_it(&entry.name)) || again.iter().any(|(_, row)| is_it(&row.name))
            };
            for name in names.iter().filter(|name| !is_there(name)) {
                match known.get(&name.to_ascii_lowercase()).map(|row| row.state) {
                    Some(TransferState::Waiting | TransferState::Done) => {
                        let text = "was fetched before, and is not at the server under this name any more";
                        (self.tell)(Event::about(EventKind::Note, name, text));
                    }
                    // Told already, as one that has gone.
                    Some(TransferState::Begun) => {}
                    Some(TransferState::Refused) | None => {
                        got.failed += 1;
                        let text = "there is no file of that name in the directory that the pattern takes";
                        (self.tell)(Event::about(EventKind::NotFetched, name, text));
                    }
                }
            }
        }
        let comes_first = |entry: &Entry| again.iter().any(|(_, row)| row.name.eq_ignore_ascii_case(&entry.name));
        let planned: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                let known = known.get(&entry.name.to_ascii_lowercase());
                let plan = if comes_first(&entry) { Plan::Later } else { self.plan_one(&entry, known) };
                (entry, plan)
            })
            .collect();
        Ok(again.into_iter().map(|(entry, row)| (entry, Plan::Fetch(row))).chain(planned).collect())
    }

    /// Files that are wanted and have their prefix at the server already, which the pattern does not take: those that are
    /// wanted again, and those whose renaming a run did not live to enter.
    fn renamed_ones(
        &self,
        entries: &[Entry],
        known: &HashMap<String, Transfer>,
        which: &Which,
    ) -> Vec<(Entry, Transfer)> {
        let Some(prefix) = &self.settings.rename_prefix else { return Vec::new() };
        let by_name: HashMap<_, _> = entries
            .iter()
            .filter(|entry| entry.kind != EntryKind::Directory)
            .map(|entry| (entry.name.to_ascii_lowercase(), entry))
            .collect();
        let find = |row: &Transfer| by_name.get(&format!("{prefix}{}", row.name).to_ascii_lowercase());
        // Under its own name it is one that was not renamed, or one that CPR has put there in place of a refused one.
        let is_left = |row: &&Transfer| {
            let is_lost_here = row.renamed && row.state == TransferState::Begun;
            is_lost_here || !by_name.contains_key(&row.name.to_ascii_lowercase())
        };
        let wanted = known.values().filter(|row| is_wanted(row) && which.holds(&row.name)).filter(is_left);
        let mut again: Vec<_> =
            wanted.filter_map(|row| Some(((*find(row)?).clone(), Transfer { renamed: true, ..row.clone() }))).collect();
        again.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        again
    }

    /// Files that were to come, and are no longer at the server. That is told once: where the next delivery needs one, its
    /// import says so each time, and one that turns up is fetched all the same.
    fn give_up_those_that_are_gone(
        &mut self,
        entries: &[Entry],
        again: &[(Entry, Transfer)],
        known: &HashMap<String, Transfer>,
        which: &Which,
        got: &mut Got,
    ) -> Result<(), BatchError> {
        // A listing that was cut does not tell.
        if entries.len() >= MOST_ENTRIES {
            return Ok(());
        }
        let there: std::collections::HashSet<_> = entries.iter().map(|entry| entry.name.to_ascii_lowercase()).collect();
        let is_again = |row: &Transfer| again.iter().any(|(_, found)| found.key == row.key);
        let mut gone: Vec<Transfer> = known
            .iter()
            .filter(|(name, row)| row.state == TransferState::Begun && which.holds(name))
            .filter(|(name, row)| !there.contains(*name) && !is_again(row))
            .map(|(_, row)| row.clone())
            .collect();
        gone.sort_by(|a, b| a.name.cmp(&b.name));
        for mut row in gone {
            let text = "is wanted, and is no longer at the server";
            row.state = TransferState::Refused;
            row.problem = Some(text.to_owned());
            ledger::save(self.store, self.clock, &mut row)?;
            got.failed += 1;
            let text = format!("{text}; put it into the interim directory, or ask CPR for it");
            (self.tell)(Event::about(EventKind::NotFetched, &row.name, text));
        }
        Ok(())
    }

    /// The entries that are files of the pattern, in the order of their names, which hold the date.
    fn wanted(
        &mut self,
        entries: Vec<Entry>,
        which: &Which,
        known: &HashMap<String, Transfer>,
        got: &mut Got,
    ) -> Vec<Entry> {
        let mut taken: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.kind != EntryKind::Directory)
            .filter(|entry| self.settings.takes(&entry.name) && which.holds(&entry.name))
            .collect();
        // Of names that differ only by upper and lower case, the one that is known comes first.
        let is_known =
            |name: &str| known.get(&name.to_ascii_lowercase()).is_some_and(|row| row.name == name && !row.renamed);
        taken.sort_by_cached_key(|entry| (entry.name.to_ascii_lowercase(), !is_known(&entry.name), entry.name.clone()));
        let (mut safe, strange): (Vec<_>, Vec<_>) = taken.into_iter().partition(|entry| is_safe(&entry.name));
        for entry in strange {
            let text = "has a name that cannot be a file's here; it is left alone";
            (self.tell)(Event::about(EventKind::Note, &entry.name.escape_default().to_string(), text));
        }
        safe.dedup_by(|entry, before| {
            let is_same = entry.name.eq_ignore_ascii_case(&before.name);
            if is_same {
                got.failed += 1;
                let text = format!(
                    "is left alone: its name differs from {} only by upper and lower case, and the same name stands for one \
                     file; ask CPR to rename one of them",
                    before.name
                );
                (self.tell)(Event::about(EventKind::NotFetched, &entry.name, text));
            }
            is_same
        });
        safe
    }

    fn plan_one(&self, entry: &Entry, known: Option<&Transfer>) -> Plan {
        let new = || {
            let now = self.clock.now_text();
            Transfer::new(self.settings.source, Direction::In, entry.name.clone(), &now)
        };
        let Some(row) = known else { return Plan::Fetch(new()) };
        let is_same = !row.renamed && !is_another(row, entry);
        match row.state {
            TransferState::Refused if row.gap_accepted && is_same => Plan::Known,
            // A refused one may have been put right at the server, which not every listing shows.
            TransferState::Begun | TransferState::Refused => Plan::Fetch(row.clone()),
            TransferState::Waiting | TransferState::Done if is_same => {
                // One that somebody put here was not fetched, so it is not known to be the one at the server.
                let wanted = self.settings.remote_rename && self.settings.rename_prefix.is_some();
                if wanted && row.remote_size.is_some() { Plan::Rename(row.clone()) } else { Plan::Known }
            }
            TransferState::Waiting => Plan::Later,
            TransferState::Done => Plan::Fetch(new()),
        }
    }
}

/// Whether a file is still to come.
fn is_wanted(row: &Transfer) -> bool {
    row.state == TransferState::Begun || (row.state == TransferState::Refused && !row.gap_accepted)
}

/// Whether what the listing shows is another file than the row is about, as far as both tell.
pub(super) fn is_another(row: &Transfer, entry: &Entry) -> bool {
    let differs = |was: Option<u64>| was.zip(entry.size).is_some_and(|(was, is)| was != is);
    let modified = row.remote_modified.as_ref().zip(told_time(entry));
    differs(row.remote_size.or(row.size)) || modified.is_some_and(|(was, is)| *was != is)
}

/// The time of a listing, if it is one that can be kept.
pub(super) fn told_time(entry: &Entry) -> Option<String> {
    const LONGEST: usize = 40;
    let is_fit = |text: &&String| text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    entry.modified.as_ref().filter(is_fit).cloned()
}

/// A row whose file is to come (again): what was said about the one before does not count for it.
pub(super) fn want_again(row: &mut Transfer) {
    row.state = TransferState::Begun;
    row.gap_accepted = false;
}
