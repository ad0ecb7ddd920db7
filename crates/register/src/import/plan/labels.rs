//! Texts and dates under labels: within the scope of the update, rows of this source become what the update states.

use crate::contact::{ContactKey, ContactState, ContactUpdate, DateRow, InfoRow};
use crate::import::{Changes, JournalFields};

pub(super) fn infos(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    key: ContactKey,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let before = stored.map_or(&[][..], |state| &state.infos);
    for statement in &update.infos {
        let found = before.iter().find(|row| row.label == statement.label && row.priority == statement.priority);
        let row = InfoRow {
            contact: key,
            label: statement.label,
            priority: statement.priority,
            info: statement.info.clone(),
        };
        match found {
            None => {
                journal.text(statement.record, row.label.name(), "", &row.info);
                changes.infos_new.push(row);
            }
            Some(old) if old.info != row.info => {
                journal.text(statement.record, row.label.name(), &old.info, &row.info);
                changes.infos_changed.push(row);
            }
            Some(_) => {}
        }
    }
    for old in before {
        let is_stated = update.infos.iter().any(|s| s.label == old.label && s.priority == old.priority);
        if !is_stated && update.scope.labels.contains(old.label) {
            journal.text(old.label.record(), old.label.name(), &old.info, "");
            changes.infos_removed.push((key, old.label, old.priority));
        }
    }
}

pub(super) fn dates(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    key: ContactKey,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let before = stored.map_or(&[][..], |state| &state.dates);
    for statement in &update.dates {
        let found = before.iter().find(|row| row.label == statement.label && row.priority == statement.priority);
        let name = statement.label.name();
        let row = DateRow {
            contact: key,
            label: statement.label,
            priority: statement.priority,
            date: statement.date,
            uncertain: statement.uncertain,
        };
        journal.date(statement.record, name, found.map(|old| old.date), Some(row.date));
        let was_uncertain = found.is_some_and(|old| old.uncertain);
        journal.nested(statement.record, name, "uncertain", mark(was_uncertain), mark(row.uncertain));
        match found {
            None => changes.dates_new.push(row),
            Some(old) if *old != row => changes.dates_changed.push(row),
            Some(_) => {}
        }
    }
    for old in before {
        let is_stated = update.dates.iter().any(|s| s.label == old.label && s.priority == old.priority);
        if !is_stated && update.scope.labels.contains(old.label) {
            let (record, name) = (old.label.record(), old.label.name());
            journal.date(record, name, Some(old.date), None);
            journal.nested(record, name, "uncertain", mark(old.uncertain), "");
            changes.dates_removed.push((key, old.label, old.priority));
        }
    }
}

fn mark(uncertain: bool) -> &'static str {
    if uncertain { "J" } else { "" }
}
