//! The contact's own fields. A source clears only what it has set (invariant 4), so `source_record` remembers which
//! fields that were.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactField, ContactKey, ContactRow, ContactState, ContactUpdate, Label, Stated};
use crate::import::{JournalFields, targets};

/// The row as it shall be, and the fields that the source has set.
pub(super) fn plan(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    key: ContactKey,
    journal: &mut JournalFields,
) -> (ContactRow, i32) {
    let before = stored.map(|state| &state.contact);
    let source = stored.and_then(|state| state.source.as_ref());
    let mut row = before.cloned().unwrap_or_else(|| blank(update, key));
    let mut stated = source.map_or(0, |source| source.stated);
    let statement = &update.contact;
    let (mut name1, mut name2) = (&statement.name1, &statement.name2);
    // The name of a placeholder is nobody's statement: it goes as soon as the source knows the person, also when the
    // source delivers no names, but not when somebody typed another one.
    if std::mem::take(&mut row.placeholder) {
        stated |= ContactField::Name1.bit() | ContactField::Name2.bit();
        let [first, second] = targets::names_of_placeholder(&row.id);
        name1 = or_none(name1, row.name1 == first);
        name2 = or_none(name2, row.name2 == second);
    }

    for (field, value, slot) in [
        (ContactField::Name1, name1, &mut row.name1),
        (ContactField::Name2, name2, &mut row.name2),
        (ContactField::Position, &statement.position, &mut row.position),
        (ContactField::Text, &statement.text, &mut row.text),
    ] {
        text(field, value, slot, &mut stated, journal);
    }
    end_date(stored, update, &mut row.end_date, &mut stated, journal);
    (row, stated)
}

/// Takes silence about a name that is nobody's for the statement that there is none.
fn or_none(stated: &Stated<CompactString>, is_nobodys: bool) -> &Stated<CompactString> {
    match stated {
        Stated::Silent if is_nobodys => &Stated::None,
        stated => stated,
    }
}

fn blank(update: &ContactUpdate, key: ContactKey) -> ContactRow {
    ContactRow {
        key,
        id: update.id.clone(),
        name1: CompactString::default(),
        name2: CompactString::default(),
        position: CompactString::default(),
        text: CompactString::default(),
        start_date: None,
        end_date: None,
        placeholder: false,
    }
}

fn text(
    field: ContactField,
    value: &Stated<CompactString>,
    slot: &mut CompactString,
    stated: &mut i32,
    journal: &mut JournalFields,
) {
    match value {
        Stated::Value(after, record) => {
            *stated |= field.bit();
            if slot != after {
                journal.text(*record, field.name(), slot, after);
                slot.clone_from(after);
            }
        }
        Stated::None if *stated & field.bit() != 0 => {
            *stated &= !field.bit();
            journal.text(record_of(field), field.name(), slot, "");
            slot.clear();
        }
        Stated::None | Stated::Silent => {}
    }
}

/// Set for the dead, and cleared again when CPR corrects the status, if it still is what the import set (6.7).
fn end_date(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    slot: &mut Option<PartialDate>,
    stated: &mut i32,
    journal: &mut JournalFields,
) {
    let bit = ContactField::EndDate.bit();
    match &update.contact.end_date {
        Stated::Value(after, record) => {
            *stated |= bit;
            journal.date(*record, ContactField::EndDate.name(), *slot, Some(*after));
            *slot = Some(*after);
        }
        Stated::None if *stated & bit != 0 => {
            *stated &= !bit;
            let dead_since = stored
                .into_iter()
                .flat_map(|state| &state.dates)
                .find(|date| date.label == Label::Statusfra)
                .map(|date| date.date);
            if *slot == dead_since {
                journal.date(1, ContactField::EndDate.name(), *slot, None);
                *slot = None;
            }
        }
        Stated::None | Stated::Silent => {}
    }
}

/// The record whose silence clears a field.
fn record_of(field: ContactField) -> u16 {
    match field {
        ContactField::Name1 | ContactField::Name2 => 8,
        ContactField::Text => 3,
        ContactField::Position | ContactField::EndDate => 1,
    }
}
