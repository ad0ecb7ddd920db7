//! Protections: each is in force while it is delivered, whatever its planned deletion date, and ended, not deleted, when
//! it no longer is.

use compact_str::{CompactString, format_compact};
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactKey, ContactState, ContactUpdate, ProtectionRow, Stated};
use crate::import::{Changes, JournalFields};

/// Name and address: the type that puts a date on the main address (A12).
const NAME_AND_ADDRESS: &str = "0001";
/// The type of record 050, which comes apart from the others.
const CREDIT_WARNING: &str = "0005";

/// Stands for the start of a protection that came without one: it must protect all the same.
fn unknown_start() -> Option<PartialDate> {
    PartialDate::new(1900, 1, 1)
}

/// The date to put on the main address: from when name and address are protected.
pub(super) fn of_address(update: &ContactUpdate) -> Stated<PartialDate> {
    if !update.scope.protections.speaks_of(NAME_AND_ADDRESS) {
        return Stated::Silent;
    }
    let of_type = update.protections.iter().filter(|protection| protection.protection_type == NAME_AND_ADDRESS);
    match of_type.filter_map(|protection| protection.start_date.or_else(unknown_start)).min() {
        Some(date) => Stated::Value(date, 4),
        None => Stated::None,
    }
}

/// Whether the stored date on an address came from a stored protection.
pub(super) fn is_stored(stored: Option<&ContactState>, protection: PartialDate) -> bool {
    stored
        .into_iter()
        .flat_map(|state| &state.protections)
        .any(|row| row.protection_type == NAME_AND_ADDRESS && row.start_date.or_else(unknown_start) == Some(protection))
}

pub(super) fn plan(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    key: ContactKey,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let before = stored.map_or(&[][..], |state| &state.protections);
    let mut kept = vec![false; before.len()];
    for statement in &update.protections {
        let same = |row: &ProtectionRow| {
            row.end_date.is_none()
                && row.protection_type == statement.protection_type
                && row.start_date == statement.start_date
        };
        // Two of one type and start are told apart by their deletion dates, in the order that the mapping gives.
        let found = before.iter().zip(&mut kept).find(|(row, kept)| !**kept && same(row));
        let after = shown(statement.start_date, statement.deletion_date);
        if let Some((row, kept)) = found {
            *kept = true;
            if row.deletion_date != statement.deletion_date {
                let old = shown(row.start_date, row.deletion_date);
                journal.nested(statement.record, "Beskyttelse", &row.protection_type, &old, &after);
                changes
                    .protections_changed
                    .push(ProtectionRow { deletion_date: statement.deletion_date, ..row.clone() });
            }
        } else {
            journal.nested(statement.record, "Beskyttelse", &statement.protection_type, "", &after);
            let of_type = |row: &&ProtectionRow| row.contact == key && row.protection_type == statement.protection_type;
            let used = before.iter().chain(&changes.protections_new).filter(of_type).map(|row| row.seq).max();
            changes.protections_new.push(ProtectionRow {
                contact: key,
                protection_type: statement.protection_type.clone(),
                seq: used.unwrap_or(0) + 1,
                start_date: statement.start_date,
                deletion_date: statement.deletion_date,
                end_date: None,
            });
        }
    }
    for (row, _) in before.iter().zip(&kept).filter(|(row, kept)| !**kept && row.end_date.is_none()) {
        let (spoken, record) = if row.protection_type == CREDIT_WARNING {
            (update.scope.credit_warning, 50)
        } else {
            (update.scope.protections.speaks_of(&row.protection_type), 4)
        };
        if spoken {
            let old = shown(row.start_date, row.deletion_date);
            journal.nested(record, "Beskyttelse", &row.protection_type, &old, "");
            changes.protections_changed.push(ProtectionRow { end_date: update.stamp.production_date(), ..row.clone() });
        }
    }
}

/// `FROM/DELETION`, a missing date left out.
fn shown(start: Option<PartialDate>, deletion: Option<PartialDate>) -> CompactString {
    let date = |date: Option<PartialDate>| date.map(|d| d.to_string()).unwrap_or_default();
    format_compact!("{}/{}", date(start), date(deletion))
}
