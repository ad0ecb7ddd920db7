//! References to other contacts: within the scope of the update, those of this source become what it states; one that is
//! no longer stated is ended, not deleted.

use compact_str::{CompactString, format_compact};

use crate::contact::{ContactState, ContactUpdate, PartRow, Role, Target};
use crate::import::{Changes, JournalFields};

use super::Context;

pub(super) fn plan(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    context: &mut Context<'_>,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let before = stored.map_or(&[][..], |state| &state.parts);
    let in_force = || before.iter().filter(|(row, _)| row.end_date.is_none());

    for (row, target) in in_force() {
        let is_stated = update.parts.iter().any(|s| s.role == row.role && s.target == *target);
        if !is_stated && update.scope.roles.contains(row.role) {
            let end_date = match row.role {
                // The new civil status began where the old spouse's reference ends (contact-model.md 6.10).
                Role::Aegtefaelle => update.civil_status_date,
                _ => None,
            };
            let end_date = end_date.or_else(|| update.stamp.production_date());
            let record = record_of(row.role);
            journal.text(record, row.role.name(), &shown(target), "");
            journal.nested_date(record, row.role.name(), "start_date", row.start_date, None);
            changes.parts_changed.push(PartRow { end_date, ..row.clone() });
        }
    }

    for statement in &update.parts {
        let name = statement.role.name();
        if let Some((row, _)) =
            in_force().find(|(row, target)| row.role == statement.role && *target == statement.target)
        {
            if row.start_date != statement.start_date {
                journal.nested_date(statement.record, name, "start_date", row.start_date, statement.start_date);
                changes.parts_changed.push(PartRow { start_date: statement.start_date, ..row.clone() });
            }
            continue;
        }
        let Some(reference) = (context.resolve)(&statement.target) else { continue };
        let of_kind = |(row, _): &&(PartRow, Target)| row.role == statement.role && row.reference == reference;
        let used = before.iter().filter(of_kind).map(|(row, _)| row.seq).max();
        journal.text(statement.record, name, "", &shown(&statement.target));
        journal.nested_date(statement.record, name, "start_date", None, statement.start_date);
        changes.parts_new.push(PartRow {
            contact: context.contact,
            reference,
            role: statement.role,
            seq: used.unwrap_or(0) + 1,
            start_date: statement.start_date,
            end_date: None,
        });
    }
}

/// `C:<number>`, or the name of somebody without one.
fn shown(target: &Target) -> CompactString {
    match target {
        Target::Contact(id) => format_compact!("{}:{}", id.name_type.as_char(), id.name_code),
        Target::Named { name1, .. } => name1.clone(),
    }
}

/// The record whose silence ends a reference.
fn record_of(role: Role) -> u16 {
    match role {
        Role::GaeldendePnr => 1,
        Role::Aegtefaelle => 12,
        Role::Barn => 14,
        Role::Foraeldre => 15,
        Role::Foraeldremyndighed => 16,
        Role::Vaerge => 17,
    }
}
