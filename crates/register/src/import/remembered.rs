//! Keys of contacts that an import has made, so that it need not ask for them again.

use kartotek_formats::identifiers::CprNumber;
use rustc_hash::FxHashMap;

use crate::contact::{ContactId, ContactKey, ContactRow, NameType};
use crate::ports::{KeyKind, StoreError, Transaction};

/// At most so many are remembered, 36 MB.
const MOST: usize = 1_800_000;

/// Persons with a CPR number and their keys.
#[derive(Default)]
pub(super) struct Remembered {
    keys: FxHashMap<u64, ContactKey>,
    /// The next key that the register allots, as long as a person who is not remembered is not in the register either:
    /// it was empty when the import began, and the import has made every contact since. Whoever else makes, changes or
    /// erases one uses up a key, so that another key comes next. `None` when the register must be asked.
    next_if_whole: Option<i64>,
}

impl Remembered {
    /// Of a register that is empty and allots this key next.
    pub fn whole(next: i64) -> Self {
        Self { keys: FxHashMap::default(), next_if_whole: Some(next) }
    }

    /// Finds out, at the beginning of a batch, whether somebody else has touched contacts since the last one.
    pub fn begin(&mut self, transaction: &mut dyn Transaction) -> Result<(), StoreError> {
        if let Some(next) = self.next_if_whole
            && transaction.allot(KeyKind::Contact, 0)? != next
        {
            *self = Self::default();
        }
        Ok(())
    }

    /// The keys of contacts by their identity, in the order asked for.
    pub fn contact_keys(
        &self,
        transaction: &mut dyn Transaction,
        ids: &[ContactId],
    ) -> Result<Vec<Option<ContactKey>>, StoreError> {
        if self.next_if_whole.is_none() {
            return transaction.contact_keys(ids);
        }
        let mut unknown = Vec::new();
        let mut keys: Vec<Option<ContactKey>> = Vec::with_capacity(ids.len());
        for (at, id) in ids.iter().enumerate() {
            let number = number(id);
            if number.is_none() {
                unknown.push(at);
            }
            keys.push(number.and_then(|number| self.keys.get(&number).copied()));
        }
        let asked: Vec<ContactId> = unknown.iter().filter_map(|at| ids.get(*at)).cloned().collect();
        if !asked.is_empty() {
            for (at, found) in unknown.into_iter().zip(transaction.contact_keys(&asked)?) {
                if let Some(key) = keys.get_mut(at) {
                    *key = found;
                }
            }
        }
        Ok(keys)
    }

    /// Remembers contacts that a batch has written.
    pub fn add(&mut self, transaction: &mut dyn Transaction, contacts: &[ContactRow]) -> Result<(), StoreError> {
        if self.next_if_whole.is_none() {
            return Ok(());
        }
        if self.keys.len() + contacts.len() > MOST {
            // Bounded memory counts for more than the time that asking takes.
            *self = Self::default();
            return Ok(());
        }
        self.keys.extend(contacts.iter().filter_map(|row| number(&row.id).map(|number| (number, row.key))));
        self.next_if_whole = Some(transaction.allot(KeyKind::Contact, 0)?);
        Ok(())
    }
}

fn number(id: &ContactId) -> Option<u64> {
    if id.name_type != NameType::CPR_PERSON {
        return None;
    }
    CprNumber::from_digits(id.name_code.as_bytes()).ok().map(CprNumber::as_number)
}
