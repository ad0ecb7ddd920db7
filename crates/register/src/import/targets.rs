//! Finds the contacts that a batch refers to, and makes placeholders for those that the register does not have
//! (contact-model.md 6.5, 6.6).

use compact_str::{CompactString, format_compact};
use kartotek_formats::identifiers::CprNumber;
use rustc_hash::FxHashMap;

use crate::contact::{ContactId, ContactKey, ContactRow, ContactUpdate, NameType, SourceId, SourceStamp, Target};
use crate::ports::{KeyKind, RunKey, StoreError, Transaction};

use super::remembered::Remembered;
use super::{Changes, JournalEntry, JournalFields, What};

/// Keys of contacts by whom they stand for.
pub(super) type TargetKeys = FxHashMap<Target, ContactKey>;

/// Adds to `keys`, which holds the contacts of the batch itself, every other contact that the updates refer to. Missing
/// ones become placeholders in `changes`; returns how many.
pub(super) fn resolve<'u>(
    transaction: &mut dyn Transaction,
    remembered: &Remembered,
    updates: impl Iterator<Item = &'u ContactUpdate>,
    keys: &mut TargetKeys,
    changes: &mut Changes,
) -> Result<usize, StoreError> {
    let mut ids = Vec::new();
    let mut names = Vec::new();
    let mut asked = Vec::new();
    for update in updates {
        for part in &update.parts {
            if keys.contains_key(&part.target) {
                continue;
            }
            // Holds the place so that a target is asked for once; every place is filled below.
            keys.insert(part.target.clone(), 0);
            match &part.target {
                Target::Contact(id) => ids.push(id.clone()),
                Target::Named { name1, name2 } => names.push((name1.clone(), name2.clone())),
            }
            asked.push((part.target.clone(), part.record, update.stamp));
        }
    }
    let mut by_id = remembered.contact_keys(transaction, &ids)?.into_iter();
    let mut by_name = transaction.named_keys(&names)?.into_iter();
    let mut missing = Vec::new();
    for (target, record, stamp) in asked {
        let found = match target {
            Target::Contact(_) => by_id.next(),
            Target::Named { .. } => by_name.next(),
        };
        match found.flatten() {
            Some(key) => {
                keys.insert(target, key);
            }
            None => missing.push((target, record, stamp)),
        }
    }
    let made = missing.len();
    if made > 0 {
        let first = transaction.allot(KeyKind::Contact, made)?;
        for (key, (target, record, stamp)) in (first..).zip(missing) {
            let key = if target.id().is_none() { unused_number(transaction, key)? } else { key };
            make(key, &target, record, stamp, changes);
            keys.insert(target, key);
        }
    }
    Ok(made)
}

/// Makes placeholders for persons with a CPR number whom somebody outside the sources refers to, a case for example, and
/// journals them for a run as of a stamp. None of them may be in the register. Returns their keys, in the order given.
///
/// The rows are nobody's: a source that delivers one of the persons later completes the same contact.
pub fn make_placeholders(
    transaction: &mut dyn Transaction,
    persons: &[CprNumber],
    stamp: SourceStamp,
    run: RunKey,
    now: &str,
) -> Result<Vec<ContactKey>, StoreError> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let first = transaction.allot(KeyKind::Contact, persons.len())?;
    let mut changes = Changes::of(SourceId::HAND);
    for (key, number) in (first..).zip(persons) {
        make(key, &Target::Contact(ContactId::person(*number)), NO_RECORD, stamp, &mut changes);
    }
    transaction.apply(&changes, run, None, now)?;
    Ok((first..).zip(persons).map(|(key, _)| key).collect())
}

/// Stands in the journal where no record stated the field.
const NO_RECORD: u16 = 0;

/// The kind P has running numbers, and the key of a contact is one; but people number contacts of that kind too.
fn unused_number(transaction: &mut dyn Transaction, mut key: ContactKey) -> Result<ContactKey, StoreError> {
    while transaction.contact_keys(&[numbered(key)])?.iter().any(Option::is_some) {
        key = transaction.allot(KeyKind::Contact, 1)?;
    }
    Ok(key)
}

fn numbered(key: ContactKey) -> ContactId {
    ContactId { name_type: NameType::PERSON, name_code: format_compact!("{key}") }
}

/// `name1` and `name2` of a contact that is only known because another one refers to it.
pub(super) fn names_of_placeholder(id: &ContactId) -> [CompactString; 2] {
    [format_compact!("Person med cprnr {}", id.name_code), CompactString::const_new("- ikke importeret")]
}

fn make(key: ContactKey, target: &Target, record: u16, stamp: SourceStamp, changes: &mut Changes) {
    let (id, name1, name2, text) = match target {
        Target::Contact(id) => {
            let [name1, name2] = names_of_placeholder(id);
            (id.clone(), name1, name2, CompactString::default())
        }
        Target::Named { name1, name2 } => {
            (numbered(key), name1.clone(), name2.clone(), CompactString::const_new("Person fra CPR uden cprnr"))
        }
    };
    let mut fields = JournalFields::default();
    fields.text(record, "name1", "", &name1);
    fields.text(record, "name2", "", &name2);
    fields.text(record, "text", "", &text);
    changes.journal.push(JournalEntry { contact: key, what: What::Placeholder, stamp, fields: fields.finish() });
    changes.contacts_new.push(ContactRow {
        key,
        placeholder: matches!(id.name_type, NameType::CPR_PERSON),
        id,
        name1,
        name2,
        position: CompactString::default(),
        text,
        start_date: None,
        end_date: None,
    });
}
