//! Addresses: end-dating the main address (contact-model.md 6.2), ForceUpdate (6.3), protection on the current one, and
//! the addresses of other kinds that the extended mapping states.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{AddressRow, AddressStatement, AddressType, ContactState, ContactUpdate, SourceId, Stated};
use crate::import::{Changes, ForceUpdate, JournalFields};

use super::{Context, protections};

/// Returns whether something that a person typed was left in the way of what the update states.
pub(super) fn plan(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    context: &mut Context<'_>,
    changes: &mut Changes,
    journal: &mut JournalFields,
) -> bool {
    let left_by_hand = main_address(stored, update, context, changes, journal);
    other_addresses(stored, update, context, changes, journal);
    left_by_hand
}

fn main_address(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    context: &mut Context<'_>,
    changes: &mut Changes,
    journal: &mut JournalFields,
) -> bool {
    let current = current(stored, context.options.source);
    let protection = protections::of_address(update);
    let keep_edits = context.options.force_update == ForceUpdate::No;
    let is_by_hand = current.is_some_and(AddressRow::is_by_hand);
    let protect = |row: &AddressRow| {
        if keep_edits { guarded(stored, row, protection) } else { with_protection(row.clone(), protection) }
    };

    match (&update.address, current) {
        (Stated::Silent | Stated::None, None) => false,
        (Stated::Silent, Some(old)) => {
            change(old, protect(old), 4, changes, journal);
            false
        }
        (Stated::None, Some(old)) if old.source == SourceId::HAND || (keep_edits && is_by_hand) => {
            let after = guarded(stored, old, protection);
            change(old, after, 4, changes, journal);
            // What CPR never stated is not CPR's to close.
            old.source != SourceId::HAND
        }
        (Stated::None, Some(old)) => {
            let end_date = update.status_date.or_else(|| update.stamp.production_date());
            close(old, end_date, 3, changes, journal);
            false
        }
        (Stated::Value(new, _), None) if keep_edits && was_closed_by_hand(stored, new, context.options.source) => true,
        (Stated::Value(new, _), None) => {
            insert(new, protected_from(protection, None), None, context, changes, journal);
            false
        }
        (Stated::Value(new, _), Some(old)) if keep_edits && is_by_hand && !says_the_same(old, new) => {
            change(old, guarded(stored, old, protection), 4, changes, journal);
            true
        }
        (Stated::Value(new, record), Some(old)) => {
            if old.lines.same_place(&new.lines) || !starts_later(new.start_date, old.start_date) {
                let after = in_place(protect(old), new, update, context.options.source);
                change(old, after, *record, changes, journal);
            } else {
                close(old, new.start_date, *record, changes, journal);
                let kept = protected_from(protection, old.protection);
                insert(new, kept, Some(old), context, changes, journal);
            }
            false
        }
    }
}

/// The main address in force: the source's own row, else the newest that a person typed.
fn current(stored: Option<&ContactState>, source: SourceId) -> Option<&AddressRow> {
    stored?
        .addresses
        .iter()
        .filter(|row| row.address_type == AddressType::Main && row.end_date.is_none())
        .max_by_key(|row| (row.source == source, row.key))
}

/// Whether somebody ended the source's own row for this place. The importer itself makes a former address of a row that
/// it ends.
fn was_closed_by_hand(stored: Option<&ContactState>, new: &AddressStatement, source: SourceId) -> bool {
    let mut rows = stored.into_iter().flat_map(|state| &state.addresses);
    rows.any(|row| {
        row.address_type == AddressType::Main
            && row.source == source
            && row.end_date.is_some()
            && row.lines.same_place(&new.lines)
    })
}

fn says_the_same(old: &AddressRow, new: &AddressStatement) -> bool {
    old.lines == new.lines && old.start_date == new.start_date
}

