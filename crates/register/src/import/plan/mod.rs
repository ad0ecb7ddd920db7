//! What has to be written so that the register says what an update states. Pure: all rules of contact-model.md section 6
//! about stored data live here, one file a group of rules.

mod address;
mod fields;
mod labels;
mod parts;
mod protections;

use crate::contact::{ContactKey, ContactRow, ContactState, ContactUpdate, SourceRow, Target};

use super::{Changes, ImportOptions, JournalEntry, JournalFields, What};

/// What planning needs besides the update and what is stored.
pub struct Context<'a> {
    /// How to take in.
    pub options: &'a ImportOptions,
    /// The key of the contact: the stored one's, or one allotted to it.
    pub contact: ContactKey,
    /// Finds the key of a contact that the update refers to; every target of the update has one.
    pub resolve: &'a dyn Fn(&Target) -> Option<ContactKey>,
    /// Allots a key to a new address.
    pub next_address: &'a mut dyn FnMut() -> i64,
}

/// Plans one update, which the caller has found to be no older than what is stored. Appends what has to be written to
/// `changes` and says what happened; `None` when the register already says all of it.
pub fn plan(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    context: &mut Context<'_>,
    changes: &mut Changes,
) -> Option<What> {
    let mut journal = JournalFields::default();
    let key = context.contact;

    let (contact, stated) = fields::plan(stored, update, key, &mut journal);
    labels::infos(stored, update, key, changes, &mut journal);
    labels::dates(stored, update, key, changes, &mut journal);
    protections::plan(stored, update, key, changes, &mut journal);
    let left_by_hand = address::plan(stored, update, context, changes, &mut journal);
    parts::plan(stored, update, context, changes, &mut journal);

    let what = match stored {
        None => What::Created,
        Some(state) if !state.source.as_ref().is_some_and(SourceRow::was_delivered) => What::Completed,
        Some(_) => What::Updated,
    };
    write_contact(stored, contact, changes);
    write_source(stored, update, key, stated, left_by_hand, changes);
    if journal.is_empty() && what == What::Updated {
        return None;
    }
    changes.journal.push(JournalEntry { contact: key, what, stamp: update.stamp, fields: journal.take() });
    Some(what)
}

fn write_contact(stored: Option<&ContactState>, contact: ContactRow, changes: &mut Changes) {
    match stored {
        None => changes.contacts_new.push(contact),
        Some(state) if state.contact != contact => changes.contacts_changed.push(contact),
        Some(_) => {}
    }
}

fn write_source(
    stored: Option<&ContactState>,
    update: &ContactUpdate,
    key: ContactKey,
    stated: i32,
    left_by_hand: bool,
    changes: &mut Changes,
) {
    let before = stored.and_then(|state| state.source.as_ref());
    let row = SourceRow {
        contact: key,
        source_key: update.id.name_code.clone(),
        src_subscribed: before
            .map_or(update.subscribed, |before| before.is_subscribed_after(update.subscribed, update.stamp)),
        deliveries_from: before.and_then(|before| before.deliveries_from),
        stamp: update.stamp,
        content_hash: update.content_hash,
        mapping_hash: update.mapping_hash,
        stated,
        edited: left_by_hand,
    };
    match before {
        None => changes.sources_new.push(row),
        Some(before) if *before != row => changes.sources_changed.push(row),
        Some(_) => {}
    }
}