/// Whether the new address began after the old one; one without a start date is older than any other.
fn starts_later(new: Option<PartialDate>, old: Option<PartialDate>) -> bool {
    match (new, old) {
        (Some(new), Some(old)) => new > old,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn with_protection(mut row: AddressRow, protection: Stated<PartialDate>) -> AddressRow {
    row.protection = protected_from(protection, row.protection);
    row
}

/// What an update makes of a date that an address has.
fn protected_from(protection: Stated<PartialDate>, before: Option<PartialDate>) -> Option<PartialDate> {
    match protection {
        Stated::Silent => before,
        Stated::None => None,
        Stated::Value(date, _) => Some(date),
    }
}

/// An address that a person typed keeps its lines, but a protection that CPR delivers counts for it too: a letter must
/// not go to a hidden address because somebody corrected its spelling. It lapses only if it came from CPR.
fn guarded(stored: Option<&ContactState>, row: &AddressRow, protection: Stated<PartialDate>) -> AddressRow {
    match (protection, row.protection) {
        (Stated::None, Some(typed)) if !protections::is_stored(stored, typed) => row.clone(),
        _ => with_protection(row.clone(), protection),
    }
}

/// `row` is the old address with the protection that it shall have.
fn in_place(mut row: AddressRow, new: &AddressStatement, update: &ContactUpdate, source: SourceId) -> AddressRow {
    // A task without 002 does not know when the address began; it is the same one as long as it is the same place.
    if update.scope.address_start || !row.lines.same_place(&new.lines) {
        row.start_date = new.start_date;
    }
    row.lines = new.lines.clone();
    row.source = source;
    row.imported_hash = new.lines.hash(row.start_date);
    row
}

fn change(old: &AddressRow, new: AddressRow, record: u16, changes: &mut Changes, journal: &mut JournalFields) {
    if *old == new {
        return;
    }
    note(Some(old), &new, record, journal);
    changes.addresses_changed.push(new);
}

fn close(
    old: &AddressRow,
    end_date: Option<PartialDate>,
    record: u16,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let address_type =
        if old.address_type == AddressType::Main { AddressType::FormerCpr } else { old.address_type.clone() };
    let closed = AddressRow { address_type, end_date, ..old.clone() };
    for (name, before) in COLUMNS.iter().zip(old.lines.all()) {
        journal.nested(record, old.address_type.code(), name, before, "");
    }
    journal.nested_date(record, old.address_type.code(), "start_date", old.start_date, None);
    journal.nested_date(4, old.address_type.code(), "protection", old.protection, None);
    journal.nested_date(record, closed.address_type.code(), "end_date", old.end_date, end_date);
    changes.addresses_changed.push(closed);
}

/// Telephone and e-mail, which no part of CPR states, move along to the new address.
fn insert(
    new: &AddressStatement,
    protection: Option<PartialDate>,
    former: Option<&AddressRow>,
    context: &mut Context<'_>,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let moved = |of: fn(&AddressRow) -> &CompactString| former.map(|row| of(row).clone()).unwrap_or_default();
    let row = AddressRow {
        key: (context.next_address)(),
        contact: context.contact,
        address_type: new.address_type.clone(),
        lines: new.lines.clone(),
        start_date: new.start_date,
        end_date: new.end_date,
        protection,
        phone_no: moved(|row| &row.phone_no),
        fax: moved(|row| &row.fax),
        email: moved(|row| &row.email),
        source: context.options.source,
        imported_hash: new.lines.hash(new.start_date),
    };
    note(None, &row, new.record, journal);
    changes.addresses_new.push(row);
}

const COLUMNS: [&str; 6] = ["address1", "address2", "address3", "postcode", "municipality", "country_code"];

fn note(old: Option<&AddressRow>, new: &AddressRow, record: u16, journal: &mut JournalFields) {
    let kind = new.address_type.code();
    let before = old.map(|row| row.lines.all());
    for (nth, (name, after)) in COLUMNS.iter().zip(new.lines.all()).enumerate() {
        let before = before.as_ref().and_then(|lines| lines.get(nth)).map_or("", |line| line.as_str());
        journal.nested(record, kind, name, before, after);
    }
    // The start comes from another record than the lines, and the protection from a third.
    let start_record = if record == 3 { 2 } else { record };
    journal.nested_date(start_record, kind, "start_date", old.and_then(|row| row.start_date), new.start_date);
    journal.nested_date(record, kind, "end_date", old.and_then(|row| row.end_date), new.end_date);
    journal.nested_date(4, kind, "protection", old.and_then(|row| row.protection), new.protection);
}

/// Addresses of the extended mapping: those of a kind are compared as a set.
fn other_addresses(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    context: &mut Context<'_>,
    changes: &mut Changes,
    journal: &mut JournalFields,
) {
    let kinds = [AddressType::Abroad, AddressType::Contact, AddressType::Historical];
    for (kind, _) in kinds.iter().zip(update.scope.other_addresses).filter(|(_, spoken)| *spoken) {
        let source = context.options.source;
        let before: Vec<&AddressRow> = stored
            .into_iter()
            .flat_map(|state| &state.addresses)
            .filter(|row| row.address_type == *kind && row.source == source)
            // A historical address has an end of its own; of the other kinds an ended row is past.
            .filter(|row| *kind == AddressType::Historical || row.end_date.is_none())
            .collect();
        let mut kept = vec![false; before.len()];
        for new in update.other_addresses.iter().filter(|new| new.address_type == *kind) {
            let same = |row: &AddressRow| {
                row.lines == new.lines && row.start_date == new.start_date && row.end_date == new.end_date
            };
            match before.iter().zip(&mut kept).find(|(row, kept)| !**kept && same(row)) {
                Some((_, kept)) => *kept = true,
                None => insert(new, None, None, context, changes, journal),
            }
        }
        for (old, _) in before.iter().zip(&kept).filter(|(_, kept)| !**kept) {
            // Historical rows that CPR corrected are marked by a start that is also the end: there was no such period.
            let end_date = match kind {
                AddressType::Historical => old.start_date.or(old.end_date),
                _ => update.stamp.production_date(),
            };
            if old.end_date != end_date {
                close(old, end_date, record_of(kind), changes, journal);
            }
        }
    }
}

fn record_of(kind: &AddressType) -> u16 {
    match kind {
        AddressType::Abroad => 5,
        AddressType::Contact => 6,
        _ => 23,
    }
}
